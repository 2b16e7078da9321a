"""What an author wrote, as data: a Deck of Slides, which hold Blocks; Problems say what is wrong.

Everything is frozen and carries the 1-based line it came from, so that tools can point at the
source. HTML is made elsewhere (`engine.deck.slides`), once for each slide, which carries it.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.streams import printable

if TYPE_CHECKING:
    from engine.deck.slides.slide import Rendered


@dataclass(frozen=True)
class Problem:
    """One fault in a deck: where, what, and how to fix it. An error fails `practicum check`."""

    message: str
    fix: str = ""
    line: int = 1
    column: int = 1
    severity: Literal["error", "warning"] = "error"
    file: str = ""
    rule: str = "deck"  # which check found it: see engine/deck/schema/course_models.py

    def __str__(self) -> str:
        fix = f" {self.fix}" if self.fix else ""
        return printable(f"{self.file}:{self.line}:{self.column}: {self.message}{fix}")


@dataclass(frozen=True)
class Term:
    """One entry of the glossary."""

    id: str
    name: str
    also: tuple[str, ...]  # plurals and other names
    html: str  # what it means
    search: tuple[str, ...] = ()  # what people type who look for it
    reference: str = ""  # key of the work to read
    line: int = 1  # of its reference, else of the entry


@dataclass(frozen=True, eq=False)  # compared by identity: it is a key of the cache of slides
class Glossary:
    """The terms that are marked where a slide first mentions them."""

    terms: tuple[Term, ...] = ()
    names: dict[str, str] = field(default_factory=dict)  # every name -> id of its term
    pattern: re.Pattern[str] | None = None  # finds the names in a text
    problems: tuple[Problem, ...] = ()
    path: str = ""


@dataclass(frozen=True)
class Block:
    """A fenced element with meaning (`sim`, `box`, `chart`, …): its kind, id and checked fields."""

    kind: str
    id: str  # unique in the deck; an author's `id:` or "<slide id>-<kind>[-n]"
    line: int
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Slide:
    """One slide: its identity, its directives already understood, and its Markdown body."""

    id: str  # slug of the title, or `<!-- id: … -->`; stable when other slides come and go
    title: str  # one line of plain text
    level: int  # heading level of the title: 1, 2, or 0 without one
    layout: str  # "title", "content", "section-break", …
    classes: tuple[str, ...]
    line: int
    end_line: int
    source: str  # the slide's raw text
    steps: int = 0  # number of reveals after the slide first appears
    aliases: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()  # terms and symbols that it explains, as they are written
    keywords: tuple[str, ...] = ()  # what a search finds it by, besides what it says
    citations: tuple[str, ...] = ()  # every key cited here, in order of first appearance
    notes: str = ""
    blocks: tuple[Block, ...] = ()
    section: str = ""  # title of the chapter this slide belongs to
    style: str = ""  # checked inline CSS for the slide
    is_after_references: bool = False  # shown behind the list of works
    is_hidden: bool = False  # `only: pptx`: not in the web page
    is_aside: bool = False  # belongs to the slide before it; → on the main path skips it
    minutes: float | None = None  # that the presenter plans for it
    talk: float | None = None  # the shortest talk, in minutes, that it belongs to
    terms: tuple[str, ...] = ()  # ids of the glossary's terms that are marked here
    rendered: "Rendered | None" = field(default=None, compare=False, repr=False)  # its HTML, …


@dataclass(frozen=True)
class Deck:
    """A whole lecture file."""

    path: Path
    title: str
    meta: dict[str, Any]
    slides: tuple[Slide, ...]
    problems: tuple[Problem, ...] = ()
    references: tuple[str, ...] = ()  # keys of cited works in the order they are listed
    bibliography: Path | None = None  # the .bib file, when there is one to read
    glossary: Glossary = field(default_factory=Glossary)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # 1-based, of the frontmatter
    files: tuple[str, ...] = ()  # all that this deck draws on (some may not exist)
