"""A long deck in several parts, so that no slide waits for more than it needs.

A lecture of 200 slides takes one second of a slow line, of which its first slide needs a hundredth.
So the first part has the outline of all slides and the main path, as far as it fits; next come
parts with the other slides, the notes, and the references with the glossary.
web/views/deck_parts.js joins them.
"""

import json
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from engine.deck.schema.deck_json import DeckJson, ReferenceJson, SlideJson, TermJson
from engine.publish.site.packed import Bodies, Packer

MOST = 70_000  # bytes of a part that a slide waits for, compressed
# What the outline leaves out: what is drawn, what comes later, and what no page reads.
LISTED = ("citations", "terms")  # only asked for together with the references and the glossary
UNREAD = ("defines", "keywords")
APART = {"html", "blocks", "notes", *LISTED, *UNREAD}


class LaterJson(TypedDict, total=False):
    """A part that comes after the first."""

    part: int  # of the slides that `bodies` has, in their order
    bodies: Bodies
    slides: dict[str, list[Any]]  # of all slides, by what is said of them
    references: list[ReferenceJson]
    glossary: list[TermJson]


def parted(document: DeckJson, address: str) -> dict[str, Any]:
    """The parts of a deck by their addresses, the first one at `address`; only that one, with
    the deck as it is, where it is short enough."""
    if _size(document) <= MOST:
        return {address: document}
    slides = document["slides"]
    packer, outline = Packer(slides), _outline(document)
    parts = list(_that_fit(packer, slides, _size(outline)))
    named = {place: number for number, (places, _) in enumerate(parts) for place in places}
    outline["slides"]["part"] = [named[place] for place in range(len(slides))]
    later: dict[str, LaterJson] = {
        f"slides-{number}": {"part": number, "bodies": bodies}
        for number, (_, bodies) in enumerate(parts)
        if number
    }
    later["notes"] = {"slides": _columns(slides, ["notes"])}
    later["references"] = {
        "slides": _columns(slides, LISTED),
        "references": document["references"],
        "glossary": document["glossary"],
    }
    given = {address.replace(".json", f"-{name}.json"): part for name, part in later.items()}
    first = {**outline, "bodies": parts[0][1], "more": list(given)}
    return {address: first, **given}


def _outline(document: DeckJson) -> dict[str, Any]:
    slides = document["slides"]
    said = _columns(slides, [name for name in slides[0] if name not in APART])
    return {**document, "references": [], "glossary": [], "slides": said}


def _columns(slides: list[SlideJson], names: Iterable[str]) -> dict[str, list[Any]]:
    return {name: [slide[name] for slide in slides] for name in names}


def _that_fit(
    packer: Packer, slides: list[SlideJson], taken: int
) -> Iterator[tuple[list[int], Bodies]]:
    """The places of the slides of each part, and what these draw. The first part, of which `taken`
    bytes are full, has the first slide and the main path, as far as it fits."""
    main = [place for place, slide in enumerate(slides) if not slide["is_aside"] or not place]
    asides = [place for place, slide in enumerate(slides) if slide["is_aside"] and place]
    count = _count(packer, main, MOST - taken)
    yield main[:count], packer.bodies(main[:count], first=True)
    left = [*main[count:], *asides]
    while left:
        count = _count(packer, left, MOST)
        places = sorted(left[:count])
        yield places, packer.bodies(places)
        left = left[count:]


def _count(packer: Packer, places: list[int], most: int) -> int:
    """How many of these slides take `most` bytes; one at least."""

    def size(count: int) -> int:
        return _size(packer.bodies(places[:count]))

    return max(1, bisect_right(range(1, len(places) + 1), most, key=size))


def as_text(value: object) -> str:
    """JSON as short as it can be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _size(value: object) -> int:
    return len(zlib.compress(as_text(value).encode()))
