"""Footnotes with a name, `[^a]` and `[^a]: text`: shown as `^[text]` is."""

from collections.abc import Callable
from typing import Any

from engine.deck.markup import markdown

Build = Callable[[str], dict[str, Any]]


def test_a_named_footnote_is_an_inline_one(build: Build) -> None:
    named = build(
        "## A\n\nx[^1] and y[^long name].\n\n[^1]: Of *two*\n  lines.\n[^b]: $x$\n\n- z[^b]\n"
    )
    inline = build("## A\n\nx^[Of *two* lines.] and y[^long name].\n\n\n\n- z^[$x$]\n")
    assert named["slides"][0]["html"] == inline["slides"][0]["html"]
    assert named["problems"] == []


def test_a_note_has_one_number_however_many_marks_it_has(build: Build) -> None:
    deck = build("## A[^a]\n\nx[^b], y[^a] and `[^a]`\n\n[^a]: one\n[^b]: see [^a]\n")
    [slide] = deck["slides"]
    marks = [part[0] for part in slide["html"].split('-footnote-ref">')[1:]]
    assert marks == ["1", "2", "1", "1"]
    assert slide["html"].count("-footnote-item") == 2
    assert (slide["title"], deck["problems"]) == ("A", [])


def test_notes_that_name_each_other_end(build: Build) -> None:
    [slide] = build("## A\n\nx[^a]\n\n[^a]: see [^b]\n[^b]: see [^a]\n")["slides"]
    assert slide["html"].count("-footnote-item") == 2


def test_a_note_in_code_is_code(build: Build) -> None:
    deck = build("## A\n\n```\n[^a]: one\n```\n")
    assert "[^a]: one" in deck["slides"][0]["html"]
    assert deck["problems"] == []


def test_struck_out() -> None:
    assert "<s>old</s> new ~5" in markdown.inline_of("~~old~~ new ~5", markdown.State([]), 0)
