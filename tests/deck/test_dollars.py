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
}


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_and_prices(build: Callable[[str], dict[str, Any]], text: str) -> None:
    html = build(f"## One\n\n{text}\n")["slides"][0]["html"]
    assert html.count('encoding="application/x-tex"') == FORMULAS[text]
    if "note" in text:
        assert "(see the note below)" in html
    if not FORMULAS[text]:
        assert text in html
