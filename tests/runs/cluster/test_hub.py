"""Servers that share their runs through a hub, here in one process: the wire is a function call."""

import asyncio
import time

import pytest

from engine.runs.cluster import hub as hub_module
from engine.runs.cluster.hub import Hub
from engine.runs.cluster.remote import Remote
from engine.runs.runner import Runner

PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time


def frame(step):
    return f'{{"step":{step}}}'


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


class HubWire:
    """The wire of one server. While it is `cut`, nothing comes through."""

    def __init__(self, hub, name):
        self.hub, self.name, self.is_cut = hub, name, False

    def tell(self, orders):
        self._pass()
        self.hub.tell(self.name, orders)

    def close(self):
        self.is_cut = True

    def fetch(self, seconds):
        self._pass()
        return asyncio.run(self.hub.fetch(self.name, min(seconds, 0.05)))

    def _pass(self):
        if self.is_cut:
            raise ConnectionError("cut")


@pytest.fixture
def make_hub(fake):
    made = []

    def make(**options):
        made.append(Hub(fake, **options))
        return made[-1]

    yield make
    for hub in made:
        hub.runner.close()


@pytest.fixture
def server():
    """Makes the runner of one server, whose wire is `runner.wire`."""
    made = []

    def make(hub, name):
        wire = HubWire(hub, name)
        runner = Runner(Remote(lambda: wire, 100, "The hub has gone."))
        runner.wire = wire
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


def started(fake, number):
    assert wait_for(lambda: len(fake.started) >= number), "nothing was started"
    return fake.started[number - 1][0]


def test_two_servers_share_one_run_and_both_get_all_of_it(make_hub, server, fake):
    hub = make_hub()
    ours, theirs = server(hub, "A"), server(hub, "B")
    first = ours.submit("ticks", {})
    attempt = started(fake, 1)
    fake.yields(attempt, [frame(0), frame(1)])
    late = theirs.submit("ticks", {})
    assert wait_for(lambda: len(late.frames) == 2)
    fake.yields(attempt, [frame(2)])
    fake.ends(attempt, "done", "", "", {"cpu_seconds": 2.0})
    assert (first.wait(PATIENCE), late.wait(PATIENCE)) == ("done", "done")
    assert first.frames == late.frames == [frame(0), frame(1), frame(2)]
    assert late.usage == {"cpu_seconds": 2.0}
    assert hub.stats()["started"] == len(fake.started) == 1
    assert hub.stats()["members"] == 2


def test_the_queue_is_one_for_all_servers_and_their_viewers_take_turns(make_hub, server, fake):
    hub = make_hub()
    ours, theirs = server(hub, "A"), server(hub, "B")
    ours.submit("ticks", {"seed": 0}, owner="1")
    running = started(fake, 1)
    waiting = []
    for seed in (1, 2, 3):
        waiting.append(ours.submit("ticks", {"seed": seed}, owner="1"))
        assert wait_for(lambda: waiting[-1].position == len(waiting))
    theirs_too = theirs.submit("ticks", {"seed": 4}, owner="1")  # of another server: another viewer
    assert wait_for(lambda: theirs_too.position == 2)
    assert wait_for(lambda: [run.position for run in waiting] == [1, 3, 4])
    assert theirs_too.starts_in > 0
    fake.ends(running, "done", "", "", {})
    assert wait_for(lambda: waiting[0].state == "running")
    assert wait_for(lambda: theirs_too.position == 1)


def test_a_full_queue_is_told_to_the_viewer(make_hub, server, fake):
    hub = make_hub(max_waiting=1)
    runner = server(hub, "A")
    runner.submit("ticks", {"seed": 0})
    started(fake, 1)
    runner.submit("ticks", {"seed": 1}, owner="1")
    refused = runner.submit("ticks", {"seed": 2}, owner="2")
    assert refused.wait(PATIENCE) == "failed"
    assert "1 runs are waiting already" in refused.message


def test_one_server_stops_a_run_that_the_other_goes_on_watching(make_hub, server, fake):
    hub = make_hub()
    ours, theirs = server(hub, "A"), server(hub, "B")
    left, kept = ours.submit("ticks", {}), theirs.submit("ticks", {})
    attempt = started(fake, 1)
    assert wait_for(lambda: hub.runner.get(attempt).watchers == 2)
    ours.stop(left)
    assert left.wait(PATIENCE) == "cancelled"
    assert fake.cancelled == []
    fake.yields(attempt, [frame(0)])
    assert wait_for(lambda: kept.frames == [frame(0)])
    theirs.stop(kept)
    assert wait_for(lambda: fake.cancelled == [attempt])
    assert not kept.has_ended  # until the engine says so
    fake.ends(attempt, "cancelled", "", "", {})
    assert kept.wait(PATIENCE) == "cancelled"


def test_a_finished_run_is_replayed_unless_a_fresh_one_is_asked_for(make_hub, server, fake):
    hub = make_hub()
    server(hub, "A").submit("ticks", {})
    fake.yields(started(fake, 1), [frame(0)])
    fake.ends(started(fake, 1), "done", "", "", {})
    again = server(hub, "B").submit("ticks", {})
    assert again.wait(PATIENCE) == "done"
    assert again.frames == [frame(0)]
    server(hub, "C").submit("ticks", {}, fresh=True)
    assert started(fake, 2)


@pytest.mark.parametrize("state", ["failed", "lost"])
def test_how_a_run_ended_is_told_as_it_was(make_hub, server, fake, state):
    run = server(make_hub(), "A").submit("ticks", {})
    fake.ends(started(fake, 1), state, "a reason", "a traceback", {})
    assert run.wait(PATIENCE) == state
    assert (run.message, run.detail) == ("a reason", "a traceback")


def test_a_server_that_falls_silent_leaves_its_runs_to_be_cancelled(make_hub, server, fake):
    hub = make_hub(silence=0.3, abandon_after=0.2)
    dead = server(hub, "A")
    run = dead.submit("ticks", {})
    attempt = started(fake, 1)
    dead.wire.is_cut = True
    assert run.wait(PATIENCE) == "lost"
    assert run.message == "The hub has gone."
    assert wait_for(lambda: hub.stats()["members"] == 0)
    assert wait_for(lambda: fake.cancelled == [attempt])


def test_viewers_who_come_over_from_a_dead_server_find_their_run(make_hub, server, fake):
    hub = make_hub(silence=0.2)  # abandoned after ten seconds only
    dead = server(hub, "A")
    dead.submit("ticks", {})
    attempt = started(fake, 1)
    dead.wire.is_cut = True
    assert wait_for(lambda: hub.stats()["members"] == 0)
    moved = server(hub, "B").submit("ticks", {})
    assert wait_for(lambda: hub.runner.get(attempt).watchers == 1)
    fake.yields(attempt, [frame(0)])
    assert wait_for(lambda: moved.frames == [frame(0)])
    assert len(fake.started) == 1
    assert fake.cancelled == []


def test_a_server_that_was_silent_and_returns_is_told_that_it_counts_as_gone(make_hub):
    hub = make_hub(silence=0.1)
    hub.tell("A", [("hello",)])
    assert wait_for(lambda: hub.stats()["members"] == 0)
    with pytest.raises(LookupError, match="not heard of this server for too long"):
        asyncio.run(hub.fetch("A", 0.0))


def test_a_server_that_says_goodbye_is_forgotten_at_once(make_hub, server, fake):
    hub = make_hub()
    runner = server(hub, "A")
    runner.submit("ticks", {})
    started(fake, 1)
    runner.close()
    assert hub.stats()["members"] == 0
    assert hub.runner.get(fake.started[0][0]).watchers == 0


def test_runs_do_not_wait_for_ever_when_no_machine_takes_any(make_hub, server, fake, monkeypatch):
    monkeypatch.setattr(hub_module, "NO_MACHINE_AFTER", 0.2)
    fake.capacity = 0
    run = server(make_hub(silence=0.3), "A").submit("ticks", {})
    assert run.wait(PATIENCE) == "failed"
    assert run.message == hub_module.NO_MACHINE
    assert fake.started == []
