"""The YAML between the first two `---` lines of a deck."""

import re
from dataclasses import dataclass, field
from typing import Any

from engine.deck.model import Problem
from engine.deck.schema.deck_models import DeckFields
from engine.deck.schema.validation import Fault, fields_of, fit
from engine.deck.schema.written import with_texts
from engine.deck.source import yamltext

_FENCE = re.compile(r"^---[ \t]*$")
_LATE = re.compile(
    r"\s*+(?:<!--(?:(?!-->)[\s\S])*+-->\s*+)*+(?P<mark>---)[ \t]*\n(?P<name>[a-z_]+):[^\n]*\n"
    r"(?:(?!---)[^\n]*\n)*+---[ \t]*(?:\n|\Z)"
)


@dataclass(frozen=True)
class Frontmatter:
    """The fields of a deck, the 0-based line at which its slides begin, and what is wrong."""

    meta: dict[str, Any]
    body: int
    problems: tuple[Problem, ...]
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # of its fields, 1-based


def read(text: str) -> Frontmatter:
    """Read the frontmatter of a deck. Never raises; broken frontmatter is a problem."""
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    if first == len(lines) or not _FENCE.match(lines[first]):
        return Frontmatter({}, 0, _toml(lines, first) + _late(text))
    last = next((at for at in range(first + 1, len(lines)) if _FENCE.match(lines[at])), None)
    if last is None:
        fix = "End it with a line of ---."
        fault = Problem("The frontmatter is never closed.", fix, first + 1)
        return Frontmatter({}, first + 1, (fault,))
    inner = "\n".join(lines[first + 1 : last])
    found = yamltext.read(inner)
    if found.fault is not None:
        place = (first + 2 + found.fault.line, found.fault.column + 1)
        fix = "Quote values that hold ': ' or '#'."
        return Frontmatter({}, last + 1, (Problem(found.fault.message, fix, *place),))
    if found.value is None and any(line.strip() for line in lines[first + 1 : last]):
        return Frontmatter({}, first, ())  # only comments: a slide such as "## Title" above a `---`
    if found.value is not None and not isinstance(found.value, dict):
        fix = "Write 'title: …' lines."
        fault = Problem("The frontmatter holds no 'name: value' lines.", fix, first + 2)
        return Frontmatter({}, last + 1, (fault,))
    meta = with_texts(DeckFields, found.value or {}, found.written)
    places = _places(found, meta, first + 2)
    kept, faults = fit(DeckFields, meta)
    problems = [_problem(one, found, first + 2) for one in faults]
    for fault in faults:
        if len(fault.path) == 1 and fault.path[0] in fields_of(DeckFields):
            del meta[fault.path[0]]  # it cannot be used
    meta |= {key: kept[key] for key in meta if key in kept}
    problems += yamltext.problems(found.notes, first + 2, {one.line for one in problems})
    return Frontmatter(meta, last + 1, tuple(problems), places)


def _toml(lines: list[str], first: int) -> tuple[Problem, ...]:
    """Frontmatter of Hugo and Zola, between lines of `+++`, is a slide to us."""
    if first == len(lines) or lines[first].rstrip() != "+++" or "+++" not in lines[first + 1 :]:
        return ()
    fix = "Write 'name: value' lines between two lines of ---."
    return (Problem("This TOML frontmatter is shown as text.", fix, first + 1, severity="warning"),)


def _late(text: str) -> tuple[Problem, ...]:
    """Frontmatter with something above it is a slide; so it was hardly meant."""
    found = _LATE.match(text)
    if found is None or found["name"] not in fields_of(DeckFields):
        return ()
    message = "This frontmatter is shown as a slide: it does not begin the file."
    fix = "Move its first --- to the first line, without a space before it."
    line = text.count("\n", 0, found.start("mark")) + 1
    return (Problem(message, fix, line, severity="warning"),)


def _places(found: yamltext.Yaml, meta: dict[str, Any], first: int) -> dict[str, tuple[int, int]]:
    """Where each field stands, and each name inside one; `first` is the line of the YAML."""
    paths: dict[str, tuple[str, ...]] = {key: (key,) for key in meta}
    for key, value in meta.items():
        if isinstance(value, dict):
            paths |= {f"{key}.{name}": (key, name) for name in value}
    at = {name: found.place(*path) for name, path in paths.items()}
    return {name: (first + line, column + 1) for name, (line, column) in at.items()}


def _problem(fault: Fault, found: yamltext.Yaml, first: int) -> Problem:
    line, column = found.place(*fault.path)
    # colloquium reads `bibliography: false` as none.
    is_none = fault.path == ("bibliography",) and found.value["bibliography"] is False
    is_warning = fault.is_warning or is_none
    severity = "warning" if is_warning else "error"
    return Problem(fault.message, fault.fix, first + line, column + 1, severity)
