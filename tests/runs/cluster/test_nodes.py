"""The machines of a cluster: what one runs and refuses, and that there is none. Without Ray."""

import os
import queue
import sys
import time
from pathlib import Path

import pytest

from engine.runs.cluster import nodes
from engine.runs.cluster.engine import HubPlan
from engine.runs.cluster.nodes import NO_MACHINE, Node, Nodes
from engine.runs.job import Job, make_job
from engine.runs.results.identity import source_hash
from engine.runs.runner import Runner

RUNS = Path(__file__).parents[1]
PATIENCE = 60.0


@pytest.fixture
def run(monkeypatch):
    """Has a node run a job; its frames, and how it ended."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PRACTICUM_TRIED", "no")
    options = {"preload": (), "package": "faulty", "path": [str(RUNS)]}
    node = Node(1, HubPlan(engine=options, environment={"PRACTICUM_TRIED": "yes"}))
    frames, ends = [], queue.Queue()
    node.bind(lambda _, texts: frames.extend(texts), lambda _, *end: ends.put(end))

    def run(job):
        node.start("a", job)
        return frames, ends.get(timeout=PATIENCE)

    yield run
    node.close()


def test_a_node_runs_what_it_is_given_and_says_how_it_ended(run):
    job = make_job("ticks", {"num_steps": 3})
    frames, end = run(Job(job.sim, job.params, source_hash("ticks")))
    assert len(frames) == 3
    assert end[0] == "done"
    assert os.environ["PRACTICUM_TRIED"] == "yes"  # before its workers started


@pytest.mark.parametrize("job", [Job("ticks", (), "other"), Job("nowhere", (), "other")])
def test_a_machine_with_other_sources_refuses_and_says_why(run, job):
    frames, (state, message, *_) = run(job)
    assert (frames, state) == ([], "failed")
    assert "another version of it" in message


def test_runs_do_not_wait_for_ever_when_no_machine_takes_any(monkeypatch):
    """There is no cluster, so none can be listed; that is tried again and again."""
    looks = []
    monkeypatch.setattr(nodes, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(nodes.ray, "nodes", lambda: looks.append(1) or 1 / 0)
    runner = Runner(Nodes(HubPlan()))
    first = runner.submit("ticks", {"seed": 1}, watch=True)
    while len(looks) < 3:
        time.sleep(0.01)
    assert (first.state, first.position) == ("queued", 1)
    monkeypatch.setattr(nodes, "NO_MACHINE_AFTER", 0.0)
    second = runner.submit("ticks", {"seed": 2}, watch=True)
    assert [run.wait(PATIENCE) for run in (first, second)] == ["failed"] * 2
    assert first.message == second.message == NO_MACHINE
    runner.close()
