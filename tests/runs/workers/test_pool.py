"""Which worker gets the next job, and when the idle ones may import heavy modules."""

from types import SimpleNamespace

import pytest

from engine.runs.workers import pool as pool_module
from engine.runs.workers.pool import WorkerPool

FOREVER = float("inf")


def worker(**state):
    base = {"is_ready": True, "is_warm": False, "is_warming": False, "attempt": None}
    made = SimpleNamespace(**base | state, sent=[])
    made.send = lambda **message: made.sent.append(message["do"])
    return made


@pytest.fixture
def make_pool(monkeypatch):
    monkeypatch.setattr(pool_module, "PRELOAD_AFTER", 0.0)

    def make(*workers, preload=("torch",)):
        pool = WorkerPool(len(workers), {"preload": list(preload)}, ())
        pool.workers += workers
        return pool

    return make


def test_a_warm_worker_is_taken_before_a_cold_one_and_never_one_that_is_warming(make_pool):
    cold, warm = worker(), worker(is_warm=True)
    warming = worker(is_warm=True, is_warming=True)
    busy = worker(is_ready=False, attempt="a", is_warm=True)
    assert make_pool(busy, warming, cold, warm).pick() is warm
    assert make_pool(busy, warming, cold).pick() is cold
    assert make_pool(busy, warming).pick() is None


def test_idle_workers_are_warmed_one_at_a_time(make_pool):
    one, two = worker(), worker()
    pool = make_pool(one, two)
    pool.warm_one()
    pool.warm_one()
    assert (one.sent, two.sent) == (["preload"], [])
    pool.note_ready(one, is_warm=False)  # the module is not installed: do not try again
    assert pool.due_at() < FOREVER
    pool.warm_one()
    assert (one.sent, two.sent) == (["preload"], ["preload"])
    assert pool.due_at() == FOREVER


@pytest.mark.parametrize(
    ("state", "preload"),
    [
        ({"is_ready": False, "attempt": "a"}, ("torch",)),  # it would take a core from the job
        ({"is_warming": True, "is_warm": True}, ("torch",)),
        ({}, ()),
    ],
)
def test_nothing_is_warmed_while_a_core_is_needed_or_without_a_reason(make_pool, state, preload):
    idle = worker()
    pool = make_pool(worker(**state), idle, preload=preload)
    pool.warm_one()
    assert idle.sent == []
    assert pool.due_at() == FOREVER


def test_the_first_seconds_are_left_to_the_first_page(make_pool, monkeypatch):
    idle = worker()
    pool = make_pool(idle)
    monkeypatch.setattr(pool_module, "PRELOAD_AFTER", 3600.0)
    pool.warm_one()
    assert idle.sent == []
    assert pool.due_at() < FOREVER
