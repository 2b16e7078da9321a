"""`practicum check --sims`: every simulation, ours and others', held to the contract of all.

What can be told from the text (types, limits, units of `Params` and `Columns`) is read; then each
is started twice with its defaults, in a worker process, where every frame is checked as on stage.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from engine.deck.document import load
from engine.deck.model import Problem
from engine.runs.job import Budget
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

NUM_FRAMES = 6  # of each run
SECONDS = 120.0  # that those may take
PATIENCE = 150.0  # seconds until no more frame is waited for


def check_sims(names: Iterable[str] | None = None) -> list[Problem]:
    """What is wrong with the simulations of these names, of all without them."""
    runner = Runner(LocalEngine(1, num_spares=0, preload=()))
    try:
        return [one for name in names or spec.names() for one in _of(name, runner)]
    finally:
        runner.close()


def check_blocks(files: Iterable[Path], names: Iterable[str]) -> list[Problem]:
    """Blocks whose run, with their own parameters, does not begin; `names` are those that may run.

    A block that is wrong as it is written is a fault of `check` itself and is left out.
    """
    known, seen, found = {*names}, set[str](), list[Problem]()
    runner = Runner(LocalEngine(1, num_spares=0, preload=()))
    try:
        for file in files:
            for block in (one for slide in load(file)["slides"] for one in slide["blocks"]):
                sim, params = block["data"].get("sim"), block["data"].get("params")
                job = json.dumps([sim, params], sort_keys=True)
                if block["kind"] != "sim" or sim not in known or not params or job in seen:
                    continue
                seen.add(job)
                try:
                    _frames(sim, runner, params)
                except (Broken, spec.SpecError) as error:
                    message, place = f"The run of this block fails: {error}", os.fspath(file)
                    found.append(Problem(message, line=block["line"], file=place))
    finally:
        runner.close()
    return found


def _of(name: str, runner: Runner) -> Iterator[Problem]:
    file = "/".join(spec.source(name).parts[-2:])
    try:
        fields = spec.fields(name)
        declared = spec.columns(name)
    except spec.SpecError as error:
        yield Problem(str(error), file=file)
        return
    if not any(field.name == "seed" for field in fields):
        message = f"{name} has no parameter 'seed', so nobody can run it with others."
        yield Problem(message, "Add 'seed: int = param(0, low=0)'.", file=file, severity="warning")
    if not declared:
        message = f"{name} declares no `Columns`, so no chart and no table can say what they show."
        fix = 'Add class Columns: with name: type = column("what it means").'
        yield Problem(message, fix, file=file, severity="warning")
    try:
        first, again = (_frames(name, runner) for _ in range(2))
    except Broken as error:
        yield Problem(str(error), file=file)
        return
    if first != again:
        message = f"{name} gives other frames when it runs again with the same seed."
        yield Problem(message, "Draw all random numbers from params.seed.", file=file)


class Broken(RuntimeError):
    """A run that ended badly; the message says how."""


def _frames(name: str, runner: Runner, params: Mapping[str, spec.Value] | None = None) -> list[str]:
    """The first frames of a run, with its defaults unless `params` say otherwise. Raises Broken."""
    run = runner.submit(name, dict(params or {}), watch=True, fresh=True, budget=Budget(SECONDS))
    try:
        frames = list(islice(run.texts(timeout=PATIENCE), NUM_FRAMES))
    except TimeoutError:
        raise Broken(f"{name} yields no frame within {PATIENCE:g} s.") from None
    finally:
        runner.leave(run)
    if run.state not in ("done", "running", "cancelled") or not frames:
        raise Broken(run.message or f"{name} ended as {run.state}.")
    return frames
