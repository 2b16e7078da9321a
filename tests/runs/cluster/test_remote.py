"""An engine at the other end of a wire: what goes over it, and what becomes of runs when it breaks.
The wire of these tests is a queue."""

import queue
import time

import pytest

from engine.runs.cluster.remote import Remote
from engine.runs.engine import SharedEngine
from engine.runs.job import Job
from engine.runs.runner import Runner

PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time
JOB = Job("ticks", (), "source")


class FakeWire:
    """Keeps what it is told; hands out what the test puts into `answers`, or raises it."""

    def __init__(self):
        self.told = []
        self.answers = queue.SimpleQueue()
        self.is_deaf = self.is_closed = False

    def tell(self, orders):
        if self.is_deaf:
            raise ConnectionError("nobody is there")
        self.told += orders

    def close(self):
        self.is_closed = True

    def fetch(self, seconds):
        try:
            answer = self.answers.get(timeout=0.05)
        except queue.Empty:
            return []
        if isinstance(answer, Exception):
            raise answer
        return [answer]


class Recorder:
    """What an engine tells its runner."""

    def __init__(self, engine):
        self.frames, self.ends = [], {}
        engine.bind(lambda attempt, texts: self.frames.append((attempt, texts)), self.end)

    def end(self, attempt, *how):
        assert attempt not in self.ends, "a run ends once"
        self.ends[attempt] = how


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


@pytest.fixture
def wires():
    return []


@pytest.fixture
def make(wires):
    made = []

    def connect():
        wires.append(FakeWire())
        return wires[-1]

    def make(**options):
        made.append(Remote(options.pop("connect", connect), 10, "It has gone.", **options))
        return made[-1]

    yield make
    for remote in made:
        remote.close()


def test_the_runner_takes_it_for_an_engine_with_a_queue_of_its_own(make):
    assert isinstance(make(), SharedEngine)


def test_frames_and_end_come_back_under_the_name_of_the_attempt(make, wires):
    told = Recorder(remote := make())
    remote.start("a", JOB)
    assert wait_for(lambda: wires and wires[0].told)
    assert wires[0].told[0][:3] == ("start", "a", JOB)
    wires[0].answers.put(("frames", "a", ["{}"]))
    wires[0].answers.put(("end", "a", "done", "", "", {"cpu_seconds": 1.0}))
    assert wait_for(lambda: told.ends)
    assert told.frames == [("a", ["{}"])]
    assert told.ends == {"a": ("done", "", "", {"cpu_seconds": 1.0})}


def test_what_comes_for_a_run_that_ended_or_never_was_is_dropped(make, wires):
    told = Recorder(remote := make())
    remote.start("a", JOB)
    assert wait_for(lambda: wires)
    for message in [("end", "a", "done"), ("frames", "a", ["{}"]), ("end", "a", "lost")]:
        wires[0].answers.put(message)
    wires[0].answers.put(("end", "stranger", "done"))
    remote.start("b", JOB)
    wires[0].answers.put(("end", "b", "done"))
    assert wait_for(lambda: "b" in told.ends)
    assert told.frames == []
    assert set(told.ends) == {"a", "b"}
    assert told.ends["a"][0] == "done"


def test_orders_keep_their_order(make, wires):
    Recorder(remote := make())
    for number in range(250):  # more than one batch takes
        remote.start(str(number), JOB)
        remote.cancel(str(number), 1.0)
    assert wait_for(lambda: wires and len(wires[0].told) == 500)
    expected = [(kind, str(number)) for number in range(250) for kind in ("start", "cancel")]
    assert [order[:2] for order in wires[0].told] == expected


@pytest.mark.parametrize("side", ["tell", "fetch"])
def test_a_wire_that_breaks_loses_all_its_runs_and_the_next_gets_a_new_wire(make, wires, side):
    told = Recorder(remote := make())
    remote.start("a", JOB)
    assert wait_for(lambda: wires and wires[0].told)
    if side == "tell":
        wires[0].is_deaf = True
        remote.start("b", JOB)
    else:
        wires[0].answers.put(ConnectionError("cut"))
    assert wait_for(lambda: "a" in told.ends)
    assert told.ends["a"][:2] == ("lost", "It has gone.")
    assert "ConnectionError" in told.ends["a"][2]  # for the author
    assert wires[0].is_closed
    remote.start("c", JOB)
    assert wait_for(lambda: len(wires) == 2 and wires[1].told)
    wires[1].answers.put(("end", "c", "done"))
    assert wait_for(lambda: "c" in told.ends)
    assert told.ends["c"][0] == "done"


def test_nobody_waits_when_there_is_nothing_to_connect_to(make):
    def connect():
        raise ConnectionError("no cluster")

    told = Recorder(remote := make(connect=connect))
    remote.start("a", JOB)
    assert wait_for(lambda: told.ends)
    assert told.ends["a"][:2] == ("lost", "It has gone.")


def test_its_owner_is_told_when_it_is_ready_and_when_it_broke(make, wires):
    heard = []
    remote = make(on_ready=lambda: heard.append("on"), on_broken=lambda: heard.append("off"))
    Recorder(remote)
    remote.open()
    assert wait_for(lambda: heard == ["on"])
    wires[0].answers.put(ConnectionError("cut"))
    assert wait_for(lambda: heard == ["on", "off"])


def test_a_job_that_cannot_be_translated_fails_alone(make, wires):
    def translate(job):
        if job.sim == "gone":
            raise FileNotFoundError("gone.py")
        return Job(job.sim, job.params, "translated")

    told = Recorder(remote := make(translate=translate))
    remote.start("a", Job("gone", (), ""))
    remote.start("b", JOB)
    assert wait_for(lambda: wires and any(order[0] == "start" for order in wires[0].told))
    assert [order[2].source for order in wires[0].told if order[0] == "start"] == ["translated"]
    assert told.ends["a"][:2] == ("failed", "gone cannot be read: gone.py.")


def test_closing_says_goodbye_and_ends_what_runs(make, wires):
    told = Recorder(remote := make())
    remote.start("a", JOB)
    assert wait_for(lambda: wires and wires[0].told)
    remote.close()
    assert wires[0].told[-1] == ("bye",)
    assert told.ends["a"][:2] == ("lost", "The server was stopped.")
    assert wires[0].is_closed
    assert not any(thread.is_alive() for thread in (remote._speaker, remote._listener))


def test_a_runner_shows_the_place_that_a_run_has_over_there(make, wires):
    runner = Runner(make())
    run = runner.submit("ticks", {}, owner="A", fresh=True)
    assert wait_for(lambda: wires and wires[0].told)
    _, attempt, _, _, owner, is_fresh = wires[0].told[0]
    assert (attempt, owner, is_fresh) == (run.id, "A", True)
    wires[0].answers.put(("place", run.id, 3, 20))
    assert wait_for(lambda: run.position == 3)
    assert (run.state, run.starts_in) == ("queued", 20)
    wires[0].answers.put(("place", run.id, 0, 0))
    assert wait_for(lambda: run.state == "running")
    runner.stop(run)
    assert wait_for(lambda: wires[0].told[-1][:2] == ("cancel", run.id))
    wires[0].answers.put(("end", run.id, "cancelled", "", "", {}))
    assert run.wait(PATIENCE) == "cancelled"
    assert run.message == "Stopped."
    runner.close()
