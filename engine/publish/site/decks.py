"""A deck as an exported site has it: links to pages that are files, pictures beside them."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from engine.app import pictures
from engine.app.lectures import css_of, library, recorded_folders, source_of, with_files
from engine.app.svg_fonts import with_fonts
from engine.deck.blocks.grid import points
from engine.deck.library import Lecture
from engine.deck.schema.deck_json import BlockJson, DeckJson, SlideJson
from engine.deck.source import names
from engine.publish.site.deck_parts import as_text, parted
from engine.runs.results import recordings as recorded

PAGES = ("references", "claims")
_LINK = re.compile(r'(<a\b[^<>]*?\shref=")(?:\./)?([^"/?#:]*)(?=["?#])')
Picture = tuple[str, bytes | Path]  # address below the site's folder, and its content


@dataclass(frozen=True)
class SiteDeck:
    """A lecture, ready to be written."""

    slug: str
    title: str
    scope: str  # of its own style sheet
    document: DeckJson
    pictures: tuple[Picture, ...]
    recordings: tuple[Path, ...]
    missing: tuple[str, ...]  # "SLIDE (SIMULATION)" of blocks without a recorded run
    ahead: frozenset[str] = frozenset()  # names of the recordings that belong to grids

    @cached_property
    def address(self) -> str:
        """The name of its answer, which is another for each version."""
        digest = hashlib.sha256(as_text(self.document).encode()).hexdigest()[:16]
        return f"api/decks/{self.slug}/{digest}.json"

    @cached_property
    def parts(self) -> dict[str, Any]:
        """Its answer by its name and, where it comes in several parts, the later ones."""
        return parted(self.document, self.address)

    def simulations(self) -> Iterator[BlockJson]:
        """Its live blocks."""
        return _simulations(self.document["slides"])


def of(lecture: Lecture, document: DeckJson, *, grid: bool = False) -> SiteDeck:
    """The lecture with the addresses of an exported site; with `grid` the runs of grids, too."""
    slides = [with_files(slide) for slide in document["slides"]]
    if not grid:
        slides = list(map(_without_grids, slides))
    sources = pictures.sources(slide["html"] for slide in slides)
    pages = {*library().paths(), *PAGES}
    linked: list[SlideJson] = [{**one, "html": with_pages(one["html"], pages)} for one in slides]
    found = [_recording(block["data"]) for block in _simulations(slides)]
    missing = [
        f"{slide['id']} ({block['data']['sim']})"
        for slide in slides
        for block in _simulations([slide])
        if "recorded" not in block["data"]
    ]
    ahead: list[Path] = []
    for slide in slides:
        for block in _simulations([slide]):
            own = [_found(block["data"]["sim"], params) for params in points(block["data"])]
            ahead += [path for path in own if path]
            if count := own.count(None):
                where = f"{slide['id']} ({block['data']['sim']}, {count} runs of its grid)"
                missing.append(where)
    return SiteDeck(
        slug=lecture.slug,
        title=lecture.title,
        scope=names.slug_of(lecture.path),
        document={
            **document,
            "slides": linked,
            "css": css_of(document),
            "source": source_of(lecture.slug),
        },
        pictures=tuple(_pictures(sources)),
        recordings=tuple(dict.fromkeys(path for path in [*found, *ahead] if path)),
        missing=tuple(missing),
        ahead=frozenset(path.name for path in ahead),
    )


def with_pages(html: str, pages: Collection[str]) -> str:
    """HTML in which a link to one of these pages of a server leads to the file of that page."""

    def lead(match: re.Match[str]) -> str:
        name = unquote(match[2])
        if name == ".":
            return f"{match[1]}./index.html"
        return f"{match[1]}./{match[2]}.html" if name in pages else match[0]

    return _LINK.sub(lead, html)


def _without_grids(slide: SlideJson) -> SlideJson:
    """The slide as a new one: the library's own document is shared."""
    blocks: list[BlockJson] = [
        {**one, "data": {key: value for key, value in one["data"].items() if key != "grid"}}
        for one in slide["blocks"]
    ]
    return {**slide, "blocks": blocks}


def _simulations(slides: list[SlideJson]) -> Iterator[BlockJson]:
    for slide in slides:
        for block in slide["blocks"]:
            if block["kind"] == "sim" and block["data"].get("fields"):
                yield block


def _recording(data: dict) -> Path | None:
    if "recorded" not in data:
        return None
    return _found(data["sim"], data["params"])


def _found(sim: str, params: dict[str, Any]) -> Path | None:
    return recorded.find(sim, params, recorded_folders())


def _pictures(sources: Collection[str]) -> Iterator[Picture]:
    for source in sources:
        asked, path = pictures.asked(source), pictures.file_of(source, library())
        if path is None or asked.startswith(".."):
            continue
        is_drawing = path.suffix.lower() == ".svg"
        yield f"files/{asked}", with_fonts(path, path.stat().st_mtime_ns) if is_drawing else path
