"""Claims as the browser gets them: what /api/claims answers, typed."""

from pathlib import Path
from typing import Annotated, TypedDict

from engine.claims.at_scale import SIZE
from engine.claims.ledger import Claim, Correction, load
from engine.claims.record import Measured, beside, is_held, is_null_held, read_record
from engine.deck.schema.deck_json import Value
from engine.paths import LEDGER, MEASURED_REAL


class DemoJson(TypedDict):
    """The run that shows a claim."""

    sim: str
    params: dict[str, Value]


class NullJson(TypedDict):
    """What was taken away, and what was left then."""

    without: str
    none: Annotated[str, "of a theorem: why nothing can be taken away"]
    figure: str
    held: int


class RealJson(TypedDict):
    """What came of a claim on a real language model."""

    state: Annotated[str, "held, did not hold, or not tried"]
    size: Annotated[str, "of the model, in words"]
    figure: str
    seeds: int
    held: int


class ClaimCard(TypedDict):
    """A claim, with the figure that was last recorded."""

    id: str
    sentence: str
    status: str
    slide: str
    references: list[str]
    correction: Correction | None
    figure: Annotated[str, "what was measured, in words"]
    seeds: Annotated[int, "so many were run, …"]
    held: Annotated[int, "… and so many showed it"]
    date: str
    demo: DemoJson | None
    part: Annotated[str, "what the run shows, where that is less than the sentence"]
    null: NullJson | None
    real: RealJson | None


class ClaimPlace(TypedDict):
    """The slide that makes a claim."""

    slug: str
    title: str


class ClaimRun(TypedDict):
    """The live block that runs a claim's demonstration."""

    slug: str
    slide: str
    block: str
    params: Annotated[dict[str, Value], "to set in it"]
    href: Annotated[str, "at which it runs as it opens"]


class ShownClaim(ClaimCard):
    """A claim with its place in the lectures."""

    place: ClaimPlace | None
    run: ClaimRun | None


class ClaimWork(TypedDict):
    """A work that a claim names."""

    label: str
    title: str
    url: str


class ShownClaims(TypedDict):
    """The ledger of claims."""

    claims: list[ShownClaim]
    works: Annotated[dict[str, ClaimWork], "by their keys"]
    standings: Annotated[dict[str, str], "each status, in words"]


def cards(path: Path = LEDGER) -> list[ClaimCard]:
    """Every claim as the browser gets it, with the figure that was last recorded."""
    measured, real = read_record(beside(path)), read_record(path.with_name(MEASURED_REAL.name))
    return [_card(claim, measured.get(claim.id), real.get(claim.id)) for claim in load(path).claims]


def _card(claim: Claim, last: Measured | None, real: Measured | None) -> ClaimCard:
    demo = claim.demo
    return {
        "id": claim.id,
        "sentence": claim.sentence,
        "status": claim.status,
        "slide": claim.slide,
        "references": list(claim.references),
        "correction": claim.correction,
        "figure": last.figure if last else "",
        "seeds": last.seeds if last else 0,
        "held": last.held if last else 0,
        "date": last.when() if last else "",
        "demo": {"sim": demo.sim, "params": demo.params} if demo else None,
        "part": claim.part,
        "null": _null(claim, last),
        "real": _real(real) if claim.demo else None,
    }


def _real(last: Measured | None) -> RealJson:
    """Held when four of five seeds did and its null, if it has one, did not; a claim that was not
    recorded was not tried."""
    if last is None:
        return {"state": "not tried", "size": SIZE, "figure": "", "seeds": 0, "held": 0}
    is_shown = is_held(last.held, last.seeds) and not is_null_held(last.null_held or 0, last.seeds)
    state = "held" if is_shown else "did not hold"
    return {"state": state, "size": SIZE, "figure": last.figure, "seeds": last.seeds,
            "held": last.held}  # fmt: skip


def _null(claim: Claim, last: Measured | None) -> NullJson | None:
    """What was taken away and what was left, once it was measured."""
    null = claim.demo.null if claim.demo else None
    if null is None:
        return None
    if null.none:
        return {"without": "", "none": null.none, "figure": "", "held": 0}
    if last is None or last.null_held is None:
        return None
    return {"without": null.without, "none": "", "figure": last.null_figure, "held": last.null_held}
