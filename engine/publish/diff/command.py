"""`practicum diff BASE`: its options, what is refused, and what is said."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine import own_sims
from engine.deck.course import Course, course_of, here
from engine.paths import ASSETS, ROOT, named
from engine.publish.place import NotPlaced
from engine.sims_options import TRUST
from engine.streams import printable
from sims import spec

if TYPE_CHECKING:
    from engine.publish.diff.report import Report
    from engine.publish.diff.revisions import Base


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `diff`."""
    add = parser.add_argument
    add("base", metavar="BASE", help="a revision of git, as main or HEAD~1")
    add(
        "--lectures",
        type=named,
        metavar="DIR",
        help="of which course (default: the one around here, else the one that comes with "
        "Practicum)",
    )
    add(
        "--output",
        type=named,
        default=Path("build/diff.html"),
        metavar="FILE",
        help="the page to write, which opens from a disk (default: build/diff.html)",
    )
    add("--markdown", type=named, metavar="FILE", help="also write the report as Markdown")
    add("--no-pictures", action="store_true", help="name the slides that changed, draw none")
    add("--dark", action="store_true", help="draw dark slides")
    add("--phone", action="store_true", help="draw the slides as a phone shows them")
    add("--no-claims", action="store_true", help="run no claim again")
    add("--trust-sims", action="store_true", help=TRUST)
    parser.set_defaults(call=diff)


def diff(chosen: argparse.Namespace) -> int:
    """Write the page and say what has changed; 1 when a claim that was run again does not hold."""
    from engine.cli import fail
    from engine.publish.diff import report
    from engine.publish.diff.revisions import NoRevision, revision
    from engine.publish.drawing import NoBrowser

    if chosen.lectures is not None and not os.path.isdir(chosen.lectures):
        return fail(f"there is no folder {chosen.lectures}.")
    course = here(chosen.lectures)
    may_run = {*spec.names()}
    own_sims.read_sims(course)
    try:
        if chosen.trust_sims:
            own_sims.take_sims(None, True, course)
            may_run.update(spec.names())
        with revision(course.root, chosen.base) as base:
            found = _report(chosen, course, base, may_run)
        _write(chosen.output, report.page(found))
        if chosen.markdown:
            _write(chosen.markdown, report.markdown(found))
    except (NoRevision, NoBrowser, NotPlaced, ValueError) as error:
        return fail(str(error))
    print(*map(printable, report.text(found).split("\n")), sep="\n")
    print(f"\n{chosen.output}")
    return int(not all(one.is_borne_out for one in found.claims))


def _report(
    chosen: argparse.Namespace, course: Course, base: "Base", may_run: set[str]
) -> "Report":
    from engine.publish.diff import changes, claims, report

    is_ours = course.root.resolve() == ROOT.resolve()
    old_assets = base.folder / "assets" if is_ours else ASSETS
    before = course_of(base.folder / course.lectures.resolve().relative_to(course.root.resolve()))
    old = changes.sides(before.lectures, old_assets if old_assets.is_dir() else ASSETS)
    new = changes.sides(course.lectures, ASSETS)
    lectures = list(changes.compare(old, new))
    pictured = None
    if not chosen.no_pictures:
        pictured = _pictures(lectures, chosen)
    changed = {} if chosen.no_claims else claims.what_changed(base, before, course)
    moved, left = claims.run_again(changed, before, course, may_run)
    return report.Report(base, course, tuple(lectures), pictured, tuple(moved), tuple(left))


def _pictures(lectures: list, chosen: argparse.Namespace) -> tuple:
    from engine.publish.drawing import NoBrowser, by_python

    try:
        from engine.publish.diff.slide_pictures import PHONE, SIZE, Viewport, draw
    except ImportError as error:
        how = by_python("pip", "install", "pillow", "pixelmatch", "playwright")
        raise NoBrowser(f"the pictures need {error.name}: {how}\nWithout: --no-pictures") from None
    num_seen = sum(change.is_seen for one in lectures for change in one.changes)
    if num_seen:
        slides = "1 slide" if num_seen == 1 else f"{num_seen} slides"
        print(f"drawing {slides}, before and after …", file=sys.stderr, flush=True)
    view = Viewport(PHONE if chosen.phone else SIZE, "dark" if chosen.dark else "light")
    return tuple(draw(lectures, view))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotPlaced(f"{path} cannot be written: {error.strerror}.") from None
