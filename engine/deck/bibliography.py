"""Works of a BibTeX file, and how colloquium writes them in its three styles.

The file is cut into entries first and each cited entry is parsed alone (pybtex), so one broken
entry is one problem with its line, and a deck pays only for the works that it cites.
"""

import codecs
import contextlib
import functools
import html
import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pybtex.database import Entry, Person
from pybtex.database.input.bibtex import Parser
from pybtex.exceptions import PybtexError

from engine.deck.model import Problem
from engine.deck.sanitise import safe_url

STYLES = ("author-year", "numeric", "title-year")
_START = re.compile(r"^[ \t]*@(\w+)[ \t]*([{(])", re.MULTILINE)
_KEY = re.compile(r"\s*([^\s,{}()\"#%'=]+)\s*,")
_MOST_AUTHORS = 5  # of a reference; more become "et al."


@dataclass(frozen=True)
class Work:
    """One cited work as plain Unicode text."""

    key: str
    surnames: tuple[str, ...]
    authors: str
    title: str
    year: str
    venue: str
    url: str
    line: int


@dataclass(frozen=True)
class _Piece:
    key: str
    line: int
    text: str


@dataclass(frozen=True)
class Bibliography:
    """The entries of one .bib file by key, parsed when asked for."""

    path: Path
    pieces: dict[str, _Piece]
    macros: str
    problems: tuple[Problem, ...]

    def keys(self) -> list[str]:
        return list(self.pieces)

    def work(self, key: str) -> Work | Problem | None:
        """The work, None when there is no such key, or what is wrong with its entry."""
        piece = self.pieces.get(key)
        return None if piece is None else _parse(piece, self.macros, str(self.path))


def load(path: Path) -> Bibliography:
    """Read a .bib file (cached by its time and size). Raises OSError when it cannot be read."""
    stat = path.stat()
    return _load(path, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=32)
def _load(path: Path, _mtime: int, _size: int) -> Bibliography:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    pieces: dict[str, _Piece] = {}
    problems: list[Problem] = []
    macros: list[str] = []
    for kind, line, piece, fault in _cut(text):
        match = _KEY.match(piece)
        if fault or (match is None and kind not in ("string", "preamble", "comment")):
            what = fault or "This entry has no key."
            fix = "Close every brace." if fault else "Write @article{key, …}."
            problems.append(Problem(what, fix, line, 1, file=str(path)))
        elif kind == "string":
            macros.append(f"@string{{{piece}}}\n")
        elif match is not None and kind not in ("preamble", "comment"):
            if match[1] in pieces:
                message = f"The key '{match[1]}' is used twice in this file."
                problems.append(Problem(message, "Rename one.", line, 1, file=str(path)))
            pieces.setdefault(match[1], _Piece(match[1], line, f"@{kind}{{{piece}}}"))
    return Bibliography(path, pieces, "".join(macros), tuple(problems))


def _cut(text: str) -> Iterator[tuple[str, int, str, str]]:
    """(kind, line, inner text, fault) of every `@kind{…}` of a .bib file."""
    at = 0
    while match := _START.search(text, at):
        line = text.count("\n", 0, match.start(1)) + 1
        following = _START.search(text, match.end())
        limit = following.start() if following else len(text)
        close = _close(text, match.end(), ")" if match[2] == "(" else "}")
        kind = match[1].lower()
        if close > limit and following and kind != "comment":
            # An entry starts inside this one: either text, or this one was never closed.
            close = -1 if _closes_before(text, match.end(), limit) else close
        if close < 0:
            yield kind, line, "", f"This @{kind} entry is never closed."
            at = limit
        else:
            yield kind, line, text[match.end() : close], ""
            at = close + 1


def _closes_before(text: str, start: int, limit: int) -> bool:
    return text[start:limit].rstrip()[-1:] in ("}", ",", "")


def _close(text: str, start: int, mark: str) -> int:
    depth = 0
    for match in re.compile(r"\\.|[{})]", re.DOTALL).finditer(text, start):
        letter = match[0]
        if depth == 0 and letter == mark:
            return match.start()
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            return -1
    return -1


@functools.lru_cache(maxsize=4096)
def _parse(piece: _Piece, macros: str, file: str) -> Work | Problem:
    try:
        # Not `pybtex.parse_string`: it searches every installed package for its parser each time.
        entries = Parser(encoding="utf-8").parse_string(macros + piece.text).entries
        return _work(piece, next(iter(entries.values())))
    except (PybtexError, StopIteration, ValueError, IndexError, TypeError) as error:
        why = str(error).split("\n")[0].removeprefix("syntax error in line ")[:120]
        message = f"The entry '{piece.key}' cannot be read: {why}."
        return Problem(message, "Mend this BibTeX entry.", piece.line, 1, file=file)


def _work(piece: _Piece, entry: Entry) -> Work:
    fields = {name.lower(): text for name, text in (entry.fields or {}).items()}
    persons = dict(entry.persons or {})
    people: Sequence[Person] = persons.get("author") or persons.get("editor") or []
    venues = ("journal", "booktitle", "publisher", "institution", "howpublished", "school")
    venue = next((plain(fields[name]) for name in venues if fields.get(name)), "")
    url = plain(fields.get("url", ""))
    if not url and fields.get("doi"):
        url = f"https://doi.org/{plain(fields['doi'])}"
    return Work(
        key=piece.key,
        surnames=tuple(_surname(person) for person in people),
        authors=_author_line(people),
        title=plain(fields.get("title", "Untitled")),
        year=plain(fields.get("year", "n.d.")),
        venue=venue,
        url=url if safe_url(url) else "",
        line=piece.line,
    )


def plain(text: str) -> str:
    """BibTeX text as Unicode: accents made letters, grouping braces and line breaks taken out."""
    if "\\" in text:
        with contextlib.suppress(ValueError):  # what the codec does not know is shown as written
            text = _latex()(text)[0]
    return " ".join(re.sub(r"(?<!\\)[{}]", "", text).replace("~", " ").split())


@functools.cache
def _latex() -> Any:
    importlib.import_module("latexcodec")  # registers the codec; slow, and seldom needed
    return codecs.lookup("ulatex").decode


def _surname(person: Person) -> str:
    names = [*(person.prelast_names or ()), *(person.last_names or ())]
    return plain(" ".join(names)) if names else plain(str(person))


def _author_line(people: Sequence[Person]) -> str:
    names = []
    for person in people:
        initials = " ".join(
            f"{plain(name)[0]}." for name in person.first_names or () if plain(name)
        )
        names.append(f"{_surname(person)}, {initials}" if initials else _surname(person))
    if len(names) > _MOST_AUTHORS:
        return ", ".join(names[:_MOST_AUTHORS]) + ", et al."
    if len(names) > 1:
        return ", ".join(names[:-1]) + ", and " + names[-1]
    return names[0] if names else "Unknown"


def label(work: Work, style: str, number: int) -> str:
    """What an inline citation says, without its brackets."""
    if style == "numeric":
        return str(number)
    if style == "title-year":
        title = work.title if len(work.title) <= 30 else work.title[:27] + "..."
        return f"{title}, {work.year}"
    name = work.surnames[0] if work.surnames else "Unknown"
    if len(work.surnames) > 2:
        name += " et al."
    elif len(work.surnames) == 2:
        name += f" & {work.surnames[1]}"
    return f"{name}, {work.year}"


@functools.lru_cache(maxsize=4096)
def reference(work: Work, style: str, number: int) -> str:
    """The entry of a references slide as HTML: authors, title, venue, year, link."""
    prefix = f"[{number}] " if style == "numeric" else ""
    parts = [f"{prefix}{html.escape(work.authors.rstrip('.'))}."]
    parts.append(f" “<em>{html.escape(work.title)}</em>.”")
    if work.venue:
        parts.append(f" <em>{html.escape(work.venue)}</em>,")
    parts.append(f" {html.escape(work.year)}.")
    if work.url:
        link = f'<a class="colloquium-ref-url" href="{html.escape(work.url)}" rel="noopener">'
        parts.append(f" {link}[link]</a>")
    key = html.escape(work.key)
    return f'<div class="colloquium-reference" id="ref-{key}">{"".join(parts)}</div>'


def in_order(keys: Sequence[str], labels: dict[str, str], style: str, order: str) -> list[str]:
    """Keys as they are listed: by appearance (numeric), else by label unless `order` says so."""
    unique = list(dict.fromkeys(keys))
    if style == "numeric" or order == "appearance":
        return unique
    return sorted(unique, key=lambda k: (k not in labels, labels.get(k, k).lower(), k.lower()))
