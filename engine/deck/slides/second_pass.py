"""What only the whole deck knows, put into rendered slides: citation labels, block ids, numbers."""

import functools
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.deck.content import bibliography
from engine.deck.content.bibliography import Work
from engine.deck.markup.state import LATE
from engine.deck.model import Block, Deck
from engine.deck.slides import footer

# A references slide holds what is about 530 px high on a 1280 x 720 slide, as in colloquium:
# lines of 120 characters, 27 px each, and 11 px between works.
_PAGE, _LINE, _GAP, _LETTERS = 530, 27, 11, 120


@dataclass
class Fill:
    """Fills the late marks of one deck's slides, in page order (figures are counted)."""

    works: dict[str, Work]  # in the order they are listed
    style: str
    numbers: dict[str, int] = field(default_factory=dict)
    figures: int = 0

    def __post_init__(self) -> None:
        self.numbers = {key: index + 1 for index, key in enumerate(self.works)}

    def html(self, text: str, blocks: Iterable[Block], context: "footer.Context") -> str:
        """`text` with every late mark replaced."""
        ids = [block.id for block in blocks]

        def one(match: re.Match[str]) -> str:
            kind, payload = match[1], match[2]
            if kind in ("c", "p"):
                keys = self._ordered(payload.split(";"))
                return " ".join(self._cite(key, linked=kind == "c") for key in keys)
            if kind == "b":
                return html.escape(ids[int(payload)])
            if kind == "f":
                self.figures += 1
                number = f"Figure {self.figures}:"
                return f'<span class="colloquium-figure-number">{number}</span> '
            return footer.toc(context, payload)

        return LATE.sub(one, text) if "\ue000" in text else text

    def aside(self, keys: Iterable[str]) -> str:
        """Citations of a `cite-left` or `cite-right` directive."""
        return "; ".join(self._link(key, self._label(key)) for key in self._ordered(keys))

    def data(self, data: dict[str, Any]) -> dict[str, Any]:
        """A block's data; the entries of a timeline get the labels of their works."""
        entries = data.get("entries")
        if not isinstance(entries, list):
            return data
        labelled = [
            {**entry, "refs_labels": [self._label(key) for key in entry.get("refs", [])]}
            for entry in entries
        ]
        return {**data, "entries": labelled}

    def _ordered(self, keys: Iterable[str]) -> list[str]:
        unique = dict.fromkeys(keys)
        return sorted(unique, key=lambda key: self.numbers.get(key, len(self.numbers) + 1))

    def _label(self, key: str) -> str:
        work = self.works.get(key)
        return bibliography.label(work, self.style, self.numbers[key]) if work else f"{key}?"

    def _cite(self, key: str, *, linked: bool) -> str:
        if key not in self.works:
            name, classes = html.escape(key), "colloquium-cite colloquium-cite-missing"
            return f'<span class="{classes}" data-cite="{name}">[{name}?]</span>'
        label = self._label(key)
        shown = f"[{label}]" if self.style == "numeric" else f"({label})"
        return self._link(key, shown, linked=linked)

    def _link(self, key: str, shown: str, *, linked: bool = True) -> str:
        name, text = html.escape(key), html.escape(shown)
        if not linked or key not in self.works:  # a link cannot stand inside a link
            return f'<span class="colloquium-cite" data-cite="{name}">{text}</span>'
        return f'<a class="colloquium-cite" href="#ref-{name}" data-cite="{name}">{text}</a>'


@functools.lru_cache(maxsize=4096)
def _height(entry: str) -> int:
    """About how many px a work takes on a references slide."""
    letters = len(html.unescape(re.sub(r"<[^<>]+>", "", entry)))
    return max(1, -(-letters // _LETTERS)) * _LINE + _GAP


def reference_pages(deck: Deck, works: dict[str, Work]) -> list[tuple[str, str]]:
    """(title, HTML) of each generated references slide."""
    style = str(deck.meta.get("citation_style", "author-year"))
    pages: list[list[str]] = []
    height = _PAGE + 1
    for number, work in enumerate(works.values(), start=1):
        entry = bibliography.reference(work, style, number)
        need = _height(entry)
        if height + need > _PAGE:
            pages.append([])
            height = 0
        pages[-1].append(entry)
        height += need
    if len(pages) == 1:
        return [("References", "\n".join(pages[0]))]
    count = len(pages)
    return [
        (f"References ({index}/{count})", "\n".join(page))
        for index, page in enumerate(pages, start=1)
    ]
