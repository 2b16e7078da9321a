"""`practicum new course | lecture | slide | sim | claim`: declared and carried out.

Without `--course DIR` the course is the one in which the command is given: the nearest folder with
a `practicum.toml`, from here upwards.
"""

import argparse
import os
from pathlib import Path

from engine.deck.course import FILE, Course, course_of, find_root, lectures_in
from engine.new.plan import Plan, Refused
from engine.own_sims import read_sims
from engine.paths import named

EXAMPLES = {
    "course": "my-course --title 'Bandits for beginners'",
    "lecture": "'Exploration'",
    "slide": "exploration 'A greedy agent gets stuck' --after first-claim",
    "sim": "coin_flips",
    "claim": "'The error of a mean falls.' --slide first-claim",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `new` reads: the kind, and what that kind needs."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND", title="kinds")
    words = {
        "course": "make a folder with a lecture, works, terms, claims and settings",
        "lecture": "add a lecture to a course",
        "slide": "add a slide to a lecture",
        "sim": "add a simulation and its test",
        "claim": "add a claim to the ledger",
    }
    made = {}
    for kind, about in words.items():
        made[kind] = kinds.add_parser(
            kind,
            help=about,
            description=f"{about[:1].upper()}{about[1:]}.",
            epilog=f"example:\n  practicum new {kind} {EXAMPLES[kind]}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    made["course"].add_argument("folder", type=named, metavar="DIR", help="the new folder")
    made["course"].add_argument("--title", default="", help="of the course (default: DIR's name)")
    made["lecture"].add_argument("title", metavar="TITLE", help="of the lecture")
    made["slide"].add_argument("lecture", metavar="LECTURE", help="a deck, or a lecture's name")
    made["slide"].add_argument("title", metavar="TITLE", help="of the slide: what it claims")
    made["slide"].add_argument("--after", default="", metavar="ID", help="put it behind this slide")
    made["sim"].add_argument("name", metavar="NAME", help="in small letters, digits and _")
    made["claim"].add_argument("sentence", metavar="SENTENCE", help="what is claimed")
    made["claim"].add_argument("--slide", required=True, metavar="ID", help="that claims it")
    for kind in ("lecture", "slide", "claim"):
        help = "the simulation that shows it" + (
            "" if kind == "claim" else " (default: thermostat)"
        )
        default = "" if kind == "claim" else "thermostat"
        made[kind].add_argument("--sim", default=default, metavar="NAME", help=help)
    for kind in ("lecture", "slide", "sim", "claim"):
        made[kind].add_argument(
            "--course", type=named, metavar="DIR", help="of which course (default: around here)"
        )
    parser.set_defaults(call=new)


def new(chosen: argparse.Namespace) -> int:
    """Make it and say where it is; 2 when it cannot be made, and then nothing is."""
    from engine.cli import fail

    try:
        plan = _plan(chosen)
        said = plan.carry_out()
    except Refused as refused:
        return fail(str(refused))
    except OSError as error:
        return fail(f"{error.filename or 'the file'} cannot be written: {error.strerror}.")
    print(*said, sep="\n")
    if plan.next:
        print("", "Next:", *(f"  {line}" for line in plan.next), sep="\n")
    return 0


def _plan(chosen: argparse.Namespace) -> Plan:
    from engine.new import lecture, sim

    if chosen.kind == "course":
        title = chosen.title or chosen.folder.resolve().name.replace("-", " ").capitalize()
        return lecture.course(chosen.folder, title)
    course = _course(chosen.course)
    read_sims(course)
    if chosen.kind == "lecture":
        return lecture.lecture(course, chosen.title, chosen.sim)
    if chosen.kind == "slide":
        return lecture.slide(course, chosen.lecture, chosen.title, chosen.after, chosen.sim)
    if chosen.kind == "sim":
        return sim.sim(course, chosen.name)
    return sim.claim(course, chosen.sentence, chosen.slide, chosen.sim)


def _course(given: Path | None) -> Course:
    """The course that is named, else the one around the folder of the command."""
    if given is not None and not os.path.isdir(given):
        raise Refused(f"there is no folder {given}.")
    root = given if given is not None else find_root(Path.cwd())
    if root is None:
        raise Refused(
            f"there is no {FILE} here or in a folder above; make a course with "
            "`practicum new course DIR`, or name one with --course DIR."
        )
    return course_of(lectures_in(root))
