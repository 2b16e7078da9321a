"""Timelines: the dated entries of the files of content/timelines, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.deck.course import content_folders
from engine.deck.model import Problem
from engine.deck.schema.content_models import TimelineEntry
from engine.deck.schema.validation import Fault, fit
from engine.deck.source import yamltext
from engine.deck.source.yamltext import Yaml

FOLDER = "timelines"
_NO_ENTRY = [Fault((), "It holds no 'name: value' lines.", "Write {year: 2019, title: …}.")]


@dataclass(frozen=True)
class Entry:
    """One entry: the fields that are right, what is wrong with it, and where in the file."""

    fields: Mapping[str, Any]
    faults: list[Fault]
    path: tuple[str, ...]


def entries(listed: list[Any], *section: str) -> list[Entry]:
    """The entries of a timeline, or of one section of it."""
    found = []
    for index, written in enumerate(listed):
        is_read = isinstance(written, dict)
        fields, faults = fit(TimelineEntry, written) if is_read else ({}, _NO_ENTRY)
        found.append(Entry(fields, faults, (*section, str(index))))
    return found


def lists(yaml: Yaml) -> dict[tuple[str, ...], list[Any]]:
    """The lists of entries in a file: one without a name, or one for each section."""
    if isinstance(yaml.value, list):
        return {(): yaml.value}
    held = yaml.value if isinstance(yaml.value, dict) else {}
    return {(str(key),): value for key, value in held.items() if isinstance(value, list)}


def faults(folder: Path) -> list[Problem]:
    """What is wrong with any timeline that decks in `folder` could show, also in what none does."""
    return [one for path, yaml in _files(folder) for one in _of_file(path, yaml)]


def named_works(folder: Path) -> Iterator[tuple[str, Problem]]:
    """Each work that a timeline refers to, and a problem at its place for when there is none."""
    for path, yaml in _files(folder):
        for section, listed in lists(yaml).items():
            for entry in entries(listed, *section):
                for index, key in enumerate(entry.fields.get("refs", ())):
                    place = yaml.place(*entry.path, "refs", str(index))
                    yield key, _problem(path, place, "", "")


def _files(folder: Path) -> Iterator[tuple[Path, Yaml]]:
    for root in content_folders(folder):
        for path in sorted((root / FOLDER).glob("*.yaml")):
            yield path, yamltext.file(path, folder)


def _of_file(path: Path, yaml: Yaml) -> Iterator[Problem]:
    if yaml.fault is not None:
        yield yaml.fault.problem(str(path))
        return
    yield from (note.problem(1, str(path)) for note in yaml.notes)
    if not lists(yaml):
        fix = "Begin each entry with '- year: …'."
        yield _problem(path, (0, 0), "This timeline has no list of entries.", fix)
    for section, listed in lists(yaml).items():
        for entry in entries(listed, *section):
            for one in entry.faults:
                place = yaml.place(*entry.path, *one.path)
                yield _problem(path, place, one.message, one.fix)


def _problem(path: Path, place: tuple[int, int], message: str, fix: str) -> Problem:
    return Problem(message, fix, place[0] + 1, place[1] + 1, file=str(path))
