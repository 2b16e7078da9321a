"""Servers that share their runs through a hub, here in one process and without Ray."""

import asyncio
import threading

import pytest

from engine.runs.cluster import shared
from engine.runs.cluster.shared import SharedRunner
from engine.runs.runner import Runner
from tests.waiting import PATIENCE, wait_for


def frame(step):
    return f'{{"step":{step}}}'


class Loop:
    """The event loop of the hub, in a thread of its own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def begin(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def do(self, coroutine):
        return self.begin(coroutine).result(PATIENCE)

    def close(self):
        self.do(self._cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _cancel_all(self):
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class ServerEngine:
    """One server at the hub. When it `dies` it hears nothing more, and Ray tells the hub."""

    capacity = 100

    def __init__(self, hub, name, loop):
        self.hub, self.name, self.loop = hub, name, loop
        self._gone = asyncio.Event()
        loop.begin(hub.outlive(name, [self._gone.wait()]))

    def bind(self, on_frames, on_end):
        self.on_frames, self.on_end = on_frames, on_end

    def bind_places(self, on_place):
        self.on_place = on_place

    def submit(self, run):
        self.loop.begin(self._follow(run))

    def cancel(self, attempt, grace):
        self.loop.begin(self.hub.cancel(attempt))

    def close(self):
        self.loop.do(self.dies())

    async def dies(self):
        self._gone.set()

    async def _follow(self, run):
        what = (run.job, run.budget, run.owner, run.is_fresh)
        async for place, frames, end in self.hub.follow(self.name, run.id, *what):
            if self._gone.is_set():
                continue
            if place:
                self.on_place(run.id, *place)
            if frames:
                self.on_frames(run.id, frames)
            if end:
                self.on_end(run.id, *end)


@pytest.fixture
def loop():
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def make_hub(fake, loop, monkeypatch):
    monkeypatch.setattr(shared, "LOOK_SECONDS", 0.01)
    made = []

    def make(**limits):
        made.append(SharedRunner(lambda: fake, **limits))
        return made[-1]

    yield make
    for hub in made:
        hub.runner.close()


@pytest.fixture
def server(loop):
    """Makes the runner of one server."""
    made = []

    def make(hub, name):
        made.append(Runner(ServerEngine(hub, name, loop)))
        return made[-1]

    yield make
    for runner in made:
        runner.close()


def started(fake, number):
    assert wait_for(lambda: len(fake.started) >= number), "nothing was started"
    return fake.started[number - 1][0]


def test_two_servers_share_one_run_and_both_get_all_of_it(make_hub, server, fake, loop):
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
    assert loop.do(hub.stats())["started"] == len(fake.started) == 1


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


def test_places_are_reported_now_and_then_and_a_start_at_once(
    make_hub, server, fake, loop, monkeypatch
):
    """With each run that starts all places change, and each report is a message of its own."""
    monkeypatch.setattr(shared, "LOOK_SECONDS", 3600.0)
    hub = make_hub()
    runner = server(hub, "A")
    runner.submit("ticks", {"seed": 0})
    started(fake, 1)
    waiting = [runner.submit("ticks", {"seed": seed}, owner="1") for seed in (1, 2)]
    assert wait_for(lambda: waiting[1].position == 2)
    fake.ends(fake.started[0][0], "done", "", "", {})
    assert wait_for(lambda: waiting[0].state == "running")
    assert hub.runner.stats()["waiting"] == 1
    assert waiting[1].position == 2  # it is the first by now, which is reported in an hour
    fake.ends(started(fake, 2), "done", "", "", {})
    assert wait_for(lambda: waiting[1].state == "running")


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


def test_a_server_that_dies_leaves_its_runs_to_be_cancelled(make_hub, server, fake):
    hub = make_hub(abandon_after=0.2)
    dead = server(hub, "A")
    dead.submit("ticks", {})
    attempt = started(fake, 1)
    dead.engine.close()
    assert wait_for(lambda: fake.cancelled == [attempt])


def test_viewers_who_come_over_from_a_dead_server_find_their_run(make_hub, server, fake):
    hub = make_hub(abandon_after=60.0)
    dead = server(hub, "A")
    dead.submit("ticks", {})
    attempt = started(fake, 1)
    dead.engine.close()
    assert wait_for(lambda: hub.runner.get(attempt).watchers == 0)
    moved = server(hub, "B").submit("ticks", {})
    assert wait_for(lambda: hub.runner.get(attempt).watchers == 1)
    fake.yields(attempt, [frame(0)])
    assert wait_for(lambda: moved.frames == [frame(0)])
    assert len(fake.started) == 1
    assert fake.cancelled == []


def test_a_run_that_a_dead_server_has_stopped_watching_counts_its_viewers_once(
    make_hub, server, fake
):
    """It has left the run before: its death takes no viewer of another server away."""
    hub = make_hub()
    ours, theirs = server(hub, "A"), server(hub, "B")
    left, _ = ours.submit("ticks", {}), theirs.submit("ticks", {})
    attempt = started(fake, 1)
    assert wait_for(lambda: hub.runner.get(attempt).watchers == 2)
    ours.stop(left)
    assert left.wait(PATIENCE) == "cancelled"
    ours.engine.close()
    fake.yields(attempt, [frame(0)])
    assert wait_for(lambda: hub.runner.get(attempt).frames)
    assert hub.runner.get(attempt).watchers == 1


def test_a_long_replay_comes_in_batches(make_hub, server, fake, monkeypatch):
    monkeypatch.setattr(shared, "BATCH_BYTES", 25)  # three frames
    hub = make_hub()
    server(hub, "A").submit("ticks", {})
    fake.yields(started(fake, 1), [frame(step) for step in range(8)])
    fake.ends(started(fake, 1), "done", "", "", {})
    late = server(hub, "B")
    sizes = []
    heard = late.engine.on_frames
    late.engine.on_frames = lambda name, new: (sizes.append(len(new)), heard(name, new))
    again = late.submit("ticks", {})
    assert again.wait(PATIENCE) == "done"
    assert again.frames == [frame(step) for step in range(8)]
    assert sizes == [3, 3, 2]
