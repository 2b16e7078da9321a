"""The YAML between the first two `---` lines of a deck."""

import difflib
import re
from dataclasses import dataclass, field
from typing import Any

from engine.deck.model import Problem
from engine.deck.source import yamltext

KNOWN = (
    "title", "author", "date", "theme", "aspect_ratio", "fonts", "footer", "custom_css",
    "bibliography", "citation_style", "citation_order", "figure_captions", "pptx", "chapters",
    "chapter_bar", "url", "share_image", "description", "lang", "slug",
)  # fmt: skip
_CHOICES = {
    "citation_style": ("author-year", "numeric", "title-year"),
    "citation_order": ("auto", "appearance", "alphabetical"),
}
_MAPPINGS = ("fonts", "footer", "pptx")
_FENCE = re.compile(r"^---[ \t]*$")


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
        return Frontmatter({}, 0, ())
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
    meta = dict(found.value or {})
    for key in ("title", "author", "date", "description", "slug"):
        if isinstance(meta.get(key), bool | int | float):
            meta[key] = found.text(meta[key], key)
    problems: list[Problem] = []
    places: dict[str, tuple[int, int]] = {}
    for key in list(meta):
        line, column = found.place(key)
        places[key] = (first + 2 + line, column + 1)
        if isinstance(meta[key], dict):
            inner = {f"{key}.{name}": found.place(key, name) for name in meta[key]}
            places |= {name: (first + 2 + at[0], at[1] + 1) for name, at in inner.items()}
        problem = _check(key, meta, places[key])
        if problem is not None:
            problems.append(problem)
    problems += yamltext.problems(found.notes, first + 2, {one.line for one in problems})
    return Frontmatter(meta, last + 1, tuple(problems), places)


def _check(key: str, meta: dict[str, Any], place: tuple[int, int]) -> Problem | None:
    """What is wrong with one field; a value that cannot be used is taken out of `meta`."""
    value = meta[key]
    if key not in KNOWN:
        near = difflib.get_close_matches(key, KNOWN, n=1, cutoff=0.75)
        fix = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(KNOWN)}."
        message = f"The frontmatter has no field '{key}', so it does nothing."
        return Problem(message, fix, *place, "warning")
    if key in _CHOICES and value not in _CHOICES[key]:
        del meta[key]
        near = difflib.get_close_matches(str(value), _CHOICES[key], n=1)
        fix = f"Did you mean '{near[0]}'?" if near else f"Write one of: {_words(key)}."
        return Problem(f"'{value}' is no {key}.", fix, *place)
    if key in _MAPPINGS and value is not None and not isinstance(value, dict):
        del meta[key]
        return Problem(f"'{key}' holds 'name: value' lines.", "Indent them below it.", *place)
    if key == "bibliography" and value is not None and not isinstance(value, str):
        del meta[key]
        message, fix = "'bibliography' is the path of one .bib file.", "Write a path, or nothing."
        # colloquium reads `false` as none.
        severity = "warning" if value is False else "error"
        return Problem(message, fix, *place, severity)
    return None


def _words(key: str) -> str:
    return ", ".join(_CHOICES[key])
