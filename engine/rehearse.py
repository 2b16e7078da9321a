"""`practicum rehearse LECTURE`: run every block of a lecture here, before the audience is there.

With `--record` the runs become those that ship with the lecture (`recorded` in its content folder).
"""

import argparse
import json
import logging
import sys
from collections import Counter
from dataclasses import asdict

from engine.deck.course import here
from engine.deck.document import load
from engine.deck.library import find_deck
from engine.deck.schema.deck_json import SlideJson
from engine.rehearsal import Rehearsed, RehearsedBlock, blocks, rehearse
from engine.runs.wait_estimate import in_words
from engine.sims_options import add_sims_options
from sims.nearest import nearest

IN_THE_PAGE = ("play", "label", "vote")  # blocks without a run of their own


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `rehearse` reads."""
    add = parser.add_argument
    add("lecture", metavar="LECTURE", help="a deck, or the name of one of the course around here")
    for option in ("slide", "block"):
        words = f"only this {option}; may be given several times"
        add(f"--{option}", action="append", default=[], metavar="ID", help=words)
    add(
        "--order",
        choices=["lecture", "time"],
        default="lecture",
        help="lecture: in the order of the slides; time: the fastest first (default: lecture)",
    )
    add("--fresh", action="store_true", help="compute again, even where a result is stored")
    add(
        "--record",
        action="store_true",
        help="save the runs beside the deck, so that slides show them at once (implies --fresh)",
    )
    words = "also all runs of the blocks' grids, for the sliders of an exported site"
    add("--grid", action="store_true", help=words)
    add("--json", action="store_true", help="print JSON instead of a table")
    add_sims_options(parser)
    parser.set_defaults(call=command)


def command(chosen: argparse.Namespace) -> int:
    """Print a line a block; 1 if one would be slow or fail today, 2 on bad input, 130 when it was
    ended early (then what it has is printed)."""
    try:
        path = find_deck(chosen.lecture, here().lectures)
    except LookupError as error:
        return _refuse(str(error))
    document = load(path)
    if fault := document.get("fault"):
        return _refuse(f"{path.name}: {fault}")
    slides, every = document["slides"], blocks(path, grid=chosen.grid)
    for what, wanted, known in (
        ("slide", chosen.slide, [slide["id"] for slide in slides]),
        ("block", chosen.block, [block.id for block in every]),
    ):
        if wrong := [name for name in wanted if name not in known]:
            return _refuse(f"there is no {what} '{wrong[0]}'. {nearest(wrong[0], known)}")
    asked = [block for block in every if _is_asked(block, chosen)]
    if chosen.order == "time":
        asked.sort(key=lambda block: block.seconds)
    log = logging.getLogger("practicum.runs")
    level = log.level
    log.setLevel(logging.ERROR)  # a run that fails is one of our lines, and not said twice
    try:
        done, was_ended = _run_all(asked, chosen)
    finally:
        log.setLevel(level)
    _summarise(done, len(asked), slides, chosen)
    return 130 if was_ended else int(any(one.faults for one in done))


def _refuse(sentence: str) -> int:
    print(f"practicum rehearse: {sentence}", file=sys.stderr)
    return 2


def _is_asked(block: RehearsedBlock, chosen: argparse.Namespace) -> bool:
    by_slide = not chosen.slide or block.slide in chosen.slide
    return by_slide and (not chosen.block or block.id in chosen.block)


def _run_all(
    asked: list[RehearsedBlock], chosen: argparse.Namespace
) -> tuple[list[Rehearsed], bool]:
    """What came of the blocks, and whether somebody ended it early."""
    done: list[Rehearsed] = []
    try:
        for one in rehearse(asked, fresh=chosen.fresh, record=chosen.record):
            done.append(one)
            if not chosen.json:
                print(_line(one), flush=True)
            if left := asked[len(done) :]:
                seconds = sum(block.seconds for block in left)
                so_far = f"{len(done)} of {len(asked)} blocks, {in_words(seconds)} left at most"
                print(so_far, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        return done, True
    return done, False


def _summarise(
    done: list[Rehearsed], num_asked: int, slides: list[SlideJson], chosen: argparse.Namespace
) -> None:
    if chosen.json:
        print(json.dumps([asdict(one) for one in done], indent=1))
        return
    if not num_asked:
        print("None of these slides or blocks runs a simulation.")
    else:
        bad = sum(bool(one.faults) for one in done)
        of = f" of {num_asked}" if len(done) < num_asked else ""
        seconds = sum(one.seconds for one in done)
        blocks = "block" if num_asked == 1 else "blocks"
        print(f"{len(done)}{of} {blocks}, {seconds:.0f} s, {bad} with a fault")
    kinds = Counter(block["kind"] for slide in slides for block in slide["blocks"])
    if others := [f"{kinds[kind]} {kind}" for kind in IN_THE_PAGE if kinds[kind]]:
        print(f"Not rehearsed, because the page itself runs them: {', '.join(others)}.")


def _line(one: Rehearsed) -> str:
    how = "kept" if one.was_kept else one.state
    figures = f"{one.first_frame:5.2f} s {one.seconds:6.1f} s {one.peak_mb:5.0f} MB"
    line = f"{one.slide:24} {one.sim:18} {how:6} {figures}"
    return "\n".join([line, *(f"    {fault}" for fault in one.faults)])
