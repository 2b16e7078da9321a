"""`practicum rehearse LECTURE`: run every block of a lecture here, before the audience is there.

Each block's own run is made on this machine by the same workers that serve it, so that a second
rehearsal, and the first click on stage, find it kept. What is slower, larger or later than its
budget is said, and so is what fails. With `--record` the runs become those that ship with the
lecture (`content/recorded`).
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.deck.document import load
from engine.deck.library import Library
from engine.paths import LECTURES
from engine.runs import recorded
from engine.runs.jobs import Budget
from engine.runs.local import LocalEngine
from engine.runs.results import Results
from engine.runs.run import Run
from engine.runs.runner import Runner

SECONDS, MEMORY_MB = 10, 600  # the budget of a block that declares none
FIRST_FRAME = 0.2  # seconds; a viewer who clicks sees something by then
PATIENCE = 3.0  # a run may take so many times its budget before it is ended here


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


def rehearse(path: Path, *, fresh: bool = False, record: bool = False) -> Iterator[Rehearsed]:
    """Run the blocks of the lecture at `path`, one after the other, and say how each did.

    With `fresh` also those that are kept already. With `record` each run that ends well becomes
    the one that ships with the lecture.
    """
    engine = LocalEngine(num_workers=1)
    runner = Runner(engine, results=Results())
    try:
        engine.wait_warm(30.0)  # as it is on stage, where the server has been up for a while
        for slide, block in blocks(path):
            yield _rehearse(runner, slide, block, fresh or record, record)
    finally:
        runner.close()


def blocks(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Slide id and data of every `sim` block of a lecture, in its order."""
    for slide in load(path)["slides"]:
        for block in slide["blocks"]:
            if block["kind"] == "sim" and block["data"].get("fields"):
                yield slide["id"], {"id": block["id"], **block["data"]}


def _rehearse(
    runner: Runner, slide: str, block: dict[str, Any], fresh: bool, record: bool
) -> Rehearsed:
    budget = {"seconds": SECONDS, "memory": MEMORY_MB} | block.get("budget", {})
    limits = Budget(budget["seconds"] * PATIENCE)
    asked_at = time.monotonic()
    run = runner.submit(block["sim"], block["params"], fresh=fresh, budget=limits)
    first = next(run.texts(), "")
    first_frame = time.monotonic() - asked_at
    state = run.wait()
    seconds = time.monotonic() - asked_at
    was_kept, took = bool(run.about), run.about or run.usage
    if record and state == "done":
        took_all = {"seconds": seconds, **run.usage}
        recorded.write(block["sim"], block["params"], run.frames, took_all)
    faults = list(_faults(run, first, block, budget, first_frame, took.get("peak_mb", 0.0)))
    if was_kept:
        seconds = took["seconds"]
    return Rehearsed(
        slide, block["id"], block["sim"], state, was_kept, first_frame, seconds,
        took.get("peak_mb", 0.0), tuple(faults),
    )  # fmt: skip


def _faults(
    run: Run, first: str, block: dict[str, Any], budget: dict[str, int],
    first_frame: float, peak_mb: float,
) -> Iterator[str]:  # fmt: skip
    """What would go wrong with this block today, in sentences."""
    if run.state != "done":
        yield run.message or f"It ended as {run.state}."
        return
    if first_frame > FIRST_FRAME:
        yield f"Its first frame came after {first_frame:.2f} s, not within {FIRST_FRAME:g} s."
    seconds = (run.about or {"seconds": time.monotonic() - run.started_at})["seconds"]
    if seconds > budget["seconds"]:
        yield f"It took {seconds:.1f} s; its budget is {budget['seconds']} s."
    if peak_mb > budget["memory"]:
        yield f"It took {peak_mb:.0f} MB; its budget is {budget['memory']} MB."
    chart = block.get("chart") or {}
    missing = [name for name in [chart.get("x"), *chart.get("y", []), chart.get("group")]
               if name and name not in json.loads(first)]  # fmt: skip
    if missing:
        yield f"Its chart asks for {', '.join(missing)}, which its frames do not have."
    ships = recorded.read(block["sim"], block["params"])
    if ships is None:
        yield "No run of it ships with the lecture; make one with --record."
    elif recorded.is_stale(ships):
        yield "The run that ships is older than its simulation; make it anew with --record."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `rehearse` reads."""
    parser.add_argument("lecture", help="a deck, or the name of one in lectures/")
    parser.add_argument("--fresh", action="store_true", help="also run what is kept already")
    parser.add_argument(
        "--record", action="store_true", help="ship these runs with the lecture (implies --fresh)"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(call=command)


def command(chosen: argparse.Namespace) -> int:
    """Print a line a block; 1 if one would be slow or fail today, 2 on bad input."""
    path = _find(chosen.lecture)
    if path is None:
        known = ", ".join(Library(LECTURES).paths())
        print(
            f"practicum: there is no lecture {chosen.lecture}. There are: {known}.", file=sys.stderr
        )
        return 2
    done = []
    for one in rehearse(path, fresh=chosen.fresh, record=chosen.record):
        done.append(one)
        if not chosen.json:
            print(_line(one), flush=True)
    if chosen.json:
        print(json.dumps([asdict(one) for one in done], indent=1))
    elif not done:
        print("This lecture has no block that runs.")
    else:
        bad = sum(bool(one.faults) for one in done)
        print(f"{len(done)} blocks, {sum(one.seconds for one in done):.0f} s, {bad} with a fault")
    return int(any(one.faults for one in done))


def _find(name: str) -> Path | None:
    paths = Library(LECTURES).paths()
    by_stem = {path.stem: path for path in paths.values()}
    given = Path(name)
    return paths.get(name) or by_stem.get(name) or (given if given.is_file() else None)


def _line(one: Rehearsed) -> str:
    how = "kept" if one.was_kept else one.state
    figures = f"{one.first_frame:5.2f} s {one.seconds:6.1f} s {one.peak_mb:5.0f} MB"
    line = f"{one.slide:24} {one.sim:18} {how:6} {figures}"
    return "\n".join([line, *(f"    {fault}" for fault in one.faults)])
