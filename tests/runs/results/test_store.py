"""Finished runs on disk: found again, never mixed, never trusted when damaged, never too large."""

import gzip
import json
import logging
import math
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.runs.job import Budget, Job, make_job
from engine.runs.results import files, store
from engine.runs.results.identity import key, source_hash
from engine.runs.results.store import Results
from sims import spec

FRAMES = tuple(f'{{"step":{step}}}' for step in range(5))
TOOK = {"seconds": 1.0}
PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "runs")


@pytest.fixture
def job() -> Job:
    return make_job("ticks", {})


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


def damage_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def damage_by_a_wrong_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def damage_by_losing_a_frame(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).split(b"\n")
    path.write_bytes(gzip.compress(b"\n".join([lines[0], *lines[2:]])))


def damage_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def damage_by_size(path: Path) -> None:
    path.write_bytes(gzip.compress(b"0" * (files.MAX_UNPACKED + 1), compresslevel=1))


def damage_by_other_text(path: Path) -> None:
    path.write_bytes(gzip.compress(b"[]\n{}\n"))


def forged(change: Callable[[list[Any]], object]) -> Callable[[Path], None]:
    """Write a result anew with other lines, which are JSON objects: about, frames, the end."""

    def damage(path: Path) -> None:
        lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).split(b"\n")]
        change(lines)
        text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
        path.write_bytes(gzip.compress(text.encode()))

    return damage


FORGERIES: dict[str, Callable[[list[Any]], object]] = {
    "a frame that is not JSON": lambda lines: lines.__setitem__(2, '{"step":1,'),
    "a frame that is a list": lambda lines: lines.__setitem__(2, [1]),
    "a frame of deep nesting": lambda lines: lines.__setitem__(2, "[" * 50_000),
    "a number that is none": lambda lines: [line.update(x=math.nan) for line in lines[1:6]],
    "a number that overflows": lambda lines: lines.__setitem__(slice(1, 7),
        ['{"step":0,"x":1e999}', {"num_frames": 1}]),
    "a whole number that overflows": lambda lines: lines[2].update(value=10**400),
    "progress that is no share": lambda lines: [line.update(progress=2) for line in lines[1:-1]],
    "a step twice": lambda lines: lines[3].update(step=1),
    "a step that is true": lambda lines: lines[2].update(step=True),
    "other keys": lambda lines: lines[4].update(kl=0.5),
    "no frames": lambda lines: lines.__setitem__(slice(1, 7), [{"num_frames": 0}]),
    "seconds as text": lambda lines: lines[0].update(seconds="1"),
    "seconds below zero": lambda lines: lines[0].update(seconds=-1),
    "seconds that are no number": lambda lines: lines[0].update(seconds=math.nan),
    "no seconds": lambda lines: lines[0].pop("seconds"),
    "a date of another form": lambda lines: lines[0].update(date="<b>today</b>"),
    "a date as number": lambda lines: lines[0].update(date=7),
    "versions as list": lambda lines: lines[0].update(versions=["3.11"]),
    "a version as number": lambda lines: lines[0].update(versions={"python": 3}),
    "another simulation": lambda lines: lines[0].update(sim="breaks"),
    "another seed": lambda lines: lines[0]["params"].update(seed=7),
    "a seed of another type": lambda lines: lines[0]["params"].update(seed=False),
    "one field more": lambda lines: lines[0].update(note="x"),
    "memory as text": lambda lines: lines[0].update(peak_mb="x"),
    "a first line that is a list": lambda lines: lines.__setitem__(0, []),
}  # fmt: skip


@pytest.mark.parametrize(
    "damage",
    [
        *(pytest.param(forged(change), id=what) for what, change in FORGERIES.items()),
        damage_by_cutting,
        damage_by_a_wrong_byte,
        damage_by_losing_a_frame,
        damage_by_other_text,
        damage_by_a_pipe,
        damage_by_size,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not gzip"),
    ],
)
def test_a_damaged_result_is_dropped(damage, results: Results, job: Job, caplog) -> None:
    results.write(job, FRAMES, TOOK)
    damage(results.path(job))
    with caplog.at_level(logging.WARNING):
        assert results.read(job) is None
    assert "damaged" in caplog.text
    assert not results.path(job).exists()
    assert results.write(job, FRAMES, TOOK)
    assert results.read(job)


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


def test_what_ran_while_its_simulation_was_edited_is_not_kept(
    make_runner, results: Results, tmp_path: Path, monkeypatch
) -> None:
    folder = tmp_path / "edited"
    folder.mkdir()
    monkeypatch.setattr(spec, "HERE", folder)
    source = (
        "import pathlib, time\nfrom dataclasses import dataclass\nfrom sims.spec import param\n"
        "@dataclass(frozen=True)\nclass Params:\n    seed: int = param(0)\n"
        "def run(params):\n    yield {'step': 0, 'value': VALUE}\n"
        "    while not pathlib.Path(__file__).with_name('go').exists():\n        time.sleep(0.01)\n"
    )
    path = folder / "one.py"
    path.write_text(source.replace("VALUE", "1"), encoding="utf-8")
    monkeypatch.setattr(spec, "LOOK_EVERY", 1e9)  # a server may have looked some time ago
    first = make_runner(results=results, limits={"package": "edited", "path": [str(tmp_path)]})
    run = first.submit("one", {})
    assert next(run.follow(timeout=PATIENCE))["value"] == 1
    path.write_text(source.replace("VALUE", "22"), encoding="utf-8")
    (folder / "go").touch()
    assert run.wait(PATIENCE) == "done"
    first.close()  # waits for the writer
    assert not results.folder.exists()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, job: Job, monkeypatch, caplog) -> None:
    results = Results(tmp_path)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    assert not results.write(job, FRAMES, TOOK)
    assert list(tmp_path.iterdir()) == []
    assert "No space left" in caplog.text


def copy_of_faulty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    target = folder / "faulty"
    shutil.copytree(spec.HERE, target, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(spec, "HERE", target)
    return target


def test_a_result_outlives_edits_of_what_its_simulation_does_not_import(
    tmp_path: Path, job: Job, monkeypatch
) -> None:
    sims = copy_of_faulty(tmp_path, monkeypatch)
    (sims / "helper.py").write_text("STEP = 1\n", encoding="utf-8")
    (sims / "other.py").write_text("STEP = 1\n", encoding="utf-8")
    before = source_hash("ticks")
    ticks = sims / "ticks.py"
    ticks.write_text(f"from faulty import helper\n{ticks.read_text()}", encoding="utf-8")
    with_helper = source_hash("ticks")
    assert with_helper != before
    (sims / "other.py").write_text("STEP = 2\n", encoding="utf-8")
    assert source_hash("ticks") == with_helper
    (sims / "helper.py").write_text("STEP = 2\n", encoding="utf-8")
    assert source_hash("ticks") != with_helper


def test_the_face_of_the_library_decides_no_frame(tmp_path: Path, monkeypatch) -> None:
    face = copy_of_faulty(tmp_path, monkeypatch) / "__init__.py"
    face.write_text("", encoding="utf-8")
    before = source_hash("ticks")
    face.write_text("def __getattr__(name): ...\n", encoding="utf-8")
    assert source_hash("ticks") == before


def test_another_model_is_another_result(job: Job, tmp_path: Path, monkeypatch) -> None:
    shipped = key(job)
    monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"1")
    own = key(job)
    (tmp_path / "model.safetensors").write_bytes(b"22")
    assert len({shipped, own, key(job)}) == 3


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
