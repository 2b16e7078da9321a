"""The actor of one machine, here without Ray: what it runs, and what it refuses."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from engine.runs.cluster.node import Node
from engine.runs.job import UNLIMITED, Job, make_job
from engine.runs.results.identity import source_hash

RUNS = Path(__file__).parents[1]


@pytest.fixture
def run(monkeypatch):
    """Has a node run a job; all that comes of it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PRACTICUM_TRIED", "no")

    async def run(job):
        options = {"preload": (), "package": "faulty", "path": [str(RUNS)]}
        node = Node(1, options, {"PRACTICUM_TRIED": "yes"})
        serving = node.serve()
        await anext(serving)
        heard = [one async for batch in node.run("a", job, UNLIMITED) for one in batch]
        node._engine.close()
        await serving.aclose()
        return heard

    return lambda job: asyncio.run(run(job))


def test_a_node_runs_what_it_is_given_and_says_how_it_ended(run):
    job = make_job("ticks", {"num_steps": 3})
    *frames, end = run(Job(job.sim, job.params, source_hash("ticks")))
    assert [type(one) for one in frames] == [str] * 3
    assert end[0] == "done"
    assert os.environ["PRACTICUM_TRIED"] == "yes"  # before its workers started


@pytest.mark.parametrize("job", [Job("ticks", (), "other"), Job("nowhere", (), "other")])
def test_a_machine_with_other_sources_refuses_and_says_why(run, job):
    ((state, message, *_),) = run(job)
    assert state == "failed"
    assert "another version of it" in message
