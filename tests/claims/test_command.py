"""`practicum claims` as a contributor meets it: tables, JSON, exit codes, one line for a fault."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.claims import command, record
from engine.claims.ledger import Ledger
from engine.cli import main
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine

HERE = Path(__file__).parent
TEXT = """\
- id: C1
  sentence: What goes up comes down.
  slide: probability
  status: shown here
  demo:
    sim: climbs
    seeds: 2
    expect: {height: {falls_from_peak_at_least: 1}}
    null: {without: height, params: {height: 0}}
- id: C2
  sentence: It goes on for ever.
  slide: probability
  status: opinion
  demo:
    sim: climbs
    seeds: 2
    expect: {height: {never_falls: true}}
    null: {without: the way back, params: {odd: stays}}
- id: C3
  sentence: It is beautiful.
  slide: probability
  status: opinion
"""
ASKED = {"ids": [], "seeds": None, "fast": False, "json": False, "no_cache": False, "record": False,
         "lectures": None, "model": None, "device": None, "dtype": None}  # fmt: skip


@pytest.fixture
def ask(
    written: Callable[[str], Ledger], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., int]:
    """The command on the ledger above, with the toys and without a cache."""

    def make_runner(use_cache: bool = True) -> Runner:
        return Runner(LocalEngine(1, preload=(), package="toys", path=[str(HERE)]))

    path = written(TEXT).path
    monkeypatch.setattr(command, "make_runner", make_runner)
    measured = tmp_path / "measured.json"
    monkeypatch.setattr(command, "read_record", lambda *_: record.read_record(measured))
    monkeypatch.setattr(
        command, "write_record", lambda found, _: record.write_record(found, measured)
    )
    return lambda **changed: command.run(argparse.Namespace(**{**ASKED, **changed}), path)


def test_all_that_was_asked_for_holds(
    ask: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(ids=["C1", "C3"]) == 0
    first, null, second, last = capsys.readouterr().out.splitlines()
    assert first.split()[:5] == ["C1", "shown", "here", "2/2", "held"]
    assert first.endswith("height falls from its peak by 3")
    assert null.split() == ["null", "0/2", "fails", "without", "height:", "0"]
    assert second.split()[:3] == ["C3", "opinion", "It"]
    assert last == "2 claims, 1 run: all hold"


def test_one_that_does_not_hold_is_exit_code_1(
    ask: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask() == 1
    shown = capsys.readouterr()
    (line,) = [line for line in shown.out.splitlines() if line.startswith("C2")]
    assert "0/2" in line
    assert "NOT HELD  seed 0: height falls by 1.5 at most" in line
    assert "1 do not hold" in shown.out
    assert "2/2 C2 NOT HELD" in shown.err  # progress, where stderr is not a terminal


def test_json_has_a_figure_for_every_expectation(
    ask: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(ids=["C1"], json=True) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["held_seeds"], row["seeds"], row["holds"]) == ("C1", 2, 2, True)
    assert row["findings"] == [[["height falls from its peak by 3", True]]] * 2
    assert (row["holds"], row["null_holds"], row["null_figure"]) == (True, False, "0")


def test_every_row_has_the_contract_of_scripts(
    ask: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    ask(json=True)
    rows = json.loads(capsys.readouterr().out)
    for row in rows:
        assert {"id", "status", "holds", "figure", "null_holds", "seeds"} <= set(row)
    assert [row["holds"] for row in rows] == [True, False, None]  # None: there was nothing to run


@pytest.mark.parametrize(
    ("null", "wanted"),
    [
        ("{without: climbing far, params: {height: 2}}", "2/2   HOLDS TOO without climbing far: 2"),
        ("{without: the way, params: {odd: breaks}}", "1/2   NO NULL   without the way nothing is"),
    ],
)
def test_a_demonstration_whose_null_holds_is_refused(
    ask: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    null: str,
    wanted: str,
    written: Callable[[str], Ledger],
) -> None:
    """Also one whose null breaks off: what cannot be measured takes nothing away."""
    written(TEXT.replace("{without: height, params: {height: 0}}", null))
    assert ask(ids=["C1"]) == 1
    shown = capsys.readouterr()
    first, second, last = shown.out.splitlines()
    assert "2/2   REFUSED" in first
    assert wanted in second
    assert last == "1 claim, 1 run: 1 do not hold, or hold without what they claim"
    assert "1/1 C1 REFUSED" in shown.err
    assert ask(ids=["C1"], json=True) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["holds"], row["null_holds"], row["is_shown"]) == (True, True, False)


def test_record_and_fast(ask: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    ask(fast=True)
    assert "3 claims, 0 run" in capsys.readouterr().out  # nothing is recorded yet
    ask(ids=["C1"], record=True)
    kept = command.read_record(None)["C1"]
    assert (kept.figure, kept.held, kept.seeds) == ("height falls from its peak by 3", 2, 2)
    assert (kept.null_figure, kept.null_held) == ("0", 0)
    ask(fast=True)
    assert "3 claims, 1 run" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["C93x"], "there is no claim 'C93x'. Did you mean 'C93'?"),
        (["--seeds", "0"], "--seeds is 0, but must be 1 to 100."),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["claims", *arguments]) == 2
    assert capsys.readouterr().err == f"practicum claims: {sentence}\n"


def test_a_faulty_ledger_is_exit_code_2(
    written: Callable[[str], Ledger], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(TEXT.replace("status: opinion", "status: opnion", 1)).path
    assert command.run(argparse.Namespace(**ASKED), path) == 2
    assert f"{path}:13:3: There is no status 'opnion'." in capsys.readouterr().err
