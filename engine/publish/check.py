"""`practicum check`: what is wrong with lecture files, as text, JSON or SARIF."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.claims.validate import check as claims_faults
from engine.deck.blocks import dated, papers
from engine.deck.content import bibliography, resources
from engine.deck.course import course_of
from engine.deck.document import document, load
from engine.deck.model import Deck, Problem
from engine.deck.parse import parse
from engine.deck.slides import slide
from engine.deck.source import names, textfile
from engine.deck.without_slides import problems_of
from engine.publish.order import undefined
from engine.publish.style import style
from engine.publish.works import unused_and_double
from sims.nearest import nearest


def check(paths: Iterable[Path]) -> list[Problem]:
    """Every problem of the given decks, each once. A folder stands for the decks in it."""
    paths = list(paths)
    found = empty_folders(paths)
    bibs: set[Path] = set()
    known: dict[Path, set[str]] = {}
    for file in files_of(paths):
        start = len(found)
        found += _names(file)
        try:
            text = textfile.deck(file)
        except textfile.Unreadable as error:
            found.append(error.problem)
            continue
        deck = parse(text, file)
        found += problems_of(document(deck))
        found += _empty(deck)
        found += _untitled(deck)
        found += _uncited(deck, bibs)
        found += undefined(deck)
        found += _elsewhere(deck, known)
        faults = _data(deck)
        told = {f"{Path(one.file).name}:{one.line}: {one.message}" for one in faults}
        found[start:] = [one for one in found[start:] if one.message not in told] + faults
        course = course_of(file.parent)
        found += [*course.problems, *(style(deck) if course.is_declared else [])]
        found[start:] = course.judged(found[start:])
    return once(found)


def policed(one: Problem) -> list[Problem]:
    """A finding in a deck as its course judges it; none when it is switched off."""
    return course_of(Path(one.file).parent).judged([one])


def across(files: Sequence[Path]) -> list[Problem]:
    """What can be said of a course as a whole: its claims, and its works when all decks are asked
    about."""
    found: list[Problem] = []
    for folder in dict.fromkeys(file.parent for file in files):
        course, own = course_of(folder), [one for one in files if one.parent == folder]
        faults = claims_faults(own)
        if course.is_declared and {*map(_real, own)} >= {*map(_real, names.decks(folder))}:
            decks = (load(file) for file in own)
            cited = (
                key for deck in decks for slide in deck["slides"] for key in slide["citations"]
            )
            faults += unused_and_double(course, cited)
        found += course.judged(faults)
    return found


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The decks that `paths` name, folders taken apart, the same file only once."""
    found: dict[str, Path] = {}
    for path in paths:
        # A folder called x.md beside decks is a deck that cannot be read.
        # (pathlib's `is_dir` raises for a name that is too long.)
        is_folder = os.path.isdir(path) and not path.name.endswith(".md")
        for file in names.decks(path) if is_folder else [path]:
            found.setdefault(_real(file), file)
    return list(found.values())


def _real(path: Path | str) -> str:
    try:
        return os.path.realpath(path)
    except ValueError:  # a name that no file can have
        return os.fspath(path)


def empty_folders(paths: Iterable[Path]) -> list[Problem]:
    """What to say of folders without a deck: otherwise nothing is checked, and nothing is wrong."""
    found: list[Problem] = []
    for path in paths:
        if os.path.isdir(path) and not files_of([path]):
            fix = "A lecture is a file whose name ends in .md."
            fault = Problem("There is no lecture in this folder.", fix, file=names.shown(path))
            found += [fault, *names.problems(path)]
    return found


def once(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, also when its file was reached by two paths."""
    found: dict[tuple[str, Problem], Problem] = {}
    for one in problems:
        found.setdefault((_real(one.file), replace(one, file="")), one)
    return list(found.values())


def _names(file: Path) -> list[Problem]:
    """What the address of this deck has to say, and the names in its folder that are not decks."""
    here, found = names.shown(file), names.problems(file.parent)
    decks = {names.shown(path) for path in names.decks(file.parent)}
    return [one for one in found if one.file == here or one.file not in decks]


def _data(deck: Deck) -> list[Problem]:
    """What is wrong with the published data and the timelines of a deck's course, in their own
    files: also with those that no slide shows. A block that shows them says the same."""
    folder = deck.path.parent
    found = [*papers.faults(folder), *dated.faults(folder)]
    named = {one for one in (deck.bibliography, course_of(folder).bibliography) if one}
    known = [bibliography.load(one, folder) for one in named if one.is_file()]
    works = [key for one in known for key in one.keys()]  # noqa: SIM118 (it is not a dict)
    for key, place in (*papers.named_works(folder), *dated.named_works(folder)):
        if known and key not in works:
            message = f"There is no work '{key}' in {known[0].path.name}."
            fix = nearest(key, works, "Add its BibTeX entry.")
            found.append(replace(place, message=message, fix=fix, rule="citation"))
    return found


def _empty(deck: Deck) -> list[Problem]:
    if any(not one.is_hidden for one in deck.slides):
        return []
    fault = Problem("This file has no slides.", "Write '# Title' below the frontmatter.")
    return [replace(fault, severity="warning", file=names.shown(deck.path))]


def _untitled(deck: Deck) -> list[Problem]:
    """Slides without a title, which the overview, the outline and screen readers cannot name."""
    message = "This slide has no title; the overview shows it as 'Untitled'."
    fix = "Write '## Title', and <!-- title: hidden --> to hide it."
    file = names.shown(deck.path)
    return [
        Problem(message, fix, one.line, 1, "warning", file, "no-title")
        for one in deck.slides
        if not one.title and not one.is_hidden
    ]


def _elsewhere(deck: Deck, known: dict[Path, set[str]]) -> list[Problem]:
    """Links to slides that another lecture does not have; `known` keeps the ids of lectures."""
    found, folder = [], deck.path.parent
    for one in deck.slides:
        links = slide.of(one).links
        for link, path, name in resources.into_lectures(links, folder) if links else ():
            if path not in known:
                known[path] = _ids(path)
            if known[path] and name not in known[path]:
                message, fix = resources.no_slide(name, known[path], path.name)
                place = (one.line + link.line, link.column + 1)
                found.append(Problem(message, fix, *place, file=str(deck.path), rule="link"))
    return found


def _ids(path: Path) -> set[str]:
    """Every name of a slide of a lecture; none when it cannot be read, which is said of itself."""
    try:
        slides = parse(textfile.deck(path), path).slides
    except textfile.Unreadable:
        return set()
    return {name for one in slides for name in (one.id, *one.aliases)}


def _uncited(deck: Deck, seen: set[Path]) -> list[Problem]:
    """Entries of the .bib file that no slide cites and that cannot be read."""
    if deck.bibliography is None or deck.bibliography in seen:
        return []
    seen.add(deck.bibliography)
    works = bibliography.load(deck.bibliography, deck.path.parent)
    found = (works.work(key) for key in works.keys())  # noqa: SIM118 (it is not a dict)
    return [fault for fault in found if isinstance(fault, Problem)]
