"""`practicum run SIM --set name=value … [--jsonl] [--seeds N]`: a simulation without a browser."""

import argparse
import importlib
import json
import os
import queue
import sys
import time
from collections.abc import Iterator
from typing import Any

from engine.model_options import add_model_options, set_model_options
from engine.runs.frames import REFUSED
from engine.runs.job import Budget, Job, make_job
from engine.runs.results.identity import takes_model
from engine.runs.workers.local import LocalEngine
from sims import spec
from sims.models.catalogue import ModelError, local_folder
from sims.models.inspect import inspect
from sims.spec import Frame, SpecError

NO_LIMIT = 1e6  # seconds, 11 days
LONGEST = 60  # characters of what was given are repeated


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `run` reads."""
    parser.add_argument(
        "sim", nargs="?", metavar="SIM", help="the simulation (without a name, all are listed)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="NAME=VALUE",
        help="value of a parameter; may be given several times",
    )
    parser.add_argument(
        "--seeds", type=int, metavar="N", help="run N times, each time with the next seed"
    )
    parser.add_argument(
        "--model",
        metavar="DIR",
        help="a language model in place of the base model: a directory, a hub id or a short name",
    )
    add_model_options(parser)
    parser.add_argument("--seconds", type=float, metavar="S", help="stop a run after S seconds")
    parser.add_argument(
        "--jsonl", action="store_true", help="print every frame as one line of JSON"
    )


def run(args: argparse.Namespace) -> int:
    """Run and print; 0 done, 1 the simulation failed, 2 bad input, 130 interrupted."""
    try:
        if args.model and args.sim:
            _use_model(args)
        jobs = _jobs(args)
    except SpecError as error:
        print(f"practicum run: {error}", file=sys.stderr)
        return 2
    process = OneProcess(args.seconds)
    try:
        for job in jobs:
            _run_one(process, job, args.jsonl, with_seed=args.seeds is not None)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # a full disk
        print(f"practicum run: the frames cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"practicum run: {args.sim} was ended before it was done.", file=sys.stderr)
        return 130
    except SpecError as error:  # parameters that contradict one another, a model that does not fit
        print(f"practicum run: {error}", file=sys.stderr)
        return 2
    except SimulationFailed as error:
        process.close()  # first: what the simulation has printed comes before
        print(f"{error.detail}practicum run: {error}", file=sys.stderr)
        return 1
    finally:
        process.close()
    return 0


def _use_model(args: argparse.Namespace) -> None:
    """Have workers load `--model` as the base model. Raises SpecError when that makes no sense.

    A simulation with a control `model` is then asked for the real one, unless `--set` says else.
    """
    sim, model = args.sim, args.model
    if not takes_model(sim):
        takers = ", ".join(name for name in spec.names() if takes_model(name))
        raise SpecError(
            f"--model has no effect on {sim}, which loads no model. These do: {takers}."
        )
    set_model_options(args)
    try:
        folder = local_folder(model) or importlib.import_module("sims.models.hub").download(model)
        inspect(folder)  # what it makes of the weights, the worker says
    except ModelError as error:
        raise SpecError(f"--model {model}: {error}") from None
    os.environ["PRACTICUM_MODEL"] = str(folder.resolve())
    is_set = any(setting.split("=")[0].strip() == "model" for setting in args.settings)
    if not is_set and any("real" in field.choices for field in spec.fields(sim)):
        args.settings.append("model=real")


class SimulationFailed(RuntimeError):
    """How a run went wrong, as a sentence; `detail` is the traceback."""

    def __init__(self, sentence: str, detail: str) -> None:
        super().__init__(sentence)
        self.detail = detail


class OneProcess:
    """A worker process like those of the stage, so that a simulation which exits, forks or prints
    does the same here as there. What it prints goes to our standard error.

    A run may take `seconds` (None: any time) and as much memory as there is.
    """

    def __init__(self, seconds: float | None) -> None:
        package = spec.HERE.name
        path = [] if package == "sims" else [str(spec.HERE.parent)]
        self._seconds = seconds
        self._engine = LocalEngine(
            1, num_spares=0, preload=(), memory_mb=0, max_seconds=NO_LIMIT, package=package,
            path=path, echo=True,
        )  # fmt: skip
        self._news: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._engine.bind(
            lambda attempt, texts: self._news.put(("frames", texts)),
            lambda attempt, *end: self._news.put(("end", end)),
        )
        self._num_runs = 0

    def frames(self, job: Job) -> Iterator[str]:
        """The frames of a run, each as it comes. SimulationFailed, or SpecError on bad input."""
        self._num_runs += 1
        self._engine.start(str(self._num_runs), job, Budget(self._seconds))
        while True:
            kind, what = self._news.get()
            if kind == "frames":
                yield from what
                continue
            state, message, detail, _ = what
            if state == "done":
                return
            if detail == REFUSED:
                raise SpecError(message)
            # What a process that died has printed is on the screen already.
            raise SimulationFailed(_named(job.sim, message), detail if state == "failed" else "")

    def close(self) -> None:
        self._engine.close()


def _named(sim: str, message: str) -> str:
    return message if message.startswith(f"{sim} ") else f"{sim}: {message}"


def _jobs(args: argparse.Namespace) -> Iterator[Job]:
    """Every run that is asked for; the first and the last are checked before any begins."""
    if not args.sim:
        raise SpecError(f"name a simulation: {', '.join(spec.names())}.")
    if args.seconds is not None and not 0 < args.seconds <= NO_LIMIT:
        limits = f"above 0 and at most {NO_LIMIT:g}"
        raise SpecError(f"--seconds is {args.seconds:g}, but must be {limits}.")
    settings: dict[str, Any] = {}
    for setting in args.settings:
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not equals:
            raise SpecError(f"--set {setting[:LONGEST]}: write it as NAME=VALUE.")
        if name in settings:
            raise SpecError(f"--set {name[:LONGEST]} is given twice; give it once.")
        settings[name] = value
    first = make_job(args.sim, settings)
    if args.seeds is None:
        return iter([first])
    if args.seeds < 1:
        raise SpecError(f"--seeds is {args.seeds}, but must be 1 or more.")
    params = dict(first.params)
    if "seed" not in params:
        raise SpecError(f"{args.sim} has no parameter 'seed', so --seeds has nothing to vary.")
    seeds = range(int(params["seed"]), int(params["seed"]) + args.seeds)
    make_job(args.sim, params | {"seed": seeds[-1]})
    return (make_job(args.sim, params | {"seed": seed}) for seed in seeds)


def _run_one(process: OneProcess, job: Job, jsonl: bool, with_seed: bool) -> None:
    params = dict(job.params)
    started, first, last, num_frames = time.perf_counter(), None, None, 0
    for text in process.frames(job):
        if jsonl:
            print(f'{{"seed":{params["seed"]},{text[1:]}' if with_seed else text, flush=True)
        last = text
        first = first or text
        num_frames += 1
    if jsonl:
        return
    seconds = time.perf_counter() - started
    shown = ", ".join(f"{name}={value}" for name, value in params.items())
    print(f"{job.sim}({shown})\n  {num_frames} frames in {seconds:.2f} s")
    if first and last:
        _print_table(json.loads(first), json.loads(last))


def _print_table(first: Frame, last: Frame) -> None:
    scalars = [name for name, value in first.items() if isinstance(value, int | float)]
    width = max(map(len, scalars))
    print(f"  {'':{width}}  {'first':>10}  {'last':>10}")
    for name in scalars:
        print(f"  {name:{width}}  {first[name]:>10.5g}  {last[name]:>10.5g}")
    for name in (name for name in first if name not in scalars):
        value = last[name]
        size = f"{len(value)} items" if isinstance(value, list) else str(value)[:60]
        print(f"  {name:{width}}  {size}")
