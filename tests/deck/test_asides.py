"""Asides belong to a slide: they are numbered after it and do not count."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Build = Callable[[str], dict[str, Any]]

ASIDE = "<!-- aside: true -->\n"


def test_numbers_count_the_main_path_only(build: Build) -> None:
    deck = build(f"## A\n---\n{ASIDE}## B\n---\n{ASIDE}## C\n---\n## D\n---\n{ASIDE}## E\n")
    assert [slide["number"] for slide in deck["slides"]] == ["1", "1a", "1b", "2", "2a"]
    assert [slide["is_aside"] for slide in deck["slides"]] == [False, True, True, False, True]
    counters = [re.search(r"counter\">(.*?)<", slide["html"]) for slide in deck["slides"]]
    assert [one[1] for one in counters if one] == ["1 / 2", "1a / 2", "1b / 2", "2 / 2", "2a / 2"]
    assert not deck["problems"]


def test_the_twenty_seventh_aside_has_a_number_too(build: Build) -> None:
    deck = build("## A\n" + "".join(f"---\n{ASIDE}## B{n}\n" for n in range(28)))
    numbers = [slide["number"] for slide in deck["slides"]]
    assert numbers[26:] == ["1z", "1aa", "1bb"]
    assert len(set(numbers)) == 29


def test_chapters_hold_their_asides(build: Build) -> None:
    head = "---\nchapter_bar: true\n---\n"
    part = "<!-- layout: section-break -->\n"
    deck = build(f"{head}{part}## P\n---\n## A\n---\n{ASIDE}## B\n---\n{part}## Q\n---\n## D\n")
    shares = [re.findall(r"progress: ([\d.]+)%", slide["html"]) for slide in deck["slides"]]
    assert [row[0] for row in shares] == ["33.3333", "66.6667", "100", "100", "100"]


def test_false_is_no_aside(build: Build) -> None:
    deck = build("## A\n---\n<!-- aside: false -->\n## B\n")
    assert [slide["number"] for slide in deck["slides"]] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{ASIDE}## First\n", 1),
        (f"## A\n---\n<!-- layout: section-break -->\n{ASIDE}## Part\n", 4),
        (f"## A\n---\n{ASIDE}<!-- layout: title -->\n# T\n", 3),
        (f"## A\n---\n{ASIDE}<!-- after: references -->\n## Z\n", 3),
        (f"<!-- only: pptx -->\n## A\n---\n{ASIDE}## B\n", 4),
    ],
)
def test_what_cannot_hang_below_a_slide(build: Build, text: str, line: int) -> None:
    deck = build(text)
    (problem,) = deck["problems"]
    assert "An aside needs a slide before it" in problem["message"]
    assert problem["line"] == line
    assert not any(slide["is_aside"] for slide in deck["slides"])


def test_another_value_is_a_problem(build: Build) -> None:
    (problem,) = build("## A\n---\n<!-- aside: yes -->\n## B\n")["problems"]
    assert "'yes' is not a value of the directive 'aside'" in problem["message"]
