"""What a visitor may send, and what is made of it."""

import os

import pytest

from engine.runs.job import clamp_params, fingerprint, make_job
from sims.spec import SpecError


def test_a_job_holds_every_parameter_and_can_be_a_key():
    job = make_job("ticks", {"seed": "3"})
    assert dict(job.params) == {
        "num_steps": 20,
        "delay": 0.0,
        "size": 3,
        "scale": 1.0,
        "mode": "plain",
        "seed": 3,
    }
    assert {job: 1}[make_job("ticks", {"seed": 3.0, "num_steps": 20})] == 1


def test_what_is_out_of_bounds_is_clamped_with_a_note():
    params, notes = clamp_params("ticks", {"num_steps": 10**9, "delay": "-1", "mode": "fanci"})
    assert (params["num_steps"], params["delay"], params["mode"]) == (100_000, 0.0, "plain")
    assert len(notes) == 3
    assert notes[0] == ("num_steps is 1000000000, above its greatest value 100000. Using 100000.")
    assert "Did you mean 'fancy'?" in notes[2]


@pytest.mark.parametrize("value", ["nan", "inf", float("inf"), "-1e999", None, [], {"a": 1}, True])
def test_nonsense_for_a_number_becomes_the_default(value):
    params, notes = clamp_params("ticks", {"scale": value})
    assert params["scale"] == 1.0
    assert len(notes) == 1


@pytest.mark.parametrize(
    "sim", ["", "../spec", "spec", "a.b", "os", "ticks\0", "ticks/", "x" * 999]
)
def test_only_simulations_can_be_named(sim):
    with pytest.raises(SpecError) as caught:
        clamp_params(sim, {})
    assert len(str(caught.value)) < 250


def test_the_fingerprint_changes_with_any_source_and_with_nothing_else(tmp_path):
    (tmp_path / "part").mkdir()
    for name in ("one.py", "part/two.py"):
        (tmp_path / name).write_text("a = 1\n", encoding="utf-8")
    before = fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("not code", encoding="utf-8")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "one.py").write_text("x", encoding="utf-8")
    (tmp_path / ".#one.py").symlink_to("nowhere")  # the lock of an editor
    assert fingerprint(tmp_path) == before
    stat = (tmp_path / "part/two.py").stat()
    os.utime(tmp_path / "part/two.py", ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert fingerprint(tmp_path) != before
