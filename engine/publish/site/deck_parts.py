"""A long deck in two parts: what its first slides need, then the rest.

A lecture of 200 slides takes 200 KB compressed, one second of a slow line, of which its first slide
needs a hundredth. So the first part has the outline of all slides and the main path, as far as it
fits; the second has asides, notes, references and the glossary. web/views/deck_parts.js joins them.
"""

import json
import zlib
from typing import Any, TypedDict

from engine.deck.schema.deck_json import DeckJson, ReferenceJson, SlideJson, TermJson

MOST = 70_000  # bytes of the first part, compressed
# What the outline leaves out: what is drawn, and what is read only by the presenter.
DRAWN = ("html", "blocks")
LATER = ("notes", *DRAWN)


class RestJson(TypedDict):
    """What the first part leaves out."""

    slides: list[dict[str, Any]]  # of each slide in its place
    references: list[ReferenceJson]
    glossary: list[TermJson]


def parted(document: DeckJson, more: str) -> tuple[DeckJson, RestJson | None]:
    """The first part of a deck, and the rest, which lies at the address `more`; the whole deck and
    None where that is short enough."""
    if len(zlib.compress(_text(document))) <= MOST:
        return document, None
    outline: Any = {**document, "more": more, "references": [], "glossary": []}
    outline["slides"] = [_without(slide, LATER) for slide in document["slides"]]
    full = _that_fit(document["slides"], MOST - len(zlib.compress(_text(outline))))
    first, rest = [], []
    for k, slide in enumerate(document["slides"]):
        left = ("notes",) if k in full else LATER
        first.append(_without(slide, left))
        rest.append({name: value for name, value in slide.items() if name in left})
    later: RestJson = {
        "slides": rest,
        "references": document["references"],
        "glossary": document["glossary"],
    }
    outline["slides"] = first
    return outline, later


def _that_fit(slides: list[SlideJson], most: int) -> set[int]:
    """The first slide, and the next ones of the main path until `most` bytes are full."""
    full: set[int] = set()
    packer, size = zlib.compressobj(), 0
    for k, slide in enumerate(slides):
        if slide["is_aside"] and full:
            continue
        text = _text({name: slide[name] for name in DRAWN})
        size += len(packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))
        if size > most and full:
            break
        full.add(k)
    return full


def _without(slide: SlideJson, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in slide.items() if name not in names}


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
