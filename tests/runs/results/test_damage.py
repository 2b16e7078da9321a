"""A result on disk that was cut, changed or forged is dropped, never trusted."""

import gzip
import json
import logging
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.runs.job import Job
from engine.runs.results import files
from engine.runs.results.store import Results

from .conftest import FRAMES, TOOK


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
    "progress that is not a share": lambda lines: [line.update(progress=2) for line in lines[1:-1]],
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
