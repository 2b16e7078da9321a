"""One slide's source to HTML: the pure, cached step in which nothing else of the deck matters.

`render` is cached by source, so a changed deck costs only its changed slides.
"""

import functools
from dataclasses import dataclass, replace
from typing import cast

from engine.deck import directives, fences, markdown, reveal, scan
from engine.deck.directives import Directives
from engine.deck.model import Problem
from engine.deck.sanitise import safe_style
from engine.deck.state import Cite, Image, Raw, State, strip_marks


@dataclass(frozen=True)
class Rendered:
    """A slide that needs only late marks filled. Lines of its problems count from its first."""

    title: str
    level: int
    title_html: str
    eyebrow: str
    body: str  # the HTML of `.slide-content` with its wrapper, or ""
    meta: dict[str, tuple[str, tuple[str, ...]]]  # side -> (HTML of notes, keys cited there)
    steps: int
    style: str
    directives: Directives
    cites: tuple[Cite, ...]
    images: tuple[Image, ...]
    blocks: tuple[Raw, ...]
    text: str  # plain words, for search and for the ids of slides without a title
    problems: tuple[Problem, ...]


@functools.lru_cache(maxsize=4096)
def render(source: str, captions: bool) -> Rendered:
    """Render the source of one slide. Never raises. The result is shared: do not change it."""
    source = strip_marks(source)
    found = scan.scan(source)
    steps = [c for c in found.comments if directives.is_step(c)]
    others = [c for c in found.comments if not directives.is_step(c)]
    asked = directives.interpret(others)
    lines = scan.without(found, others)
    state = State(found.lines, fences.render, _captions(asked, captions))
    state.footnote_side = asked.settings.get("footnotes", "right")
    for line, column, what in found.unclosed:
        mark = "-->" if what == "comment" else "the same marks on a line of their own"
        state.problem(f"This {what} is never closed.", f"Close it with {mark}.", line, column)
    _check_steps(steps, found, state)
    level, titles, lines = _take_title(lines, found.code)
    if level == 1 and asked.layout == "content":
        asked.layout = "title"
    title_html = "<br>".join(markdown.inline_of(text, state, line) for text, line in titles)
    eyebrow = asked.settings.get("eyebrow", "")
    eyebrow_html = markdown.inline_of(eyebrow, state, asked.lines.get("eyebrow", 0))
    body, count = _body(lines, found.code, asked, state)
    title_html, eyebrow_html = state.fill(title_html), state.fill(eyebrow_html)
    meta = _meta(asked, state)
    style, dropped = safe_style(asked.style)
    for part in dropped:
        message = f"The style '{part[:60]}' is not allowed and was left out."
        line, column = state.place("style", asked.lines.get("style", 0))
        state.problem(message, "Use plain properties without addresses.", line, column)
    if asked.settings.get("figure-title") and "title-hidden" not in asked.classes:
        asked.classes.append("title-hidden")
    return Rendered(
        title=" ".join(markdown.plain(text) for text, _ in titles).strip(),
        level=level,
        title_html=title_html,
        eyebrow=eyebrow_html,
        body=body,
        meta=meta,
        steps=count,
        style=style,
        directives=asked,
        cites=tuple(state.cites),
        images=tuple(state.images),
        blocks=tuple(state.blocks),
        text="\n".join(line for line in lines if line.strip()),
        problems=tuple(sorted((*asked.problems, *state.problems), key=lambda p: p.line)),
    )


def shifted(problem: Problem, line: int, file: str) -> Problem:
    """A problem of a slide whose first line is `line` (1-based) of `file`."""
    return replace(problem, line=problem.line + line - 1, file=file)


def _captions(asked: Directives, deck: bool) -> bool:
    if "no-figure-captions" in asked.classes:
        return False
    return deck or "figure-captions" in asked.classes or "figure-caption" in asked.classes


def _check_steps(steps: list[scan.Comment], found: scan.Scan, state: State) -> None:
    for comment in steps:
        if found.lines[comment.line].strip() != "<!-- step -->":
            found.lines[comment.line].strip()
            fix = "Write <!-- step --> on a line of its own."
            message = "This step mark has text beside it and reveals nothing."
            state.problem(message, fix, comment.line, comment.column)


def _take_title(lines: list[str], code: list[bool]) -> tuple[int, list[tuple[str, int]], list[str]]:
    """Level and lines of the title; headings of one level right under each other are one title."""
    level, titles, before = 0, [], False
    lines = list(lines)
    for index, line in enumerate(lines):
        stripped = line.strip()
        if titles:
            if code[index] or before or not stripped.startswith("#" * level + " "):
                break
            if index != titles[-1][1] + 1:
                break
        elif code[index] or not stripped.startswith(("# ", "## ")) or line.startswith("    "):
            before = before or bool(stripped)
            continue
        else:
            level = 1 if stripped.startswith("# ") else 2
        titles.append((stripped[level:].strip(), index))
        lines[index] = ""
    return level, titles, lines


def _body(lines: list[str], code: list[bool], asked: Directives, state: State) -> tuple[str, int]:
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
    out = []
    for start, end in parts:
        shares = [spec for at, spec in asked.row_columns.items() if start <= at < end]
        if shares:
            where = next(at for at in asked.row_columns if start <= at < end)
            inner = _columns(lines, code, (start, end), shares[-1], where, asked, state)
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
        state.problem(message, fix, line)


def _check_no_split(
    lines: list[str], code: list[bool], span: tuple[int, int], state: State
) -> None:
    for index in range(*span):
        if lines[index].strip() == "|||" and not code[index]:
            fix = "Add <!-- columns: 2 --> (in a row: row-columns)."
            state.problem("'|||' parts columns, but nothing asks for columns.", fix, index)


def _meta(asked: Directives, state: State) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What floats above the footer on each side: footnotes, and the keys that are cited there."""
    out = {}
    for side in ("left", "right"):
        parts = []
        if side == state.footnote_side:
            for index, (text, line) in enumerate(state.footnotes[:], start=1):
                inner = state.fill(markdown.inline_of(text, state, line))
                parts.append(
                    '<div class="colloquium-slide-footnote-item">'
                    f'<span class="colloquium-slide-footnote-label">{index}:</span> '
                    f'<span class="colloquium-slide-footnote-text">{inner}</span></div>'
                )
        keys = asked.cites.get(side, [])
        for key, line in keys:
            where, column = state.place(key, line)
            state.cites.append(Cite(key, where, column))
        if side in asked.footnotes:
            note = asked.footnotes[side]
            parts.append(state.fill(markdown.blocks_of(note.text, state, note.line)))
        notes = f'<div class="colloquium-slide-footnote">{"".join(parts)}</div>' if parts else ""
        out[side] = (notes, tuple(dict.fromkeys(key for key, _ in keys)))
    return out
