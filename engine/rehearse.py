"""`practicum rehearse LECTURE`: run every block of a lecture here, before the audience is there.

Each block's own run is made on this machine by the same workers that serve it, held to the same
limits, so that a second rehearsal, and the first click on stage, find it kept. What is slower,
larger or later than its budget is said, and so is what fails. With `--record` the runs become those
that ship with the lecture (`recorded` in its content folder).
"""

import argparse
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine import recording_folders
from engine.deck.blocks.grid import points
from engine.deck.course import here
from engine.deck.document import load
from engine.deck.library import Library, find_deck
from engine.deck.schema.deck_json import SlideJson
from engine.runs.job import block_budget, fingerprint
from engine.runs.results import recordings as recorded
from engine.runs.results.store import Results
from engine.runs.run import Run
from engine.runs.runner import Runner
from engine.runs.wait_estimate import in_words
from engine.runs.workers.local import LocalEngine
from engine.sims_options import add_sims_options
from sims import spec
from sims.nearest import nearest

SECONDS, MEMORY_MB = 10, 600  # what a block should take that declares no budget
FIRST_FRAME = 0.2  # seconds; a viewer who clicks sees something by then
WARM_SECONDS = 30.0  # to wait for workers that are ready, as they are on stage
IN_THE_PAGE = ("play", "label", "vote")  # blocks without a run of their own


@dataclass(frozen=True)
class Rehearsed:
    """How one block did. Times in seconds, `peak_mb` in MiB of resident memory."""

    slide: str
    block: str
    sim: str
    state: str
    was_kept: bool
    first_frame: float
    seconds: float
    peak_mb: float
    faults: tuple[str, ...]  # sentences; empty when all is well


@dataclass(frozen=True)
class Block:
    """A `sim` block of a lecture, and about how long its run will take."""

    slide: str
    id: str
    data: dict[str, Any]
    folders: tuple[Path, ...]  # where its recorded run may lie; a new one goes to the first
    seconds: float


def rehearse(
    blocks: Sequence[Block], *, fresh: bool = False, record: bool = False
) -> Iterator[Rehearsed]:
    """Run blocks, one after the other, and say how each did.

    With `fresh` also those that are kept already. With `record` each run that ends well becomes
    the one that ships with the lecture.
    """
    engine = LocalEngine(num_workers=1)
    runner = Runner(engine, results=Results())
    try:
        for block in blocks:
            if wrong := _cannot_run(block):
                yield Rehearsed(
                    block.slide, block.id, str(block.data.get("sim")), "failed", False,
                    0.0, 0.0, 0.0, (wrong,),
                )  # fmt: skip
                continue
            # As on stage, where the server has been up for a while; a worker that the block
            # before has cost is replaced by then, and does not make this one look slow.
            engine.wait_warm(WARM_SECONDS)
            yield _rehearse(runner, block, fresh or record, record)
    finally:
        runner.close()


def blocks(path: Path, *, grid: bool = False) -> list[Block]:
    """Every `sim` block of a lecture, in its order; with `grid` each run of its grid, too."""
    found = []
    folders = recording_folders.folders(path.parent)
    for slide in load(path)["slides"]:
        for block in slide["blocks"]:
            if block["kind"] == "sim":
                own = block["data"]
                ahead = [{**own, "params": one} for one in points(own)] if grid else []
                for data in [own, *(one for one in ahead if one["params"] != own["params"])]:
                    expected = _expected(data, folders)
                    found.append(Block(slide["id"], block["id"], data, folders, expected))
    return found


def _expected(data: dict[str, Any], folders: Sequence[Path]) -> float:
    """Seconds that a block's run took when it was recorded, else what it may take."""
    try:
        kept = recorded.read_any(data["sim"], data["params"], folders)
    except (KeyError, spec.SpecError):
        return 0.0  # it will not run
    may_take = data.get("budget", {}).get("seconds", SECONDS)
    return float(kept.about.get("seconds", may_take)) if kept else float(may_take)


def _cannot_run(block: Block) -> str:
    """Why there is nothing to run, in a sentence."""
    name = block.data.get("sim")
    if not isinstance(name, str) or not name:
        return "It names no simulation. Write 'sim: NAME'."
    try:
        spec.check(name, block.data.get("params", {}))
    except spec.SpecError as error:
        return str(error)
    return ""


def _rehearse(runner: Runner, block: Block, fresh: bool, record: bool) -> Rehearsed:
    sim, params = block.data["sim"], block.data["params"]
    asked_at = time.monotonic()
    limits = block_budget(block.data.get("budget"))
    run = runner.submit(sim, params, fresh=fresh, budget=limits)
    first = next(run.texts(), "")
    first_frame = time.monotonic() - asked_at
    state = run.wait()
    seconds = time.monotonic() - asked_at
    was_kept, took = bool(run.about), run.about or run.usage
    if was_kept:
        seconds = took["seconds"]
    faults = list(_faults(run, first, block, first_frame, seconds, took.get("peak_mb", 0.0)))
    if record and state == "done":
        # What its worker computed: the page says how long a run takes, and not how busy the machine
        # was on which it was recorded.
        computed = run.usage.get("cpu_seconds", seconds)
        if fault := _record(run, block, {"seconds": computed, **run.usage}):
            faults.append(fault)
    elif not record:
        faults += _faults_of_recording(block)
    return Rehearsed(
        block.slide, block.id, sim, state, was_kept, first_frame, seconds,
        took.get("peak_mb", 0.0), tuple(faults),
    )  # fmt: skip


def _record(run: Run, block: Block, took: dict[str, float]) -> str:
    """Make the recording of a block; what is wrong, if anything."""
    if fingerprint(spec.HERE) != run.job.source:
        return "Its simulation was edited while it ran, so it is not recorded. Rehearse it again."
    try:
        target = block.folders[0]
        recorded.write(block.data["sim"], block.data["params"], run.frames, took, target)
    except OSError as error:
        return f"It cannot be recorded in {block.folders[0]}: {error.strerror}."
    return ""


def _faults(
    run: Run, first: str, block: Block, first_frame: float, seconds: float, peak_mb: float
) -> Iterator[str]:
    """What would go wrong with this block today, in sentences."""
    if run.state != "done":
        yield run.message or f"It ended as {run.state}."
        return
    budget = {"seconds": SECONDS, "memory": MEMORY_MB} | block.data.get("budget", {})
    if first_frame > FIRST_FRAME:
        yield f"Its first frame came after {first_frame:.2f} s, not within {FIRST_FRAME:g} s."
    if seconds > budget["seconds"]:
        yield f"It took {seconds:.1f} s; its budget is {budget['seconds']} s."
    if peak_mb > budget["memory"]:
        yield f"It took {peak_mb:.0f} MB; its budget is {budget['memory']} MB."
    chart = block.data.get("chart") or {}
    missing = [name for name in [chart.get("x"), *chart.get("y", []), chart.get("group")]
               if name and name not in json.loads(first)]  # fmt: skip
    if missing:
        yield f"Its chart asks for {', '.join(missing)}, which its frames do not have."


def _faults_of_recording(block: Block) -> list[str]:
    ships = recorded.read_any(block.data["sim"], block.data["params"], block.folders)
    if ships is None:
        return ["It has no recorded run; make one with --record."]
    if recorded.is_stale(ships):
        return ["Its recorded run is older than its simulation; make it again with --record."]
    return []


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
    lectures = here().lectures
    path = find_deck(chosen.lecture, lectures)
    if path is None:
        known = ", ".join(Library(lectures).paths())
        return _refuse(f"there is no lecture {chosen.lecture}. There are: {known}.")
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


def _is_asked(block: Block, chosen: argparse.Namespace) -> bool:
    by_slide = not chosen.slide or block.slide in chosen.slide
    return by_slide and (not chosen.block or block.id in chosen.block)


def _run_all(asked: list[Block], chosen: argparse.Namespace) -> tuple[list[Rehearsed], bool]:
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
        print(f"{len(done)}{of} blocks, {seconds:.0f} s, {bad} with a fault")
    kinds = Counter(block["kind"] for slide in slides for block in slide["blocks"])
    if others := [f"{kinds[kind]} {kind}" for kind in IN_THE_PAGE if kinds[kind]]:
        print(f"Not rehearsed, because the page itself runs them: {', '.join(others)}.")


def _line(one: Rehearsed) -> str:
    how = "kept" if one.was_kept else one.state
    figures = f"{one.first_frame:5.2f} s {one.seconds:6.1f} s {one.peak_mb:5.0f} MB"
    line = f"{one.slide:24} {one.sim:18} {how:6} {figures}"
    return "\n".join([line, *(f"    {fault}" for fault in one.faults)])
