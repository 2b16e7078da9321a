"""New courses, lectures and slides: Markdown with a citation, a live block and a note."""

import re
from datetime import date
from pathlib import Path

from engine.deck.content import bibliography
from engine.deck.course import FILE, Course, course_of
from engine.deck.library import find_deck
from engine.deck.model import Deck
from engine.deck.parse import parse
from engine.deck.schema.course_models import CHECKS
from engine.deck.source import ids, names, textfile
from engine.new.plan import Plan, Refused, fill, one_line, shown, trust
from sims import spec
from sims.nearest import nearest

SIM = "thermostat"  # of a new slide that names no simulation: it shows a curve within a second
FIRST = "Say the claim of this slide in its title"
_NUMBERS = ("int", "float")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#$|])")  # what Markdown would read as something else


def course(folder: Path, title: str) -> Plan:
    """A course in a folder of its own: a lecture, works, terms, claims, settings and a README."""
    title, plan = one_line(title, "title"), Plan()
    deck, slide_id = "01-first-lecture.md", "first-claim"
    first = _slide(FIRST, slide_id, "sutton2018rl", SIM)
    plan.make(folder / FILE, fill("practicum.toml", title=title, checks=CHECKS))
    plan.make(folder / "README.md", fill("README.md", title=_escaped(title), deck=deck))
    plan.make(folder / "pytest.ini", fill("pytest.ini"))
    plan.make(folder / ".gitignore", fill("gitignore"))
    plan.make(folder / "lectures" / deck, _deck(title, first))
    content = folder / "content"
    plan.make(content / "references.bib", fill("references.bib"))
    plan.make(content / "glossary.yaml", fill("glossary.yaml"))
    plan.make(content / "claims.yaml", fill("claims.yaml", slide_id=slide_id))
    where = shown(folder)
    plan.next = [
        f"practicum serve --lectures {where}",
        f"practicum check {shown(folder / 'lectures' / deck)}",
        f"practicum rehearse {shown(folder / 'lectures' / deck)} --record",
    ]
    return plan


def lecture(course: Course, title: str, sim: str = SIM) -> Plan:
    """A lecture with a title and one slide, behind those that the course has."""
    title, plan = one_line(title, "title"), Plan()
    slug = ids.slug(title)
    decks = names.decks(course.lectures)
    same = next((one for one in decks if names.slug_of(one) == slug), None)
    if same is not None:
        plan.there.append(f"the lecture '{slug}' is there already: {shown(same)}.")
        return plan
    numbers = [int(found[0]) for one in decks if (found := re.match(r"\d{1,4}", one.name))]
    path = course.lectures / f"{max(numbers, default=0) + 1:02}-{slug}.md"
    first = _slide(FIRST, f"{slug[:60]}-claim", _work(course), sim)  # a claim names it
    plan.make(path, _deck(title, first))
    plan.next = _then(path, course, sim)
    return plan


def slide(course: Course, name: str, title: str, after: str = "", sim: str = SIM) -> Plan:
    """A slide behind the slide `after` of a lecture, else behind all that it has."""
    title, plan = one_line(title, "title"), Plan()
    try:
        path = find_deck(name, course.lectures)
        before = textfile.deck(path)
    except LookupError as error:
        raise Refused(str(error)) from None
    except textfile.Unreadable as error:
        raise Refused(str(error.problem)) from None
    deck = parse(before, path)
    identity = ids.slug(title)
    for one in deck.slides:
        if identity in (one.id, *one.aliases):
            plan.there.append(f"the slide '{identity}' is there already: {shown(path)}:{one.line}.")
            return plan
    own = course_of(path.parent)
    text = _slide(title, identity, _work(own) if deck.bibliography else "", sim)
    plan.change(path, before, _inserted(before, text, _end_of(deck, after)))
    plan.next = _then(path, own, sim)
    return plan


def _then(path: Path, course: Course, sim: str) -> list[str]:
    rehearse = f"practicum rehearse {shown(path)} --record{trust(course.root, sim)}"
    return [f"practicum check {shown(path)}", rehearse]


def _deck(title: str, first: str) -> str:
    year = date.today().year
    return fill("lecture.md", title=title, heading=_escaped(title), slide=first, year=year)


def _end_of(deck: Deck, after: str) -> int | None:
    """The last line (from 1) of the slide `after`; None for the end of the file."""
    slides = deck.slides
    if not after:
        return None
    found = next((one for one in slides if after in (one.id, *one.aliases)), None)
    if found is None:
        raise Refused(f"there is no slide '{after}'. {nearest(after, [one.id for one in slides])}")
    return None if found is slides[-1] else found.end_line


def _inserted(before: str, text: str, line: int | None) -> str:
    """The text of a deck with a slide behind line `line`, or at its end."""
    end = "\r\n" if "\r\n" in before else "\n"
    lines = before.splitlines(keepends=True)
    head = "".join(lines if line is None else lines[:line]).rstrip()
    tail = "" if line is None else "".join(lines[line:]).lstrip("\r\n")
    made = f"{head}\n\n---\n\n{text.strip()}\n"
    return made.replace("\r\n", "\n").replace("\n", end) + (f"{end}{tail}" if tail else "")


def _slide(title: str, identity: str, cite: str, sim: str) -> str:
    try:
        fields, columns = spec.fields(sim), spec.columns(sim)
    except spec.SpecError as error:
        raise Refused(str(error)) from None
    defaults = {one.name: one.default for one in fields}
    drawn = [
        one.name
        for one in columns
        if one.type in _NUMBERS and one.is_of(defaults) and one.name not in ("step", "progress")
    ]
    controls = [one.name for one in fields if one.type in _NUMBERS and one.name != "seed"][:2]
    return fill(
        "slide.md",
        id=identity,
        title=_escaped(title),
        cite=cite,
        sim=sim,
        sim_title=sim.replace("_", " ").capitalize(),
        controls=controls,
        columns=drawn[:2],
    )


def _escaped(title: str) -> str:
    return _SPECIAL.sub(r"\\\1", title)


def _work(course: Course) -> str:
    """A work that a new slide can cite: a book of the field if it is there, else the first one."""
    known = bibliography.keys_in(course.bibliography, course.lectures)
    return next((key for key in known if key == "sutton2018rl"), known[0] if known else "")
