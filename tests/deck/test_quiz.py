"""Quizzes: the answer is one step, what an author wrote is rendered, slips are named."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.document import load

ROOT = Path(__file__).resolve().parents[2]
Build = Callable[[str], dict[str, Any]]
Faults = Callable[[str], list[tuple[int, int, str, str]]]

QUIZ = """## T

```quiz
question: What is $x$?
choices:
  - "`one`"
  - two [@bradley1952rank]
answer: B
why: Because **two** is more.
```
"""


def test_question_choices_and_answer(build: Build) -> None:
    slide = build(QUIZ)["slides"][0]
    html = slide["html"]
    buttons = re.findall(
        r'<button type="button" class="quiz-choice"( data-right)?>(.*?)</button>', html
    )
    assert [bool(right) for right, _ in buttons] == [False, True]
    assert "<code>one</code>" in buttons[0][1]
    assert 'data-cite="bradley1952rank"' in buttons[1][1]
    assert re.search(r'<p class="quiz-question">What is <span class="katex">', html)
    why = re.search(r'<div class="quiz-why" data-step="1">(.*?)</div>', html)
    assert why
    assert why[1] == "<strong>B.</strong> Because <strong>two</strong> is more."
    assert slide["citations"] == ["bradley1952rank"]


def test_the_answer_is_one_step_among_the_others(build: Build) -> None:
    assert build(QUIZ)["slides"][0]["steps"] == 1
    text = QUIZ.replace("## T\n", "## T\n\n<!-- step -->\n") + "\n<!-- step -->\n\nlater\n"
    slide = build(text)["slides"][0]
    assert slide["steps"] == 3
    assert slide["html"].index('data-step="1"') < slide["html"].index('class="quiz"')
    assert 'class="quiz-why" data-step="2"' in slide["html"]


def test_the_answer_may_be_the_text_of_a_choice(build: Build) -> None:
    html = build(QUIZ.replace("answer: B", "answer: '`one`'"))["slides"][0]["html"]
    assert html.index("data-right") < html.index("two")


def test_nothing_of_an_author_becomes_a_script(build: Build) -> None:
    text = QUIZ.replace("- two", "- <img src=x onerror=alert(1)> <button onclick=alert(2)>two")
    html = build(text.replace("What is", "<script>alert(3)</script>What is"))["slides"][0]["html"]
    assert "onerror" not in html
    assert "onclick" not in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "fix"),
    [
        ("answer: B", "answer: E", 8, "The answer 'E' is not a choice.", "Write one of: A, B."),
        ("answer: B", "answer: '`won`'", 8, "is not a choice", "'`one`'"),
        ("answer: B\n", "", 4, "The answer '' is not a choice.", "A, B"),
        ("why:", "whyy:", 9, "no field 'whyy'", "Did you mean 'why'?"),
        ("question: What is $x$?", "question:", 4, "needs a question", "question: …"),
        ('  - "`one`"\n', "", 5, "two to 8 choices", "- …"),
    ],
)
def test_slips_are_problems_with_place_and_mend(
    faults: Faults, old: str, new: str, line: int, message: str, fix: str
) -> None:
    found = faults(QUIZ.replace(old, new))
    assert any(at == line and message in said and fix in mend for at, _, said, mend in found), found


def test_every_part_of_the_lecture_ends_with_one() -> None:
    deck = load(ROOT / "lectures" / "01-overview.md")
    parts = dict.fromkeys(slide["section"] for slide in deck["slides"] if slide["section"])
    asked = [slide["section"] for slide in deck["slides"] if 'class="quiz"' in slide["html"]]
    assert len(asked) >= 10
    assert len(asked) == len(set(asked))
    assert set(list(parts)[:10]) <= set(asked)
