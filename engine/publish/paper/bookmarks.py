"""What a browser leaves out of a PDF: bookmarks by parts, page labels, and whose work it is."""

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from engine.deck.schema.deck_json import DeckJson, SlideJson
from engine.publish.paper.sheets import Sheet


def first_pages(sheets: Sequence[Sheet]) -> dict[str, int]:
    """The page, from 0, on which each slide is whole: that of its last step."""
    return {name: page for page, sheet in enumerate(sheets) for name, _ in sheet.slides}


def parts(
    sheets: Sequence[Sheet], slides: Mapping[str, SlideJson]
) -> Iterator[tuple[str, list[SlideJson]]]:
    """The bookmarks of a lecture: the title of each part, and its slides.

    A slide before the first part has a bookmark of its own; so has each of a deck without parts.
    """
    shown = [slides[name] for name in first_pages(sheets)]
    for part, group in groupby(shown, key=lambda slide: slide["section"]):
        if part:
            yield part, list(group)
        else:
            yield from ((title(slide), []) for slide in group)


def title(slide: SlideJson) -> str:
    return slide["title"] or slide["id"]


def _named(name: str, pages: Mapping[str, int], slides: Mapping[str, SlideJson]) -> str:
    return next(one for one in pages if title(slides[one]) == name)


def finish(pdf: bytes, sheets: Sequence[Sheet], document: DeckJson) -> bytes:
    """The PDF with bookmarks, the numbers of slides as labels of pages, and its author."""
    import pypdf
    from pypdf.generic import BooleanObject, DictionaryObject, NameObject

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it notes what no reader of ours minds
    slides = {slide["id"]: slide for slide in document["slides"]}
    pages = first_pages(sheets)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    for name, inside in parts(sheets, slides):
        first = inside[0]["id"] if inside else _named(name, pages, slides)
        above = writer.add_outline_item(title=name, page_number=pages[first], is_open=False)
        for slide in inside[inside[:1] != [] and title(inside[0]) == name :]:
            writer.add_outline_item(
                title=title(slide), page_number=pages[slide["id"]], parent=above
            )
    for page, sheet in enumerate(sheets):
        if len(sheet.slides) == 1:
            number = slides[sheet.slides[0][0]]["number"]
            writer.set_page_label(page_index_from=page, page_index_to=page, prefix=number)
    author = document["meta"].get("author")
    writer.add_metadata(
        {"/Title": document["title"], "/Creator": "Practicum"}
        | ({"/Author": author} if isinstance(author, str) else {})
    )
    shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(value=True)})
    writer.root_object[NameObject("/ViewerPreferences")] = shown
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
