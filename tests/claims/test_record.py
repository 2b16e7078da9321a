"""What was measured is written, read again, and shown on the card of its claim."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.claims import cards as card_module
from engine.claims.cards import cards
from engine.claims.ledger import Ledger
from engine.claims.record import Measured, read_record, write_record
from tests.claims.sound import GOOD


def test_cards_hold_what_was_recorded(
    written: Callable[[str], Ledger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(GOOD).path
    measured = Measured("it fell", 9, 10, 0.4, "2026-01-01", "Python 3.11")
    write_record({"C1": measured}, tmp_path / "measured.json")
    assert read_record(tmp_path / "measured.json") == {"C1": measured}
    monkeypatch.setattr(card_module, "read_record", lambda *_: {"C1": measured})
    (card,) = cards(path)
    assert json.loads(json.dumps(card)) == card
    assert card["figure"] == "it fell"
    assert (card["held"], card["seeds"]) == (9, 10)
    assert card["null"] is None, "it has not been measured"
    assert card["demo"] == {"sim": "climbs", "params": {"height": 4.0}}
    assert card["date"] == "2026-01-01, processor not recorded"


def test_a_record_says_its_processor_and_one_from_before_is_read(tmp_path: Path) -> None:
    path = tmp_path / "measured.json"
    new = Measured("it fell", 9, 10, 0.4, "2026-01-01", "Python 3.11", "AVX2")
    write_record({"C1": new}, path)
    assert read_record(path) == {"C1": new}
    assert new.when() == "2026-01-01, AVX2"
    path.write_text(path.read_text().replace(', "processor": "AVX2"', ""))
    assert read_record(path)["C1"].when() == "2026-01-01, processor not recorded"


def test_a_null_is_recorded_and_shown(
    written: Callable[[str], Ledger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "measured.json"
    new = Measured("up", 9, 10, 0.4, "2026-01-01", "x", null_figure="0.5", null_held=1)
    write_record({"C1": new}, path)
    assert read_record(path) == {"C1": new}
    monkeypatch.setattr(card_module, "read_record", lambda *_: {"C1": new})
    (card,) = cards(written(GOOD).path)
    assert card["null"] == {"without": "height", "none": "", "figure": "0.5", "held": 1}
    text = GOOD.replace("shown here", "theorem")
    (card,) = cards(
        written(text.replace("{without: height, params: {height: 0}}", "{none: so}")).path
    )
    assert card["null"] == {"without": "", "none": "so", "figure": "", "held": 0}


def test_a_damaged_record_says_so(tmp_path: Path) -> None:
    path = tmp_path / "measured.json"
    path.write_text('{"C1": {"figure": "x"}}')
    with pytest.raises(ValueError, match="write it with `practicum claims --record`"):
        read_record(path)
    assert read_record(tmp_path / "none.json") == {}
