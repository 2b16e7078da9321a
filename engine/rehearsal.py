"""A rehearsal: every block of a lecture, run here before the audience is there.

Each block's own run is made on this machine by the same workers that serve it, held to the same
limits, so that a second rehearsal, and the first click on stage, find it kept. What is slower,
larger or later than its budget is said, and so is what fails.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import own_sims, recording_folders
from engine.deck.blocks.grid import points
from engine.deck.document import load
from engine.runs.job import block_budget, fingerprint
from engine.runs.results import recordings as recorded
from engine.runs.results.store import Results
from engine.runs.run import Run
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

SECONDS, MEMORY_MB = 10, 600  # what a block should take that declares no budget
FIRST_FRAME = 0.2  # seconds; a viewer who clicks sees something by then
WARM_SECONDS = 30.0  # to wait for workers that are ready, as they are on stage


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
class RehearsedBlock:
    """A `sim` block of a lecture, and about how long its run will take."""

    slide: str
    id: str
    data: dict[str, Any]
    folders: tuple[Path, ...]  # where its recorded run may lie; a new one goes to the first
    seconds: float


def rehearse(
    blocks: Sequence[RehearsedBlock], *, fresh: bool = False, record: bool = False
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


def blocks(path: Path, *, grid: bool = False) -> list[RehearsedBlock]:
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
                    found.append(RehearsedBlock(slide["id"], block["id"], data, folders, expected))
    return found


def _expected(data: dict[str, Any], folders: Sequence[Path]) -> float:
    """Seconds that a block's run took when it was recorded, else what it may take."""
    try:
        kept = recorded.read_any(data["sim"], data["params"], folders)
    except (KeyError, spec.SpecError):
        return 0.0  # it will not run
    may_take = data.get("budget", {}).get("seconds", SECONDS)
    return float(kept.about.get("seconds", may_take)) if kept else float(may_take)


def _cannot_run(block: RehearsedBlock) -> str:
    """Why there is nothing to run, in a sentence."""
    name = block.data.get("sim")
    if not isinstance(name, str) or not name:
        return "It names no simulation. Write 'sim: NAME'."
    try:
        spec.check(name, block.data.get("params", {}))
    except spec.SpecError as error:
        return own_sims.why_not(name) or str(error)
    return ""


def _rehearse(runner: Runner, block: RehearsedBlock, fresh: bool, record: bool) -> Rehearsed:
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


def _record(run: Run, block: RehearsedBlock, took: dict[str, float]) -> str:
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
    run: Run, first: str, block: RehearsedBlock, first_frame: float, seconds: float, peak_mb: float
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


def _faults_of_recording(block: RehearsedBlock) -> list[str]:
    ships = recorded.read_any(block.data["sim"], block.data["params"], block.folders)
    if ships is None:
        return ["It has no recorded run; make one with --record."]
    if recorded.is_stale(ships):
        return ["Its recorded run is older than its simulation; make it again with --record."]
    return []
