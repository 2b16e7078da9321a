"""Which worker gets the next job, and when the idle ones may import heavy modules."""

from types import SimpleNamespace

import pytest

from engine.runs.workers import pool as crew_module
from engine.runs.workers.pool import Crew

FOREVER = float("inf")


def worker(**state):
    base = {"is_ready": True, "is_warm": False, "is_warming": False, "attempt": None}
    made = SimpleNamespace(**base | state, sent=[])
    made.send = lambda **message: made.sent.append(message["do"])
    return made


@pytest.fixture
def make_crew(monkeypatch):
    monkeypatch.setattr(crew_module, "PRELOAD_AFTER", 0.0)

    def make(*workers, preload=("torch",)):
        crew = Crew(len(workers), {"preload": list(preload)}, ())
        crew.workers += workers
        return crew

    return make


def test_a_warm_worker_is_taken_before_a_cold_one_and_never_one_that_is_warming(make_crew):
    cold, warm = worker(), worker(is_warm=True)
    warming = worker(is_warm=True, is_warming=True)
    busy = worker(is_ready=False, attempt="a", is_warm=True)
    assert make_crew(busy, warming, cold, warm).pick() is warm
    assert make_crew(busy, warming, cold).pick() is cold
    assert make_crew(busy, warming).pick() is None


def test_idle_workers_are_warmed_one_at_a_time(make_crew):
    one, two = worker(), worker()
    crew = make_crew(one, two)
    crew.warm_one()
    crew.warm_one()
    assert (one.sent, two.sent) == (["preload"], [])
    crew.note_ready(one, is_warm=False)  # the module is not installed: do not try again
    assert crew.due_at() < FOREVER
    crew.warm_one()
    assert (one.sent, two.sent) == (["preload"], ["preload"])
    assert crew.due_at() == FOREVER


@pytest.mark.parametrize(
    ("state", "preload"),
    [
        ({"is_ready": False, "attempt": "a"}, ("torch",)),  # it would take a core from the job
        ({"is_warming": True, "is_warm": True}, ("torch",)),
        ({}, ()),
    ],
)
def test_nothing_is_warmed_while_a_core_is_needed_or_without_a_reason(make_crew, state, preload):
    idle = worker()
    crew = make_crew(worker(**state), idle, preload=preload)
    crew.warm_one()
    assert idle.sent == []
    assert crew.due_at() == FOREVER


def test_the_first_seconds_are_left_to_the_first_page(make_crew, monkeypatch):
    idle = worker()
    crew = make_crew(idle)
    monkeypatch.setattr(crew_module, "PRELOAD_AFTER", 3600.0)
    crew.warm_one()
    assert idle.sent == []
    assert crew.due_at() < FOREVER
