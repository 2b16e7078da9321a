"""The content of a slide in its rows and columns, each a container of Markdown with reveals."""

import bisect
from typing import cast

from engine.deck.markup import markdown
from engine.deck.markup.state import State
from engine.deck.slides import reveal
from engine.deck.source.directives import Directives


def body(lines: list[str], code: list[bool], asked: Directives, state: State) -> tuple[str, int]:
    """The slide's content in its rows and columns, and how many reveals it has."""
    if not any(line.strip() for line in lines):
        return "", 0
    whole = (0, len(lines))
    if asked.rows:
        if asked.columns:
            fix = "Use 'row-columns' inside a row."
            message = "A slide has columns or rows, not both."
            state.problem(message, fix, asked.lines["columns"])
        inner = _rows(lines, code, asked, state)
    elif asked.columns:
        where = asked.lines["columns"]
        inner = _columns(lines, code, whole, asked.columns, where, asked, state)
    else:
        _check_no_split(lines, code, whole, state)
        inner = _container(lines, whole, asked, state)
    for line in asked.row_columns if not asked.rows else ():
        fix = "Use 'columns' outside rows."
        state.problem("'row-columns' works inside a row only.", fix, line)
    html, count = reveal.number(inner)
    return f'<div class="slide-content">{html}</div>', count


def _container(lines: list[str], span: tuple[int, int], asked: Directives, state: State) -> str:
    text = "\n".join(lines[slice(*span)])
    animate = asked.settings.get("animate", "")

    def run() -> str:
        return reveal.html_of(markdown.block(text, state), state, animate)

    return state.fill(cast("str", state.nested(span[0], run)))


def _cuts(
    lines: list[str], code: list[bool], span: tuple[int, int], is_cut: str
) -> list[tuple[int, int]]:
    """The parts of `span` between lines that consist of `is_cut` characters (three or more)."""
    parts, start = [], span[0]
    for index in range(*span):
        stripped = lines[index].strip()
        if not code[index] and len(stripped) >= 3 and not stripped.strip(is_cut):
            parts.append((start, index))
            start = index + 1
    return [*parts, (start, span[1])]


def _rows(lines: list[str], code: list[bool], asked: Directives, state: State) -> str:
    parts = [
        part
        for part in _cuts(lines, code, (0, len(lines)), "=")
        if any(line.strip() for line in lines[slice(*part)])
    ]
    _check_count("rows", "===", len(parts), asked.rows, asked.lines["rows"], state)
    out, marks = [], sorted(asked.row_columns)
    for start, end in parts:
        here = marks[bisect.bisect_left(marks, start) : bisect.bisect_left(marks, end)]
        if here:
            shares = asked.row_columns[here[-1]]
            inner = _columns(lines, code, (start, end), shares, here[0], asked, state)
        else:
            _check_no_split(lines, code, (start, end), state)
            inner = _container(lines, (start, end), asked, state)
        out.append(f'<div class="colloquium-row">{inner}</div>')
    tracks = _tracks(asked.rows)
    return f'<div class="colloquium-rows" style="grid-template-rows:{tracks}">{"".join(out)}</div>'


def _columns(
    lines: list[str],
    code: list[bool],
    span: tuple[int, int],
    shares: tuple[int, ...],
    where: int,
    asked: Directives,
    state: State,
) -> str:
    parts = _cuts(lines, code, span, "|")
    _check_count("columns", "|||", len(parts), shares, where, state)
    inner = "".join(
        f'<div class="colloquium-column col">{_container(lines, part, asked, state)}</div>'
        for part in parts
    )
    tracks = _tracks(shares)
    return f'<div class="colloquium-grid" style="grid-template-columns:{tracks}">{inner}</div>'


def _tracks(shares: tuple[int, ...]) -> str:
    return " ".join(f"{share}fr" for share in shares)


def _check_count(
    what: str, mark: str, count: int, shares: tuple[int, ...], line: int, state: State
) -> None:
    if count != len(shares):
        fix = f"Part them with lines of {mark}, or change the directive."
        message = f"The directive asks for {len(shares)} {what}, but there are {count}."
        # With too few parts colloquium leaves a place empty; with too many one is lost.
        state.problem(message, fix, line, warning=count < len(shares))


def _check_no_split(
    lines: list[str], code: list[bool], span: tuple[int, int], state: State
) -> None:
    for index in range(*span):
        if lines[index].strip() == "|||" and not code[index]:
            fix = "Add <!-- columns: 2 --> (in a row: row-columns)."
            state.problem("'|||' parts columns, but nothing asks for columns.", fix, index)
