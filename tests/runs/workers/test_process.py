"""Worker processes and the process that started them: one dies, the other knows what to do."""

import os
import signal
import subprocess
import sys
import textwrap
import time
import types
from pathlib import Path

import psutil
import pytest

from engine import portable
from engine.runs.job import make_job
from engine.runs.workers.process import WorkerProcess
from tests.waiting import PATIENCE

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]

PAGE = """
    import sys, types
    from pathlib import Path
    with open({marks!r}, "a") as file:
        file.write("executed\\n")
    # Streamlit makes the page the main module, whose file multiprocessing would run again.
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.modules["__main__"].__file__ = __file__
    from engine.runs.workers.local import LocalEngine
    from engine.runs.runner import Runner
    from sims import spec
    spec.HERE = Path({faulty!r})
    engine = LocalEngine(2, package="faulty", path=[{here!r}], preload=())
    runner = Runner(engine)
    run = runner.submit({sim!r}, {params!r})
    print(len([next(frames) for frames in [run.texts(timeout=60)] for _ in range(2)]), flush=True)
    print(*engine.pids(), flush=True)
    input()
"""


def start_page(tmp_path, sim, params):
    """A process like a server that has a run going; returns it and its worker's numbers."""
    page, marks = tmp_path / "page.py", tmp_path / "marks"
    values = {"marks": str(marks), "faulty": str(HERE / "faulty"), "here": str(HERE)}
    code = textwrap.dedent(PAGE).format(sim=sim, params=params, **values)
    page.write_text(code, encoding="utf-8")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, str(page)], env=environment, **pipes)
    assert process.stdout is not None
    assert process.stdout.readline() == "2\n"
    return process, [int(pid) for pid in process.stdout.readline().split()], marks


@pytest.mark.skipif(sys.platform != "linux", reason="only there is its folder known, in /proc")
def test_a_worker_stands_in_a_folder_that_is_there(tmp_path, monkeypatch, make_runner):
    """The server's own may be deleted while it runs; torch loads none of its libraries in it."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    runner = make_runner()
    assert runner.submit("ticks", {"num_steps": 3}).wait(PATIENCE) == "done"
    pids = runner.engine.pids()
    assert pids
    assert all(Path(f"/proc/{pid}/cwd").resolve().is_dir() for pid in pids)


def still_there(pids):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        left = [pid for pid in pids if psutil.pid_exists(pid)]
        left = [pid for pid in left if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]
        if not left:
            return []
        time.sleep(0.05)
    return left


@pytest.mark.parametrize(
    ("sim", "params"),
    [
        ("ticks", {"num_steps": 100_000, "delay": 0.005}),
        ("hangs", {"how": "python"}),
        ("hangs", {"how": "gil"}),
        ("hangs", {"how": "swallow"}),
    ],
)
def test_when_the_server_is_killed_its_workers_go_too(tmp_path, sim, params):
    process, pids, _ = start_page(tmp_path, sim, params)
    assert len(pids) == 3
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert still_there(pids) == []


def test_no_worker_runs_the_page_again(tmp_path):
    process, pids, marks = start_page(tmp_path, "ticks", {"num_steps": 2})
    process.communicate("\n", timeout=PATIENCE)
    assert marks.read_text(encoding="utf-8") == "executed\n"
    assert still_there(pids) == []  # a server that ends without closing leaves none either


@pytest.fixture
def worker():
    made = []

    def make(**config):
        config = {"preload": [], "package": "faulty"} | config
        made.append(WorkerProcess(config, [str(HERE)]))
        return made[-1]

    yield make
    for process in made:
        if process.socket.fileno() != -1:  # not finished by the test
            process.kill()
            process.finish()


def messages_until(process, kind):
    """Everything that the worker says up to a message of `kind`; None where it ended instead."""
    found = []
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        messages = process.receive()
        if messages is None:
            return [*found, None]
        found += messages
        if any(message[0] == kind for message in messages):
            return found
        time.sleep(0.01)
    raise AssertionError(f"no {kind} among {found}")


def ask(process, sim, params, **limits):
    job = make_job(sim, params)
    limits = {"memory_mb": 0, "last_resort": 60.0} | limits
    process.send(
        do="run", attempt="a", sim=sim, params=dict(job.params), source=job.source, **limits
    )


def test_a_worker_ends_its_own_hang_when_no_parent_does(worker):
    process = worker()
    ask(process, "hangs", {"how": "gil"}, last_resort=0.5)
    assert messages_until(process, "E")[-1] is None
    how, tail = process.finish()
    assert how == "exit code 1"
    assert "Timeout" in tail
    assert "hangs.py" in tail


def test_what_a_simulation_prints_cannot_be_taken_for_a_frame(worker):
    process = worker()
    ask(process, "prints", {})
    kinds = [kind for kind, _ in messages_until(process, "E")]
    assert kinds[:3] == ["R", "F", "E"]
    process.kill()
    assert "F {}" in process.finish()[1]


def test_preloading_makes_a_worker_warm(worker):
    process = worker(preload=["wave", "no_such_module"])
    assert messages_until(process, "R") == [("R", "0")]
    process.send(do="preload")
    assert messages_until(process, "R") == [("R", "0")]  # one of the two does not exist
    process = worker(preload=["wave"])
    assert messages_until(process, "R") == [("R", "0")]
    process.send(do="preload")
    assert messages_until(process, "R") == [("R", "1")]


class Busy(WorkerProcess):
    """A worker that has waited for a processor as long as the test says; nothing is started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.has_waited, self.is_killed = 100.0, 5.0, False
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(portable, "waited_seconds", lambda _: self.has_waited)
        self.process = types.SimpleNamespace(pid=1)  # type: ignore[assignment]

    def kill(self) -> None:
        self.is_killed = True

    def after(self, seconds: float, waited: float) -> bool:
        """Whether it was killed once so much time has passed, of which it waited a part."""
        self.now, self.has_waited = self.now + seconds, self.has_waited + waited
        self.enforce(self.now)
        return self.is_killed


def test_time_that_a_run_waits_for_a_processor_is_not_its_own(monkeypatch) -> None:
    worker = Busy(monkeypatch)
    worker.hold_to(10.0)
    assert not worker.after(10.0, waited=6.0)  # it has computed for 4 of 10 seconds
    assert not worker.after(5.0, waited=0.0)
    assert worker.after(1.1, waited=0.0)
    assert worker.verdict == ("failed", "It ran for 10 seconds, which is the limit.")


def test_a_run_that_sleeps_or_waits_without_end_meets_its_limit(monkeypatch) -> None:
    sleeping = Busy(monkeypatch)
    sleeping.hold_to(10.0)
    assert not sleeping.after(9.9, waited=0.0)
    assert sleeping.after(0.2, waited=0.0)
    starved = Busy(monkeypatch)
    starved.hold_to(10.0)
    assert not any(starved.after(9.0, waited=9.0) for _ in range(4))
    assert starved.after(9.0, waited=9.0)
