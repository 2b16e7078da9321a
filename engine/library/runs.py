"""Runs for a notebook or a script: in worker processes, and kept where the server keeps its own."""

import itertools
import json
import math
import operator
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.runs import tables
from engine.runs.job import Job, make_job
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec
from sims.spec import Frame, SpecError

if TYPE_CHECKING:
    from pandas import DataFrame

DAY = 86_400.0  # seconds for one run
MOST_RUNS = 100_000  # of one call
OWNER = "library"
Seeds = int | Iterable[int] | None


class RunFailed(RuntimeError):
    """A run that did not come to its end; the message names it and says why."""


def run(name: str, *, seeds: Seeds = None, fresh: bool = False, **params: Any) -> "DataFrame":
    """Run a simulation: one row a frame, with columns `seed`, `step` and those of its frames.

    `seeds` are those to run with (a number n: 0 to n - 1); without it there is one run, with the
    parameter `seed`. What ran before, also on a slide, is not computed again unless `fresh`.
    `.attrs` hold the parameters, the unit and meaning of each column, and versions.

    Raises SpecError (a ValueError) for a name or value that does not exist, RunFailed.
    """
    return _table(_jobs(name, params, {}, seeds), fresh, None, None)


def sweep(
    name: str,
    *,
    seeds: Seeds = None,
    fresh: bool = False,
    workers: int | None = None,
    progress: bool | None = None,
    **params: Any,
) -> "DataFrame":
    """Run a simulation with every combination of the parameters that are given as lists.

    The varied parameters are the first columns. `workers` processes compute side by side (one for
    each processor, at most 8); a bar shows how far they are, on a terminal or in a notebook unless
    `progress` says else. Everything else is as in `run`.
    """
    if workers is not None and workers < 1:
        raise SpecError(f"workers is {workers}, but must be 1 or more.")
    varied = {key: _listed(value) for key, value in params.items() if _is_many(value)}
    if empty := [key for key, values in varied.items() if not values]:
        raise SpecError(f"{empty[0]} has no value to run with.")
    fixed = {key: value for key, value in params.items() if key not in varied}
    return _table(_jobs(name, fixed, varied, seeds), fresh, workers, progress, list(varied))


def _listed(values: Iterable[Any]) -> list[Any]:
    """Values as a list; of a list without an end as many as show that these are too many."""
    return list(itertools.islice(values, MOST_RUNS + 1))


def _is_many(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)


def _jobs(
    name: str, fixed: Mapping[str, Any], varied: Mapping[str, Sequence[Any]], seeds: Seeds
) -> list[Job]:
    """Every run that is asked for, all checked before the first begins. Raises SpecError."""
    if not isinstance(name, str):
        raise SpecError(f"The name of a simulation is a text, not {name!r:.80}.")
    wanted = dict(varied)
    if seeds is not None:
        if not any(field.name == tables.SEED for field in spec.fields(name)):
            raise SpecError(f"{name} has no parameter 'seed', so `seeds` has nothing to vary.")
        if tables.SEED in (*fixed, *varied):
            raise SpecError("seed and seeds are both given; give one of them.")
        wanted[tables.SEED] = _seeds(seeds)
    counts = [len(one) for one in wanted.values()]
    if (count := math.prod(counts)) > MOST_RUNS:
        told = f"{count:,}" if max(counts) <= MOST_RUNS else f"more than {MOST_RUNS:,}"
        raise SpecError(f"These are {told} runs; the most at a time are {MOST_RUNS:,}.")
    rows = itertools.product(*wanted.values())
    jobs = [make_job(name, {**fixed, **dict(zip(wanted, row, strict=True))}) for row in rows]
    return list(dict.fromkeys(jobs))  # 1 and 1.0 are one run


def _seeds(given: Any) -> list[Any]:
    """The seeds that are asked for, of which there is one at least. Raises SpecError."""
    unusable = SpecError(f"seeds is {given!r:.80}; give a whole number or a list of them.")
    if isinstance(given, str | bytes | bool | Mapping):
        raise unusable
    try:  # NumPy's whole numbers are whole numbers too, also as an array without a dimension
        found = _listed(range(operator.index(given)))
    except TypeError:
        try:
            found = _listed(given)
        except TypeError:  # neither a number nor a list, also an array that is the number 1.5
            raise unusable from None
    if not found:
        raise SpecError("seeds is empty; give at least one.")
    return found


def _table(
    jobs: Sequence[Job],
    fresh: bool,
    workers: int | None,
    progress: bool | None,
    varied: Sequence[str] = (),
) -> "DataFrame":
    from tqdm import tqdm

    if progress is None:
        progress = len(jobs) > 1 and (sys.stderr.isatty() or "ipykernel" in sys.modules)
    found: dict[Job, list[Frame]] = {}
    with tqdm(total=len(jobs), desc=jobs[0].sim, unit="run", disable=not progress) as bar:
        for job, frames in _frames(jobs, fresh, workers):
            found[job] = frames
            bar.update()
    return tables.of_jobs(jobs, [found[job] for job in jobs], varied)


def _frames(
    jobs: Sequence[Job], fresh: bool, workers: int | None
) -> Iterator[tuple[Job, list[Frame]]]:
    """The frames of every job: those that are kept at once, then the others."""
    results, missing = Results(), []
    for job in jobs:
        kept = None if fresh else results.read(job)
        if kept:
            yield job, list(map(json.loads, kept.frames))
        else:
            missing.append(job)
    if missing:
        yield from _computed(missing, results, workers or min(8, os.cpu_count() or 1))


def _computed(
    jobs: Sequence[Job], results: Results, workers: int
) -> Iterator[tuple[Job, list[Frame]]]:
    package = spec.HERE.name
    engine = LocalEngine(
        min(workers, len(jobs)), num_spares=0, preload=(), memory_mb=0, max_seconds=DAY,
        package=package, path=[] if package == "sims" else [str(spec.HERE.parent)],
    )  # fmt: skip
    runner = Runner(
        engine,
        max_waiting=MOST_RUNS,
        max_waiting_per_owner=MOST_RUNS,
        max_waiting_per_address=MOST_RUNS,
        abandon_after=1e9,
        results=results,
    )
    try:
        # `fresh`: what is kept has been looked for already
        runs = [runner.share(job, OWNER, watch=True, fresh=True) for job in jobs]
        for job, one in zip(jobs, runs, strict=True):
            frames = list(one.follow())
            if one.state != "done":
                told = ", ".join(f"{key}={value}" for key, value in job.params)
                raise RunFailed(f"{one.message or one.state} It was {job.sim}({told}).")
            yield job, frames
    finally:
        runner.close()
