"""Claims on a real model: what the list may hold, what is shown, and what the command refuses."""

import argparse
from pathlib import Path

import pytest

from engine.claims import at_scale, cards, command, ledger
from engine.claims.record import Measured, read_record

GOOD = """
- id: C1
  demo:
    sim: next_token
    params: {model: real}
    seeds: 2
    expect: {text: grows}
"""


@pytest.fixture(scope="module")
def claims() -> ledger.Ledger:
    return ledger.load()


def test_the_shipped_list_is_whole_and_long_enough(claims: ledger.Ledger) -> None:
    second = at_scale.load(claims)
    assert not second.problems
    assert len(second.claims) >= 12
    firsts = [claims.claim(claim.id) for claim in second.claims]
    assert all(first and first.demo for first in firsts)
    recorded = read_record(cards.MEASURED_REAL)
    assert list(recorded) == [claim.id for claim in second.claims]  # whatever came out
    seeds = [claim.demo.seeds for claim in second.claims if claim.demo]
    assert [one.seeds for one in recorded.values()] == seeds


@pytest.mark.parametrize(
    ("written", "said", "fix"),
    [
        (GOOD.replace("C1", "C1000"), "There is no claim 'C1000'.", "Did you mean"),
        (GOOD.replace("C1", "C134"), "C134 is a theorem.", "Leave it out."),
        (GOOD + GOOD, "C1 is here twice.", "Leave one out."),
        (GOOD.replace("model: real", "model: tiny"), "does not run the real model", "model: real"),
        (GOOD.replace("next_token", "next_tokn"), "There is no simulation", "next_token"),
        (GOOD.replace("text", "txt"), "txt", "text"),
        (GOOD.replace("demo", "dmo"), "has no field 'dmo'", "demo"),
        ("- C1", "has no id", ""),
        ("a: b", "This is not a list.", "Begin each item"),
    ],
)
def test_what_is_wrong_with_the_list_is_named(
    claims: ledger.Ledger, tmp_path: Path, written: str, said: str, fix: str
) -> None:
    path = tmp_path / "real.yaml"
    path.write_text(written, encoding="utf-8")
    second = at_scale.load(claims, path)
    told = [problem for problem in second.problems if said in problem.message]
    assert told, second.problems
    assert fix in told[0].fix
    assert told[0].line > 0


def test_a_card_says_held_not_held_or_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    last = Measured("4 of 5", 4, 5, 1.0, "2026-11-30", "torch")
    real = {"C1": last, "C3": Measured("no", 1, 3, 1.0, "2026-11-30", "torch")}
    real["C12"] = Measured("as good without", 3, 3, 1.0, "2026-11-30", "torch", null_held=2)
    monkeypatch.setattr(
        cards, "read_record", lambda *path: real if path == (cards.MEASURED_REAL,) else {}
    )
    found = {card["id"]: card["real"] for card in cards.cards()}
    assert found["C1"] == {
        "state": "held", "size": "135 million parameters", "figure": "4 of 5",
        "seeds": 5, "held": 4,
    }  # fmt: skip
    assert (found["C3"] or {})["state"] == "did not hold"
    assert (found["C12"] or {})["state"] == "did not hold"
    assert (found["C2"] or {})["state"] == "not tried"
    assert found["C4"] is None  # cited: nothing was run of it at any size


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"model": "nowhere"}, "there is no directory nowhere"),
        ({"model": "smollm2-135m-instruct", "fast": True}, "--fast goes by"),
        ({"model": "other/model", "record": True}, "--record goes with --model smollm2"),
        ({"model": "smollm2-135m-instruct", "ids": ["C0"]}, "there is no claim 'C0'"),
    ],
)
def test_options_that_make_no_sense_are_a_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: dict,
    said: str,
) -> None:
    monkeypatch.setenv("PRACTICUM_MODELS", str(tmp_path))
    given = {"ids": [], "seeds": None, "fast": False, "json": False, "no_cache": False,
             "record": False, "device": None, "dtype": None, "lectures": None}  # fmt: skip
    assert command.run(argparse.Namespace(**given | words)) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
