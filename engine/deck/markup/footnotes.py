"""Footnotes with a name, as pandoc and GitHub have them: `[^a]` where the mark stands, and a line
`[^a]: the text` anywhere on the same slide. They are shown as `^[the text]` would be.
"""

import re

from markdown_it.rules_inline import StateInline

from engine.deck.markup.state import Note, State

_DEFINED = re.compile(r" {0,3}\[\^([^\]\s^]{1,60})\]:[ \t]*(.*)")
_MARK = re.compile(r"\[\^([^\]\s^]{1,60})\](?![(:])")


def take(lines: list[str], code: list[bool]) -> tuple[dict[str, Note], list[str]]:
    """The footnotes that the lines of a slide define, and the lines without them."""
    if not any("[^" in line for line in lines):
        return {}, lines
    notes: dict[str, Note] = {}
    kept, name = list(lines), ""
    for at, line in enumerate(lines):
        found = None if code[at] else _DEFINED.match(line)
        if found:
            name = found[1]
            notes.setdefault(name, Note(found[2], at))
        elif name and line.strip() and not code[at]:  # the text goes on until a line is empty
            notes[name] = Note(f"{notes[name].text} {line.strip()}", notes[name].line)
        else:
            name = ""
            continue
        kept[at] = ""
    return notes, kept


def check(slide: State) -> None:
    """Say of each note of a rendered slide that no mark leads to it."""
    for name, note in slide.named_notes.items():
        if name not in slide.numbers:
            message = f"The footnote '[^{name}]' has no mark on this slide and is not shown."
            fix = f"Write [^{name}] where its mark stands."
            slide.problem(message, fix, note.line, warning=True)


def rule(state: StateInline, silent: bool) -> bool:
    """The inline rule for `[^a]`."""
    found = _MARK.match(state.src, state.pos, state.posMax)
    if found is None or silent:
        return False
    slide: State = state.env["slide"]
    if not slide.lines:  # plain words are asked for, of a title: they have no notes
        state.pos = found.end()
        return True
    note = slide.named_notes.get(found[1])
    if note is None:
        line, column = slide.place(found[0], 0)
        message = f"There is no footnote '[^{found[1]}]:' on this slide; the mark is shown as text."
        fix = "Write the note where the mark stands: ^[the note]."
        slide.problem(message, fix, line, column, warning=True)
        return False
    if found[1] not in slide.numbers and not slide.takes_footnote(note.line):
        return False
    token = state.push("footnote", "", 0)
    token.content, token.meta = note.text, {"name": found[1], "line": note.line}
    state.pos = found.end()
    return True
