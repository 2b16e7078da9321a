"""Formulas: rendered by KaTeX, refused when they are bad, and never the end of the process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.deck.markup import katex, math
from tests.waiting import is_gone, wait_for

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


GROWS = "\\def\\a{" + "x" * 500 + "}" + "\\a" * 200  # 900 letters of TeX, 100,000 of output


def test_a_formula_may_take_so_much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(math, "DEADLINE", 3600.0)  # the child's own limit ends it
    found = math.render(GROWS, True)
    assert "KaTeX takes too long" in found.fault
    assert found.html.startswith('<code class="math-error">')
    assert math.render("z_1", False).fault == ""


def test_a_formula_may_give_so_much_html() -> None:
    assert "more than 200000 characters" in math.render("x_{y}" * 900, True).fault


def test_a_formula_may_take_so_much_memory() -> None:
    child = math._KATEX.running()
    math.render("m_1", False)
    [line] = [
        line
        for line in Path(f"/proc/{child.pid}/limits").read_text(encoding="ascii").splitlines()
        if line.startswith("Max address space")
    ]
    assert line.split()[3] == str(katex.MEMORY_MB << 20)


def test_formulas_behind_bad_ones_are_not_blamed() -> None:
    deep = ["{" * (700 + n) + "}" * (700 + n) for n in range(5)]
    math.look_ahead([" ".join(f"${one}$" for one in [*deep, "good_1"])])
    assert math.render("good_1", False).fault == ""


def test_a_stopped_child_is_ended_and_the_next_one_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(math, "DEADLINE", 0.5)
    math.render("s_0", False)
    os.kill(math._KATEX.running().pid, signal.SIGSTOP)
    assert "KaTeX takes too long" in math.render("s_1", False).fault
    monkeypatch.undo()
    assert math.render("s_2", False).fault == ""


def test_more_questions_than_a_pipe_holds_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [f"x_{{{n}}}{' ' * 300}y" for n in range(300)]  # 90 KB, and more in answers
    math.look_ahead([f"${one}$" for one in many])
    assert [math.render(one, False).fault for one in many] == [""] * len(many)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_child_ends_with_its_parent(ending: signal.Signals) -> None:
    program = (
        "from engine.deck.markup import math; math.start();"
        "print(math._KATEX.running().pid, flush=True);"
        f"math.look_ahead([{f'${GROWS}$'!r}] * 9); import time; time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(ending)
        parent.wait()
    wait_for(lambda: is_gone(child))


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
