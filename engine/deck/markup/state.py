"""What is gathered while one slide is rendered, and the slots that keep trusted HTML apart.

Rendering writes a slot (a secret mark) wherever trusted HTML belongs, the author's HTML around it
is sanitised, and only then are the slots filled. Some parts depend on the rest of the deck (the
number of a citation, the id of a block); they become *late* marks, which
`engine.deck.slides.second_pass` fills.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it.token import Token

from engine.deck.markup.sanitise import DEEPEST, clean, is_blown_up, is_too_deep
from engine.deck.model import Glossary, Problem
from engine.deck.source.yamltext import Yaml, YamlNote

MOST_PROBLEMS = 200  # of a deck; nobody reads more, and each costs more than what it is about
_DEEPEST_FOOTNOTE, _MOST_FOOTNOTES = 3, 200  # footnotes in footnotes, footnotes of a slide
_FAR = 400  # lines in which a piece of Markdown is looked for
_NONCE = secrets.token_hex(6)
_SLOT = re.compile(rf"\ue000{_NONCE}-(\d+)\ue001")
LATE = re.compile("\ue000([a-z]):([^\ue000\ue001]*)\ue001")
# A tag as the sanitiser writes it: values stand in double quotes, in which there is no other one.
_TAG = re.compile(r'(<[^"<>]*+(?:"[^"]*+"[^"<>]*+)*+>)')


@dataclass(frozen=True)
class Cite:
    """One citation key where it was written (0-based line and column in the slide)."""

    key: str
    line: int
    column: int = 0
    origin: str = ""  # file and line of content/ that name it, where the slide only shows them


@dataclass(frozen=True)
class Image:
    """One image: its address as written, and its place (0-based, in the slide)."""

    src: str
    alt: str
    line: int
    column: int


@dataclass(frozen=True)
class Link:
    """One link: its address as written, and its place (0-based, in the slide)."""

    href: str
    line: int
    column: int


@dataclass(frozen=True)
class Raw:
    """A fenced element as written: kind, 0-based line of its first mark, YAML and text."""

    kind: str
    line: int
    yaml: Yaml
    text: str


@dataclass(frozen=True)
class Note:
    """The text of a footnote with a name, and the 0-based line of the slide where it begins."""

    text: str
    line: int


@dataclass
class State:
    """Gathers citations, images, blocks, footnotes and problems; one for each rendered slide."""

    lines: list[str]  # the slide's source
    fence: Callable[[Token, "State"], str] = lambda token, _state: token.content
    captions: bool = False  # images that stand alone become figures
    footnote_side: str = "right"
    unclosed: frozenset[int] = frozenset()  # 0-based lines of fences that never end
    base: int = 0  # 0-based line of the slide at which the text now rendered begins
    glossary: Glossary | None = None  # its terms are marked at their first mention
    terms: set[str] = field(default_factory=set)  # ids of those that were
    slots: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cites: list[Cite] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    math_size: int = 0  # characters of HTML of its formulas
    links: list[Link] = field(default_factory=list)
    blocks: list[Raw] = field(default_factory=list)
    notes: list[tuple[int, YamlNote]] = field(default_factory=list)  # first line of their YAML
    footnotes: list[tuple[str, int]] = field(default_factory=list)  # inline ones: text, line
    named_notes: dict[str, Note] = field(default_factory=dict)  # `[^a]: …`, by name
    numbers: dict[str, int] = field(default_factory=dict)  # of the named ones that have a mark
    depths: list[int] = field(default_factory=list)  # of each: inside how many others it stands
    depth: int = 0  # of the text that is now rendered

    def slot(self, html: str) -> str:
        """A mark that stands for trusted `html` until `fill`."""
        return self._slot(strip_marks(html))

    def late(self, kind: str, payload: str) -> str:
        """A mark that stands for what only the whole deck knows."""
        return self._slot(_late(kind, payload))

    def _slot(self, html: str) -> str:
        self.slots.append(html)
        return f"\ue000{_NONCE}-{len(self.slots) - 1}\ue001"

    def fill(self, html: str) -> str:
        """Sanitise the author's HTML, then put the trusted parts in; never inside a tag."""
        cleaned = None if is_too_deep(html) else clean(html)
        if cleaned is None or is_blown_up(html, cleaned):
            message = f"This HTML has more than {DEEPEST} elements inside one another."
            self.problem(message, "Close them; it is shown as text.", self.base)
            return escape(strip_marks(_SLOT.sub("", html)))
        parts = _TAG.split(cleaned)
        for index, part in enumerate(parts):
            # Odd parts are tags: HTML put into an attribute would end it.
            parts[index] = strip_marks(_SLOT.sub("", part)) if index % 2 else self._filled(part)
        return "".join(parts)

    def _filled(self, text: str) -> str:
        parts = _SLOT.split(text)
        for index, part in enumerate(parts):
            # Odd parts are numbers of slots. Elsewhere an entity may have made one of our marks.
            parts[index] = self.slots[int(part)] if index % 2 else strip_marks(part)
        return "".join(parts)

    def cite(self, keys: list[str], line: int, column: int, *, linked: bool = True) -> str:
        """Record citations (of the group that begins there); return the mark that shows them."""
        source = self.lines[line] if line < len(self.lines) else ""
        self.cites.extend(Cite(key, line, max(source.find(f"@{key}", column), 0)) for key in keys)
        return self.late("c" if linked else "p", ";".join(keys))

    def block(self, raw: Raw, fallback: str = "") -> str:
        """Record an operable block and return the place where the app mounts it."""
        self.blocks.append(raw)
        kind, block = raw.kind, _late("b", str(len(self.blocks) - 1))
        opening = f'<div class="live live--{kind}" data-block="{block}" data-kind="{kind}">'
        return self._slot(f"{opening}{strip_marks(fallback)}</div>")

    def problem(
        self, message: str, fix: str, line: int, column: int = 0, *, warning: bool = False
    ) -> None:
        """Note a fault at a 0-based place of the slide."""
        severity = "warning" if warning else "error"
        if len(self.problems) < MOST_PROBLEMS + 100:  # the deck says that there are more
            self.problems.append(Problem(message, fix, line + 1, column + 1, severity))

    def takes_footnote(self, line: int) -> bool:
        """Whether there may be one more here; says of the first that is too many."""
        if self.depth < _DEEPEST_FOOTNOTE and len(self.footnotes) < _MOST_FOOTNOTES:
            return True
        why = "is nested too deeply in others" if self.depth else "is one too many"
        message = f"A footnote {why} and is shown as text."
        if not any(one.message == message for one in self.problems):
            self.problem(message, "Write it as text.", *self.place("^[", line))
        return False

    def place(self, needle: str, line: int) -> tuple[int, int]:
        """Where `needle` stands at or after `line` (relative to `base`), 0-based in the slide."""
        first = min(self.base + line, max(len(self.lines) - 1, 0))
        for index in range(first, min(first + _FAR, len(self.lines))):
            column = self.lines[index].find(needle)
            if column >= 0:
                return index, column
        return first, 0

    def nested(self, line: int, render: Callable[[], Any]) -> Any:
        """Render a text that begins at another line of the slide (a box's content, a footnote)."""
        before, self.base = self.base, line
        try:
            return render()
        finally:
            self.base = before


def _late(kind: str, payload: str) -> str:
    return f"\ue000{kind}:{payload}\ue001"


def strip_marks(text: str) -> str:
    """`text` without the two private characters that marks are made of."""
    return text.replace("\ue000", "").replace("\ue001", "")
