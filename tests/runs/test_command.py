"""`practicum run`, as a reader of its output sees it."""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas
import pytest

from engine.runs import command

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def practicum_run(*words):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def test_jsonl_prints_each_frame_as_a_line(capsys):
    assert practicum_run("ticks", "--set", "num_steps=3", "--set", "size=0", "--jsonl") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"step": step, "value": 0.5, "values": [], "progress": (step + 1) / 3} for step in range(3)
    ]


def test_seeds_count_up_from_the_seed_and_are_named(capsys):
    args = ("ticks", "--set", "num_steps=2", "--set", "seed=4", "--seeds", "3", "--jsonl")
    assert practicum_run(*args) == 0
    frames = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(frame["seed"], frame["step"]) for frame in frames] == [
        (seed, step) for seed in (4, 5, 6) for step in (0, 1)
    ]
    assert frames[0]["values"] != frames[2]["values"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_holds_every_frame(capsys, tmp_path, kind):
    target = tmp_path / "a table"
    args = ("ticks", "--set", "num_steps=3", "--set", "size=2", "--seeds", "2")
    assert practicum_run(*args, f"--{kind}", str(target)) == 0
    assert capsys.readouterr().out == f"6 rows of 5 columns in {target}\n"
    rows = pandas.read_csv(target) if kind == "csv" else pandas.read_parquet(target)
    assert list(rows.seed) == [0, 0, 0, 1, 1, 1]
    lists = [json.loads(one) for one in rows["values"]] if kind == "csv" else rows["values"]
    assert [len(one) for one in lists] == [2] * 6
    if kind == "parquet":
        assert rows.attrs["params"]["num_steps"] == 3


def test_a_table_that_cannot_be_written_costs_no_run(capsys, tmp_path):
    for place, told in (
        (tmp_path, f"{tmp_path} is a folder; name a file in it."),
        (tmp_path / "no" / "a.csv", f"there is no folder {tmp_path / 'no'}; make it first."),
    ):
        assert practicum_run("hangs", "--csv", str(place)) == 2
        assert capsys.readouterr().err == f"practicum run: {told}\n"


def test_without_jsonl_a_summary_is_printed(capsys):
    assert practicum_run("ticks", "--set", "num_steps=4") == 0
    out = capsys.readouterr().out
    assert out.startswith("ticks(num_steps=4, delay=0.0")
    assert "4 frames in" in out
    assert [line.split() for line in out.splitlines() if "progress" in line] == [
        ["progress", "0.25", "1"]
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "name a simulation: breaks, empty, escapes, fills, hangs, prints, ticks."),
        (["tick"], "no simulation 'tick' in sims/. Did you mean 'ticks'?"),
        (["ticks", "--set", "sede=1"], "ticks has no parameter 'sede'. Did you mean 'seed'?"),
        (["ticks", "--set", "seed=one"], "seed is 'one', but must be a whole number."),
        (["ticks", "--set", "seed=-1"], "seed is -1, below its least value 0."),
        (["ticks", "--set", "mode=fanci"], "Did you mean 'fancy'?"),
        (["ticks", "--set", "seed"], "--set seed: write it as NAME=VALUE."),
        (["ticks", "--set", "=1"], "ticks has no parameter ''."),
        (["ticks", "--set", "seed=" + "9" * 9999], "999…', but must be a whole number."),
        (["ticks", "--set", "seed=1", "--set", "seed=2"], "--set seed is given twice"),
        (["ticks", "--seconds", "0"], "--seconds is 0, but must be above 0"),
        (["ticks", "--seconds", "nan"], "--seconds is nan, but must be above 0"),
        (["ticks", "--seeds", "-3"], "--seeds is -3, but must be 1 or more."),
        (["ticks", "--seeds", "1" + "0" * 12], "above its greatest value 1000"),
        (["ticks", "--seeds", "0"], "--seeds is 0, but must be 1 or more."),
        (["ticks", "--set", "seed=999", "--seeds", "3"], "seed is 1001, above its greatest"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_2(capsys, words, told):
    assert practicum_run(*words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("practicum run: ")
    assert captured.err.count("\n") == 1
    assert told in captured.err


def test_a_fault_of_the_simulation_is_exit_1_after_the_frames_before_it(capsys):
    assert practicum_run("breaks", "--jsonl") == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 5
    last = captured.err.splitlines()[-1]
    assert last == (
        "practicum run: breaks broke off at step 5: "
        "beta went below zero (ValueError, faulty/breaks.py:39)."
    )


def test_what_a_simulation_prints_never_comes_between_the_frames(capfd):
    assert practicum_run("escapes", "--set", "how=print", "--jsonl") == 0
    captured = capfd.readouterr()
    assert [json.loads(line)["step"] for line in captured.out.splitlines()] == [0, 1]
    assert sorted(captured.err.split("\n")) == ["", "E {}", "F {}", "F {}", "F {}"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["breaks", "--set", "how=os_exit"],
            "breaks: Its process ended unexpectedly (exit code 3)",
        ),
        (["breaks", "--set", "how=exit"], "it called sys.exit(0); let `run` return"),
        (["breaks", "--set", "how=nan"], "faulty/breaks.py:32: frame 5: 'value' is nan"),
        (["empty"], "`run` ended without a frame"),
        (["hangs", "--seconds", "0.3"], "hangs: It ran for 0.3 seconds, which is the limit."),
        (["escapes", "--set", "how=fork", "--set", "end=exit"], "(exit code 3)"),
    ],
)
def test_a_bad_end_is_a_sentence_and_exit_1(capsys, words, told):
    assert practicum_run(*words, "--jsonl") == 1
    captured = capsys.readouterr()
    assert told in captured.err.splitlines()[-1]
    assert captured.err.splitlines()[-1].startswith("practicum run: ")
    assert all(json.loads(line)["step"] == i for i, line in enumerate(captured.out.splitlines()))


def test_a_run_that_goes_on_is_ended_after_the_seconds_that_it_may_take(capsys):
    slow = ("ticks", "--set", "delay=0.05", "--set", "num_steps=400")
    assert practicum_run(*slow, "--seconds", "1", "--jsonl") == 1
    captured = capsys.readouterr()
    assert captured.err == "practicum run: ticks: It ran for 1 seconds, which is the limit.\n"
    assert 0 < len(captured.out.splitlines()) < 400


def test_a_copy_of_the_simulation_yields_no_frames_of_its_own(capsys):
    assert practicum_run("escapes", "--set", "how=fork_and_go_on", "--jsonl") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_disk_that_is_full_is_a_sentence(monkeypatch, capsys):
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert practicum_run("ticks", "--jsonl") == 1
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space"):
            full.close()
    assert capsys.readouterr().err == (
        "practicum run: the frames cannot be written: No space left on device.\n"
    )


@pytest.fixture
def start():
    """`practicum run` as a process of its own, with its first frame read."""
    started = []

    def start(*words):
        code = (
            "import argparse, signal, sys; from pathlib import Path; from sims import spec\n"
            # As in a terminal: a shell starts what runs in its background with the signal ignored.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            f"spec.HERE = Path({str(HERE / 'faulty')!r})\n"
            "from engine.runs import command; parser = argparse.ArgumentParser()\n"
            "command.add_arguments(parser); sys.exit(command.run(parser.parse_args()))"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        started.append(process)
        assert json.loads(process.stdout.readline())["step"] == 0
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_reader_that_has_seen_enough_is_no_error(start):
    process = start("ticks", "--set", "num_steps=100000", "--jsonl")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stdout = None  # closed already


@pytest.mark.parametrize("send", [os.kill, os.killpg])  # to it alone, and as a terminal does
def test_an_interrupt_ends_it_with_a_sentence(start, send):
    process = start("ticks", "--set", "num_steps=100000", "--set", "delay=0.01", "--jsonl")
    send(process.pid, signal.SIGINT)
    told = process.communicate(timeout=60)[1].decode()
    assert told == "practicum run: ticks was ended before it was done.\n"
    assert process.returncode == 130
