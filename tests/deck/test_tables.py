r"""Tables: bars in code and formulas, and rows that are too long or too short."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.publish.check import check

Build = Callable[[str], dict[str, Any]]
TEX = re.compile(r'<span class="katex(?:-display)?">.*?x-tex">(.*?)</annotation>.*', re.DOTALL)


def cells(build: Build, row: str, tag: str = "td") -> list[str]:
    """What stands in the cells of a row of two columns; a formula as its TeX."""
    head, body = (row, "| c | d |") if tag == "th" else ("| h | g |", row)
    shown = build(f"## One\n\n{head}\n|---|---|\n{body}\n")["slides"][0]["html"]
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", shown, re.DOTALL)
    return [html.unescape(TEX.sub(r"TeX \1", one)) for one in found]


KEPT = {
    r"| `a\|b` | x |": ["<code>a|b</code>", "x"],
    r"| ``a\|b`` | x |": ["<code>a|b</code>", "x"],
    r"| `x` | `grep a\|b\|c` |": ["<code>x</code>", "<code>grep a|b|c</code>"],
    r"| $\|x\|$ | y |": [r"TeX \|x\|", "y"],
    r"| $\|x\|_2$ and a \| b | y |": [r"TeX \|x\|_2", "y"],
    r"| y | $$\left\|x\right\|$$ |": ["y", r"TeX \left\|x\right\|"],
    r"| $\vert x \vert$ | $p(a \mid b)$ |": [r"TeX \vert x \vert", r"TeX p(a \mid b)"],
    r"| a \| b | c |": ["a | b", "c"],
    r"| $5 \| $6 | c |": ["$5 | $6", "c"],
    r"| \$5\|6 | \$7 |": ["$5|6", "$7"],
    r"| **a\|b** | c |": ["<strong>a|b</strong>", "c"],
    r"| \| | \| |": ["|", "|"],
    r"a\|b | c": ["a|b", "c"],
    "| a |": ["a", ""],
    "| a | |": ["a", ""],
    "| | b |": ["", "b"],
}


# A head needs as many cells as there are dashes, and an empty one of two is none.
CELLS = [(row, tag) for row in KEPT for tag in ("td", "th") if tag == "td" or "" not in KEPT[row]]


@pytest.mark.parametrize(("row", "tag"), CELLS)
def test_what_stands_in_a_cell_is_kept(build: Build, row: str, tag: str) -> None:
    found = cells(build, row, tag)
    assert [re.sub(r"^TeX (.*?)</annotation>.*", r"TeX \1", one) for one in found] == KEPT[row]


# row -> column, what is said, the fix
SAID = {
    "| `a|b` | c |": (3, "The bar in '`a|b`' parts two cells", "\\|"),
    "| c | `` a ` | b `` |": (7, "parts two cells", "\\|"),
    "| $|x|$ | c |": (3, "The bar in '$|x|$' parts two cells", "\\vert"),
    "| $p(a|b)$ | c |": (3, "The bar in '$p(a|b)$' parts two cells", "\\mid"),
    "| c | $$|x|$$ |": (7, "The bar in '$$|x|$$' parts two cells", "\\Vert"),
    "| a | b | c |": (1, "This row has 3 cells, but its table has 2 in the head.", "head"),
    "| a | b | | |": (1, "This row has 4 cells, but its table has 2 in the head.", "head"),
    "a | b | c": (1, "This row has 3 cells, but its table has 2 in the head.", "head"),
}


@pytest.mark.parametrize("indent", ["", "> ", "- a\n\n  "])
@pytest.mark.parametrize("row", SAID)
def test_what_a_bar_would_drop_is_a_warning_at_its_place(
    folder: Path, row: str, indent: str
) -> None:
    lead = indent.split("\n")[-1]
    table = f"| h | g |\n{lead}|---|---|\n{lead}| fine | row |\n{lead}{row}\n"
    text = f"## One\n\n{indent}{table}"
    (folder / "a.md").write_text(text)
    column, message, fix = SAID[row]
    [found] = check([folder / "a.md"])
    assert found.severity == "warning"
    assert message in found.message
    assert fix in found.fix
    assert (found.line, found.column) == (text.count("\n"), column + len(lead))


HEADS = {
    "| a | b | c |\n|---|---|\n| 1 | 2 |": "The head of this table has 3 cells, but the dashes",
    "| a |\n|---|---|\n| 1 | 2 |": "The head of this table has 1 cell, but the dashes",
    "| $p(a|b)$ | c |\n|---|---|\n| 1 | 2 |": "The head of this table has 3 cells",
    "Text before it\n| a | b | c |\n|:--|--:|\n": "The head of this table has 3 cells",
    "| a | b |\n|---|—|\n| 1 | 2 |": "no line of hyphens is below its head",
    "| a | b |\n| 1 | 2 |": "no line of hyphens is below its head",
}


@pytest.mark.parametrize("text", HEADS)
def test_a_table_that_is_none_is_a_warning(folder: Path, text: str) -> None:
    (folder / "a.md").write_text(f"## One\n\n{text}\n")
    [found] = check([folder / "a.md"])
    assert (found.severity, found.line) == ("warning", 4 if "before" in text else 3)
    assert HEADS[text] in found.message


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|:--|--:|\n| 1 | 2 |",
        "| price | $5 |\n|---|---|\n| $6 | $7 |\n| $8 |",
        "a | b\n--|--\n1 | 2",
        "```text\n| a | b | c |\n|---|---|\n```",
        "A | B\n\n---|---",
        "Text with a | bar\nand a line\n",
        "P(a | b)\n-----\n\nmore",
        "| h | g |\n|---|---|\n| $5|$6 |\n| \\$a|b$ |",
        "    | a | b | c |\n    |---|---|\n",
        "- | a |\n  |---|\n  | 1 |",
        "1. | a |\n   |---|\n   | 1 |",
        "> | a |\n> |---|\n> | 1 |",
        "|x| + |y|\nis at most |x + y|",
    ],
)
def test_what_is_fine_is_left_alone(folder: Path, text: str) -> None:
    (folder / "a.md").write_text(f"## One\n\nText.\n\n{text}\n")
    assert check([folder / "a.md"]) == []


def test_a_column_without_a_name_has_no_empty_heading(build: Build) -> None:
    html = build("# T\n\n| | speed |\n|---|---|\n| cart | $v$ |\n")["slides"][0]["html"]
    assert "<th></th>" not in html
    assert html.count("<th") == 2  # thead, and the column that has a name
    assert "<td></td>" in html
