"""What a deck writes at such length that only a part of it is shown: a warning for each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.deck.model import Problem
from engine.deck.slides import css, footer
from engine.deck.slides.slide import Rendered

Places = Mapping[str, tuple[int, int]]  # where each field of the frontmatter stands, 1-based


def cuts(
    meta: Mapping[str, Any], places: Places, slides: Iterable[tuple[int, Rendered]]
) -> Iterator[Problem]:
    """A warning for each cut; `slides` come with the line on which each begins."""
    yield from _zones(meta, places)
    yield from _fonts(meta, places)
    num_chapters = 0
    for line, one in slides:
        asked = one.directives
        for name in ("chapter", "chapter-short"):
            if len(asked.settings.get(name, "")) > footer.LONGEST_CHAPTER:
                message = f"A '{name}' has at most {footer.LONGEST_CHAPTER} characters."
                place = line + asked.lines.get(name, 0)
                yield _warning(message, "The rest is left out: shorten it.", place)
        num_chapters += "chapter" in asked.settings or asked.layout == "section-break"
        if num_chapters == footer.MOST_CHAPTERS + 1 and meta.get("chapters") is not False:
            message = f"A lecture has at most {footer.MOST_CHAPTERS} chapters."
            yield _warning(message, "This one and those after it are not listed.", line)
            num_chapters += 1  # once


def _zones(meta: Mapping[str, Any], places: Places) -> Iterator[Problem]:
    given = meta.get("footer")
    for name, text in given.items() if isinstance(given, dict) else ():
        inner = text if name == "section_break" and isinstance(text, dict) else {name: text}
        for zone, value in inner.items():
            if zone in footer.ZONES and len(str(value)) > footer.LONGEST_ZONE:
                message = f"'{zone}' of the footer has more than {footer.LONGEST_ZONE} characters."
                fix = "The rest is left out: shorten it."
                yield _warning(message, fix, *places.get(f"footer.{name}", (1, 1)))


def _fonts(meta: Mapping[str, Any], places: Places) -> Iterator[Problem]:
    fonts = meta.get("fonts")
    given = fonts if isinstance(fonts, dict) else {}
    for name in css.FONTS:
        value = given.get(name)
        if isinstance(value, str) and value and not css.NAME.fullmatch(value):
            message = f"'{value[:60]}' cannot be the name of a font, so it does nothing."
            fix = "Write up to 60 letters, digits, spaces, dots and hyphens."
            yield _warning(message, fix, *places.get(f"fonts.{name}", (1, 1)))


def _warning(message: str, fix: str, line: int, column: int = 1) -> Problem:
    return Problem(message, fix, line, column, "warning")
