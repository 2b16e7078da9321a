"""Recordings: named by simulation and parameters, and honest about their age."""

import json
import shutil
from pathlib import Path

import pytest

from engine.runs.results import recordings as recorded
from sims import spec
from sims.spec import SpecError

FRAMES = ['{"step": 0}', '{"step": 1}']


def test_a_recording_is_found_by_its_values_however_they_are_given(tmp_path: Path) -> None:
    made = recorded.write("ticks", {"num_steps": 2}, FRAMES, {"seconds": 1.0}, tmp_path)
    assert made.parent == tmp_path
    found = recorded.read("ticks", {"seed": 0, "num_steps": 2}, tmp_path)
    assert found is not None
    assert [json.loads(frame)["step"] for frame in found.frames] == [0, 1]
    assert recorded.read("ticks", {"num_steps": 3}, tmp_path) is None


def test_it_outlives_an_edit_of_its_simulation_and_says_so(tmp_path: Path, monkeypatch) -> None:
    sims = tmp_path / "faulty"
    shutil.copytree(spec.HERE, sims, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(spec, "HERE", sims)
    recorded.write("ticks", {}, FRAMES, {"seconds": 1.0}, tmp_path)
    found = recorded.read("ticks", {}, tmp_path)
    assert found
    assert not recorded.is_stale(found)
    with (sims / "ticks.py").open("a", encoding="utf-8") as file:
        file.write("STEP = 2\n")
    found = recorded.read("ticks", {}, tmp_path)
    assert found
    assert recorded.is_stale(found)


def test_a_damaged_recording_counts_as_none(tmp_path: Path) -> None:
    made = recorded.write("ticks", {}, FRAMES, {"seconds": 1.0}, tmp_path)
    made.write_bytes(made.read_bytes()[:-4])
    assert recorded.read("ticks", {}, tmp_path) is None


def test_a_recording_of_no_simulation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="Did you mean 'ticks'"):
        recorded.write("tick", {}, FRAMES, {"seconds": 1.0}, tmp_path)
