"""The glossary of the field: `content/glossary.yaml`, its entries and what is wrong with them.

How its names are found in a text is in `engine.deck.markup.terms`.
"""

import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.deck.content import bibliography
from engine.deck.content.bibliography import Bibliography, Work
from engine.deck.course import content_file
from engine.deck.markup import markdown, terms
from engine.deck.markup.state import State
from engine.deck.model import Glossary, Problem, Term
from engine.deck.schema.content_models import TermFields
from engine.deck.schema.deck_json import TermJson, WorkJson
from engine.deck.schema.validation import fit
from engine.deck.source import ids, yamltext
from sims.nearest import nearest

_FORM = "Write '- term: …' with 'text: …' below it."


@dataclass
class _Reading:
    """A glossary while it is read."""

    path: Path
    found: yamltext.Yaml
    names: dict[str, str] = field(default_factory=dict)  # as sought -> id of the term
    problems: list[Problem] = field(default_factory=list)

    def problem(self, message: str, fix: str, *path: str) -> None:
        line, column = self.found.place(*path)
        self.problems.append(Problem(message, fix, line + 1, column + 1, file=str(self.path)))


def file_of(folder: Path) -> Path:
    """The glossary of decks in `folder`; it need not exist."""
    return content_file(folder, "glossary.yaml")


def load(folder: Path) -> Glossary:
    """The glossary of decks in `folder`, an empty one when there is none. Never raises."""
    path = file_of(folder)
    try:
        stat = path.stat()
        return _load(path, folder, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError):  # none, or a link that leads nowhere
        return _load(path, folder, 0, 0) if os.path.lexists(path) else _NONE


def check_references(glossary: Glossary, known: Bibliography | None) -> Iterator[Problem]:
    """A problem for each `ref` that is not a work of the bibliography beside the glossary.

    A deck that brings its own bibliography says nothing about the glossary.
    """
    if known is None:
        return
    if os.path.realpath(known.path.parent) != os.path.realpath(os.path.dirname(glossary.path)):
        return
    for term in glossary.terms:
        if term.reference and not isinstance(known.work(term.reference), Work):
            fix = nearest(term.reference, known.keys(), "Add its BibTeX entry.")
            message = f"There is no work '{term.reference}' in {known.path.name}."
            yield Problem(message, fix, term.line, file=glossary.path)


def document(glossary: Glossary, file: Path | None, folder: Path) -> list[TermJson]:
    """The terms as the browser gets them, each with the work that it rests on."""
    known = bibliography.load(file, folder) if file is not None else None
    return [
        {
            "id": term.id,
            "term": term.name,
            "also": list(term.also),
            "search": list(term.search),
            "html": term.html,
            "work": _work(known, term.reference),
        }
        for term in glossary.terms
    ]


def _work(known: Bibliography | None, key: str) -> WorkJson | None:
    work = known.work(key) if known is not None and key else None
    if not isinstance(work, Work):
        return None
    return {
        "key": work.key,
        "authors": work.authors,
        "title": work.title,
        "year": work.year,
        "venue": work.venue,
        "url": work.url,
    }


@functools.lru_cache(maxsize=8)
def _load(path: Path, folder: Path, _mtime: int, _size: int) -> Glossary:
    found = yamltext.file(path, folder)
    reading = _Reading(path, found)
    if found.fault is not None:
        fault = found.fault.problem(str(path))
        return Glossary(path=str(path), problems=(fault,))
    reading.problems += [note.problem(1, str(path)) for note in found.notes]
    listed = found.value if isinstance(found.value, list) else []
    if found.value is not None and not isinstance(found.value, list):
        reading.problem("A glossary is a list of terms.", _FORM)
    entries = [_term(reading, index, one) for index, one in enumerate(listed)]
    kept = sorted((one for one in entries if one is not None), key=lambda one: one.name.lower())
    return Glossary(
        terms=tuple(kept),
        names=reading.names,
        pattern=terms.pattern(reading.names),
        problems=tuple(reading.problems),
        path=str(path),
    )


def _term(reading: _Reading, index: int, one: Any) -> Term | None:
    """One entry, or None (and a problem) when it cannot be shown."""
    at = str(index)
    if not isinstance(one, dict):
        reading.problem("An entry of the glossary holds 'name: value' lines.", _FORM, at)
        return None
    fields, faults = fit(TermFields, one)
    for fault in faults:
        reading.problem(fault.message, fault.fix, at, *fault.path)
    if "term" not in fields or "text" not in fields:
        return None
    one, also = fields, fields.get("also", [])
    name = " ".join(one["term"].split())
    identity = ids.slug(name)
    for other, key in [(name, "term"), *((other, "also") for other in also)]:
        if other in reading.names:
            message = f"'{other}' is explained twice."
            reading.problem(message, "Keep one of the entries.", at, key)
        reading.names.setdefault(other, identity)
    reference = one.get("ref")
    return Term(
        id=identity,
        name=name,
        also=tuple(also),
        search=tuple(fields.get("search", [])),
        html=_html(reading, one["text"], at),
        reference=reference if isinstance(reference, str) else "",
        line=reading.found.place(at, "ref")[0] + 1,
    )


def _html(reading: _Reading, text: str, at: str) -> str:
    """A definition as HTML; it may hold math and emphasis."""
    state = State([" ".join(text.split())])
    html = state.fill(markdown.inline_of(state.lines[0], state, 0))
    if state.cites or state.footnotes:
        message = "A definition cites with its field 'ref'."
        reading.problem(message, "Write 'ref: KEY' instead of [@KEY].", at, "text")
    for problem in state.problems:
        reading.problem(problem.message, problem.fix, at, "text")
    return html


_NONE = Glossary()
