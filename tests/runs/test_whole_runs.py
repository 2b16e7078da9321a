"""Runs with whatever somebody sends as parameters, from what they sent to the kept result."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.runs.frames import is_refusal, stream
from engine.runs.job import Job, clamp_params, job_of
from engine.runs.results.plausible import check_frames
from engine.runs.results.store import Results
from sims import spec
from tests import fuzzing

MOST_FRAMES = 5
# Of which five frames take no time with any parameters.
QUICK = ("bandit", "condorcet", "credit", "kl_estimators")

pytestmark = pytest.mark.fuzz


@pytest.fixture(autouse=True)
def _faulty_sims() -> None:
    """Unlike in other tests of this folder, the simulations are the real ones."""


@some.composite
def sent(draw: some.DrawFn) -> tuple[str, dict[str, Any]]:
    """A simulation, and values for some parameters: ends of their ranges, or anything."""
    sim = draw(some.sampled_from(QUICK))
    values = {}
    for field in spec.fields(sim):
        ends = [end for end in (field.low, field.high, *field.choices) if end is not None]
        choice = draw(some.sampled_from(["leave", "end", "anything"]))
        if choice == "end" and ends:
            values[field.name] = draw(some.sampled_from(ends))
        elif choice == "anything":
            values[field.name] = draw(fuzzing.anything)
    return sim, values


@fuzzing.examples(10)
@given(sent())
def test_whole_runs_are_frames_or_one_sentence(
    tmp_path: Path, asked: tuple[str, dict[str, Any]]
) -> None:
    sim, values = asked
    params, _ = clamp_params(sim, values)
    job = job_of(sim, params)
    module = spec.load(sim)
    frames = first_frames(module, params)
    if frames:
        check_frames(frames)
        kept(job, frames, tmp_path)


def first_frames(module: Any, params: dict[str, Any]) -> tuple[str, ...]:
    """Of a run; none where the simulation refuses these parameters in one sentence."""
    try:
        return tuple(itertools.islice(stream(module, module.Params(**params)), MOST_FRAMES))
    except Exception as error:
        if is_refusal(error) and "\n" not in str(error):
            return ()
        raise


def kept(job: Job, frames: tuple[str, ...], folder: Path) -> None:
    results = Results(folder)
    assert results.write(job, frames, {"seconds": 1.0})
    found = results.read(job)
    assert found is not None
    assert found.frames == frames
