"""Directives: `<!-- key: value -->` comments that set up a slide.

The names and values are those of colloquium, and `id`, `alias` of our own. What is not known is a
problem with the nearest name; a comment that is not a directive is simply a comment.
"""

import re
from dataclasses import dataclass, field

from engine.deck.model import Problem
from engine.deck.schema.directive_names import DIRECTIVES, NAMES
from engine.deck.source.scan import Comment
from sims.nearest import nearest

_CHOICES = {name: one.values for name, one in DIRECTIVES.items() if one.values}
_FORM = re.compile(r"([A-Za-z][A-Za-z-]*)[ \t]*:(?!//)\s*(.*)", re.DOTALL)
_REMARKS = ("todo", "fixme", "xxx", "prettier", "markdownlint", "spell-checker", "vale")
_GRID = re.compile(r"\d+(?:/\d+)*")
_MOST_TRACKS = 12
_NEARLY = re.compile(r"[^\w<]*([A-Za-z-]+)\s*(?:=|\uff1a|\u200b+:|:\Z)")
# Marp's `_class: lead` and `$size: 4:3`, reveal.js's `.slide: data-…` and `.element: class=…`
_OTHERS = re.compile(r"(?:[_$][A-Za-z]+|\.(?:slide|element))[ \t]*:")
_MINUTES = re.compile(r"\d{1,3}(?:\.\d+)?")
_SPOKEN = re.compile(r"(?:^|[.!?]\s)(\d{1,3}(?:\.\d+)?) (minute|second)s?(?:, [^.]{0,200})?\.?$")


@dataclass
class Text:
    """A piece of Markdown in a directive and the 0-based line it stands on."""

    text: str
    line: int


@dataclass
class Directives:
    """All that the comments of one slide say."""

    layout: str = "content"
    classes: list[str] = field(default_factory=list)
    style: str = ""
    notes: list[str] = field(default_factory=list)
    columns: tuple[int, ...] = ()  # the shares; two equal columns are (1, 1)
    rows: tuple[int, ...] = ()
    row_columns: dict[int, tuple[int, ...]] = field(default_factory=dict)  # by 0-based line
    cites: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # side -> (key, line)
    footnotes: dict[str, Text] = field(default_factory=dict)  # side -> text
    settings: dict[str, str] = field(default_factory=dict)  # animate, after, only, eyebrow, …
    id: str = ""
    id_line: int = 0
    aliases: list[str] = field(default_factory=list)
    defines: list[str] = field(default_factory=list)  # terms and symbols, as they are written
    keywords: list[str] = field(default_factory=list)  # by which a search finds the slide too
    lines: dict[str, int] = field(default_factory=dict)  # the last line of each directive
    problems: list[Problem] = field(default_factory=list)


def is_step(comment: Comment) -> bool:
    """Whether a comment is the mark of an incremental reveal."""
    return comment.text == "step"


def minutes(asked: Directives) -> float | None:
    """The minutes planned for a slide: `<!-- minutes: 1.5 -->`, else the last words of its notes.

    Notes say it as "… 1.5 minutes." or "… 10 seconds."; None when neither says it.
    """
    if "minutes" in asked.settings:
        return float(asked.settings["minutes"])
    found = _SPOKEN.search(asked.notes[-1]) if asked.notes else None
    if found is None:
        return None
    return float(found[1]) / (60 if found[2] == "second" else 1)


def interpret(comments: list[Comment]) -> Directives:
    """What `comments` (of one slide, in order) ask for. Lines of problems are 1-based."""
    out = Directives()
    for comment in comments:
        form = _FORM.fullmatch(comment.text)
        if form is None:
            _check_bare(comment, out)
        elif form[1] in NAMES:
            _check_twice(form[1], comment, out)
            out.lines[form[1]] = comment.line
            _apply(form[1], form[2].strip(), comment, out)
        elif form[1].islower() and not form[1].startswith(_REMARKS):
            fix = nearest(form[1], sorted(NAMES))
            _complain(out, comment, f"There is no directive '{form[1]}'.", fix)
        elif form[1].lower() in NAMES:
            message = f"'{form[1]}' is not a directive: their names have no capital letters."
            _complain(out, comment, message, f"Write '{form[1].lower()}: …'.", is_warning=True)
    return out


def _apply(key: str, value: str, comment: Comment, out: Directives) -> None:
    if key == "only":
        value = value.lower()
    if key in _CHOICES and value not in _CHOICES[key]:
        known = _CHOICES[key]
        fix = nearest(value, known, "Write one of: {known}.")
        message = f"'{value}' is not a value of the directive '{key}'."
        # colloquium makes a class of it, which no style sheet has.
        _complain(out, comment, message, fix, is_warning=bool(DIRECTIVES[key].stem))
    elif DIRECTIVES[key].stem or key in ("class", "img-fill", "img-overflow"):
        _apply_class(key, value, comment, out)
    elif key in ("columns", "rows", "row-columns"):
        _apply_grid(key, value, comment, out)
    elif key.startswith(("cite", "footnote")) and key != "footnotes":
        _apply_meta(key, value, comment, out)
    elif key in ("id", "alias"):
        _apply_id(key, value, comment, out)
    elif key in ("layout", "style"):
        setattr(out, key, value)
    elif key == "notes":
        out.notes.append(value)
    elif key in ("defines", "keywords"):
        names = (" ".join(part.split()) for part in value.split(","))
        getattr(out, key).extend(name for name in names if name)
    elif key in ("minutes", "talk") and not _MINUTES.fullmatch(value):
        fix = "Write a number such as 1.5."
        _complain(out, comment, f"'{value}' is not a number of minutes.", fix)
    else:
        out.settings[key] = value


def _apply_class(key: str, value: str, comment: Comment, out: Directives) -> None:
    """What gives the slide a class, or several."""
    if key != "class":
        stem = DIRECTIVES[key].stem
        out.classes += [f"{stem}-{value}"] if stem else [key] if value == "true" else []
        return
    for name in value.split():
        if re.fullmatch(r"[\w-]+", name):
            out.classes.append(name)
        else:
            fix = "Use letters, digits and hyphens."
            _complain(out, comment, f"'{name}' is not a name of a class.", fix)


def _apply_meta(key: str, value: str, comment: Comment, out: Directives) -> None:
    """What floats above the footer on one side: works, or a note."""
    side = "right" if key.endswith("-right") else "left"
    if key.startswith("cite"):
        keys = [name.strip().removeprefix("@") for name in value.split(",")]
        out.cites.setdefault(side, []).extend((name, comment.line) for name in keys if name)
    else:
        out.footnotes[side] = Text(value, comment.line)


def _apply_grid(key: str, value: str, comment: Comment, out: Directives) -> None:
    shares = [int(part) for part in value.split("/")] if _GRID.fullmatch(value[:60]) else []
    if len(shares) == 1:
        shares = [1] * shares[0] if 1 <= shares[0] <= _MOST_TRACKS else []
    if not shares or len(shares) > _MOST_TRACKS or not all(0 < share <= 1000 for share in shares):
        fix = "Write a number (2) or shares (45/55)."
        _complain(out, comment, f"'{value}' does not say how to split the {key}.", fix)
    elif key == "row-columns":
        out.row_columns[comment.line] = tuple(shares)
    else:
        setattr(out, key, tuple(shares))
        stem = "cols" if key == "columns" else "rows"
        out.classes.append(f"{stem}-{value.replace('/', '-')}")


def _apply_id(key: str, value: str, comment: Comment, out: Directives) -> None:
    if not re.fullmatch(r"[\w-]{1,80}", value):
        fix = "Use letters, digits and hyphens."
        _complain(out, comment, f"'{value}' cannot be the {key} of a slide.", fix)
    elif key == "id":
        out.id, out.id_line = value, comment.line
    else:
        out.aliases.append(value)


def _check_twice(key: str, comment: Comment, out: Directives) -> None:
    """Of what a slide can have once only the last counts; two ids are two slides."""
    if key in out.lines and not DIRECTIVES[key].is_repeated:
        message = f"This slide has two directives '{key}'."
        fix = "Separate the slides with a line of ---." if key == "id" else "The last one counts."
        _complain(out, comment, message, fix, is_warning=key != "id")


def _check_bare(comment: Comment, out: Directives) -> None:
    """A single word that is a directive without its value, or nearly `step`, is a slip."""
    word = comment.text
    if other := _OTHERS.match(word):
        message = f"'{other[0].strip()}' is a directive of another program and does nothing."
        fix = "Leave it out, or see the author's guide for ours."
        return _complain(out, comment, message, fix, is_warning=True)
    near = _NEARLY.match(word)
    if near and near[1].lower() in NAMES:
        message = f"'{near[1]}' is a directive, but no colon follows it, so it does nothing."
        _complain(out, comment, message, f"Write '{near[1].lower()}: …'.", is_warning=True)
    elif word in NAMES:
        message = f"The directive '{word}' has no value and does nothing."
        _complain(out, comment, message, f"Write '{word}: {_example(word)}'.", is_warning=True)
    elif not is_step(comment) and (fix := nearest(word, ("step",), "", cutoff=0.7)):
        _complain(out, comment, f"There is no directive '{word}'.", fix)


def _example(key: str) -> str:
    return _CHOICES[key][0] if key in _CHOICES else "…"


def _complain(
    out: Directives, comment: Comment, message: str, fix: str, *, is_warning: bool = False
) -> None:
    severity = "warning" if is_warning else "error"
    out.problems.append(Problem(message, fix, comment.line + 1, comment.column + 1, severity))
