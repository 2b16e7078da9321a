"""A folder of kept results, and a job whose result is kept."""

from pathlib import Path

import pytest

from engine.runs.job import Job, make_job
from engine.runs.results.store import Results

FRAMES = tuple(f'{{"step":{step}}}' for step in range(5))

TOOK = {"seconds": 1.0}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "runs")


@pytest.fixture
def job() -> Job:
    return make_job("ticks", {})
