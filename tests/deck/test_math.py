"""Formulas: rendered by KaTeX, refused when they are bad, and never the end of the process."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.deck import math

Faults = Callable[[str], list[tuple[int, int, str, str]]]


def test_inline_and_display_formulas_carry_html_and_mathml() -> None:
    inline, display = math.render("x^2", False), math.render("x^2", True)
    assert inline.fault == display.fault == ""
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in inline.html
    assert "katex-display" in display.html
    assert "katex-display" not in inline.html


@pytest.mark.parametrize(
    "tex",
    [
        "\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}",
        "\\begin{bmatrix} 1 & 2 \\end{bmatrix}",
        "f(x) = \\begin{cases} 1 & x > 0 \\\\ 0 & \\text{else} \\end{cases}",
        "\\pi_\\theta(y \\mid x)",
        "\\begin{gathered} a \\\\ b \\end{gathered}",
        "\\color{red} x",
        "\\textcolor{#cc0000}{x}",
    ],
)
def test_what_lectures_use_is_rendered(tex: str) -> None:
    assert math.render(tex, True).fault == ""


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        ("\\frac{1", "Unexpected end of input"),
        ("\\undefinedthing", "Undefined control sequence"),
        ("x_1_2", "Double subscript"),
        ("\\left(x", "Expected '\\right'"),
        ("x}", "got '}'"),
        ("\\href{https://a.b}{x}", "\\href is not allowed"),
        ("x" * 6000, "longer than"),
        ("{" * 900 + "}" * 900, "KaTeX failed"),
        ("\\begin{aligned} x \\end{al: x}", "KaTeX failed"),
    ],
)
def test_a_bad_formula_says_why_and_is_shown_as_code(tex: str, why: str) -> None:
    found = math.render(tex, True)
    assert why in found.fault
    assert found.html.startswith('<code class="math-error">')
    assert math.render("y", True).fault == "", "the next formula is rendered"


def test_the_next_formula_is_rendered_when_the_child_process_was_ended() -> None:
    math.render("a_0", False)
    child = math._KATEX._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    assert math.render("a_{1}", False).fault == ""


def test_a_guess_that_crashes_spares_the_formulas_after_it() -> None:
    deep = "{" * 800 + "}" * 800
    math.look_ahead([f"${deep}$ and $g_1$ and $$g_2$$ and `$not math`"])
    assert math.render("g_1", False).fault == ""
    assert "katex-display" in math.render("g_2", True).html
    assert "KaTeX failed" in math.render(deep, False).fault


def test_threads_share_one_child() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: math.render(f"x_{{{n}}}", False).html, range(80)))
    for n, html in enumerate(found):
        assert f'<annotation encoding="application/x-tex">x_{{{n}}}</annotation>' in html


def test_a_bad_formula_is_a_problem_of_its_line(faults: Faults) -> None:
    [(line, column, message, _)] = faults("## T\n\ntext\n\n- a $\\frac{1$ b\n")
    assert (line, column) == (5, 6)
    assert "Unexpected end of input" in message


def test_dollars_in_code_are_no_math(build: Any) -> None:
    html = build("## T\n\n`$x$`\n\n```text\n$$y$$\n```\n")["slides"][0]["html"]
    assert "katex" not in html
