"""`practicum check`: its options, and what it goes through."""

import argparse
import os
from pathlib import Path

from engine import own_sims
from engine.deck.course import course_of, here, lectures_in
from engine.deck.model import Problem
from engine.deck.source.names import shown
from engine.paths import named
from engine.sims_options import TRUST
from sims import spec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `check` reads."""
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        type=named,
        metavar="FILE",
        help="decks or folders of them (default: those of the course around here)",
    )
    add(
        "--format",
        choices=["text", "json", "sarif", "github"],
        default="text",
        help="text for people; json, sarif or annotations of GitHub for programs (default: text)",
    )
    add(
        "--render",
        action="store_true",
        help="also draw every slide in Chromium and report what does not fit",
    )
    add(
        "--sims",
        nargs="?",
        type=named,
        const=True,
        dest="checked_sims",
        metavar="DIR",
        help="also start every simulation twice, hold it to its contract, and begin the run of "
        "every block; with --trust-sims those of your folder DIR, or of the course, too",
    )
    add("--trust-sims", action="store_true", help=TRUST)
    parser.set_defaults(call=check)


def check(chosen: argparse.Namespace) -> int:
    """Print every problem of the decks; 1 when one of them is an error, 2 on bad input."""
    from engine.cli import fail
    from engine.publish.check import across, empty_folders, files_of, once
    from engine.publish.drawing import NoBrowser
    from engine.publish.formats import format_problems
    from engine.publish.guarded import check_each

    try:
        around = here() if not chosen.files else None
        deck_after_sims = own_sims.take_checked(chosen.checked_sims, chosen.trust_sims, around)
    except ValueError as error:
        return fail(str(error))
    if deck_after_sims is not None:
        chosen.files = [*chosen.files, deck_after_sims]
    missing = [path for path in chosen.files if not os.path.lexists(path)]
    if missing:
        return fail(f"there is no file {shown(missing[0])}.")
    asked = [lectures_in(path) if os.path.isdir(path) else path for path in chosen.files]
    asked = asked or [here().lectures]
    known = spec.names()  # that may run without a word of trust
    for path in asked:  # what their own simulations take is read, and nothing of it is run
        own_sims.read_sims(course_of(path if os.path.isdir(path) else path.parent))
    problems, files = check_each(files_of(asked))
    problems = once(empty_folders(asked) + problems + across(files))
    if chosen.checked_sims:
        from engine.publish.check_sims import check_blocks, check_sims

        problems += check_sims(known) + check_blocks(files, known)
    try:
        problems += _drawn(files) if chosen.render else []
    except NoBrowser as error:
        return fail(str(error))
    problems.sort(key=lambda one: (os.path.abspath(one.file), one.line, one.column))
    print(format_problems(problems, chosen.format))
    return int(any(problem.severity == "error" for problem in problems))


def _drawn(files: list[Path]) -> list[Problem]:
    """What can be told of the drawn slides alone. Raises NoBrowser."""
    from engine.publish.check import policed
    from engine.publish.overflow import overflow

    return [fault for one in overflow(files) for fault in policed(one)]
