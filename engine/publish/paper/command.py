"""`practicum export pdf LECTURE` and `practicum export handout LECTURE`."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.paths import named

if TYPE_CHECKING:
    from engine.publish.paper.sheets import OpenSheets
    from engine.publish.site.decks import SiteDeck

SHOWN_FAULTS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `export pdf` reads."""
    add = parser.add_argument
    add_lecture(parser)
    add("--steps", action="store_true", help="a page for each step of a slide, not for its last")
    add("--notes", action="store_true", help="each slide above its notes, on A4")
    add("--handout", action="store_true", help="as `export handout`: three slides a page")
    words = "PowerPoint in place of a PDF: each slide a picture, with its notes"
    add("--pptx", action="store_true", help=words)
    add_common(parser, ".pdf")
    parser.set_defaults(call=command)


def add_lecture(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lecture", metavar="LECTURE", help="a deck, or the name of one of the course around here"
    )


def add_common(parser: argparse.ArgumentParser, ending: str) -> None:
    """The options of all exports that draw a lecture in a browser."""
    add = parser.add_argument
    add("--no-asides", action="store_true", help="leave out the slides beside the main path")
    add(
        "--base-url",
        metavar="URL",
        help="where the lecture is on the web: for links and QR codes (default: the base_url of "
        "the course, else the address of `practicum serve` on this machine)",
    )
    add_missing(parser)
    add(
        "--output",
        type=named,
        metavar="FILE",
        help=f"where to write it (default: LECTURE{ending})",
    )


def add_missing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-missing",
        action="store_true",
        help="also where an experiment has no recorded run; a note takes its place",
    )


def command(chosen: argparse.Namespace) -> int:
    """Write the PDF; 1 when something is lost or does not fit, 2 on bad input."""
    from engine.publish.paper.chosen import BadInput, chosen_deck

    if chosen.handout and (chosen.notes or chosen.steps):
        return refuse("a handout has neither notes nor steps; leave --handout or the other out.")
    if chosen.pptx and (chosen.notes or chosen.handout):
        return refuse("a slide show has its notes beside it; leave --notes and --handout out.")
    kind = "handout" if chosen.handout else "notes" if chosen.notes else "slides"
    try:
        deck, base_url = chosen_deck(chosen)
        ending = ".pptx" if chosen.pptx else "-handout.pdf" if chosen.handout else ".pdf"
        target = target_of(chosen, deck, ending)
        faults, num_pages = write(deck, base_url, kind, chosen, target)
    except BadInput as error:
        return refuse(str(error))
    size = f"{num_pages} {'slide' if chosen.pptx else 'page'}{'' if num_pages == 1 else 's'}"
    return told(target, size, faults, base_url)


def target_of(chosen: argparse.Namespace, deck: "SiteDeck", ending: str) -> Path:
    """Where to write. Raises BadInput."""
    from engine.publish.paper.chosen import BadInput

    target = chosen.output or Path(f"{deck.slug}{ending}")
    suffix = "." + ending.rpartition(".")[2]
    if target.suffix.lower() != suffix:
        raise BadInput(f"{target}: name a file that ends in {suffix}.")
    if target.is_dir() or not target.resolve().parent.is_dir():
        raise BadInput(f"{target} cannot be written: there is no folder {target.parent} for it.")
    return target


def write(
    deck: "SiteDeck", base_url: str, kind: str, chosen: argparse.Namespace, target: Path
) -> tuple[list[str], int]:
    """Print the lecture to `target`; what is wrong with it, and how many pages it has.

    Raises BadInput.
    """
    from engine.publish.drawing import NoBrowser
    from engine.publish.paper import slideshow
    from engine.publish.paper.bookmarks import finish
    from engine.publish.paper.chosen import BadInput
    from engine.publish.paper.lecture import laid_out
    from engine.publish.paper.sheets import NotPrinted
    from engine.publish.paper.verify import verify
    from engine.publish.place import NotPlaced, new_file

    query = {
        "sheets": kind,
        "steps": str(int(chosen.steps)),
        "asides": str(int(not chosen.no_asides)),
    }
    try:
        with laid_out(deck, base_url, query, "export pdf") as paper:
            if chosen.pptx:
                new_file(target, slideshow.made(paper, deck.document))
                return list(paper.faults), len(paper.sheets)
            printed = finish(_printed(paper), paper.sheets, deck.document)
        slides = {slide["id"]: slide for slide in deck.document["slides"]}
        faults = [*paper.faults, *verify(printed, paper.sheets, slides)]
        new_file(target, printed)
    except (NoBrowser, NotPlaced, NotPrinted) as error:
        raise BadInput(str(error)) from error
    return faults, len(paper.sheets)


def _printed(paper: "OpenSheets") -> bytes:
    return paper.page.pdf(print_background=True, prefer_css_page_size=True, tagged=True)


def told(target: Path, size: str, faults: list[str], base_url: str) -> int:
    """Say what was written, and what is wrong with it."""
    print(f"{target}: {size}, {os.path.getsize(target) / 1e6:.1f} MB.")
    if not base_url:
        print(
            "Its QR codes lead to http://127.0.0.1:8501/, which only the machine of `practicum "
            "serve` can open; add --base-url URL to lead to the lecture on the web.",
            file=sys.stderr,
        )
    for fault in faults[:SHOWN_FAULTS]:
        print(f"practicum export: {fault}", file=sys.stderr)
    if left := len(faults[SHOWN_FAULTS:]):
        print(f"practicum export: and {left} more.", file=sys.stderr)
    return int(bool(faults))


def refuse(sentence: str) -> int:
    print(f"practicum export: {sentence}", file=sys.stderr)
    return 2
