"""The minutes that a presenter plans for a slide: from a directive, else from the notes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.document import load

ROOT = Path(__file__).resolve().parents[2]
Build = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("<!-- minutes: 1.5 -->", 1.5),
        ("<!-- notes: Say it. 2 minutes. -->", 2),
        ("<!-- notes: Say it. 1 minute. -->", 1),
        ("<!-- notes: 30 seconds. -->", 0.5),
        ("<!-- notes: Go. 3 minutes, and the room wakes up. -->", 3),
        ("<!-- notes: One. 5 minutes. -->\n<!-- notes: Two. 2.5 minutes. -->", 2.5),
        ("<!-- notes: Say it. 2 minutes. -->\n<!-- minutes: 4 -->", 4),
        ("<!-- notes: It took 7 minutes of waiting in all. -->", None),
        ("<!-- notes: Boil it for 7 minutes. -->", None),
        ("<!-- notes: 2 minutes. Then go on. -->", None),
        ("", None),
    ],
)
def test_planned_minutes(build: Build, text: str, minutes: float | None) -> None:
    assert build(f"## A\n\nx\n\n{text}\n")["slides"][0]["minutes"] == minutes


def test_a_slip_in_the_directive_is_named(faults: Any) -> None:
    [(line, column, message, fix)] = faults("## A\n\n<!-- minutes: two -->\n")
    assert (line, column) == (3, 1)
    assert message == "'two' is not a number of minutes."
    assert fix == "Write a number such as 1.5."


def test_nearly_every_slide_of_the_lecture_is_planned() -> None:
    slides = load(ROOT / "lectures" / "01-overview.md")["slides"]
    own = [slide for slide in slides if not slide["id"].startswith("references")]
    unplanned = [slide["id"] for slide in own if slide["minutes"] is None]
    assert len(unplanned) <= len(own) / 20, unplanned
