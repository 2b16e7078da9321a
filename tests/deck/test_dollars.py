"""What is a formula and what is a price: pandoc's rule."""

from collections.abc import Callable
from typing import Any

import pytest

FORMULAS = {
    "A run costs $5 on one GPU and $10 on two": 0,
    "costs $5, not $10.": 0,
    "from $5-$10 a run": 0,
    "between a $ and a $ sign": 0,
    "5 $ and 10 $, or $ 5 and $ 10": 0,
    "$0$ and $1 - \\varepsilon$": 2,
    "$k$-means, ($x$)": 2,
    "\\$5 and $x$": 1,
    "$$ a + b $$ (see the note below)": 1,
    "$$\na + b\n$$": 1,
    # where the text begins with a dollar, its last letter is not the one before
    "$k$ of 8": 1,
    "$x$, $5": 1,
    "- $\\beta$ from 0 to 1": 1,
    "$x$ ends in a\\": 1,
    # a digit before: prices, but for powers, indices and commands
    "10$^{-3}$, H$_2$O, 90$^\\circ$ and 2$\\times$ faster": 4,
    "US$5 and A$10, $5k and $10k": 0,
    "5$-10$ or 10$/5$": 0,
    "-$5 (was $10), $.50, $5+tax, ~$5 to <$6": 0,
    "$5, then $x$ and $6": 1,
    "$x$ 5, $x$5": 1,
    "价格$5和$10": 0,
    "the $-sign and $PATH": 0,
    # marks that are escaped, in code, or nothing
    "`$5` and `$x$`, \\$x\\$": 0,
    "$\\$5$ and $a\\$b$": 2,
    "a $$, b $": 0,
    "a $$x$$, b $$y$$": 2,
    "$$5 and $$10": 0,
    "$$x$$ and $$y$$": 2,
    "- $$x$$ $$y$$": 2,
    "$$x$$\n$$y$$": 2,
    '**$x$**: *$y$*, ($z$) "$w$"': 4,
    "| a | b |\n|---|---|\n| $k$ 5 | $5 and $6 |": 1,
}


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_and_prices(build: Callable[[str], dict[str, Any]], text: str) -> None:
    html = build(f"## One\n\n{text}\n")["slides"][0]["html"]
    assert html.count('encoding="application/x-tex"') == FORMULAS[text]
    if "note" in text:
        assert "(see the note below)" in html
    if not FORMULAS[text] and text.isascii() and not set(text) & set("\\`<"):
        assert text in html


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (r"So \(x^2\).", "Write $…$"),
        (r"So \[ \alpha \]", "Write $$…$$"),
        ("So\n\\[\na = b\n\\]", "Write $$…$$"),
        (r"\begin{align*}a&=b\end{align*}", "Write $$…$$"),
        (r"$$\begin{align*}a&=b\end{align*}$$ and \begin{x}", ""),
        (r"So \(see below\), \[1\] and \[@a\].", ""),
        (r"So `\(x^2\)` and $\(x^2\)$", ""),
    ],
)
def test_brackets_of_latex_are_said_to_be_text(
    build: Callable[[str], dict[str, Any]], text: str, fix: str
) -> None:
    problems = build(f"## One\n\n{text}\n")["problems"]
    found = [one for one in problems if one["fix"].startswith("Write $")]
    assert [one["fix"][: len(fix)] for one in found] == ([fix] if fix else [])
    assert all(one["severity"] == "warning" and one["line"] >= 3 for one in found)
