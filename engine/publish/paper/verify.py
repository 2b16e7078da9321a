"""Whether a PDF has all that its lecture has: pages, their text, bookmarks and links."""

import io
import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from engine.deck.schema.deck_json import SlideJson
from engine.publish.paper.bookmarks import parts
from engine.publish.paper.sheets import Sheet

UNSEEN = {"katex", "live", "quiz-why", "sr-only"}  # drawn otherwise, or not on paper
TITLED = ("sim", "chart", "published")
_TEXT = re.compile(rb"\bBT\b.*?\bET\b|/\w+ Do\b", re.DOTALL)  # strings are written as hex digits
_MARKS = "\u02bc\u02b9"  # letters to Unicode: fonts have one glyph for them and the apostrophe
VOID = {"br", "img", "hr", "input", "wbr", "source", "col"}


def verify(pdf: bytes, sheets: Sequence[Sheet], slides: Mapping[str, SlideJson]) -> list[str]:
    """What is lost, a sentence each; none where all is there. `slides` by their ids."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it notes what no reader of ours minds
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    if len(reader.pages) != len(sheets):
        return [f"The PDF has {len(reader.pages)} pages, but {len(sheets)} were laid out."]
    lost = []
    for number, (page, sheet) in enumerate(zip(reader.pages, sheets, strict=True), 1):
        text = squeezed(text_of(page))
        lost += [f"Page {number}: {one}" for one in _lost_text(text, sheet, slides)]
        found = _links(page)
        lost += [f"Page {number}: {one}" for one in _lost_links(found, sheet, slides)]
    wanted = [name for name, _ in parts(sheets, slides)]
    marked = [item.title for item in reader.outline if not isinstance(item, list)]
    if marked != wanted:
        lost.append(f"The bookmarks are {marked}, but the parts are {wanted}.")
    return lost


def text_of(page: Any) -> str:
    """The text of a page, in a third of the time: without the curves that are drawn between."""
    from pypdf.generic import NameObject, StreamObject

    content = page.get_contents()
    if content is None:
        return ""
    words = StreamObject()
    words.set_data(b"\n".join(_TEXT.findall(content.get_data())))
    page[NameObject("/Contents")] = words
    return page.extract_text()


def squeezed(text: str) -> str:
    """Letters and digits alone, in one spelling: PDF knows places of letters, and no spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in plain if one.isalnum() and one not in _MARKS)


def _lost_text(text: str, sheet: Sheet, slides: Mapping[str, SlideJson]) -> Iterator[str]:
    for name, step in sheet.slides:
        slide = slides[name]
        titles = [
            str(block["data"].get("title") or "")
            for block in slide["blocks"]
            if block["kind"] in TITLED
        ]
        for run in (*runs(slide["html"], step), *titles):
            if squeezed(run) not in text:
                yield f"slide '{name}' lost the words “{run.strip()[:60]}”."
    for paragraph in sheet.notes.splitlines():
        if squeezed(paragraph) not in text:
            yield f"the notes lost the words “{paragraph.strip()[:60]}”."


def _links(page: Any) -> tuple[list[str], int]:
    """Addresses that a page leads to, and how many links lead to other pages."""
    outer, inner = [], 0
    for one in page.get("/Annots") or []:
        note = one.get_object()
        if address := (note.get("/A") or {}).get("/URI"):
            outer.append(str(address))
        elif note.get("/Dest"):
            inner += 1
    return outer, inner


def _lost_links(
    found: tuple[list[str], int], sheet: Sheet, slides: Mapping[str, SlideJson]
) -> Iterator[str]:
    outer, _ = found
    for address in outer:
        if address.startswith("file:"):
            yield f"a link leads to a file of this machine, {address[:80]}."
    for name, step in sheet.slides:
        for address in links(slides[name]["html"], step):
            if address.rstrip("/") not in (one.rstrip("/") for one in outer):
                yield f"slide '{name}' lost the link to {address[:80]}."


class _Reader(HTMLParser):
    """The text and the links of a slide that a sheet shows at a step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step
        self.hidden: list[bool] = []
        self.runs: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = {name: value or "" for name, value in attrs}
        later = given.get("data-step", "0")
        is_later = later.isdigit() and int(later) > self.step
        is_unseen = bool(UNSEEN & set(given.get("class", "").split())) or tag == "svg"
        above = bool(self.hidden) and self.hidden[-1]
        self.hidden.append(above or is_later or is_unseen)
        href = given.get("href", "")
        if tag == "a" and not self.hidden[-1] and href.startswith(("http:", "https:", "mailto:")):
            self.links.append(href)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.hidden:
            self.hidden.pop()

    def handle_data(self, data: str) -> None:
        if squeezed(data) and not (self.hidden and self.hidden[-1]):
            self.runs.append(data)


def runs(html: str, step: int) -> list[str]:
    """Each piece of text of a slide's HTML that a sheet must show at this step; no formulas."""
    reader = _Reader(step)
    reader.feed(html)
    return reader.runs


def links(html: str, step: int) -> list[str]:
    """The addresses elsewhere to which the slide leads at this step."""
    reader = _Reader(step)
    reader.feed(html)
    return reader.links
