"""What `practicum claims` prints: a claim a line with its null below it, or JSON for scripts."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from engine.claims.demonstrate import Outcome
from engine.claims.ledger import Claim
from engine.streams import printable


def show(
    wanted: Sequence[Claim], outcomes: Sequence[Outcome], as_json: bool, is_real: bool = False
) -> None:
    """Print what came out. `is_real`: on a real model, where most claims are not tried."""
    found = {outcome.claim.id: outcome for outcome in outcomes}
    if as_json:
        rows = [_row(claim, found.get(claim.id)) for claim in wanted]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for claim in wanted:
        for line in _lines(claim, found.get(claim.id), "not tried" if is_real else ""):
            print(printable(line))
    lost = sum(not outcome.is_shown for outcome in outcomes)
    verdict = f"{lost} do not hold, or hold without what they claim" if lost else "all hold"
    claims = "claim" if len(wanted) == 1 else "claims"
    print(f"{len(wanted)} {claims}, {len(outcomes)} run: {verdict}")


def state_of(outcome: Outcome) -> str:
    if not outcome.is_held:
        return "NOT HELD"
    return "held" if outcome.is_shown else "REFUSED"


def _lines(claim: Claim, outcome: Outcome | None, missing: str) -> Iterator[str]:
    """A claim with its figure, and below it the same of its null."""
    head = f"{claim.id:<5} {claim.status:<13}"
    if outcome is None:
        yield f"{head} {'':<6} {missing:<9} {claim.sentence}"
        return
    figure = outcome.figure if outcome.is_held else outcome.why
    yield f"{head} {outcome.held:>2}/{outcome.seeds:<3} {state_of(outcome):<9} {figure}"
    null, declared = outcome.null, outcome.claim.demo and outcome.claim.demo.null
    if missing and declared is None:
        return
    if null is None or declared is None:
        reason = f"none: {declared.none}" if declared else "none is declared"
        yield f"{'':<5} {'null':<13} {'':<6} {'':<9} {reason}"
        return
    state = "HOLDS TOO" if null.is_held else "fails"
    said = f"without {declared.without}: {null.figure}"
    if null.why:
        state, said = "NO NULL", f"without {declared.without} nothing is measured: {null.why}"
    yield f"{'':<5} {'null':<13} {null.held:>2}/{null.seeds:<3} {state:<9} {said}"


def _row(claim: Claim, outcome: Outcome | None) -> dict[str, Any]:
    """What scripts read; what was not run is None."""
    null = outcome.null if outcome else None
    row = {
        "id": claim.id,
        "status": claim.status,
        "sentence": claim.sentence,
        "part": claim.part,
        "holds": outcome and outcome.is_held,
        "figure": outcome and outcome.figure,
        "null_holds": null and (null.is_held or bool(null.why)),
        "seeds": outcome and outcome.seeds,
    }
    if outcome is None:
        return row
    demo = outcome.claim.demo
    declared = demo and demo.null
    return row | {
        "sim": demo and demo.sim,
        "held_seeds": outcome.held,
        "is_shown": outcome.is_shown,
        "null_without": declared and (declared.without or declared.none),
        "null_figure": null and null.figure,
        "null_held_seeds": null and null.held,
        "null_why": null and null.why,
        "why": outcome.why,
        "seconds": round(outcome.seconds, 2),
        "findings": [[(one.words, one.is_held) for one in seed] for seed in outcome.findings],
    }
