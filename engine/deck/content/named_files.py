"""The files that a deck names: its bibliography and its images, and whether they are there."""

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from engine.deck.content import bibliography, resources
from engine.deck.content.bibliography import Bibliography, Work
from engine.deck.course import course_of
from engine.deck.markup.state import Cite, Image
from engine.deck.model import Problem
from engine.deck.source.inside import Refused
from sims.nearest import nearest

Note = Callable[[Problem], None]
Place = tuple[int, int]  # 1-based line and column
_ELSEWHERE = re.compile(r"[a-zA-Z][\w+.-]*:|//|#")


@dataclass(frozen=True)
class Works:
    """The works that a deck may cite, and the .bib file that was looked for, if any."""

    known: Bibliography | None = None
    file: Path | None = None

    def problem(self, cite: Cite) -> tuple[Problem | None, Problem | None]:
        """What is wrong with a citation, and what with the entry it names (in its own file)."""
        place = (cite.line + 1, cite.column + 1)
        told = f"{cite.origin}: " if cite.origin else ""
        if self.known is None:
            if self.file is not None:
                return None, None  # that the file cannot be read is a problem already
            fix = "Name a .bib file: 'bibliography: …' in the frontmatter."
            message = f"{told}'{cite.key}' is cited, but there is no bibliography."
            return Problem(message, fix, *place, rule="citation"), None
        found = self.known.work(cite.key)
        if isinstance(found, Work):
            return None, None  # what is odd in its entry is in `remarks`
        if isinstance(found, Problem):
            message = f"{told}The cited entry '{cite.key}' cannot be read."
            return Problem(
                message, f"See {found.file}:{found.line}.", *place, rule="citation"
            ), found
        fix = _near_key(cite.key, tuple(self.known.keys()))
        return Problem(
            f"{told}There is no work '{cite.key}' in {self.known.path.name}.",
            fix,
            *place,
            rule="citation",
        ), None

    def remarks(self, cited: Iterable[str]) -> list[Problem]:
        """What is odd in the entries of the cited works, in the bibliography's own file."""
        known = self.known
        found = [known.work(key) for key in dict.fromkeys(cited)] if known else []
        return [
            one for work in found if known and isinstance(work, Work) for one in known.remarks(work)
        ]

    def listed(self, cited: Iterable[str], meta: Mapping[str, Any]) -> list[str]:
        """The cited keys in the order in which a deck of that style lists them."""
        style = str(meta.get("citation_style", "author-year"))
        labels: dict[str, str] = {}
        for key in dict.fromkeys(cited):
            work = self.known.work(key) if self.known else None
            if isinstance(work, Work):
                labels[key] = bibliography.label(work, style, len(labels) + 1)
        return bibliography.in_order(list(labels), labels, style, str(meta.get("citation_order")))


def works(meta: Mapping[str, Any], folder: Path, note: Note, place: Place = (1, 1)) -> Works:
    """The bibliography of a deck in `folder`; one that names none uses its course's.

    `place` is that of the field `bibliography`.
    """
    named = meta.get("bibliography")
    if named:
        file = folder / str(named)
    else:
        course = course_of(folder)
        file = course.bibliography
        is_meant = course.is_declared or folder.name == "lectures"
        if not is_meant or not os.path.lexists(file):
            return Works()
    try:
        known = bibliography.load(file, folder)
    except OSError as error:
        fix = error.fix if isinstance(error, Refused) else "Check its rights."
        why = f": {error}" if fix else ""  # without one there is no such file
        name = resources.short(str(named or file.name))
        message = f"The bibliography '{name}' cannot be read{why}."
        note(Problem(message, fix or resources.nearest_file(file), *place))
        return Works(None, file)
    for problem in known.problems:
        note(problem)
    return Works(known, file)


def check_images(
    images: Iterable[Image], folder: Path, note: Note, is_full: Callable[[], bool]
) -> list[str]:
    """The files of images beside the deck; complains of missing and of undescribed ones."""
    files = []
    for image in images:
        place = (image.line + 1, image.column + 1)
        if not image.alt:
            fix = "Describe it: ![what it shows](…)."
            note(
                Problem(
                    "This image has no alternative text.", fix, *place, "warning", rule="alt-text"
                )
            )
        if image.src and not _ELSEWHERE.match(image.src):
            files.append(os.path.join(folder, unquote(re.split(r"[?#]", image.src)[0])))
        if is_full():
            continue
        fault, fix = resources.picture_fault(image, folder)
        if fault:
            note(Problem(fault, fix, *place, rule="image"))
    return files


@functools.lru_cache(maxsize=256)
def _near_key(key: str, known: tuple[str, ...]) -> str:
    return nearest(key, known, "Add its BibTeX entry.")
