"""Pictures of slides before and after, and which of their pixels differ."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops
from pixelmatch.contrib.PIL import pixelmatch

from engine.deck.schema.deck_json import SlideJson
from engine.publish.diff.changes import Change, ChangedLecture, Side
from engine.publish.drawing import browser_page, opened

SIZE, PHONE = (1280, 720), (390, 844)
MARGIN = 3  # px around what differs: smoothed edges are told by their neighbours
RED = (214, 39, 40)
SCRIPT = "import('/publish/picture.js')"
# All slides of the page lie on one another: one is looked at while the others cannot be seen. They
# keep their size, for a chart that gets another one is drawn again.
STYLE = """
    .colloquium-counter { visibility: hidden }
    section.slide:not([data-looked-at]) {
        opacity: 0 !important; position: absolute !important; width: 100%
    }
"""
# A slide of a phone may be longer than its window, in which the page scrolls.
PHONE_STYLE = "html, body, .practicum { height: auto !important; overflow: visible !important }"
LOOK_AT = """(section) => {
    document.querySelector("[data-looked-at]")?.removeAttribute("data-looked-at")
    section.dataset.lookedAt = ""
}"""


@dataclass(frozen=True)
class Pictured:
    """A change as it looks: PNG files, and the mark that is laid over both."""

    change: Change
    before: bytes | None
    after: bytes | None
    mark: bytes | None  # transparent but for the pixels that differ
    num_pixels: int | None  # that differ; None where one side is missing


@dataclass(frozen=True)
class Viewport:
    """How the slides are looked at."""

    size: tuple[int, int] = SIZE
    theme: str = "light"


def draw(lectures: Iterable[ChangedLecture], view: Viewport = Viewport()) -> list[Pictured]:
    """The seen changes that look different; one that looks the same is left out.

    Raises `NoBrowser`.
    """
    found: list[Pictured] = []
    lectures = [one for one in lectures if any(change.is_seen for change in one.changes)]
    if not lectures:
        return found
    with browser_page("the pictures (leave them out with --no-pictures)") as page:
        for one in lectures:
            seen = [change for change in one.changes if change.is_seen]
            old = _of_side(page, view, one.before, [change.before for change in seen])
            new = _of_side(page, view, one.after, [change.after for change in seen])
            pictured = map(_compared, seen, old, new)
            found += [each for each in pictured if each.num_pixels != 0]
    return found


def _of_side(
    page: Any, view: Viewport, side: Side | None, wanted: Sequence[SlideJson | None]
) -> list[bytes | None]:
    """A picture for each wanted slide of a lecture, in their order; None for one that is not."""
    slides = [one for one in wanted if one is not None]
    if side is None or not slides:
        return [None] * len(wanted)
    with opened(page, side.place, {**side.deck, "slides": slides}, view.size, view.theme):
        page.add_style_tag(content=STYLE + (PHONE_STYLE if view.size == PHONE else ""))
        page.evaluate(f"slides => {SCRIPT}.then(({{ drawAll }}) => drawAll(slides))", slides)
        made = iter([_look(section) for section in page.locator("section.slide").all()])
    return [next(made) if one is not None else None for one in wanted]


def _look(section: Any) -> bytes:
    section.evaluate(LOOK_AT)
    return section.screenshot(animations="disabled")


def _compared(change: Change, before: bytes | None, after: bytes | None) -> Pictured:
    if before is None or after is None:
        return Pictured(change, before, after, None, None)
    mark, number = marked(_image(before), _image(after))
    return Pictured(change, before, after, _png(mark) if mark else None, number)


def marked(before: Image.Image, after: Image.Image) -> tuple[Image.Image | None, int]:
    """A transparent picture with the pixels that differ in red, and how many there are.

    Only the box in which anything differs is looked at pixel by pixel.
    """
    size = max(before.width, after.width), max(before.height, after.height)
    left, right = (_on_paper(one, size) for one in (before, after))
    box = ImageChops.difference(left, right).getbbox()
    if box is None:
        return None, 0
    wide = (
        max(box[0] - MARGIN, 0),
        max(box[1] - MARGIN, 0),
        min(box[2] + MARGIN, size[0]),
        min(box[3] + MARGIN, size[1]),
    )
    one, other = left.crop(wide), right.crop(wide)
    found = Image.new("RGBA", one.size)
    number = pixelmatch(one, other, found, diff_mask=True, diff_color=RED)
    mark = Image.new("RGBA", size)
    mark.paste(found, wide[:2])
    return mark, number


def _on_paper(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    made = Image.new("RGB", size, "white")
    made.paste(image.convert("RGB"))
    return made


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
