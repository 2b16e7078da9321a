"""A run of the laboratory: asked of the server's runner, followed, and kept in the session."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.app.site.home import literal
from engine.app.the_runner import the_runner
from engine.runs import tables
from engine.runs.job import Job, make_job
from engine.runs.run import Run
from engine.runs.runner import QueueFull
from sims.spec import Frame, SpecError, Value

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_KEPT = 4  # runs side by side
LOOK_SECONDS = 0.2  # between two looks at how far a run is


@dataclass(frozen=True)
class Done:
    """Some finished runs of one simulation, that differ in their seeds."""

    sim: str
    params: Mapping[str, Value]
    num_seeds: int
    rows: "DataFrame"

    def title(self, others: Sequence["Done"]) -> str:
        """What tells these runs from the others beside them."""
        own = [f"{self.num_seeds} seeds"] if self.num_seeds > 1 else []
        differ = [
            f"{name} {value}"
            for name, value in self.params.items()
            if any(one.params.get(name) != value for one in others)
        ]
        return ", ".join([*differ, *own]) or self.sim


def kept(sim: str) -> list[Done]:
    """The runs of a simulation that are on the page, the newest first."""
    return [one for one in st.session_state.get("lab_runs", []) if one.sim == sim]


def run(sim: str, params: Mapping[str, Value], num_seeds: int) -> None:
    """Run, show how far it is, and keep the result; what is wrong becomes a sentence."""
    try:
        jobs = _jobs(sim, params, num_seeds)
        frames = _follow(jobs)
    except (SpecError, QueueFull) as error:
        st.error(literal(str(error)))
        return
    if frames is None:
        return
    done = Done(sim, dict(params), num_seeds, tables.of_jobs(jobs, frames))
    others = [one for one in st.session_state.get("lab_runs", []) if not _is_same(one, done)]
    st.session_state["lab_runs"] = [done, *others][:MOST_KEPT]


def _is_same(one: Done, other: Done) -> bool:
    return (one.sim, one.params, one.num_seeds) == (other.sim, other.params, other.num_seeds)


def _jobs(sim: str, params: Mapping[str, Value], num_seeds: int) -> list[Job]:
    if num_seeds == 1 or tables.SEED not in params:
        return [make_job(sim, params)]
    first = int(params[tables.SEED])
    return [make_job(sim, {**params, tables.SEED: first + k}) for k in range(num_seeds)]


def _follow(jobs: Sequence[Job]) -> list[list[Frame]] | None:
    """The frames of all, or None where one did not end well, which is said."""
    runner, owner = the_runner(), f"{st.context.ip_address or 'lab'}#lab"
    bar = st.progress(0.0, "Waiting for a worker")
    runs: list[Run] = []
    try:
        for job in jobs:
            runs.append(runner.share(job, owner, watch=True))
        while not all(one.has_ended for one in runs):
            bar.progress(_share(runs), f"{sum(one.has_ended for one in runs)} of {len(runs)} runs")
            time.sleep(LOOK_SECONDS)  # the script ends here when the reader goes away
    finally:
        for one in runs:
            runner.leave(one)
        bar.empty()
    for one in runs:
        if one.state != "done":
            st.error(literal(one.message or f"The run was {one.state}."))
            return None
    return [[json.loads(text) for text in one.frames] for one in runs]


def _share(runs: Sequence[Run]) -> float:
    """How far all of them are, from 0 to 1."""
    return min(1.0, sum(map(_progress, runs)) / len(runs))


def _progress(run: Run) -> float:
    if run.has_ended:
        return 1.0
    last: dict[str, Any] = json.loads(run.frames[-1]) if run.frames else {}
    return float(last.get("progress", 0.0))
