"""Which slides cover what the recording says: found by the search, and slips are named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.content import transcript
from engine.deck.document import load
from engine.deck.library import Library

ROOT = Path(__file__).resolve().parents[2]
FILE = """lecture: talk
passages:
  - {from: 1, to: 2, topic: A walk by the seaside, slides: [first]}
  - {from: 3, to: 3, topic: Back home, slides: [second, first]}
"""
DECK = "## First\n\nx\n\n---\n\n## Second\n\ny\n"


@pytest.fixture
def written(folder: Path) -> Path:
    (folder / "01-talk.md").write_text(DECK)
    path = folder.parent / "content" / "transcript.yaml"
    path.write_text(FILE)
    return path


def test_the_search_finds_what_only_the_recording_says(written: Path, folder: Path) -> None:
    [hit] = Library(folder).search("seaside walk").hits
    assert (hit.slide, hit.where) == ("first", "recording")
    assert "A walk by the seaside" in "".join(hit.snippet)
    assert {hit.slide for hit in Library(folder).search("home").hits} == {"first", "second"}


def test_another_lecture_has_another_recording(written: Path, folder: Path) -> None:
    (folder / "01-talk.md").rename(folder / "01-other.md")
    assert Library(folder).search("seaside").hits == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "fix"),
    [
        ("slides: [first]", "slides: [frist]", 3, "no slide 'frist'", "Did you mean 'first'?"),
        ("from: 3", "from: 2", 4, "begins before paragraph 3", "from: 1"),
        ("to: 2, ", "", 3, "has no 'from', 'to'", "topic: …"),
        ("passages:", "pasages:", 1, "names its lecture and passages", "passages:"),
        ("slides: [first]}", "slides: [first", 4, "not YAML", "Fix"),
    ],
)
def test_slips_name_their_place(
    written: Path, folder: Path, old: str, new: str, line: int, message: str, fix: str
) -> None:
    written.write_text(FILE.replace(old, new))
    problems = load(folder / "01-talk.md")["problems"]
    [problem] = [one for one in problems if one["file"] == str(written)]
    assert problem["line"] == line
    assert message in problem["message"]
    assert fix in problem["fix"]


def test_our_map_is_whole(build: Callable[[str], Any]) -> None:
    found = transcript.load(ROOT / "lectures")
    assert found.lecture == "overview"
    assert found.problems == ()
    ends = [0, *(passage.last for passage in found.passages)]
    starts = [passage.first for passage in found.passages]
    assert starts == [end + 1 for end in ends[:-1]], "no paragraph is left out"
    ids = {slide["id"] for slide in load(ROOT / "lectures" / "01-overview.md")["slides"]}
    assert not [name for one in found.passages for name in one.slides if name not in ids]
