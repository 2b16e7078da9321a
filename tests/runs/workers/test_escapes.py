"""A simulation that leaves its process, or something in it: nobody waits for ever, nobody else's
run is harmed, and nothing outlives the worker or the server."""

import gc
import locale
import logging
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from engine.runs.job import Budget
from engine.runs.runner import Runner
from engine.runs.workers import leftovers, orphans
from engine.runs.workers.local import LocalEngine
from sims import spec
from tests.waiting import wait_for

from .test_process import start_page, still_there

HERE = Path(__file__).parents[1]
PATIENCE = 20.0
COPIES = ["fork", "fork_and_go_on", "fork_in_c", "new_session", "pool", "subprocess", "daemon"]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One for all of these tests: each shows that the one before has harmed nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spec, "HERE", HERE / "faulty")
        engine = LocalEngine(1, preload=(), package="faulty", path=[str(HERE)])
        made = Runner(engine, grace=0.1)
        assert made.submit("ticks", {"num_steps": 1}).wait(PATIENCE) == "done"  # it has workers
        yield made
        made.close()


@pytest.fixture
def run(runner: Runner) -> Callable[..., tuple[str, list[int], str]]:
    """Run a simulation and then another; how the first ended, the processes that it named (which
    must all be gone) and its message."""

    def run(how: str, end: str, seconds: float | None = None) -> tuple[str, list[int], str]:
        budget = Budget(seconds)
        asked = runner.submit("escapes", {"how": how, "end": end}, fresh=True, budget=budget)
        ended = asked.wait(PATIENCE)
        pids = [frame["pid"] for frame in asked.follow() if frame["pid"]]
        next_one = runner.submit("ticks", {"num_steps": 3}, fresh=True)
        assert next_one.wait(PATIENCE) == "done"
        assert still_there(pids) == []
        return ended, pids, asked.message

    return run


@pytest.mark.parametrize("how", COPIES)
def test_a_run_that_leaves_a_process_is_done_and_the_process_ended(run, how, caplog) -> None:
    with caplog.at_level(logging.WARNING, "practicum.runs"):
        ended, pids, _ = run(how, "done")
    assert ended == "done"
    assert pids or how == "pool"
    if how != "fork_and_go_on":  # its copy ends by itself at its next frame, in time or not
        assert "escapes left something behind (" in caplog.text
        assert "other processes), so its worker process is replaced" in caplog.text


@pytest.mark.parametrize("how", COPIES)
def test_a_worker_that_dies_beside_its_copy_blocks_nobody(run, how) -> None:
    ended, _, message = run(how, "exit")
    assert (ended, "exit code 3" in message) == ("lost", True)


def test_where_processes_cannot_be_listed_their_group_is_ended(run, monkeypatch) -> None:
    monkeypatch.setattr(orphans, "end_marked", lambda mark: 0)
    ended, pids, _ = run("fork", "exit")
    assert (ended, bool(pids)) == ("lost", True)


@pytest.mark.parametrize(("how", "end"), [("fork", "hang"), ("daemon", "hang_gil")])
def test_a_hang_beside_a_copy_ends_at_the_limit(run, how, end) -> None:
    ended, _, message = run(how, end, seconds=0.5)
    assert (ended, "0.5 seconds" in message) == ("failed", True)


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ("thread", "1 thread"),
        ("threads_that_block_the_end", "1 thread"),
        ("cwd", "the working directory"),
        ("environment", "the environment"),
        ("signals", "handlers of signals"),
        ("alarm", "a timer"),
        ("standard_files", "standard input or output"),
        ("stdout", "Python's input and output"),
    ],
)
def test_what_would_change_the_next_run_costs_the_worker(run, runner, caplog, how, what) -> None:
    before = runner.engine.pids()
    with caplog.at_level(logging.WARNING, "practicum.runs"):
        ended, _, message = run(how, "done")
    assert (ended, message) == ("done", "")
    assert f"left something behind ({what}), so its worker process is replaced" in caplog.text
    assert wait_for(lambda: set(before) - set(runner.engine.pids()))


@pytest.mark.parametrize("how", ["print", "read", "gymnasium"])
def test_what_harms_nobody_keeps_the_worker(run, runner, how) -> None:
    pids = set(runner.engine.pids())  # a second worker may still be starting
    assert run(how, "done")[0] == "done"
    assert pids
    assert pids <= set(runner.engine.pids())


def test_a_closed_connection_is_a_sentence(run) -> None:
    ended, _, message = run("all_files", "done")
    assert ended == "lost"
    assert "Close only files that the simulation has opened." in message


@pytest.mark.parametrize(
    ("how", "number"),
    [
        ("fork", signal.SIGKILL),
        ("new_session", signal.SIGKILL),
        ("daemon", signal.SIGKILL),
        ("daemon", signal.SIGTERM),
    ],
)
def test_nothing_outlives_a_server_that_is_ended(tmp_path, how, number) -> None:
    params = {"how": how, "end": "hang_gil", "pids": str(tmp_path / "pids")}
    server, workers, _ = start_page(tmp_path, "escapes", params)
    started = [int(line) for line in (tmp_path / "pids").read_text(encoding="utf-8").split()]
    assert psutil.pid_exists(started[0])
    server.send_signal(number)
    server.communicate(timeout=PATIENCE)
    assert still_there([*workers, *started]) == []


def test_a_process_that_is_as_it_was_has_left_nothing(monkeypatch) -> None:
    monkeypatch.setattr(leftovers, "has_children", lambda: False)  # here there are other tests'
    assert leftovers.left_behind(leftovers.state()) == []


CHANGES: dict[str, Callable[[], object]] = {
    "torch's settings": lambda: torch.set_grad_enabled(False),
    "the handling of warnings": lambda: warnings.simplefilter("error"),
    "the locale": lambda: locale.setlocale(locale.LC_CTYPE, "C"),
    "the collection of garbage": gc.disable,
    "what traces each line": lambda: sys.setprofile(lambda *_: None),
    "NumPy's handling of errors": lambda: np.seterr(all="raise"),
    "the limit of recursion": lambda: sys.setrecursionlimit(sys.getrecursionlimit() + 1),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_the_next_run_is_seen(monkeypatch, what) -> None:
    monkeypatch.setattr(leftovers, "has_children", lambda: False)
    errors, limit, place = np.geterr(), sys.getrecursionlimit(), locale.setlocale(locale.LC_CTYPE)
    with warnings.catch_warnings():
        warnings.resetwarnings()
        if place == "C":
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        before = leftovers.state()
        try:
            CHANGES[what]()
            assert leftovers.left_behind(before) == [what]
        finally:
            torch.set_grad_enabled(True)
            locale.setlocale(locale.LC_CTYPE, place)
            gc.enable()
            sys.setprofile(None)
            np.seterr(**errors)
            sys.setrecursionlimit(limit)
