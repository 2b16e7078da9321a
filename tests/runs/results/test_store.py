"""Finished runs on disk: found again, never mixed, never too large."""

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

from engine.runs.job import Budget, Job, make_job
from engine.runs.results import files, store
from engine.runs.results.store import Results
from sims import spec
from tests.waiting import PATIENCE

from .conftest import FRAMES, TOOK


def test_what_was_written_is_read_with_when_and_how(results: Results, job: Job) -> None:
    assert results.read(job) is None
    assert results.write(job, FRAMES, {"seconds": 1.234, "peak_mb": 10.0})
    found = results.read(job)
    assert found is not None
    assert found.frames == FRAMES
    assert found.about["seconds"] == 1.23
    assert found.about["params"] == dict(job.params)
    assert set(found.about["versions"]) == {"python", "torch", "numpy", "instruction_set"}
    assert results.read(make_job("ticks", {"num_steps": 7})) is None


def test_the_folder_keeps_to_its_limit_and_drops_what_was_longest_not_asked_for(
    tmp_path: Path,
) -> None:
    results = Results(tmp_path)
    jobs = [make_job("ticks", {"num_steps": n}) for n in range(1, 7)]
    for age, job in enumerate(jobs):
        results.write(job, FRAMES, TOOK)
        os.utime(results.path(job), (1e9 + age, 1e9 + age))
    assert results.read(jobs[0])  # asked for: now the youngest
    results.max_bytes = 3 * store.BLOCK + store.BLOCK // 2  # a file takes a block at least
    last = make_job("ticks", {"num_steps": 9})
    results.write(last, FRAMES, TOOK)
    kept = [job for job in [*jobs, last] if results.path(job).exists()]
    assert kept == [jobs[0], jobs[5], last]


def test_the_number_of_files_is_bounded_and_a_write_costs_the_same_however_many_there_are(
    tmp_path: Path, monkeypatch
) -> None:
    looks = []
    evict = Results._evict
    monkeypatch.setattr(Results, "_evict", lambda self: looks.append(1) or evict(self))
    results = Results(tmp_path, max_files=40)
    for number in range(1, 101):
        results.write(make_job("ticks", {"num_steps": number}), FRAMES, TOOK)
        assert len(list(tmp_path.iterdir())) <= 40
    assert 100 / 4 < len(looks) < 100 / 2  # once in max_files / 20 + 1 writes, or when it is full


WRITER = """
import sys
from pathlib import Path
from engine.runs.job import make_job
from engine.runs.results.store import Results
from sims import spec

spec.HERE = Path(sys.argv[2])
results, job = Results(Path(sys.argv[1])), make_job("ticks", {})
for _ in range(40):
    frames = ['{"step":%d,"by":%s}' % (step, sys.argv[3]) for step in range(200)]
    assert results.write(job, frames, {"seconds": 1.0})
"""


def test_writers_in_several_processes_never_mix(tmp_path: Path, job: Job) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, tmp_path, spec.HERE, str(number)])
        for number in range(3)
    ]
    results, seen = Results(tmp_path), set()
    while any(writer.poll() is None for writer in writers):
        found = results.read(job)
        if found:
            (by,) = {json.loads(frame)["by"] for frame in found.frames}  # all by one writer
            seen.add(by)
    assert [writer.wait(PATIENCE) for writer in writers] == [0, 0, 0]
    assert seen
    assert [path.suffix for path in tmp_path.iterdir()] == [".gz"]  # nothing half-written is left


def test_a_folder_that_cannot_be_written_costs_one_line_in_the_log(
    tmp_path: Path, job: Job, caplog
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    results = Results(tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        assert not results.write(job, FRAMES, TOOK)
        assert not results.write(job, FRAMES, TOOK)
        assert results.read(job) is None
    assert caplog.text.count("not stored") == 1


def test_a_disk_that_fails_for_a_moment_costs_no_kept_run(
    results: Results, job: Job, monkeypatch, caplog
) -> None:
    results.write(job, FRAMES, TOOK)

    def refuse(_path: Path, _job: Job) -> None:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(store, "read_file", refuse)
        assert results.read(job) is None
        assert results.read(job) is None
    assert caplog.text.count("cannot be read") == 1
    found = results.read(job)
    assert found
    assert found.frames == FRAMES


def test_a_folder_that_can_only_be_read_is_read(results: Results, job: Job, monkeypatch) -> None:
    results.write(job, FRAMES, TOOK)

    def refuse(*_args: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(store.os, "utime", refuse)
    assert results.read(job)
    assert results.path(job).exists()


def test_what_a_killed_writer_left_is_swept_up_a_day_later(results: Results, job: Job) -> None:
    results.folder.mkdir(parents=True)
    old, new = results.folder / ".writing-old", results.folder / ".writing-new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1e9, 1e9))
    results.write(job, FRAMES, TOOK)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, job: Job, monkeypatch, caplog) -> None:
    results = Results(tmp_path)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    assert not results.write(job, FRAMES, TOOK)
    assert list(tmp_path.iterdir()) == []
    assert "No space left" in caplog.text


def test_a_runner_answers_from_what_an_earlier_one_kept(make_runner, results: Results) -> None:
    first = make_runner(results=results)
    run = first.submit("ticks", {"num_steps": 4})
    assert run.wait(PATIENCE) == "done"
    assert run.about == {}
    assert 0 <= run.usage["cpu_seconds"] < PATIENCE
    assert 10 < run.usage["peak_mb"] < 2000
    first.close()  # waits for the writer

    second = make_runner(results=results)
    again = second.submit("ticks", {"num_steps": 4})
    assert (again.state, again.frames) == ("done", run.frames)
    assert again.about["peak_mb"] == round(run.usage["peak_mb"], 2)
    assert second.num_started == 0

    fresh = second.submit("ticks", {"num_steps": 4}, fresh=True)
    assert fresh is not again
    assert fresh.wait(PATIENCE) == "done"
    assert fresh.frames == run.frames
    assert fresh.about == {}
    assert second.num_started == 1


def test_those_who_ask_anew_at_once_share_one_run(fake_runner, fake) -> None:
    runner = fake_runner()
    first = runner.submit("ticks", {}, fresh=True)
    assert runner.submit("ticks", {}, fresh=True) is first  # it goes on
    fake.ends(first.id, "done", "", "", {})
    assert runner.submit("ticks", {}) is first
    second = runner.submit("ticks", {}, fresh=True)
    assert second is not first
    assert len(fake.started) == 2


def test_only_what_ended_well_is_kept(make_runner, results: Results) -> None:
    runner = make_runner(results=results)
    run = runner.submit("breaks", {})
    assert run.wait(PATIENCE) == "failed"
    runner.close()
    assert not results.folder.exists()


def test_writing_does_not_hold_up_the_runs(fake_runner, fake, results: Results, monkeypatch):
    hold = threading.Event()
    monkeypatch.setattr(results, "write", lambda *_args: hold.wait(PATIENCE))
    runner = fake_runner(results=results)
    first = runner.submit("ticks", {})
    fake.ends(first.id, "done", "", "", {})
    second = runner.submit("ticks", {"num_steps": 3})
    fake.yields(second.id, ['{"step":0}'])
    assert second.frames == ['{"step":0}']
    hold.set()


def test_a_budget_ends_a_run_that_is_slower(make_runner) -> None:
    runner = make_runner()
    run = runner.submit("ticks", {"num_steps": 5000, "delay": 0.01}, budget=Budget(seconds=0.3))
    assert run.wait(PATIENCE) == "failed"
    assert run.message == "It ran for 0.3 seconds, which is the limit."
    assert run.frames
    assert json.loads(run.frames[0])["step"] == 0
