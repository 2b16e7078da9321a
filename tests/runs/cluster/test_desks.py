"""Several machines as one engine: which of them gets a run, and what if one goes."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.runs.cluster import desks as desks_module
from engine.runs.cluster.desk import Desk
from engine.runs.cluster.desks import MACHINE_GONE, Desks
from engine.runs.job import UNLIMITED, Job, make_job
from engine.runs.results.store import source_hash

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time
JOB = Job("ticks", (), "source")


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


class Machine:
    """What is reached at one machine: takes orders, and says what the test puts into `says`."""

    def __init__(self):
        self.told, self.says, self.is_gone = [], [], False

    def tell(self, orders):
        self.told += orders

    def close(self):
        self.is_gone = True

    def fetch(self, seconds):
        time.sleep(0.01)
        if self.is_gone:
            raise ConnectionError("gone")
        return [self.says.pop()] if self.says else []

    @property
    def runs(self):
        return [order[1] for order in self.told if order[0] == "start"]


@pytest.fixture
def cluster(monkeypatch):
    """Machines by name with their sizes; a test changes it as machines come and go."""
    monkeypatch.setattr(desks_module, "LOOK_SECONDS", 0.02)
    return {}


@pytest.fixture
def ends():
    return {}


@pytest.fixture
def desks(cluster, ends):
    found = Desks(lambda: {name: (size, lambda m=m: m) for name, (size, m) in cluster.items()})
    found.bind(lambda attempt, texts: None, lambda attempt, *how: ends.update({attempt: how}))
    yield found
    found.close()


def test_each_run_goes_to_the_machine_with_the_most_room(desks, cluster):
    small, large = Machine(), Machine()
    cluster |= {"small": (1, small), "large": (3, large)}
    assert wait_for(lambda: desks.capacity == 4)
    for number in range(4):
        desks.start(str(number), JOB)
    assert wait_for(lambda: len(small.runs + large.runs) == 4)
    assert len(large.runs) == 3
    assert large.runs[:2] == ["0", "1"]


def test_a_run_that_has_ended_takes_no_room(desks, cluster, ends):
    small, large = Machine(), Machine()
    cluster |= {"small": (1, small), "large": (2, large)}
    assert wait_for(lambda: desks.capacity == 3)
    for name in "abc":
        desks.start(name, JOB)
        assert wait_for(lambda name=name: name in small.runs + large.runs)
        large.says.append(("end", name, "done"))
        assert wait_for(lambda name=name: name in ends)
    assert large.runs == ["a", "b", "c"]


def test_a_machine_that_joins_later_adds_its_room(desks, cluster):
    cluster["first"] = (1, Machine())
    assert wait_for(lambda: desks.capacity == 1)
    cluster["second"] = (2, Machine())
    assert wait_for(lambda: desks.capacity == 3)


def test_a_cancel_goes_to_the_machine_of_the_run(desks, cluster):
    one, two = Machine(), Machine()
    cluster |= {"one": (1, one), "two": (1, two)}
    assert wait_for(lambda: desks.capacity == 2)
    desks.start("a", JOB)
    desks.start("b", JOB)
    desks.cancel("b", 1.0)
    has_it = one if wait_for(lambda: one.runs) and one.runs == ["b"] else two
    assert wait_for(lambda: ("cancel", "b", 1.0) in has_it.told)
    other = two if has_it is one else one
    assert not any(order[0] == "cancel" for order in other.told)


def test_a_machine_that_goes_loses_its_runs_and_no_others(desks, cluster, ends):
    one, two = Machine(), Machine()
    cluster |= {"one": (1, one), "two": (1, two)}
    assert wait_for(lambda: desks.capacity == 2)
    desks.start("a", JOB)
    desks.start("b", JOB)
    assert wait_for(lambda: one.runs and two.runs)
    del cluster["one"]
    one.is_gone = True
    assert wait_for(lambda: ends)
    assert set(ends) == set(one.runs)
    assert ends[one.runs[0]][:2] == ("lost", MACHINE_GONE)
    assert desks.capacity == 1


def test_a_start_when_the_last_machine_has_just_gone_is_lost_not_forgotten(desks, ends):
    desks.start("a", JOB)
    assert wait_for(lambda: ends)
    assert ends["a"][:2] == ("lost", MACHINE_GONE)


def test_a_look_that_fails_is_followed_by_another(cluster, monkeypatch):
    looks = []

    def look():
        looks.append(1)
        raise ConnectionError("the head is busy")

    desks = Desks(look)
    desks.bind(lambda *_: None, lambda *_: None)
    assert wait_for(lambda: len(looks) > 2)
    desks.close()


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PRACTICUM_TRIED", "no")
    options = {"preload": (), "package": "faulty", "path": [str(HERE)]}
    desk = Desk(1, options, {"PRACTICUM_TRIED": "yes"}, silence=None)
    yield desk
    desk._engine.close()


def test_a_desk_runs_what_it_is_told_and_says_what_came_of_it(desk):
    job = make_job("ticks", {"num_steps": 3})
    portable = Job(job.sim, job.params, source_hash("ticks"))
    asyncio.run(desk.tell([("start", "a", portable, UNLIMITED)]))
    heard = []
    while not heard or heard[-1][0] != "end":
        heard += asyncio.run(desk.fetch(PATIENCE))
    assert sum(len(texts) for kind, _, texts, *_ in heard if kind == "frames") == 3
    assert heard[-1][:3] == ("end", "a", "done")
    assert os.environ["PRACTICUM_TRIED"] == "yes"  # before its workers started


def test_a_desk_that_leaves_does_not_say_how_its_runs_ended(desk, monkeypatch):
    """The hub would show the reader that sentence instead of "the machine has left"."""
    exits = []
    monkeypatch.setattr(os, "_exit", exits.append)
    job = make_job("ticks", {"num_steps": 10_000, "delay": 0.01})
    portable = Job(job.sim, job.params, source_hash("ticks"))
    asyncio.run(desk.tell([("start", "a", portable, UNLIMITED)]))
    while not any(kind == "frames" for kind, *_ in asyncio.run(desk.fetch(PATIENCE))):
        pass
    desk._watch(silence=0.0)
    assert exits == [0]
    assert "end" not in [kind for kind, *_ in asyncio.run(desk.fetch(0.1))]


@pytest.mark.parametrize("job", [Job("ticks", (), "other"), Job("nowhere", (), "other")])
def test_a_machine_with_other_sources_refuses_and_says_why(desk, job):
    asyncio.run(desk.tell([("start", "a", job, UNLIMITED)]))
    (message,) = asyncio.run(desk.fetch(PATIENCE))
    assert message[:3] == ("end", "a", "failed")
    assert "another version of it" in message[3]


ALONE = f"""
import time
from engine.runs.cluster.desk import Desk

desk = Desk(1, {{"preload": (), "package": "faulty", "path": [{str(HERE)!r}]}}, {{}}, silence=1.0)
while len(desk._engine.pids()) < 2:
    time.sleep(0.01)
print(*desk._engine.pids(), flush=True)
time.sleep(600)
"""


def test_a_desk_whose_hub_is_silent_ends_with_its_workers():
    shown = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 0
    pids = [int(pid) for pid in shown.stdout.split()]
    assert len(pids) == 2
    assert wait_for(lambda: not any(map(psutil.pid_exists, pids)))
