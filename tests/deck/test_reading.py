"""Decks read in child processes: one bad deck costs nobody else anything."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.deck import reading
from engine.deck.document import load
from engine.deck.library import Library
from engine.deck.reading import Reader
from engine.guard import Limits

GOOD = "# A lecture\n\ntext [@key]\n\n---\n\n## Two\n\n$x^2$\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader(Limits(cpu_seconds=4.0, clock_seconds=60.0))
    yield made
    made.close()


def test_a_document_is_the_one_that_is_read_here(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "good.md"
    path.write_text(GOOD, encoding="utf-8")
    assert reader.document(path) == json.loads(json.dumps(load(path)))


def test_one_version_is_one_object_and_an_edit_another(reader: Reader, tmp_path: Path) -> None:
    path, sheet = tmp_path / "good.md", tmp_path / "x.css"
    path.write_text("---\ncustom_css: x.css\n---\n" + GOOD, encoding="utf-8")
    sheet.write_text("h2 { color: red }", encoding="utf-8")
    first = reader.document(path)
    assert reader.document(path) is first
    sheet.write_text("h2 { color: rebeccapurple }", encoding="utf-8")
    second = reader.document(path)
    assert "rebeccapurple" in second["css"]
    os.utime(path, ns=(1, 1))
    assert reader.document(path) is second, "the slides are the same"


def test_a_deck_that_is_not_there(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reader.document(tmp_path / "none.md")
    assert reader.glance([tmp_path / "none.md"]) == {}


def test_a_slow_deck_is_said_to_be_read_and_the_others_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow deck is one whose question is held back here."""
    monkeypatch.setattr(reading, "GLANCE_SECONDS", 0.2)
    slow, good = tmp_path / "1-slow.md", tmp_path / "2-good.md"
    for path in (slow, good):
        path.write_text(GOOD, encoding="utf-8")
    reader = Reader(Limits(cpu_seconds=4.0, clock_seconds=60.0))
    reader.document(good)
    gate, ask = threading.Event(), reading.Child.ask

    def waits(child: reading.Child, value: str) -> object:
        if value.endswith("1-slow.md"):
            gate.wait(60)
        return ask(child, value)

    monkeypatch.setattr(reading.Child, "ask", waits)
    [(first, _), (second, _)] = Library(tmp_path, reader).read()
    assert first.fault == reading.BEING_READ
    assert (second.title, second.fault) == ("A lecture", "")
    good.write_text(GOOD.replace("A lecture", "Another"), encoding="utf-8")
    assert reader.document(good)["title"] == "Another", "it does not wait behind the slow one"
    gate.set()
    assert reader.document(slow)["title"] == "A lecture"
    reader.close()


def test_a_deck_over_a_limit_is_a_fault_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = tmp_path / "1-bad.md", tmp_path / "2-good.md"
    bad.write_text("## One\n\n" + "| a | b |\n|-|-|\n| 1 | 2 |\n\n" * 3000, encoding="utf-8")
    good.write_text(GOOD, encoding="utf-8")
    reader = Reader(Limits(cpu_seconds=60.0, clock_seconds=60.0, output_mb=0))
    fault = reader.document(bad).get("fault")
    assert fault == "This lecture cannot be read: it makes more than 0 MB of slides."
    assert reader.document(bad)["problems"][0]["message"] == fault
    asked = []
    monkeypatch.setattr(reading.Child, "ask", lambda *question: asked.append(question))
    assert reader.document(bad).get("fault") == fault
    assert not asked, "it is not read again before it changes"
    reader.close()
