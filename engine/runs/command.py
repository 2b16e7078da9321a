"""`practicum run SIM --set name=value … [--jsonl] [--seeds N]`: a simulation without a browser."""

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from engine.runs.frames import explain, stream
from engine.runs.jobs import make_job
from sims import spec
from sims.spec import Frame, SpecError, Value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `run` reads."""
    parser.add_argument("sim", nargs="?", help="name of a simulation in sims/")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="NAME=VALUE",
        help="set a parameter; may be given several times",
    )
    parser.add_argument("--seeds", type=int, metavar="N", help="run N seeds, from `seed` upwards")
    parser.add_argument(
        "--model", metavar="DIR", help="a transformers model to use as the base model"
    )
    parser.add_argument(
        "--jsonl", action="store_true", help="print every frame as one line of JSON"
    )


def run(args: argparse.Namespace) -> int:
    """Run and print; 0 done, 1 the simulation failed, 2 bad input, 130 interrupted."""
    try:
        jobs = _jobs(args)
    except SpecError as error:
        print(f"practicum run: {error}", file=sys.stderr)
        return 2
    # As the app's workers do: frames depend on the number of threads in their last digits.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if args.model:
        checkpoint = importlib.import_module("sims.language.checkpoint")  # it imports torch
        try:
            checkpoint.load(args.model)
        except checkpoint.CheckpointError as error:
            print(f"practicum run: --model {args.model}: {error}", file=sys.stderr)
            return 2
        os.environ["PRACTICUM_MODEL"] = args.model
    try:
        for params in jobs:
            _run_one(args.sim, params, args.jsonl, with_seed=args.seeds is not None)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    except SimulationFailed as error:
        print(f"{error.detail}practicum run: {error}", file=sys.stderr)
        return 1
    return 0


class SimulationFailed(RuntimeError):
    """What a simulation raised, as a sentence; `detail` is the traceback."""

    def __init__(self, sentence: str, detail: str) -> None:
        super().__init__(sentence)
        self.detail = detail


def _jobs(args: argparse.Namespace) -> list[dict[str, Value]]:
    """The parameters of every run that is asked for, all of them checked before the first."""
    if not args.sim:
        raise SpecError(f"name a simulation: {', '.join(spec.names())}.")
    settings: dict[str, Any] = {}
    for setting in args.settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise SpecError(f"--set {setting}: write it as NAME=VALUE.")
        settings[name.strip()] = value.strip()
    first = dict(make_job(args.sim, settings).params)
    if args.seeds is None:
        return [first]
    if args.seeds < 1:
        raise SpecError(f"--seeds is {args.seeds}, but must be 1 or more.")
    if "seed" not in first:
        raise SpecError(f"{args.sim} has no parameter 'seed', so --seeds has nothing to vary.")
    start = int(first["seed"])
    return [
        dict(make_job(args.sim, first | {"seed": seed}).params)
        for seed in range(start, start + args.seeds)
    ]


def _run_one(sim: str, params: dict[str, Value], jsonl: bool, with_seed: bool) -> None:
    started, first, last, num_frames = time.perf_counter(), None, None, 0
    for text in _frames(sim, params):
        if jsonl:
            print(f'{{"seed":{params["seed"]},{text[1:]}' if with_seed else text, flush=True)
        last = text
        first = first or text
        num_frames += 1
    if jsonl:
        return
    seconds = time.perf_counter() - started
    shown = ", ".join(f"{name}={value}" for name, value in params.items())
    print(f"{sim}({shown})\n  {num_frames} frames in {seconds:.2f} s")
    if first and last:
        _print_table(json.loads(first), json.loads(last))


def _frames(sim: str, params: dict[str, Value]) -> Iterator[str]:
    """The frames in this process; whatever the simulation raises becomes a SimulationFailed."""
    num_frames = 0
    try:
        module: Any = importlib.import_module(f"sims.{sim}")
        for text in stream(module, module.Params(**params)):
            yield text
            num_frames += 1
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # SystemExit too: it is the simulation's, not ours
        raise SimulationFailed(*explain(error, sim, num_frames)) from None


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
