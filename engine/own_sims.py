"""Simulations of one's own, in the folder of `--sims` or in `sims/` of the course: run only once
their user has said so with `--trust-sims`.

What a simulation takes and yields is read from its source without running it, so commands that only
read need no trust. To run one is to run code with all that the user may do.
"""

import argparse
import os
import sys
from pathlib import Path

from engine.deck.course import Course, course_of, here
from engine.paths import ROOT
from sims import foreign

_left_out: list[Path] = []  # folders of which nothing may run, in this process
READING = ("deck", "export site")  # commands that run nothing


def take_asked(chosen: argparse.Namespace) -> None:
    """`take_sims` with the options of a command, for the course that it means. ValueError as there.

    A command that runs nothing reads those of the course without a word of trust.
    """
    course = _meant(chosen)
    name = f"{chosen.command} {getattr(chosen, 'format', '')}".strip()
    if chosen.sims is None and not chosen.trust_sims and name in READING:
        read_sims(course)
    else:
        take_sims(chosen.sims, chosen.trust_sims, course)


def take_sims(folder: Path | None, is_trusted: bool, course: Course | None = None) -> None:
    """Let the simulations of a folder, else those of the course, stand beside ours once the user
    has said that this code may run. ValueError when a folder is named without that, or is none;
    where the course has some that are left out, standard error says so."""
    own = folder_of(course) if course else None
    if folder is not None and not os.path.isdir(folder):
        raise ValueError(f"there is no folder {folder}; name one that holds simulations.")
    if folder is not None and not is_trusted:
        raise ValueError(
            f"the files in {folder} are code: a person who presses Run runs it on this machine, "
            "with all that your user may do. If you trust it, add --trust-sims."
        )
    if is_trusted:
        trusted = folder or own
        if trusted is None:
            raise ValueError("--trust-sims is for --sims DIR; name the folder.")
        foreign.trust(trusted)
    elif own is not None and not os.environ.get(foreign.VARIABLE):
        _left_out.append(own)
        print(
            f"practicum: the simulations in {own} are left out: they are code that runs with all "
            "that your user may do. If you trust it, add --trust-sims.",
            file=sys.stderr,
        )


def why_not(name: str) -> str:
    """Why a simulation of the course does not run; nothing for one that the course does not have,
    or that may run."""
    file = f"{name}.py"
    if os.environ.get(foreign.VARIABLE) or not any((one / file).is_file() for one in _left_out):
        return ""
    return f"'{name}' is code of this course; if you trust it, add --trust-sims."


def take_checked(
    given: Path | bool | None, is_trusted: bool, course: Course | None = None
) -> Path | None:
    """What follows `--sims` of `practicum check`, where it also stands alone: a folder of
    simulations is taken; anything else is returned, a deck to be checked. ValueError as above."""
    folder = given if isinstance(given, Path) else None
    if folder is None and not is_trusted:
        return None
    if folder is None or is_trusted or (os.path.isdir(folder) and any(folder.glob("*.py"))):
        take_sims(folder, is_trusted, course)
        return None
    return folder


def read_sims(course: Course) -> None:
    """Let what the simulations of a course take and yield be read, for a command that runs none of
    them: which it may run is what `sims.spec.names` said before."""
    own = folder_of(course)
    if own is not None and not os.environ.get(foreign.VARIABLE):
        os.environ[foreign.VARIABLE] = str(own.resolve())


def folder_of(course: Course) -> Path | None:
    """The folder of a course's own simulations, when it has any."""
    own = course.root / "sims"
    is_ours = course.root.resolve() == ROOT.resolve()
    return None if is_ours or not any(own.glob("*.py")) else own


def _meant(chosen: argparse.Namespace) -> Course:
    """The course of a command: of a folder or a deck that it names, else the one around here."""
    for name in ("lectures", "file", "lecture"):
        given = getattr(chosen, name, None)
        if isinstance(given, str | Path) and os.path.isdir(given):
            return here(Path(given))
        if isinstance(given, str | Path) and os.path.isfile(given):
            return course_of(Path(given).absolute().parent)
    served = os.environ.get("PRACTICUM_LECTURES")
    return here(Path(served)) if served and os.path.isdir(served) else here()
