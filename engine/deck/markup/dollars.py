r"""What is a formula and what is a price: `$…$` and `$$…$$` within a line, by pandoc's rule.

A formula begins with a dollar before which no digit stands and ends with one after which none
does; a single dollar touches what it encloses. So "$5 on one and $10 on two" is prose. A digit may
stand before `$^`, `$_` and `$\`, as in 10$^{-3}$ and 2$\times$.

Not the rule of `mdit_py_plugins.dollarmath`, whose blocks we use: where a text begins with a
dollar, it takes the last letter for the one before ("$k$ of 8" would be prose).
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath.index import math_block_dollar

from engine.deck.markup.state import State

_RAISED = "^_\\"
_BRACKETS = {"\\(": "\\)", "\\[": "\\]"}
_MATH_LIKE = re.compile(r"\\[A-Za-z]|[\^_=]")
_ENVIRONMENT = re.compile(r"\\begin(\{[a-z]{1,20}\*?\})")
_FARTHEST = 2_000  # characters to the end of what is in LaTeX's brackets


_block = math_block_dollar(allow_labels=False)


def block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """The rule of blocks: the library's, but two formulas in one line are a line of text."""
    line = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]].strip()
    if line.endswith("$$") and "$$" in line[2:-2]:
        return False
    return _block(state, first, last, silent)


def dollars(state: StateInline, silent: bool) -> bool:
    """The inline rule."""
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    marks = "$$" if source.startswith("$$", start) else "$"
    begin = start + len(marks)
    end = _closing(source, begin, marks)
    text = source[begin:end] if end >= 0 else ""
    if marks == "$$" and end < 0 and not silent and source[begin:].strip():
        slide: State = state.env["slide"]
        message = "The formula behind '$$' does not end in its paragraph and is shown as text."
        fix = "Write $$ behind it, and no empty line inside."
        slide.problem(message, fix, *slide.place("$$", 0), warning=True)
    if not text or (marks == "$" and (text[0].isspace() or text[-1].isspace())):
        return False
    is_raised = marks == "$" and text[0] in _RAISED
    if source[start - 1 : start].isdigit() and start and not is_raised:
        return False
    if source[end + len(marks) : end + len(marks) + 1].isdigit():
        return False
    if not silent:
        token = state.push("math_inline" if marks == "$" else "math_inline_double", "math", 0)
        token.content, token.markup = text, marks
    state.pos = end + len(marks)
    return True


def _closing(source: str, at: int, marks: str) -> int:
    """Where the marks stand next without a backslash before them; -1 if nowhere."""
    while (at := source.find(marks, at)) >= 0:
        before = source[max(at - 64, 0) : at]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return at
        at += 1
    return -1


def brackets(state: StateInline, silent: bool) -> bool:
    r"""Say that `\(x^2\)`, `\[x^2\]` and `\begin{align}` are not formulas in Markdown."""
    source, start = state.src, state.pos
    close = _BRACKETS.get(source[start : start + 2])
    if found := None if silent else _ENVIRONMENT.match(source, start):
        close = f"\\end{found[1]}"
    if close is None or silent:
        return False
    end = source.find(close, start, start + _FARTHEST)
    if end < 0 or not _MATH_LIKE.search(source, start, end):
        return False
    slide: State = state.env["slide"]
    written = source[start : end + len(close)]
    shown = " ".join(written.split())
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    marks = "$" if close == "\\)" else "$$"
    fix = f"Write {marks}…{marks} for a formula."
    slide.problem(
        f"'{shown}' is shown as text.", fix, *slide.place(written.split("\n")[0], 0), warning=True
    )
    return False
