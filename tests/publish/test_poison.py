"""`practicum check` over more than forty bad decks: each is named, and it comes to an end. And what
lies about in a folder of simulations costs the runs of the others nothing."""

import os
from pathlib import Path

import pytest

from engine.publish.check import files_of
from engine.publish.guarded import check_each
from engine.runs.job import make_job
from engine.runs.results.store import Results
from sims import spec
from tests import poison

FRAMES = ('{"step": 0}', '{"step": 1}')


def test_every_bad_deck_is_named_and_the_good_one_is_not(tmp_path: Path) -> None:
    bad = poison.make(tmp_path)
    assert len(bad) >= 40
    problems, _ = check_each(files_of([tmp_path]))
    named = {Path(one.file).name for one in problems}
    by_bibliography = {"bib-broken.md": "broken.bib"}  # the fault is in the other file
    missing = [one.name for one in bad if by_bibliography.get(one.name, one.name) not in named]
    assert missing == []
    assert "good.md" not in named


@pytest.fixture
def sims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `sims` with one simulation that imports a file beside it, and junk."""
    folder = tmp_path / "sims"
    folder.mkdir()
    text = f"from sims import helper\n{poison.SIMULATION}"
    (folder / "good.py").write_text(text, encoding="utf-8")
    (folder / "helper.py").write_text("a = 1\n", encoding="utf-8")
    poison.junk(folder)
    monkeypatch.setattr(spec, "HERE", folder)
    return folder


def test_junk_beside_a_simulation_costs_its_runs_nothing(sims: Path, tmp_path: Path) -> None:
    assert len(poison.JUNK) >= 15
    results, job = Results(tmp_path / "runs"), make_job("good", {"seed": 3})
    assert results.write(job, FRAMES, {"seconds": 1.0})
    found = results.read(job)
    assert found is not None
    assert found.frames == FRAMES


@pytest.mark.parametrize("state", ["half written", "gone", "a pipe", "a folder", "edited"])
def test_a_file_that_a_simulation_imports_may_be_in_any_state(
    sims: Path, tmp_path: Path, state: str
) -> None:
    """Nothing is raised and nothing waited for: there is no result, and the run says why."""
    results = Results(tmp_path / "runs")
    assert results.write(make_job("good", {}), FRAMES, {"seconds": 1.0})
    helper = sims / "helper.py"
    helper.unlink()
    if state == "half written":
        helper.write_text("def f(:\n", encoding="utf-8")
    elif state == "a pipe":
        os.mkfifo(helper)
    elif state == "a folder":
        helper.mkdir()
    elif state == "edited":
        helper.write_text("a = 2\n", encoding="utf-8")
    job = make_job("good", {})
    assert results.read(job) is None
    assert results.write(job, FRAMES, {"seconds": 1.0}) == (state != "half written")
