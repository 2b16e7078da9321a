"""What is wrong between the ledger, the lectures and the bibliography: names that do not meet."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.claims.ledger import Ledger, load, shown
from engine.claims.record import Damaged, beside, read_record
from engine.deck.content import bibliography
from engine.deck.course import Course, course_of
from engine.deck.model import Deck, Problem
from engine.deck.parse import parse
from engine.deck.source import names, textfile
from engine.paths import MEASURED_REAL
from sims.nearest import nearest


def check(files: Sequence[Path]) -> list[Problem]:
    """Everything wrong with the ledgers of the given decks, and with what these say of them."""
    found: list[Problem] = []
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent, []).append(file)
    for folder, own in by_folder.items():
        course = course_of(folder)
        is_there = os.path.lexists(course.ledger)  # perhaps as a link that leads nowhere
        ledger = load(course.ledger) if is_there else Ledger(course.ledger)
        decks = [deck for file in own if (deck := _deck(file)) is not None]
        found += ledger.problems + validate(ledger, course) + unknown_claims(ledger, decks)
        found += records(ledger)
    return [replace(one, rule="claim") for one in found]


def validate(ledger: Ledger, course: Course) -> list[Problem]:
    """Slides and works that the ledger of a course names and that do not exist."""
    if not ledger.claims:
        return []
    decks = [deck for file in names.decks(course.lectures) if (deck := _deck(file)) is not None]
    slides = [slide.id for deck in decks for slide in deck.slides]
    works = bibliography.keys_in(course.bibliography, course.lectures)
    told = Ledger(ledger.path, yaml=ledger.yaml)
    for index, claim in enumerate(ledger.claims):
        at = str(index)
        if claim.slide and claim.slide not in slides:
            message = f"There is no slide '{claim.slide}'."
            told.problem(message, nearest(claim.slide, slides), at, "slide")
        named = {("references", str(i)): key for i, key in enumerate(claim.references)}
        if claim.correction and (source := claim.correction.get("source")):
            named["correction", "source"] = source
        for path, key in named.items():
            if key not in works:
                message = f"There is no work '{key}' in {shown(course.bibliography)}."
                told.problem(message, nearest(key, works, "Add it there."), at, *path)
    return told.problems


def records(ledger: Ledger) -> list[Problem]:
    """A problem for each record beside the ledger that is damaged: no page can show its figures."""
    found = []
    for path in (beside(ledger.path), ledger.path.with_name(MEASURED_REAL.name)):
        try:
            read_record(path)
        except Damaged as error:
            found.append(Problem(str(error), file=shown(path)))
    return found


def unknown_claims(ledger: Ledger, decks: Iterable[Deck]) -> list[Problem]:
    """`claims:` of live blocks that name no claim of the ledger, with their place in the deck."""
    known = [claim.id for claim in ledger.claims]
    found = []
    for deck in decks:
        lines = deck.path.read_text(encoding="utf-8", errors="replace").split("\n")
        for slide in deck.slides:
            for block in slide.blocks:
                for name in block.data.get("claims") or []:
                    if name not in known:
                        fix = nearest(name, known, f"Write it into {shown(ledger.path)}.")
                        here = Problem(f"There is no claim '{name}'.", fix)
                        found.append(replace(here, **_place(deck.path, lines, block.line, name)))
    return found


def _place(path: Path, lines: list[str], start: int, name: str) -> dict[str, int | str]:
    """Where a claim is named in the block that begins at 1-based line `start`."""
    for number, text in enumerate(lines[start - 1 :], start=start):
        if text.lstrip().startswith("claims:") and name in text:
            return {"line": number, "column": text.index(name) + 1, "file": str(path)}
    return {"line": start, "column": 1, "file": str(path)}


def _deck(file: Path) -> Deck | None:
    """A deck; None when it cannot be read, which `engine.publish.check` says."""
    try:
        return parse(textfile.deck(file), file)
    except textfile.Unreadable:
        return None
