"""A rehearsal runs every block once, keeps what it ran, and says what would go wrong on stage."""

import gzip
import json
from functools import partial
from pathlib import Path

import pytest

from engine import recording_folders
from engine.app.socket import messages
from engine.cli import main
from engine.paths import RECORDED
from engine.rehearsal import Rehearsed
from engine.runs.job import Budget, block_budget, make_job
from engine.runs.processor import instruction_set
from engine.runs.results import recordings
from engine.runs.results.store import Results
from engine.runs.workers.local import LocalEngine

DECK = """---
title: Two blocks
---

## One

```sim
sim: markov_chain
id: one
chart: {x: step, y: [BAD]}
```

## Two

```sim
sim: thermostat
id: two
budget: {seconds: 60, memory: 10}
```
"""


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRACTICUM_CACHE", str(tmp_path / "cache"))
    # These simulations need no torch, which takes a busy machine half a minute to import.
    monkeypatch.setattr("engine.rehearsal.LocalEngine", partial(LocalEngine, preload=()))
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
        "markov_chain",
        "done",
    )
    assert any("BAD, which its frames do not have" in fault for fault in one["faults"])
    assert any("its budget is 10 MB" in fault for fault in two["faults"])
    assert not one["was_kept"]
    assert two["peak_mb"] > 10

    assert main(["rehearse", str(deck), "--json"]) == 1
    again = told(capsys)
    assert all(each["was_kept"] for each in again)
    kept = Results().read(make_job("markov_chain", {}))
    assert kept is not None
    assert again[0]["seconds"] == kept.about["seconds"]  # its own, without the wait for a worker


def test_recording_ships_the_runs_beside_the_deck_and_only_those_asked_for(
    deck: Path, tmp_path: Path, capsys
) -> None:
    folder = tmp_path / "content" / "recorded"
    main(["rehearse", str(deck), "--record", "--slide", "one", "--block", "one", "--json"])
    (one,) = told(capsys)
    assert one["block"] == "one"
    assert [path.name.split("-")[0] for path in folder.iterdir()] == ["markov_chain"]
    kept = recordings.read("markov_chain", {}, folder)
    assert kept is not None
    assert kept.about["seconds"] == kept.about["cpu_seconds"]  # however busy the machine is
    assert kept.about["versions"]["instruction_set"] == instruction_set()
    main(["rehearse", str(deck), "--block", "one", "--json"])
    (one,) = told(capsys)
    assert not any("ships" in fault for fault in one["faults"])
    assert recording_folders.folders(tmp_path) == (folder, RECORDED)


def test_a_grid_is_recorded_run_by_run(deck: Path, tmp_path: Path, capsys) -> None:
    text = DECK.replace("id: one", "id: one\ngrid: {seed: 3}")
    deck.write_text(text, encoding="utf-8")
    main(["rehearse", str(deck), "--record", "--grid", "--block", "one", "--json"])
    assert [one["block"] for one in told(capsys)] == ["one"] * 3
    folder = tmp_path / "content" / "recorded"
    kept = [recordings.read("markov_chain", {"seed": seed}, folder) for seed in range(4)]
    assert [one is not None for one in kept] == [True, True, True, False]


BROKEN = """---
title: Blocks that cannot run
---

## Unknown

```sim
sim: kl_estimator
id: unknown
```

## None

```sim
id: none
```

## Vote

```vote
id: asked
question: Which?
options: [one, two]
```
"""


def test_an_unknown_simulation_is_a_fault_and_the_rest_is_named(tmp_path, capsys) -> None:
    path = tmp_path / "deck.md"
    path.write_text(BROKEN, encoding="utf-8")
    assert main(["rehearse", str(path)]) == 1
    shown = capsys.readouterr()
    assert "no simulation 'kl_estimator' in sims/. Did you mean 'kl_estimators'?" in shown.out
    assert "It names no simulation." in shown.out
    assert "2 blocks, 0 s, 2 with a fault" in shown.out
    assert "Not rehearsed, because the page itself runs them: 1 vote." in shown.out
    assert "1 of 2 blocks" in shown.err


@pytest.mark.parametrize(
    ("what", "wrong", "near"), [("slide", "oen", "one"), ("block", "tow", "two")]
)
def test_a_name_that_is_not_there_is_refused(deck: Path, capsys, what, wrong, near) -> None:
    assert main(["rehearse", str(deck), f"--{what}", wrong]) == 2
    assert f"there is no {what} '{wrong}'. Did you mean '{near}'?" in capsys.readouterr().err


def test_ended_early_it_prints_what_it_has(deck: Path, capsys, monkeypatch) -> None:
    one = Rehearsed("one", "one", "kl_estimators", "done", False, 0.1, 1.0, 50.0, ())

    def interrupted(*_, **__):
        yield one
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.rehearse.rehearse", interrupted)
    assert main(["rehearse", str(deck)]) == 130
    assert "1 of 2 blocks, 1 s, 0 with a fault" in capsys.readouterr().out


SLOW = """---
title: A block that takes longer than it says
---

## One

```sim
sim: ticks
params: {num_steps: 400, delay: 0.05}
budget: {seconds: 1}
```
"""


def test_a_run_is_ended_when_the_stage_would_end_it(
    deck: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = Path(__file__).parent / "runs"
    monkeypatch.setattr("sims.spec.HERE", tests / "faulty")
    faulty = partial(LocalEngine, preload=(), package="faulty", path=[str(tests)])
    monkeypatch.setattr("engine.rehearsal.LocalEngine", faulty)
    deck.write_text(SLOW, encoding="utf-8")
    assert main(["rehearse", str(deck), "--json"]) == 1
    [one] = told(capsys)
    assert one["state"] == "failed"
    assert one["faults"][0] == "It ran for 1 seconds, which is the limit."


def test_its_limits_are_those_of_the_stage() -> None:
    for declared in (None, {"seconds": 30}, {"seconds": 3, "memory": 100}):
        asked = messages.read({"type": "run", "sim": "bandit", "params": {}, "budget": declared})
        assert block_budget(declared) == messages.limits(asked.budget)
    assert block_budget(None) == Budget(None, None)  # the engine's own limits


def test_an_unknown_lecture_is_refused_with_those_that_there_are(capsys) -> None:
    assert main(["rehearse", "nothing"]) == 2
    assert "There are: overview" in capsys.readouterr().err


def test_an_unreadable_lecture_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "latin.md").write_bytes(b"## Gru\xdf\n")
    assert main(["rehearse", str(tmp_path / "latin.md")]) == 2
    said = "practicum rehearse: latin.md: This lecture cannot be read: it is not UTF-8.\n"
    assert capsys.readouterr().err == said


def test_every_run_that_ships_says_on_which_processor_it_was_made() -> None:
    paths = sorted(RECORDED.glob("*.jsonl.gz"))
    firsts = [gzip.decompress(path.read_bytes()).split(b"\n")[0] for path in paths]
    assert firsts
    assert all(json.loads(first)["versions"]["instruction_set"] for first in firsts)
