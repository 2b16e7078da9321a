"""`practicum run SIM --set name=value … [--jsonl | --csv FILE | --parquet FILE]`: a simulation
without a browser.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.model_options import add_model_options, set_model_options, use_model, without_effect
from engine.paths import cannot_write, named
from engine.runs import tables
from engine.runs.job import Job, make_job
from engine.runs.one_process import NO_LIMIT, OneProcess, SimulationFailed
from engine.runs.results.identity import takes_model
from engine.sims_options import add_sims_options
from sims import spec
from sims.spec import Frame, SpecError

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
        help="a language model instead of the base model: a directory, a hub id or a short name",
    )
    add_model_options(parser)
    add_sims_options(parser)
    parser.add_argument("--seconds", type=float, metavar="S", help="stop a run after S seconds")
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument(
        "--jsonl", action="store_true", help="print every frame as one line of JSON"
    )
    words = "write a table with a row for every frame, as"
    formats.add_argument("--csv", type=named, metavar="FILE", help=f"{words} CSV")
    with_them = "Parquet, which also keeps the parameters and units"
    formats.add_argument("--parquet", type=named, metavar="FILE", help=f"{words} {with_them}")
    parser.set_defaults(call=run)


def run(args: argparse.Namespace) -> int:
    """Run and print; 0 done, 1 the simulation failed, 2 bad input, 130 interrupted."""
    try:
        _check_model_options(args)
        if args.model and args.sim:
            _use_model(args)
        jobs = _jobs(args)
        _check_target(args.csv or args.parquet)
    except SpecError as error:
        print(f"practicum run: {error}", file=sys.stderr)
        return 2
    process = OneProcess(args.seconds)
    try:
        if args.csv or args.parquet:
            _write_table(process, list(jobs), args)
        else:
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


def _check_target(target: Path | None) -> None:
    """Raise SpecError for a file that cannot be written, before anything is computed."""
    if target is None:
        return
    if target.is_dir():
        raise SpecError(f"{target} is a folder; name a file in it.")
    if not target.parent.is_dir():
        raise SpecError(f"there is no folder {target.parent}; make it first.")
    if sentence := cannot_write(target.parent):
        raise SpecError(sentence)


def _write_table(process: OneProcess, jobs: Sequence[Job], args: argparse.Namespace) -> None:
    """Run all, and write one table."""
    frames = [[json.loads(text) for text in process.frames(job)] for job in jobs]
    target, kind = (args.csv, "csv") if args.csv else (args.parquet, "parquet")
    rows = tables.of_jobs(jobs, frames)
    tables.write(rows, target, kind)
    print(f"{len(rows)} rows of {len(rows.columns)} columns in {target}")


def _check_model_options(args: argparse.Namespace) -> None:
    """Raise SpecError for options that would be passed over without a word."""
    is_real = any(setting.replace(" ", "") == "model=real" for setting in args.settings)
    if is_real and not args.model:
        set_model_options(args)
    elif sentence := without_effect(args):
        raise SpecError(sentence)


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
    use_model(model)
    is_set = any(setting.split("=")[0].strip() == "model" for setting in args.settings)
    if not is_set and any("real" in field.choices for field in spec.fields(sim)):
        args.settings.append("model=real")


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
