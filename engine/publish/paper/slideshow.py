"""`practicum export pdf LECTURE --pptx`: slides as pictures, with their notes, for hosts that take
nothing but PowerPoint. Nothing on them can be edited or searched: the PDF is the better one."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.deck.schema.deck_json import DeckJson, SlideJson

if TYPE_CHECKING:
    from engine.publish.paper.sheets import OpenSheets

WIDTH, HEIGHT = 12_192_000, 6_858_000  # of a slide of 16:9, in EMU: 13.33 by 7.5 inches
BLANK = 6  # the layout without places for text


def made(paper: "OpenSheets", document: DeckJson) -> bytes:
    """A presentation with a slide for each sheet."""
    import pptx
    from pptx.util import Emu

    show = pptx.Presentation()
    show.slide_width, show.slide_height = Emu(WIDTH), Emu(HEIGHT)
    show.core_properties.title = document["title"]
    author = document["meta"].get("author")
    show.core_properties.author = author if isinstance(author, str) else ""
    slides = {slide["id"]: slide for slide in document["slides"]}
    for place, sheet in zip(paper.page.locator(".sheet").all(), paper.sheets, strict=True):
        [(name, _)] = sheet.slides
        picture = io.BytesIO(place.screenshot(animations="disabled"))
        slide = show.slides.add_slide(show.slide_layouts[BLANK])
        drawn = slide.shapes.add_picture(picture, Emu(0), Emu(0), Emu(WIDTH), Emu(HEIGHT))
        _describe(drawn, slides, name)
        notes = slides[name]["notes"]
        if notes and (frame := slide.notes_slide.notes_text_frame):
            frame.text = notes
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def _describe(drawn: object, slides: Mapping[str, SlideJson], name: str) -> None:
    """Who hears a picture instead of seeing it hears the title, and the words of the slide."""
    from engine.publish.paper.bookmarks import title
    from engine.publish.paper.verify import runs

    words = " ".join(one.strip() for one in runs(slides[name]["html"], slides[name]["steps"]))
    about = drawn._element._nvXxPr.cNvPr  # type: ignore[attr-defined]  # python-pptx has no other way
    about.set("name", title(slides[name]))
    about.set("descr", words)
