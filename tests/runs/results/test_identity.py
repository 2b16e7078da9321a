"""What makes a result another one: the source of its simulation, and the model."""

import shutil
from pathlib import Path

import pytest

from engine.runs.job import Job
from engine.runs.results.identity import key, source_hash
from engine.runs.results.store import Results
from sims import spec
from tests.waiting import PATIENCE


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
