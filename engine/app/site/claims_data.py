"""The ledger of claims as slides and its own page show it.

To what `engine.claims.ledger` knows of a claim come the lecture and title of its slide, the works
behind it in words, and the live block that runs its demonstration.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from engine.app.lectures import library
from engine.claims.ledger import cards
from engine.deck.content import bibliography
from engine.deck.content.bibliography import Work
from engine.paths import BIBLIOGRAPHY, LECTURES, LEDGER, MEASURED

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


def shown_claims() -> dict[str, Any]:
    """`claims`, `works` by key and `standings` in words; worked out anew after an edit.

    Raises ValueError when the record of what was measured is damaged.
    """
    files = (LEDGER, MEASURED, BIBLIOGRAPHY)
    stamps = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in files)
    decks = (_Deck(lecture.slug, document) for lecture, document in library().read())
    return _shown(stamps, tuple(decks))


@dataclass(frozen=True, eq=False)
class _Deck:
    """A deck in the key of a cache: the library hands out one document for one version."""

    slug: str
    document: dict[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Deck) and self.document is other.document

    def __hash__(self) -> int:
        return hash((self.slug, id(self.document)))


@functools.lru_cache(maxsize=1)
def _shown(_stamps: tuple[int, ...], decks: tuple[_Deck, ...]) -> dict[str, Any]:
    places = {
        slide["id"]: {"slug": deck.slug, "title": slide["title"]}
        for deck in reversed(decks)
        for slide in deck.document["slides"]
    }
    blocks = list(_blocks(decks))
    claims = [
        card | {"place": places.get(card["slide"]), "run": _run(card, blocks)}
        for card in cards()
        if card["id"]
    ]
    keys = {key for card in claims for key in _keys(card)}
    return {"claims": claims, "works": _works(keys), "standings": STANDINGS}


def _keys(card: dict[str, Any]) -> list[str]:
    source = (card["correction"] or {}).get("source")
    return [*card["references"], *([source] if source else [])]


def _works(keys: set[str]) -> dict[str, dict[str, str]]:
    known = bibliography.load(BIBLIOGRAPHY, LECTURES)
    works = {key: known.work(key) for key in sorted(keys)}
    return {
        key: {
            "label": bibliography.label(work, "author-year", 0),
            "title": work.title,
            "url": work.url,
        }
        for key, work in works.items()
        if isinstance(work, Work)
    }


def _blocks(decks: Iterable[_Deck]) -> Iterator[dict[str, Any]]:
    """Every `sim` block of the lectures, with its place."""
    for deck in decks:
        for slide in deck.document["slides"]:
            for block in slide["blocks"]:
                if block["kind"] == "sim" and block["data"].get("fields"):
                    yield {
                        "slug": deck.slug,
                        "slide": slide["id"],
                        "block": block["id"],
                        **block["data"],
                    }


def _run(card: dict[str, Any], blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The block that shows a claim: rather one on its slide, rather one that says it is for it.

    `params` are those to set in it; a block that names the claim has them as its author wants them.
    """
    demo = card["demo"]
    fitting = [block for block in blocks if demo and block["sim"] == demo["sim"]]
    if not fitting:
        return None

    def fit(block: dict[str, Any]) -> tuple[bool, bool]:
        return block["slide"] == card["slide"], card["id"] in (block.get("claims") or [])

    best = max(fitting, key=fit)
    other = {k: v for k, v in demo["params"].items() if best["params"].get(k) != v}
    params = {} if card["id"] in (best.get("claims") or []) else other
    where = {key: best[key] for key in ("slug", "slide", "block")}
    return where | {"params": params, "href": _address(where, params)}


def _address(where: dict[str, str], params: dict[str, Any]) -> str:
    """A lecture's address, without the server's base, at which the block runs as it opens."""
    block = where["block"]
    values = {f"{block}.{name}": _written(value) for name, value in params.items()}
    query = urlencode({"slide": where["slide"], **values, "run": block})
    return f"{quote(where['slug'])}?{query}"


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
