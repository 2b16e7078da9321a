"""Claims whose demonstration, or whose simulation, has changed: run again with fresh seeds.

The seeds are those behind the ones that the ledger's figure rests on. Three say whether a figure
moved, not whether a claim holds; `practicum claims` runs all of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.claims.command import make_runner
from engine.claims.demonstrate import Outcome, demonstrate
from engine.claims.ledger import Claim, Ledger, load
from engine.claims.record import Measured, beside, read_record
from engine.deck.course import Course
from engine.publish.diff.revisions import Base
from engine.runs.results import identity
from sims.spec import SpecError

FRESH = 3  # seeds


@dataclass(frozen=True)
class Moved:
    """A claim that was run again."""

    claim: Claim
    why: str  # what has changed
    before: Measured | None  # as it was recorded at the revision
    now: Measured | None  # as it is recorded in the working folder
    fresh: Outcome

    @property
    def is_borne_out(self) -> bool:
        """Whether most fresh seeds hold, and most of its null's do not."""
        null = self.fresh.null
        is_null_lost = null is None or (not null.why and 2 * null.held < null.seeds)
        return 2 * self.fresh.held > self.fresh.seeds and is_null_lost


def what_changed(base: Base, before: Course, after: Course) -> dict[str, str]:
    """Why each claim is to be run again, by its id. Raises ValueError for a ledger with faults."""
    if not after.ledger.is_file():
        return {}
    old, new = load(before.ledger), load(after.ledger)
    if new.problems:
        raise ValueError(f"the claims cannot be run: {new.problems[0]}")
    found: dict[str, str] = {}
    edited: dict[str, bool] = {}
    for claim in new.claims:
        if claim.demo is None:
            continue
        former = old.claim(claim.id)
        if former is None or former.demo is None:
            found[claim.id] = "new demonstration"
        elif former.demo != claim.demo:
            found[claim.id] = "its demonstration"
        elif edited.setdefault(claim.demo.sim, _has_changed(claim.demo.sim, base.changed)):
            found[claim.id] = f"the simulation {claim.demo.sim}"
    return found


def run_again(
    changed: Mapping[str, str], before: Course, after: Course, may_run: Collection[str]
) -> tuple[list[Moved], list[str]]:
    """Each of these claims with three fresh seeds, and the ids of those whose simulation may not
    run. Raises ValueError for a record that cannot be read."""
    if not changed:
        return [], []
    ledger = load(after.ledger)
    then, now = (read_record(beside(course.ledger)) for course in (before, after))
    wanted = [one for one in ledger.claims if one.id in changed and one.demo]
    allowed = [one for one in wanted if one.demo and one.demo.sim in may_run]
    moved = [
        Moved(one.claim, changed[name], then.get(name), now.get(name), one)
        for one in _outcomes(ledger, allowed)
        if (name := one.claim.id)
    ]
    return moved, [one.id for one in wanted if one not in allowed]


def _has_changed(sim: str, changed: frozenset[Path]) -> bool:
    try:
        return any(path.resolve() in changed for path in identity.files(sim))
    except (SpecError, *identity.UNREAD_SOURCE):
        return False


def _outcomes(ledger: Ledger, claims: Sequence[Claim]) -> list[Outcome]:
    if not claims:
        return []
    runner = make_runner()
    try:
        return [
            outcome
            for claim in claims
            if claim.demo
            for outcome in demonstrate(ledger, [claim], runner, FRESH, first=claim.demo.seeds)
        ]
    finally:
        runner.close()
