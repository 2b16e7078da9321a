"""content/claims.yaml: every claim of the lectures, where it stands, and how it is borne out.

Each item has `id, sentence, slide, references, status`; `correction: {text, source}` where the
lecture that we follow has a slip; for what can be tried a `demo` (see `engine.claims.demo`); and
`part`, a sentence of its own, where the run shows less than the claim says.

    theorem          an identity, which a run only makes visible
    shown here       a run shows the whole sentence, in a small world of ours
    shown in part    a run shows the part that is written beside it
    cited, opinion, contested, unsourced, corrected     no run settles it, though one may bear on it
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from engine.claims.demo import Demo, Null, read_demo
from engine.deck.model import Problem
from engine.deck.schema.claim_models import ClaimFields
from engine.deck.schema.validation import fit
from engine.deck.source import yamltext
from engine.paths import LEDGER, ROOT

RUN_HERE = ("theorem", "shown here", "shown in part")  # badges that a run must bear out


class Correction(TypedDict):
    """What the lecture that we follow says wrongly."""

    text: str
    source: NotRequired[str]


@dataclass(frozen=True)
class Claim:
    """One sentence of a lecture: its place, its sources, its standing, and its demonstration."""

    id: str
    sentence: str
    slide: str
    references: tuple[str, ...]
    status: str
    correction: Correction | None = None
    demo: Demo | None = None
    part: str = ""  # what the run shows, where that is less than the sentence


@dataclass
class Ledger:
    """The claims in order, and everything that is wrong with the file that holds them."""

    path: Path
    claims: list[Claim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    yaml: yamltext.Yaml = field(default_factory=yamltext.Yaml)

    def claim(self, identity: str) -> Claim | None:
        return next((claim for claim in self.claims if claim.id == identity), None)

    def problem(self, message: str, fix: str, *path: str) -> None:
        """An error at the key `path`."""
        line, column = self.yaml.place(*path)
        here = Problem(message, fix, line + 1, column + 1, file=shown(self.path))
        self.problems.append(here)

    def place(self, claim: Claim, *path: str) -> str:
        """`content/claims.yaml:12:7` of a key of a claim."""
        line, column = self.yaml.place(str(self.claims.index(claim)), *path)
        return f"{shown(self.path)}:{line + 1}:{column + 1}"


def shown(path: Path) -> str:
    """A path as messages name it: from the project's folder where it is inside."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def load(path: Path = LEDGER) -> Ledger:
    """Read the ledger. Never raises: what is wrong is in `problems`, with line and column."""
    ledger = Ledger(path, yaml=yamltext.file(path, path.parent))
    if not os.path.lexists(path):
        ledger.problem("There is no ledger of claims.", "Make one: practicum new claim.")
        return ledger
    if fault := ledger.yaml.fault:
        ledger.problems.append(fault.problem(shown(path)))
        return ledger
    ledger.problems += [note.problem(1, shown(path)) for note in ledger.yaml.notes]
    if ledger.yaml.value is None:  # nothing but comments, after the last claim is gone
        return ledger
    if not isinstance(ledger.yaml.value, list):
        ledger.problem("The ledger is not a list.", "Begin each claim with '- id: C1'.")
        return ledger
    for index, item in enumerate(ledger.yaml.value):
        ledger.claims.append(_claim(ledger, item, str(index)))
    return ledger


def _claim(ledger: Ledger, item: Any, at: str) -> Claim:
    if not isinstance(item, dict):
        ledger.problem("This is not a claim.", "Write '- id: C1' and its other fields.", at)
        return Claim("", "", "", (), "")
    fields, faults = fit(ClaimFields, item)
    for one in faults:
        ledger.problem(one.message, one.fix, at, *one.path)
    is_whole = not any(one.path[0] == "demo" for one in faults)
    if any(one.path[:2] == ("demo", "null") for one in faults):
        fields["demo"].pop("null", None)  # a fault is reported once
    for one in faults:
        if one.path[:2] == ("demo", "expect"):  # the tests of the other columns are read
            fields["demo"].get("expect", {}).pop("".join(one.path[2:3]), None)
    demo = _demo(ledger, fields["demo"], at, is_whole) if "demo" in fields else None
    texts = {key: str(fields.get(key, "")).strip() for key in ("id", "sentence", "slide", "part")}
    claim = Claim(
        **texts,
        references=tuple(fields.get("references", ())),
        status=fields.get("status", ""),
        correction=fields.get("correction") if "text" in fields.get("correction", {}) else None,
        demo=demo if is_whole else None,
    )
    _hold(ledger, claim, item, at)
    return claim


def _hold(ledger: Ledger, claim: Claim, item: dict[str, Any], at: str) -> None:
    """What a claim must have because of its status, and an id of its own."""
    if claim.id and ledger.claim(claim.id):
        ledger.problem(f"{claim.id} is here twice.", "Give the later one a new id.", at, "id")
    if claim.status in RUN_HERE and item.get("demo") is None:
        ledger.problem(f"Nothing shows {claim.id}.", "Give it a demo.", at, "status")
    if claim.demo:
        _hold_null(ledger, claim, claim.demo.null, at)
        _hold_own(ledger, claim, claim.demo, at)
    _hold_part(ledger, claim, at)
    if claim.status == "cited" and not claim.references:
        ledger.problem(f"{claim.id} is cited without a reference.", "Name one.", at, "status")
    if claim.status == "corrected" and item.get("correction") is None:
        fix = "Write correction: {text: …, source: …}."
        ledger.problem(f"{claim.id} is corrected by nothing.", fix, at, "status")


def _demo(ledger: Ledger, written: dict[str, Any], at: str, is_whole: bool) -> Demo | None:
    def tell(message: str, fix: str, *path: str) -> None:
        ledger.problem(message, fix, at, "demo", *path)

    return read_demo(written, tell, is_whole)


def _hold_null(ledger: Ledger, claim: Claim, null: Null | None, at: str) -> None:
    """Every demonstration has a null; only an identity may say why it has none."""
    if null is None:
        fix = "Write null: {without: …, params: …}: the same without what is claimed."
        ledger.problem(f"The demo of {claim.id} has no null.", fix, at, "demo")
    elif null.none and claim.status != "theorem":
        fix = "Only a theorem can do without; take something away."
        ledger.problem(f"{claim.id} needs a null.", fix, at, "demo", "null")


def _hold_own(ledger: Ledger, claim: Claim, demo: Demo, at: str) -> None:
    """A claim has a run of its own, or looks at a share of one that no other claim looks at."""
    for other in ledger.claims:
        if other.demo and other.demo.is_same(demo):
            message = f"The demo of {claim.id} is that of {other.id}."
            ledger.problem(message, "Run, or look at, something of its own.", at, "demo")


def _hold_part(ledger: Ledger, claim: Claim, at: str) -> None:
    """The part that a run shows stands beside a claim when, and only when, it is less than all."""
    if claim.status == "shown in part" and not claim.part:
        fix = "Write the part that the run shows, as 'part: …'."
        ledger.problem(f"Nothing says which part of {claim.id} is shown.", fix, at, "status")
    is_less = claim.status != "shown here" and claim.demo is not None
    if claim.part and not is_less:
        fix = "Leave 'part' out, or let the status be 'shown in part'."
        ledger.problem(f"{claim.id} is not a claim of which a part is shown.", fix, at, "part")
