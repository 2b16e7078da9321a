"""The ledger of claims as slides and its own page show it.

To what `engine.claims.ledger` knows of a claim come the lecture and title of its slide, the works
behind it in words, and the live block that runs its demonstration.
"""

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from engine.app.lectures import course, library
from engine.app.versioned import Versioned, versioned
from engine.claims.cards import (
    ClaimCard,
    ClaimPlace,
    ClaimRun,
    ClaimWork,
    ShownClaim,
    ShownClaims,
    cards,
)
from engine.claims.record import beside
from engine.deck.course import Course
from engine.deck.schema.deck_json import DeckJson, Value
from engine.paths import MEASURED_REAL

STANDINGS = {
    "theorem": "an identity; a run makes it visible",
    "shown here": "a run shows the whole sentence, in a small world, and fails without its cause",
    "shown in part": "a run shows the part that is written beside it",
    "cited": "a source says so",
    "corrected": "said with a small mistake in the lecture that we follow, corrected here",
    "opinion": "an opinion, which nothing here can prove",
    "contested": "the literature does not agree",
    "unsourced": "said in the lecture that we follow, and found in no source",
}


def shown_claims() -> ShownClaims:
    """`claims`, `works` by key and `standings` in words; worked out again after an edit.

    Raises ValueError when the record of what was measured is damaged.
    """
    return _shown(*_state())


def claims_answer() -> Versioned:
    """The same as the browser fetches it. Raises ValueError as `shown_claims` does."""
    return _answer(*_state())


def _state() -> "State":
    """What the shown claims are made of, as it is now."""
    own = course()
    ledger = own.ledger
    files = (ledger, beside(ledger), ledger.with_name(MEASURED_REAL.name), own.bibliography)
    stamps = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in files)
    decks = (_Deck(lecture.slug, document) for lecture, document in library().read())
    return own, stamps, tuple(decks)


@dataclass(frozen=True, eq=False)
class _Deck:
    """A deck in the key of a cache: the library hands out one document for one version."""

    slug: str
    document: DeckJson

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Deck) and self.document is other.document

    def __hash__(self) -> int:
        return hash((self.slug, id(self.document)))


@dataclass(frozen=True)
class _Block:
    """A `sim` block, and where it stands."""

    slug: str
    slide: str
    id: str
    data: dict[str, Any]


State = tuple[Course, tuple[int, ...], tuple[_Deck, ...]]


@functools.lru_cache(maxsize=1)
def _answer(course: Course, stamps: tuple[int, ...], decks: tuple[_Deck, ...]) -> Versioned:
    shown = _shown(course, stamps, decks)
    text = json.dumps(shown, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return versioned(text.encode(), "application/json")


@functools.lru_cache(maxsize=1)
def _shown(course: Course, _stamps: tuple[int, ...], decks: tuple[_Deck, ...]) -> ShownClaims:
    places: dict[str, ClaimPlace] = {
        slide["id"]: {"slug": deck.slug, "title": slide["title"]}
        for deck in reversed(decks)
        for slide in deck.document["slides"]
    }
    blocks = list(_blocks(decks))
    claims: list[ShownClaim] = [
        {**card, "place": places.get(card["slide"]), "run": _run(card, blocks)}
        for card in (cards(course.ledger) if course.ledger.exists() else [])
        if card["id"]
    ]
    keys = {key for card in claims for key in _keys(card)}
    return {"claims": claims, "works": _works(keys, course), "standings": STANDINGS}


def _keys(card: ClaimCard) -> list[str]:
    source = (card["correction"] or {}).get("source")
    return [*card["references"], *([source] if source else [])]


def _works(keys: set[str], course: Course) -> dict[str, ClaimWork]:
    from engine.deck.content import bibliography

    try:
        known = bibliography.load(course.bibliography, course.lectures)
    except OSError:  # none, or one that cannot be read, which `practicum check` says
        return {}
    works = {key: known.work(key) for key in sorted(keys)}
    return {
        key: {
            "label": bibliography.label(work, "author-year", 0),
            "title": work.title,
            "url": work.url,
        }
        for key, work in works.items()
        if isinstance(work, bibliography.Work)
    }


def _blocks(decks: Iterable[_Deck]) -> Iterator[_Block]:
    """Every `sim` block of the lectures, with its place."""
    for deck in decks:
        for slide in deck.document["slides"]:
            for block in slide["blocks"]:
                if block["kind"] == "sim" and block["data"].get("fields"):
                    yield _Block(deck.slug, slide["id"], block["id"], block["data"])


def _run(card: ClaimCard, blocks: list[_Block]) -> ClaimRun | None:
    """The block that shows a claim: rather one on its slide, rather one that says it is for it.

    `params` are those to set in it; a block that names the claim has them as its author wants them.
    """
    demo = card["demo"]
    fitting = [block for block in blocks if demo and block.data["sim"] == demo["sim"]]
    if not demo or not fitting:
        return None

    def fit(block: _Block) -> tuple[bool, bool]:
        return block.slide == card["slide"], card["id"] in (block.data.get("claims") or [])

    best = max(fitting, key=fit)
    own = best.data["params"]
    other = {name: value for name, value in demo["params"].items() if own.get(name) != value}
    params = {} if card["id"] in (best.data.get("claims") or []) else other
    return {
        "slug": best.slug,
        "slide": best.slide,
        "block": best.id,
        "params": params,
        "href": _address(best, params),
    }


def _address(block: _Block, params: Mapping[str, Value]) -> str:
    """A lecture's address, without the server's base, at which the block runs as it opens."""
    values = {f"{block.id}.{name}": _written(value) for name, value in params.items()}
    query = urlencode({"slide": block.slide, **values, "run": block.id})
    return f"{quote(block.slug)}?{query}"


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
