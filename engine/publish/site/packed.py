"""Slides with what they repeat said once.

A compression looks 32 KB back, a twentieth of a long deck, so it finds few of the repetitions: the
wrappers of each slide, a citation, the fields of a simulation. Here the text that comes back, and
each formula, stands in a table; in the HTML a letter of Unicode's private use takes its place.
web/views/deck_parts.js undoes it.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypedDict

from engine.deck.schema.deck_json import SlideJson

TITLE, NUMBER, FIRST, LAST = "\ue000", "\ue001", 0xE010, 0xF8FF
OFTEN, SHORTEST = 3, 6  # how often a piece comes, and its letters, to be worth a row of the table
_OWN = re.compile(f"[{TITLE}-{chr(LAST)}]")
_NONE = re.compile("(?!)")
_FORMULA = re.compile(r'<span class="katex(?:-display)?">')
_SPAN = re.compile(r"<(/?)span\b[^>]*>")
_AGAIN = re.compile(
    r'<footer class="colloquium-footer">.*?</footer>|<a class="colloquium-cite"[^>]*>[^<]*</a>'
    r'|<a class="term"[^>]*>|(?:<(?!a class="(?:colloquium-cite|term)")[^>]+>\n?)+'
)


class Bodies(TypedDict):
    """What some slides draw."""

    html: list[str | list[str]]  # with letters for pieces; in a list: as it is
    blocks: list[list[dict[str, Any]]]  # fields and columns as rows of `shared`
    pieces: list[str]  # after those of the first part
    shared: list[Any]  # the same


class Packer:
    """Packs slides of one deck; a later part builds on the tables of the first."""

    def __init__(self, slides: Sequence[SlideJson]) -> None:
        self._slides = slides
        texts = [_marked(slide) for slide in slides]
        ranks = _pieces([text for text in texts if text is not None])
        longest = sorted(ranks, key=len, reverse=True)
        pieces = re.compile(f"({'|'.join(map(re.escape, longest))})") if longest else _NONE
        self._parts = [None if text is None else pieces.split(text) for text in texts]
        self._ranks = {piece: k for k, piece in enumerate(ranks)}
        self._found: dict[str, int] = {}
        self._shared: dict[str, int] = {}

    def bodies(self, at: Iterable[int], *, first: bool = False) -> Bodies:
        """The HTML and blocks of the slides at these places."""
        found = self._found if first else dict(self._found)
        shared = self._shared if first else dict(self._shared)
        pieces, values = len(found), len(shared)
        places = list(at)
        parts = [self._parts[place] or [] for place in places]
        used = {piece for each in parts for piece in each[1::2]} - found.keys()
        for piece in sorted(used, key=self._ranks.__getitem__)[: LAST - FIRST - pieces]:
            found[piece] = len(found)
        return {
            "html": [self._text(place, found) for place in places],
            "blocks": [_blocks(self._slides[place], shared) for place in places],
            "pieces": list(found)[pieces:],
            "shared": [json.loads(text) for text in list(shared)[values:]],
        }

    def _text(self, place: int, found: dict[str, int]) -> str | list[str]:
        parts = self._parts[place]
        if parts is None:
            return [self._slides[place]["html"]]
        rows = (found.get(piece) for piece in parts[1::2])
        letters = (None if row is None else chr(FIRST + row) for row in rows)
        marks = [one or piece for one, piece in zip(letters, parts[1::2], strict=True)]
        return "".join(one for pair in zip(parts[::2], [*marks, ""], strict=True) for one in pair)


def _marked(slide: SlideJson) -> str | None:
    """A slide's HTML with letters for its title and number; None where such letters are its own."""
    text = slide["html"]
    if _OWN.search(text):
        return None
    title = f'<h2 class="slide-title">{html.escape(slide["title"], quote=False)}</h2>'
    if text.startswith(title):
        text = TITLE + text.removeprefix(title)
    count = '<span class="colloquium-counter">'
    return text.replace(f"{count}{slide['number']} / ", f"{count}{NUMBER} / ")


def _pieces(texts: Sequence[str]) -> list[str]:
    """Each formula, and all that comes often, the most frequent first."""
    formulas = dict.fromkeys(one for text in texts for one in _formulas(text))
    counts: Counter[str] = Counter()
    for text in texts:
        for formula in _formulas(text):
            text = text.replace(formula, TITLE)
        counts.update(match[0] for match in _AGAIN.finditer(text))
    often = [one for one, n in counts.most_common() if n >= OFTEN and len(one) >= SHORTEST]
    return [*formulas, *(one for one in often if TITLE not in one)]


def _formulas(text: str) -> Iterator[str]:
    """Each drawn formula: from its span to where that ends."""
    end = 0
    for start in _FORMULA.finditer(text):
        if start.start() < end:
            continue
        depth = 0
        for tag in _SPAN.finditer(text, start.start()):
            depth += -1 if tag[1] else 1
            if depth == 0:
                end = tag.end()
                yield text[start.start() : end]
                break


def _blocks(slide: SlideJson, shared: dict[str, int]) -> list[dict[str, Any]]:
    """The blocks of a slide, without what no page reads."""

    def row(value: object) -> int:
        text = json.dumps(value, ensure_ascii=False)
        return shared.setdefault(text, len(shared))

    packed = []
    for block in slide["blocks"]:
        data = dict(block["data"])
        if block["kind"] == "sim" and data.get("fields"):
            data["fields"] = [row(field) for field in data["fields"]]
            data["columns"] = {name: row(one) for name, one in data.get("columns", {}).items()}
        packed.append({"kind": block["kind"], "id": block["id"], "data": data})
    return packed
