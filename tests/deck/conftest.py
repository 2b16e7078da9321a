"""Decks as the tests write them: a lectures folder with works, a timeline and a figure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.content import bibliography
from engine.deck.content.bibliography import Bibliography, Work, label
from engine.deck.document import document
from engine.deck.parse import parse

DECKS = Path(__file__).parent / "decks"

TIMELINE = """
- {year: 2017, title: Transformer, note: Attention scales., refs: [ouyang2022training]}
- {year: 2020, date: 2020-05, title: GPT-3, refs: []}
- {year: 2022, title: ChatGPT, refs: [bradley1952rank]}
"""

Build = Callable[[str], dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a lecture, with a `content` and an `assets` folder beside it."""
    lectures = tmp_path / "lectures"
    lectures.mkdir()
    content = tmp_path / "content"
    (content / "timelines").mkdir(parents=True)
    (content / "references.bib").write_text((DECKS / "refs.bib").read_text(encoding="utf-8"))
    (content / "timelines" / "models.yaml").write_text(TIMELINE)
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "plot.svg").write_text((DECKS / "assets" / "plot.svg").read_text())
    return lectures


@pytest.fixture
def build(folder: Path) -> Build:
    """The document of a deck that would lie in `folder`."""

    def run(text: str) -> dict[str, Any]:
        path = folder / "01-talk.md"
        return document(parse(text, path))

    return run


@pytest.fixture
def faults(build: Build) -> Callable[[str], list[tuple[int, int, str, str]]]:
    """(line, column, message, fix) of each problem of a deck."""

    def run(text: str) -> list[tuple[int, int, str, str]]:
        found = build(text)["problems"]
        return [(one["line"], one["column"], one["message"], one["fix"]) for one in found]

    return run


@pytest.fixture
def bib(tmp_path: Path):
    """The bibliography of a text (or of bytes)."""

    def read(text: str | bytes) -> Bibliography:
        path = tmp_path / "x.bib"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return bibliography.load(path, path.parent)

    return read


def work(found: Bibliography, key: str = "a") -> Work:
    made = found.work(key)
    assert isinstance(made, Work), made
    return made


def cited(made: Work) -> str:
    return label(made, "author-year", 1)
