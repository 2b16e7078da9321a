"""A cluster as a server sees it: a child process, here a short script, and what becomes of runs."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from engine.runs.cluster import engine as module
from engine.runs.cluster.engine import HUB_GONE, ClusterEngine, ClusterError, HubPlan
from engine.runs.engine import SharedEngine
from engine.runs.job import Budget, Job
from engine.runs.results.identity import source_hash
from engine.runs.run import Run
from engine.runs.runner import Runner
from tests.waiting import PATIENCE, wait_for

ROOT = Path(__file__).resolve().parents[3]
JOB = Job("ticks", (("num_steps", 3), ("delay", 0.0)), "by dates")
CHILD = """
import json, os, sys
from engine import portable

line = portable.take_line(json.loads(sys.argv[1]))
orders = (json.loads(text)["order"] for text in line.makefile())
def say(message): line.sendall(f"M {json.dumps(message)}\\n".encode())
"""
JOIN = CHILD + "say('')\n"
DO = (
    JOIN
    + """
for attempt, *what in orders:  # the owner of a run says what is to become of it
    if not what:
        say([attempt, None, [], ["cancelled", "", "", {}]])
    else:
        for update in json.loads(what[4]):
            if update == "die":
                os._exit(1)
            say([attempt, *update])
"""
)
DONE = '[null, [], ["done", "", "", {"cpu_seconds": 1.0}]]'


class Recorder:
    """What an engine reports to its runner."""

    def __init__(self, engine):
        self.frames, self.places, self.ends = [], [], {}
        engine.bind_places(lambda *place: self.places.append(place))
        engine.bind(lambda *frames: self.frames.append(frames), self.end)

    def end(self, attempt, *how):
        assert attempt not in self.ends, "a run ends once"
        self.ends[attempt] = how


@pytest.fixture
def use(monkeypatch, tmp_path):
    """Makes a script the child."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def use(script):
        name = f"child_{len(list(tmp_path.iterdir()))}"
        (tmp_path / f"{name}.py").write_text(script, encoding="utf-8")
        monkeypatch.setattr(module, "CHILD", name)

    return use


@pytest.fixture
def make(use):
    made = []

    def make(script):
        use(script)
        made.append(ClusterEngine(None, HubPlan()))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def submit(engine, *updates, job=JOB):
    """A run of which the child says `updates`, JSON texts."""
    run = Run(job, f"[{', '.join(updates)}]")
    engine.submit(run)
    return run.id


def test_the_runner_takes_it_for_an_engine_with_a_queue_of_its_own(make):
    assert isinstance(make(DO), SharedEngine)


def test_what_the_hub_says_comes_back_under_the_name_of_the_attempt(make):
    told = Recorder(engine := make(DO))
    a = submit(engine, "[[3, 20], [], null]", '[null, ["{}", "{}"], null]', DONE)
    assert wait_for(lambda: told.ends)
    assert told.places == [(a, 3, 20)]
    assert told.frames == [(a, ["{}", "{}"])]
    assert told.ends == {a: ("done", "", "", {"cpu_seconds": 1.0})}


def test_a_long_message_comes_whole(make):
    told = Recorder(engine := make(DO))
    a = submit(engine, f'[null, ["{"x" * 3_000_000}"], null]', DONE)
    assert wait_for(lambda: told.ends)
    assert told.frames == [(a, ["x" * 3_000_000])]


def test_what_comes_for_a_run_that_has_ended_is_dropped(make):
    told = Recorder(engine := make(DO))
    a = submit(engine, DONE, '[[1, 1], ["{}"], null]', DONE)
    b = submit(engine, DONE)
    assert wait_for(lambda: b in told.ends)
    assert (told.frames, told.places) == ([], [])
    assert set(told.ends) == {a, b}


def test_orders_arrive_as_they_were_given_and_in_their_order(make):
    """The child says each order back as a frame of the last run."""
    echo = (
        JOIN
        + """
heard = [json.dumps(next(orders)) for _ in range(101)]
say([json.loads(heard[-1])[0], None, heard, None])
next(orders)
"""
    )
    told = Recorder(engine := make(echo))
    runs = [Run(JOB, "viewer", Budget(2.5, None), is_fresh=True) for _ in range(51)]
    for run in runs[:50]:
        engine.submit(run)
        engine.cancel(run.id, 1.0)
    engine.submit(runs[50])
    assert wait_for(lambda: told.frames)
    source = source_hash(JOB.sim)  # by its text, not by dates
    assert source != JOB.source
    what = [JOB.sim, [list(pair) for pair in JOB.params], source, [2.5, None], "viewer", True]
    expected = [order for one in runs for order in ([one.id, *what], [one.id])][:101]
    ((attempt, frames),) = told.frames
    assert (attempt, [json.loads(text) for text in frames]) == (runs[50].id, expected)


def test_a_child_that_ends_loses_all_its_runs_and_the_next_run_gets_another(make):
    told = Recorder(engine := make(DO))
    a, b = submit(engine), submit(engine, '"die"')
    assert wait_for(lambda: len(told.ends) == 2)
    assert told.ends[a][:2] == told.ends[b][:2] == ("lost", HUB_GONE)
    c = submit(engine, DONE)
    assert wait_for(lambda: c in told.ends)
    assert told.ends[c][0] == "done"


def test_nothing_that_comes_from_the_cluster_is_unpickled(make, tmp_path):
    """Code that somebody runs in the cluster gets no further than the child."""
    script = (
        JOIN
        + f"""
import pathlib, pickle
class Evil:
    def __reduce__(self):
        return pathlib.Path.touch, (pathlib.Path({str(tmp_path / "touched")!r}),)
next(orders)
line.sendall(b"M " + pickle.dumps(Evil(), 0).replace(b"\\n", b" ") + b"\\n")
line.sendall(pickle.dumps(Evil()) + b"\\n")
next(orders)
"""
    )
    told = Recorder(engine := make(script))
    a = submit(engine)
    assert wait_for(lambda: told.ends)
    assert told.ends[a][:2] == ("lost", HUB_GONE)
    assert not (tmp_path / "touched").exists()


def test_what_the_child_wrote_last_is_for_the_author(make):
    told = Recorder(engine := make(JOIN + "next(orders); sys.exit('the head has gone')"))
    a = submit(engine)
    assert wait_for(lambda: told.ends)
    assert told.ends[a] == ("lost", HUB_GONE, "the head has gone\n", {})


def test_nobody_waits_when_there_is_no_cluster_any_more(make, use):
    told = Recorder(engine := make(DO))
    use(CHILD + "say('no cluster')")
    submit(engine, '"die"')
    assert wait_for(lambda: told.ends)
    b = submit(engine, DONE)
    assert wait_for(lambda: b in told.ends)
    assert told.ends[b][:2] == ("lost", HUB_GONE)
    assert "no cluster" in told.ends[b][2]


def test_a_job_that_cannot_be_read_fails_alone(make):
    told = Recorder(engine := make(DO))
    a, b = submit(engine, DONE, job=Job("nowhere", (), "")), submit(engine, DONE)
    assert wait_for(lambda: len(told.ends) == 2)
    assert told.ends[a][0] == "failed"
    assert "nowhere cannot be read" in told.ends[a][1]
    assert told.ends[b][0] == "done"


def test_a_refusal_is_the_sentence_of_the_child(make):
    with pytest.raises(ClusterError, match=r"^no cluster, because$"):
        make(CHILD + "say('no cluster, because')")


def test_a_child_that_dies_before_it_answers_is_reported(make):
    with pytest.raises(ClusterError, match=r"has ended\. See the log"):
        make(CHILD)


def test_a_child_that_never_answers_is_given_up_and_ended(make, monkeypatch):
    monkeypatch.setattr(module, "JOIN_SECONDS", 0.0)
    before = set(psutil.Process().children())
    with pytest.raises(ClusterError, match="Ray does not answer"):
        make(CHILD + "next(orders)")
    assert set(psutil.Process().children()) == before


def test_closing_ends_the_child_and_what_runs(make):
    before = set(psutil.Process().children())
    told = Recorder(engine := make(DO))
    a = submit(engine)
    engine.close()
    assert told.ends[a][:2] == ("lost", "The server was stopped.")
    assert set(psutil.Process().children()) == before


def test_a_child_that_hears_nothing_is_killed_when_it_is_closed(make):
    before = set(psutil.Process().children())
    Recorder(engine := make(JOIN + "import time; time.sleep(600)"))
    engine.close()
    assert set(psutil.Process().children()) == before


def test_a_runner_shows_the_place_that_a_run_has_over_there(make):
    runner = Runner(make(DO))
    run = runner.submit("ticks", {}, owner="[[[3, 20], [], null]]", fresh=True)
    assert wait_for(lambda: run.position == 3)
    assert (run.state, run.starts_in) == ("queued", 20)
    runner.stop(run)
    assert run.wait(PATIENCE) == "cancelled"
    assert run.message == "Stopped."
    runner.close()


def test_equal_plans_share_a_hub_and_others_do_not():
    plans = [
        HubPlan(2),
        HubPlan(2),
        HubPlan(1),
        HubPlan(2, {"memory_mb": 1}),
        HubPlan(2, environment={"A": "b"}),
    ]
    assert len({plan.hub_name for plan in plans}) == 4


def serve(*options):
    return subprocess.run(
        [sys.executable, "-m", "engine.cli", "serve", "--port", "0", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--ray-address", "127.0.0.1:6379"], "--ray-address is for --runner ray"),
        (["--runner", "ray", "--ray-address", "127.0.0.1:1"], "no Ray cluster answers"),
        (["--workers", "0"], "--workers 0: at least one is needed"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(options, told):
    shown = serve(*options)
    assert shown.returncode == 2
    assert len(shown.stderr.strip().splitlines()) == 1
    assert told in shown.stderr
