"""One slide's source to HTML: the pure, cached step in which nothing else of the deck matters.

`render` is cached by source, so a changed deck costs only its changed slides.
"""

import functools
import itertools
import re
from dataclasses import dataclass, replace

from engine.deck.blocks import fences
from engine.deck.markup import code, footnotes, markdown, terms
from engine.deck.markup.sanitise import safe_style
from engine.deck.markup.state import Cite, Image, Link, Raw, State, strip_marks
from engine.deck.model import Glossary, Problem, Slide
from engine.deck.slides import layout, other_programs
from engine.deck.source import directives, scan
from engine.deck.source.directives import Directives
from engine.deck.source.yamltext import YamlNote
from sims.nearest import nearest

_DASHES = re.compile(r"(?!---[ \t]*$)[ \t]*(?:[-–—]{2,}|—|(?:- ){2,}-)[ \t]*$")
LONGEST = 200_000  # characters of one slide; some of what follows costs more than its length


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
    links: tuple[Link, ...]
    blocks: tuple[Raw, ...]
    notes: tuple[tuple[int, YamlNote], ...]  # with the 0-based line at which their YAML begins
    terms: tuple[str, ...]  # ids of the glossary's terms that are marked
    text: str  # plain words, for search and for the ids of slides without a title
    problems: tuple[Problem, ...]


@functools.lru_cache(maxsize=4096)
def render(source: str, captions: bool, glossary: Glossary) -> Rendered:
    """Render the source of one slide. Never raises. The result is shared: do not change it."""
    source = strip_marks(source)
    if len(source) > LONGEST:
        fault = f"This slide is longer than {LONGEST} characters and is shown as text."
        return _refused(source, Problem(fault, "Split it with lines of ---."))
    try:
        return _render(source, captions, glossary)
    except RecursionError:
        fault = "This slide nests lists, quotes or brackets too deeply and is shown as text."
        return _refused(source, Problem(fault, "Write it flatter."))


def of(slide: Slide) -> Rendered:
    """What was rendered of a slide when its deck was parsed."""
    assert slide.rendered is not None, "engine.deck.parse makes the slides"
    return slide.rendered


def _refused(source: str, problem: Problem) -> Rendered:
    """A slide that cannot be rendered, as plain text."""
    body = f'<div class="slide-content">{code.render(source[:LONGEST], "")}</div>'
    none = {"left": ("", ()), "right": ("", ())}
    return Rendered(
        "",
        0,
        "",
        "",
        body,
        none,
        0,
        "",
        Directives(),
        (),
        (),
        (),
        (),
        (),
        (),
        source[:1000],
        (problem,),
    )


def _render(source: str, captions: bool, glossary: Glossary) -> Rendered:
    found = scan.scan(source)
    steps = [c for c in found.comments if directives.is_step(c)]
    others = [c for c in found.comments if not directives.is_step(c)]
    asked = directives.interpret(others)
    lines = scan.without(found, others)
    state = _state(found, asked, captions)
    _check_steps(steps, found, state)
    state.named_notes, lines = footnotes.take(lines, found.code)
    _check_lines(found, lines, state)
    level, titles, lines = _take_title(lines, found.code)
    if level == 1 and asked.layout == "content":
        asked.layout = "title"
    unmarked = _prepare_terms(asked, glossary, state)
    title_html, eyebrow_html = _heading(titles, asked, state)
    body, count = layout.body(lines, found.code, asked, state)
    title_html, eyebrow_html = state.fill(title_html), state.fill(eyebrow_html)
    meta = _meta(asked, state)
    footnotes.check(state)
    style = _style(asked, state)
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
        links=tuple(state.links),
        blocks=tuple(state.blocks),
        notes=tuple(state.notes),
        terms=tuple(sorted(state.terms - unmarked)),
        text="\n".join(line for line in lines if line.strip()),
        problems=tuple(sorted((*asked.problems, *state.problems), key=lambda p: p.line)),
    )


def _state(found: scan.Scan, asked: Directives, captions: bool) -> State:
    """What rendering gathers; what the scan found unclosed is in it already."""
    state = State(found.lines, fences.render, _captions(asked, captions))
    state.unclosed = frozenset(line for line, _, what in found.unclosed if what == "code fence")
    state.footnote_side = asked.settings.get("footnotes", "right")
    for line, column, what in found.unclosed:
        mark = "-->" if what == "comment" else "the same marks on a line of their own"
        state.problem(f"This {what} is never closed.", f"Close it with {mark}.", line, column)
    return state


def _style(asked: Directives, state: State) -> str:
    """The slide's own CSS, without what is not allowed; a title that is a figure's is hidden."""
    if asked.settings.get("figure-title") and "title-hidden" not in asked.classes:
        asked.classes.append("title-hidden")
    style, dropped = safe_style(asked.style)
    for part in dropped:
        message = f"The style '{part[:60]}' is not allowed and was left out."
        line, column = state.place("style", asked.lines.get("style", 0))
        state.problem(message, "Use plain properties without addresses.", line, column)
    return style


def shifted(problem: Problem, line: int, file: str) -> Problem:
    """A problem of a slide whose first line is `line` (1-based) of `file`."""
    return replace(problem, line=problem.line + line - 1, file=file)


def _prepare_terms(asked: Directives, glossary: Glossary, state: State) -> set[str]:
    """Have terms marked on slides with running text; return those that the author wants plain."""
    named = terms.named(asked.settings.get("no-terms", ""), glossary)
    for name in (name for name, term in named.items() if term is None):
        message = f"'{name}' is not a term of the glossary."
        fix = nearest(name, glossary.names, "See content/glossary.yaml.")
        state.problem(message, fix, asked.lines["no-terms"])
    unmarked = {term for term in named.values() if term is not None}
    if not asked.layout.startswith(("title", "section")):
        state.glossary, state.terms = glossary, set(unmarked)
    return unmarked


def _captions(asked: Directives, deck: bool) -> bool:
    if "no-figure-captions" in asked.classes:
        return False
    return deck or "figure-captions" in asked.classes or "figure-caption" in asked.classes


def _check_lines(found: scan.Scan, lines: list[str], state: State) -> None:
    """What was meant otherwise: a line of dashes above what begins a slide draws a line, and signs
    of other slide programs are text."""
    filled = [at for at, line in enumerate(found.lines) if line.strip()]
    for at, after in itertools.pairwise(filled):
        line = found.lines[at]
        begins = found.lines[after].lstrip().startswith(("# ", "## ", "<!--"))
        if begins and not found.code[at] and _DASHES.match(line) and filled[0] != at:
            message = f"'{line.strip()}' draws a line; it does not part slides."
            fix = "Write three hyphens at the start of the line: ---"
            state.problem(message, fix, at, warning=True)
    for at, column, message, fix in other_programs.signs(found, lines):
        state.problem(message, fix, at, column, warning=True)


def _check_steps(steps: list[scan.Comment], found: scan.Scan, state: State) -> None:
    alone = {at: found.lines[at].strip() == "<!-- step -->" for at in {c.line for c in steps}}
    for comment in steps:
        if not alone[comment.line]:
            fix = "Write <!-- step --> on a line of its own."
            message = "This step mark has text beside it and reveals nothing."
            state.problem(message, fix, comment.line, comment.column)


_CLOSING = re.compile(r"(?<=[ \t])#+$")  # "## Title ##"


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
        titles.append((_CLOSING.sub("", stripped[level:]).strip(), index))
        lines[index] = ""
    return level, titles, lines


def _heading(titles: list[tuple[str, int]], asked: Directives, state: State) -> tuple[str, str]:
    """The HTML of the title and of the eyebrow above it, with slots."""
    title = "<br>".join(markdown.inline_of(text, state, line) for text, line in titles)
    eyebrow, line = asked.settings.get("eyebrow", ""), asked.lines.get("eyebrow", 0)
    return title, markdown.inline_of(eyebrow, state, line)


def _meta(asked: Directives, state: State) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What floats above the footer on each side: footnotes, and the keys that are cited there."""
    out = {}
    for side in ("left", "right"):
        parts = []
        if side == state.footnote_side:
            for index, (text, line) in enumerate(state.footnotes, start=1):
                state.depth = state.depths[index - 1]
                inner = state.fill(markdown.inline_of(text, state, line))
                parts.append(
                    '<div class="colloquium-slide-footnote-item">'
                    f'<span class="colloquium-slide-footnote-label">{index}:</span> '
                    f'<span class="colloquium-slide-footnote-text">{inner}</span></div>'
                )
            state.depth = 0
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
