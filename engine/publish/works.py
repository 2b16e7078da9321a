"""Works of a course that no deck cites, and those that its bibliography has twice."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.deck.content import bibliography
from engine.deck.content.bibliography import Bibliography, Work
from engine.deck.course import Course
from engine.deck.model import Problem

_DATA = (".yaml", ".yml")  # files of content/ that name works: glossary, claims, timelines, …


def unused_and_double(course: Course, cited: Iterable[str]) -> list[Problem]:
    """A warning for each entry of the course's own bibliography that nothing names, or that says
    the same as another. `cited` are the keys that its decks cite."""
    try:
        known = bibliography.load(course.bibliography, course.lectures)
    except OSError:
        return []
    named = set(cited) | _named(course.content)
    return [*_unused(known, named), *_double(known)]


def _named(content: Path) -> set[str]:
    """Every word of the data of a course: a key that is none of these is used nowhere."""
    words: set[str] = set()
    for path in sorted(content.rglob("*")):
        if path.suffix in _DATA and path.is_file():
            words.update(
                re.findall(
                    r"[^\s\[\]{},;:\"'@]+", path.read_text(encoding="utf-8", errors="replace")
                )
            )
    return words


def _unused(known: Bibliography, named: set[str]) -> Iterator[Problem]:
    parents = {text for piece in known.cut.pieces.values() for text in _parents(piece.text)}
    for key, piece in known.cut.pieces.items():
        if key not in named and key not in parents:
            fix = "Cite it, or remove it."
            message = f"The work '{key}' is cited nowhere."
            yield _finding("unused-work", message, fix, piece.line, known.path)


def _parents(entry: str) -> Iterator[str]:
    for _, keys in re.findall(r"(?i)\b(crossref|xdata)\s*=\s*[{\"]([^}\"]*)", entry):
        yield from (key.strip() for key in keys.split(","))


def _double(known: Bibliography) -> Iterator[Problem]:
    """The same title and year under two keys."""
    seen: dict[tuple[str, str], str] = {}
    for key in known.keys():  # noqa: SIM118 (it is not a dict)
        work = known.work(key)
        if not isinstance(work, Work):
            continue
        same = ("".join(filter(str.isalnum, work.title.casefold())), work.year)
        other = seen.setdefault(same, key)
        if other != key:
            message = f"The works '{other}' and '{key}' have the same title and year."
            yield _finding("bibliography", message, "Keep one of them.", work.line, known.path)


def _finding(rule: str, message: str, fix: str, line: int, path: Path) -> Problem:
    return Problem(message, fix, line, 1, "warning", str(path), rule)
