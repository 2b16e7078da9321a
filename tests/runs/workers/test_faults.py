"""What simulations can do wrong, on real worker processes: what the viewer is told, and what the
next viewer notices of it (nothing)."""

import os
import time

import pytest

from tests.waiting import PATIENCE, is_gone, wait_for


def after(runner, seed):
    """The next job, which must run as if nothing had happened."""
    run = runner.submit("ticks", {"seed": seed, "num_steps": 5})
    assert run.wait(PATIENCE) == "done"
    assert [frame["step"] for frame in run.follow()] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("raise", "beta went below zero (ValueError, faulty/breaks.py:39)"),
        ("exit", "SystemExit"),
        ("memory", "more memory than a run may use"),
        ("nan", "'value' is nan; frames hold finite numbers"),
        ("nested_inf", "'value' is in part infinite or not a number"),
        ("function", "'value' cannot be written as JSON (function)"),
        ("cycle", "'value' contains itself"),
        ("huge", "frame 5 is 2.0 MB long, most of it in 'value'; the limit is 1 MB."),
        ("million", "frame 5 is 4.0 MB long, most of it in 'value'"),
        ("digits", "'value' has more digits than JSON can carry"),
        ("complex", "'value' cannot be written as JSON (complex)"),
        ("true_step", "frame 5 has step '5'; steps count 0, 1, 2"),
        ("words", "no reason given (Wordless, faulty/breaks.py"),
        ("long_words", "xxx (ValueError, faulty/breaks.py"),
        ("base_exception", "stop everything (BaseException, faulty/breaks.py"),
        ("generator_exit", "no reason given (GeneratorExit, faulty/breaks.py"),
        ("input", "EOF when reading a line (EOFError, faulty/breaks.py"),
        ("keys", "differs from the one before in its keys: other, value"),
        ("step", "frame 5 has step 7; steps count 0, 1, 2"),
        ("list", "frame 5 is of type list; frames are dicts"),
    ],
)
def test_a_fault_fails_the_run_with_a_sentence_and_keeps_the_worker(runner, how, told):
    run = runner.submit("breaks", {"how": how})
    assert run.wait(PATIENCE) == "failed"
    assert len(run.frames) == 5
    assert told in run.message
    assert "faulty/breaks.py" in run.message or how == "memory"
    assert "Traceback" in run.detail
    assert len(run.message) < 500
    workers = runner.engine.pids()
    after(runner, 1)
    assert runner.engine.pids() == workers


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("nothing", "`run` ended without a frame; it must yield at least one frame"),
        ("none", "`run` returned NoneType; it must yield"),
        ("number", "`run` returned int; it must yield"),
    ],
)
def test_a_run_without_a_frame_has_failed(runner, how, told):
    run = runner.submit("empty", {"how": how})
    assert (run.wait(PATIENCE), run.frames) == ("failed", [])
    assert told in run.message
    after(runner, 1)


@pytest.mark.parametrize(("how", "told"), [("os_exit", "exit code 3"), ("segfault", "SIGSEGV")])
def test_a_crash_loses_the_run_and_nothing_else(runner, how, told):
    run = runner.submit("breaks", {"how": how})
    assert run.wait(PATIENCE) == "lost"
    assert len(run.frames) == 5
    assert told in run.message
    after(runner, 2)


def test_a_segfault_says_where_it_happened(runner):
    run = runner.submit("breaks", {"how": "segfault"})
    run.wait(PATIENCE)
    assert 'breaks.py", line 46 in end' in run.detail
    assert "about to read address 0" in run.detail  # what the simulation had printed


@pytest.mark.parametrize("how", ["python", "c", "gil", "swallow", "generator_exit"])
def test_every_hang_can_be_cancelled(make_runner, how):
    runner = make_runner(grace=0.2)
    run = runner.submit("hangs", {"how": how})
    next(run.follow(start=1, timeout=PATIENCE))
    before = set(runner.engine.pids())
    runner.stop(run)
    assert run.wait(PATIENCE) == "cancelled"
    after(runner, 3)
    killed = before - set(runner.engine.pids())
    assert len(killed) == 1
    assert wait_for(lambda: all(map(is_gone, killed)))


def test_a_healthy_run_is_cancelled_without_losing_its_worker(runner):
    run = runner.submit("ticks", {"num_steps": 10_000, "delay": 0.005})
    next(run.follow(timeout=PATIENCE))
    workers = runner.engine.pids()
    runner.stop(run)
    assert run.wait(PATIENCE) == "cancelled"
    assert run.message == "Stopped."
    after(runner, 4)
    assert runner.engine.pids() == workers


def test_a_late_kill_does_not_hit_the_next_job(make_runner):
    runner = make_runner(grace=0.3)
    run = runner.submit("ticks", {"num_steps": 10_000, "delay": 0.005})
    next(run.follow(timeout=PATIENCE))
    runner.stop(run)
    run.wait(PATIENCE)
    second = runner.submit("ticks", {"num_steps": 100, "delay": 0.01})  # beyond the grace
    assert second.wait(PATIENCE) == "done"


def test_the_time_limit_ends_a_hang_that_nobody_stops(make_runner):
    runner = make_runner(limits={"max_seconds": 0.4})
    run = runner.submit("hangs", {"how": "gil"})
    assert run.wait(PATIENCE) == "failed"
    assert "It ran for 0.4 seconds, which is the limit." in run.message
    after(runner, 5)


def test_memory_may_grow_by_so_much_and_no_more(make_runner):
    runner = make_runner(limits={"memory_mb": 100})
    small = runner.submit("ticks", {"num_steps": 1, "size": 1000})
    assert small.wait(PATIENCE) == "done"
    # 10^12 numbers fail anywhere; this one fails only because of the cap
    big = runner.submit("fills", {"megabytes": 300})
    assert big.wait(PATIENCE) == "failed"
    assert "more memory than a run may use" in big.message
    assert runner.submit("fills", {"megabytes": 30}).wait(PATIENCE) == "done"


def test_frames_beyond_the_limit_fail_the_run(make_runner):
    runner = make_runner(max_frames=50)
    run = runner.submit("ticks", {"num_steps": 100_000})
    assert run.wait(PATIENCE) == "failed"
    assert len(run.frames) <= 50
    assert "more than 50 frames" in run.message


def test_bytes_beyond_the_limit_fail_the_run(make_runner):
    runner = make_runner(max_run_bytes=100_000)
    run = runner.submit("ticks", {"num_steps": 100_000, "size": 1000})
    assert run.wait(PATIENCE) == "failed"
    assert "0.1 MB" in run.message


def test_workers_that_never_start_are_told_of(make_runner, monkeypatch):
    monkeypatch.setattr("engine.runs.workers.pool.RESPAWN_AFTER", 0.05)
    monkeypatch.setenv("PYTHONHOME", os.devnull)  # no interpreter can start like this
    run = make_runner().submit("ticks", {})
    assert run.wait(PATIENCE) == "lost"
    assert "Worker processes do not start" in run.message


def test_closing_ends_every_worker_and_every_run(make_runner):
    runner = make_runner(num_workers=2)
    running = runner.submit("hangs", {"how": "gil"})
    next(running.follow(timeout=PATIENCE))
    pids = runner.engine.pids()
    assert len(pids) == 3  # two and the spare
    runner.close()
    assert running.has_ended
    assert wait_for(lambda: all(map(is_gone, pids)))


def test_waiting_for_a_job_to_end_keeps_no_core_busy(make_runner, monkeypatch):
    monkeypatch.setattr("engine.runs.workers.pool.PRELOAD_AFTER", 0.0)  # due, but it is busy
    runner = make_runner(limits={"preload": ("wave",)})
    selector, turns = runner.engine._selector, []
    select = selector.select
    monkeypatch.setattr(selector, "select", lambda patience: turns.append(1) or select(patience))
    run = runner.submit("ticks", {"num_steps": 30, "delay": 0.02})
    assert run.wait(PATIENCE) == "done"
    assert len(turns) < 300  # about one a frame; a loop without rest makes tens of thousands


def test_a_module_that_kills_its_process_is_not_loaded_for_ever(make_runner, monkeypatch):
    monkeypatch.setattr("engine.runs.workers.pool.PRELOAD_AFTER", 0.0)
    runner = make_runner(limits={"preload": ("fatal_module",)})
    deadline = time.monotonic() + PATIENCE
    while runner.engine._pool._may_warm and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runner.engine._pool._may_warm
    after(runner, 6)
