"""A rehearsal runs every block once, keeps what it ran, and says what would go wrong on stage."""

import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.runs import recorded
from engine.runs.jobs import make_job
from engine.runs.results import Results

DECK = """---
title: Two blocks
---

## One

```sim
sim: kl_estimators
id: one
chart: {x: step, y: [BAD]}
```

## Two

```sim
sim: cartpole
id: two
params: {algorithm: random}
budget: {seconds: 60, memory: 10}
```
"""


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRACTICUM_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "deck.md"
    path.write_text(DECK, encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return json.loads(capsys.readouterr().out)


def test_each_fault_is_said_and_the_second_time_is_from_the_cache(deck: Path, capsys) -> None:
    assert main(["rehearse", str(deck), "--json"]) == 1
    one, two = told(capsys)
    assert (one["slide"], one["block"], one["sim"], one["state"]) == (
        "one",
        "one",
        "kl_estimators",
        "done",
    )
    assert any("BAD, which its frames do not have" in fault for fault in one["faults"])
    assert any("its budget is 10 MB" in fault for fault in two["faults"])
    assert not one["was_kept"]
    assert two["peak_mb"] > 10

    assert main(["rehearse", str(deck), "--json"]) == 1
    again = told(capsys)
    assert all(each["was_kept"] for each in again)
    kept = Results().read(make_job("kl_estimators", {}))
    assert kept is not None
    assert again[0]["seconds"] == kept.about["seconds"]  # its own, without the wait for a worker


def test_recording_ships_the_runs(deck: Path, tmp_path: Path, capsys, monkeypatch) -> None:
    folder = tmp_path / "recorded"
    monkeypatch.setattr(recorded.path, "__defaults__", (folder,))
    monkeypatch.setattr(recorded.read, "__defaults__", (folder,))
    monkeypatch.setattr(recorded.write, "__defaults__", (folder,))
    main(["rehearse", str(deck), "--record", "--json"])
    one, two = told(capsys)
    assert len(list(folder.iterdir())) == 2
    assert not any("ships" in fault for fault in (*one["faults"], *two["faults"]))


def test_an_unknown_lecture_is_refused_with_those_that_there_are(capsys) -> None:
    assert main(["rehearse", "nothing"]) == 2
    assert "There are: overview" in capsys.readouterr().err
