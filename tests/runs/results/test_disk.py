"""A disk that is full, read-only or gone, and a clock that jumps: no viewer notices any of it.

The disks are real: a small file system in a mount namespace of its own (Linux), where a process
runs jobs and says what it saw.
"""

import json
import resource
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.runs.job import Job, make_job
from engine.runs.results import files
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from tests.waiting import PATIENCE, wait_for

from .conftest import FRAMES, TOOK

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
PRELUDE = """
    import json, subprocess, sys
    from pathlib import Path
    from engine.runs.job import make_job
    from engine.runs.workers.local import LocalEngine
    from engine.runs.results.store import Results
    from engine.runs.runner import Runner
    from sims import spec

    disk, here = Path(sys.argv[1]), sys.argv[2]
    spec.HERE = Path(here) / "faulty"

    def mount(options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "disk", disk], check=True)

    def run(results, **params):
        runner = Runner(LocalEngine(1, preload=(), package="faulty", path=[here]), results=results)
        run = runner.submit("ticks", params)
        told = {"state": run.wait(20), "frames": len(run.frames), "started": runner.num_started}
        runner.close()  # waits for the writer
        print(json.dumps(told | {"files": sorted(path.name for path in disk.rglob("*.gz*"))}))
"""


def on_a_disk(folder: Path, script: str) -> tuple[list[dict[str, Any]], str]:
    """Run `script` where it may mount file systems; what it printed, and its log."""
    code = textwrap.dedent(PRELUDE) + textwrap.dedent(script)
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", sys.executable, "-c", code, folder, HERE],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_full_disk_costs_one_line_in_the_log(tmp_path: Path) -> None:
    told, log = on_a_disk(
        tmp_path,
        """
        mount("size=64k")
        results = Results(disk)
        run(results, num_steps=3)
        run(results, num_steps=200, size=1000)  # about 2 MB that cannot be packed
        run(results, num_steps=201, size=1000)
        run(results, num_steps=3)
        mount("remount,size=20m")
        run(results, num_steps=200, size=1000)
        """,
    )
    assert [each["state"] for each in told] == ["done"] * 5
    assert [each["frames"] for each in told] == [3, 200, 201, 3, 200]
    assert [each["started"] for each in told] == [1, 1, 1, 0, 1]  # what was kept still is
    assert [len(each["files"]) for each in told] == [1, 1, 1, 1, 2]
    assert log.count("No space left on device") == 1


def test_a_disk_that_can_only_be_read_is_read(tmp_path: Path) -> None:
    told, log = on_a_disk(
        tmp_path,
        """
        mount("size=1m")
        results = Results(disk)
        run(results, num_steps=3)
        mount("remount,ro")
        run(results, num_steps=3)
        run(results, num_steps=4)
        """,
    )
    assert [(each["state"], each["started"]) for each in told] == [
        ("done", 1),
        ("done", 0),
        ("done", 1),
    ]
    assert log.count("Read-only file system") == 1


def test_no_file_may_be_as_long(results: Results, job: Job, caplog: Any) -> None:
    """A disk that fills up in the middle of a file, without privileges."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        assert not results.write(job, FRAMES, TOOK)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(results.folder.iterdir()) == []
    assert caplog.text.count("finished runs are not stored") == 1
    assert results.write(job, FRAMES, TOOK)


def test_a_folder_that_vanishes_while_a_run_is_written(
    results: Results, job: Job, monkeypatch: Any, caplog: Any
) -> None:
    plain = files.os.replace

    def replace(*names: Any) -> None:
        shutil.rmtree(results.folder)
        plain(*names)

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", replace)
        assert not results.write(job, FRAMES, TOOK)
    assert caplog.text.count("finished runs are not stored") == 1
    assert results.read(job) is None
    assert results.write(job, FRAMES, TOOK)
    assert results.read(job)


def test_a_folder_that_vanishes_between_two_runs(make_runner: Any, results: Results) -> None:
    runner: Runner = make_runner(results=results)
    for num_steps in (3, 4):
        shutil.rmtree(results.folder, ignore_errors=True)
        assert runner.submit("ticks", {"num_steps": num_steps}).wait(PATIENCE) == "done"
        assert wait_for(lambda: bool(list(results.folder.glob("*.gz"))))


def test_a_damaged_run_is_made_anew(make_runner: Any, results: Results, job: Job) -> None:
    results.write(job, FRAMES, TOOK)
    results.path(job).write_bytes(results.path(job).read_bytes()[:-4])
    runner: Runner = make_runner(results=results)
    run = runner.submit("ticks", {})
    assert run.wait(PATIENCE) == "done"
    assert len(run.frames) == 20
    runner.close()
    kept = results.read(job)
    assert kept
    assert list(kept.frames) == run.frames


WRITER = """
    for step in range(60):
        job = make_job("ticks", {"num_steps": 1 + step % 7})
        assert results.write(job, ['{"step":0}'], {"seconds": 1.0})
        results.read(job)
"""


def test_processes_that_drop_each_others_runs_do_not_stumble(tmp_path: Path) -> None:
    script = "results = Results(disk, max_bytes=1)\n" + textwrap.dedent(WRITER)
    command = [sys.executable, "-c", textwrap.dedent(PRELUDE) + script, tmp_path, HERE]
    writers = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
    logs = [writer.communicate(timeout=60)[1].decode() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], logs
    assert "".join(logs) == ""
    assert len(list(tmp_path.iterdir())) <= 1


@pytest.mark.parametrize("jump", [-1e9, 1e9], ids=["back", "forward"])
class TestClock:
    """The date is set anew while something goes on; nothing is timed by it."""

    @pytest.fixture
    def set_date(self, jump: float, monkeypatch: Any) -> Callable[[], None]:
        plain = time.time
        return lambda: monkeypatch.setattr(time, "time", lambda: plain() + jump)

    def test_a_run_is_neither_cut_short_nor_abandoned(
        self, make_runner: Any, set_date: Callable[[], None]
    ) -> None:
        runner: Runner = make_runner(limits={"max_seconds": PATIENCE}, abandon_after=PATIENCE)
        run = runner.submit("ticks", {"num_steps": 60, "delay": 0.02})
        next(run.follow(timeout=PATIENCE))
        set_date()
        assert wait_for(lambda: run.has_ended)  # without watching
        assert run.state == "done"

    def test_limits_hold(self, make_runner: Any, set_date: Callable[[], None]) -> None:
        runner: Runner = make_runner(limits={"max_seconds": 1.0})
        run = runner.submit("hangs", {"how": "gil"})
        next(run.follow(start=1, timeout=PATIENCE), None)  # a slow machine may not come so far
        set_date()
        assert run.wait(PATIENCE) == "failed"
        assert "which is the limit" in run.message

    def test_what_nobody_watches_is_stopped(
        self, make_runner: Any, set_date: Callable[[], None]
    ) -> None:
        runner: Runner = make_runner(abandon_after=0.5)
        run = runner.submit("ticks", {"num_steps": 100_000, "delay": 0.01}, watch=True)
        next(run.follow(timeout=PATIENCE))
        set_date()
        run.unwatch()
        assert wait_for(lambda: run.has_ended)
        assert run.message == "Stopped, because nobody was watching."

    def test_those_who_wait_are_told_as_before(
        self, make_runner: Any, set_date: Callable[[], None]
    ) -> None:
        runner: Runner = make_runner()
        first = runner.submit("ticks", {"num_steps": 100_000, "delay": 0.01}, watch=True)
        second = runner.submit("ticks", {"seed": 1}, watch=True)
        set_date()
        assert wait_for(lambda: 0 < second.starts_in < 10)  # 10 s is the guess at the start
        runner.stop(first)
        assert second.wait(PATIENCE) == "done"

    def test_kept_runs_stay(
        self, results: Results, job: Job, set_date: Callable[[], None], caplog: Any
    ) -> None:
        other = make_job("ticks", {"num_steps": 2})
        results.write(job, FRAMES, TOOK)
        set_date()
        assert results.write(other, FRAMES, TOOK)
        assert results.read(job)
        assert results.read(other)
        assert caplog.text == ""
