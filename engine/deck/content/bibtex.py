"""A .bib file as entries: cut apart first, so that one broken entry costs only itself.

Each entry is parsed alone (pybtex) when it is asked for, and takes what it lacks from the entries
that its `crossref` and `xdata` name, as BibTeX and biblatex have it.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pybtex.database import Person
from pybtex.database.input.bibtex import DuplicateField, Parser, UndefinedMacro, month_names
from pybtex.exceptions import PybtexError

from engine.deck.content import tex_commands
from engine.deck.model import Problem
from engine.deck.source.brackets import closings

# At the start of a line, or right behind the entry before it.
_BLANK = r"(?:[^\S\n]|[\0\ufeff\u200b])*"  # what an editor shows as nothing
_START = re.compile(rf"(?:^|(?<=[}})])[,;]?){_BLANK}@[ \t]*(\w+)\s*([{{(])", re.MULTILINE)
_NO_ENTRIES = ("string", "preamble", "comment")
# What says who or where an entry itself is, and is no one else's.
_OWN = {
    "crossref", "xref", "xdata", "ids", "title", "subtitle", "shorttitle", "label", "sortkey",
    "author", "pages", "abstract", "keywords", "doi", "url", "eprint", "isbn", "file",
}  # fmt: skip
_PART_OF_A_BOOK = ("inbook", "bookinbook", "suppbook")
_DEEPEST = 8  # parents of parents
_MOST_PARENTS = 64  # of one entry in all
_LONGEST_STRING = 1_000  # characters that an @string stands for
_MOST_EXPANDED = 20_000  # characters that the @strings of one entry stand for
_COMMENT = re.compile(r"(?:^|(?<=[,}\"]))[ \t]*%.*$", re.MULTILINE)
_UNREADABLE = (PybtexError, StopIteration, ValueError, IndexError, TypeError, RecursionError)
# Two names of one thing: who has the one does not inherit the other.
_SAME = ({"year", "date"}, {"journal", "journaltitle"}, {"school", "institution"})
_WORD = re.compile(r"[^\s\"#%'(),={}]+")


@dataclass(frozen=True)
class Piece:
    """One entry as written."""

    key: str
    line: int
    text: str


@dataclass(frozen=True)
class Entry:
    """One entry as read: its fields and persons by lower-case name, and what is odd in it."""

    kind: str
    fields: Mapping[str, str]
    persons: Mapping[str, tuple[Person, ...]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    """A .bib file in pieces, the text of its @strings, and its faults (without a file)."""

    pieces: dict[str, Piece] = field(default_factory=dict)
    folded: dict[str, Piece] = field(default_factory=dict)  # by key without its case
    macros: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def cut(text: str) -> Cut:
    """The entries of a .bib file by key; none of them is parsed yet."""
    pieces: dict[str, Piece] = {}
    problems: list[Problem] = []
    macros: dict[str, str] = {name.lower(): text for name, text in month_names.items()}
    folded: dict[str, Piece] = {}
    commands: dict[str, tex_commands.Command] = {}
    for kind, line, inner, fault in _parts(unicodedata.normalize("NFC", text)):
        key = inner.partition(",")[0].strip()
        wrong = fault
        if not fault[0] and kind == "string":
            wrong = _take_string(inner, macros, line)
        elif kind == "preamble":
            commands |= tex_commands.defined(inner)
        elif not fault[0] and kind not in _NO_ENTRIES:
            wrong = _key_fault(key, folded)
            if key and not wrong[0].startswith("This entry"):
                pieces.setdefault(key, Piece(key, line, f"@{kind}{{{inner}}}"))
                folded.setdefault(key.casefold(), pieces[key])
        if wrong[0]:
            problems.append(Problem(*wrong, line))
    if not pieces and not problems and text.strip():
        fix = "Name a .bib file: other formats are not read."
        problems.append(Problem("This file holds no BibTeX entry.", fix, severity="warning"))
    if commands:
        for key, one in pieces.items():
            made = replace(one, text=tex_commands.expanded(one.text, commands))
            pieces[key] = folded[key.casefold()] = made
    return Cut(pieces, folded, macros, tuple(problems))


def _key_fault(key: str, folded: Mapping[str, Piece]) -> tuple[str, str]:
    """(what, fix) when an entry cannot be cited, or shadows another; ("", "") when all is well."""
    if not key or "=" in key:
        return "This entry has no key.", "Write @article{key, …}."
    if re.search(r"[\s{}\"\\;@\[\]]", key):
        fix = "Use letters, digits and hyphens."
        return f"This entry cannot be cited: its key '{key[:60]}' is not a single word.", fix
    other = folded.get(key.casefold())
    if other is None:
        return "", ""
    if other.key == key:
        return f"The key '{key}' is used twice in this file (line {other.line}).", "Rename one."
    message = f"The keys '{other.key}' (line {other.line}) and '{key}' differ in case only."
    return message, "Rename one: BibTeX takes them for the same."


def _take_string(inner: str, macros: dict[str, str], line: int) -> tuple[str, str]:
    """Add an @string to `macros`; (what, fix) when it cannot be read."""
    try:
        known = dict(_used(inner, macros))
        parser = _Parser(macros=known)
        parser.parse_string(f"@string{{{inner}}}")
    except (PybtexError, ValueError, IndexError, TypeError) as error:
        return f"This @string cannot be read: {_reason(error, line)}.", "Fix it."
    made = {name.lower(): text for name, text in (parser.macros or {}).items()}
    if any(len(text) > _LONGEST_STRING for text in made.values()):
        return f"This @string is longer than {_LONGEST_STRING} characters.", "Shorten it."
    macros.update(made)
    return "", ""


def _used(text: str, macros: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The @strings that a piece uses. Raises ValueError when they make too much of it."""
    names = [name.lower() for name in _WORD.findall(text) if name.lower() in macros]
    if sum(len(macros[name]) for name in names) > _MOST_EXPANDED + len(text):
        raise ValueError("its @strings make too many characters")
    return tuple((name, macros[name]) for name in sorted(set(names)))


def _parts(text: str) -> Iterator[tuple[str, int, str, tuple[str, str]]]:
    """(kind, line, inner text, (fault, fix)) of every `@kind{…}` of a .bib file."""
    at, line, counted, partners = 0, 1, 0, closings(text, "{}")
    match = _START.search(text)
    while match:
        line += text.count("\n", counted, match.start(1))
        counted = match.start(1)
        following = _START.search(text, match.end())
        limit = following.start() if following else len(text)
        kind = match[1].lower()
        if match[2] == "{":
            close = partners.get(match.end() - 1, -1)
        else:
            close = _bracket(text, partners, match.end(), limit)
        if close > limit and kind != "comment" and _closes_before(text, match.end(), limit):
            close = -1  # an entry starts inside this one, which was never closed
        if close < 0:
            yield kind, line, "", (f"This @{kind} entry is never closed.", "Close every brace.")
            match = following
            continue
        yield kind, line, text[match.end() : close], ("", "")
        at = close + 1
        if re.compile(r"\s*+,\s*+[\w-]++\s*+=").match(text, at, max(at, limit)):
            message = f"This @{kind} entry ends at a brace too many; what follows is left out."
            yield "comment", line, "", (message, "Remove the brace.")
        match = following if limit >= at else _START.search(text, at)


def _closes_before(text: str, start: int, limit: int) -> bool:
    """Whether what stands before the next entry looks like the end of this one."""
    return text[start:limit].rstrip()[-1:] in ("", "}", ",", '"', ")")


def _bracket(text: str, partners: Mapping[int, int], at: int, limit: int) -> int:
    """Where an entry that began with `(` ends before `limit`; -1 if it does not."""
    for match in re.compile(r"\\.|[{})]", re.DOTALL).finditer(text, at, limit):
        if match.start() < at or match[0][0] == "\\":
            continue
        if match[0] == ")":
            return match.start()
        at = partners.get(match.start(), -1) + 1
        if match[0] == "}" or not at:
            return -1
    return -1


class _Parser(Parser):
    """pybtex's, for which a field given twice or an unknown @string ends nothing."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        super().__init__(encoding="utf-8", macros=macros)
        self.notes: list[str] = []

    def handle_error(self, error: Exception) -> None:
        if isinstance(error, DuplicateField):
            name = str(error).removesuffix(" field").rpartition(" ")[2]
            self.notes.append(f"it has two fields '{name}', of which the first counts")
        elif isinstance(error, UndefinedMacro):
            name = str(error).rpartition(": ")[2]
            self.notes.append(f"there is no @string '{name}', so a field is left empty")
        else:
            raise error


def parse(piece: Piece, macros: Mapping[str, str]) -> Entry | str:
    """The entry of a piece without what it inherits, or why it cannot be read."""
    try:
        return _parse(piece, _used(piece.text, macros))
    except ValueError as error:
        return str(error)


@functools.lru_cache(maxsize=8192)
def _parse(piece: Piece, macros: tuple[tuple[str, str], ...]) -> Entry | str:
    # biber, unlike BibTeX, takes a percent sign between fields for a comment.
    texts = dict.fromkeys([piece.text, _COMMENT.sub("", piece.text)])
    for text in texts:
        parser = _Parser(macros=dict(macros))
        try:
            # Not `pybtex.parse_string`: it looks through every package for its parser each time.
            found = next(iter(parser.parse_string(text).entries.values()))
            break
        except _UNREADABLE as error:
            reason = _reason(error, piece.line)
    else:
        return reason
    # A field of nothing but braces is an empty field.
    fields = {
        name.lower(): text for name, text in (found.fields or {}).items() if text.strip("{} ")
    }
    persons = {
        role.lower(): tuple(one for one in people if str(one).strip("{} "))
        for role, people in (found.persons or {}).items()
    }
    kept = {role: people for role, people in persons.items() if people}
    return Entry(str(found.type or "").lower(), fields, kept, tuple(parser.notes))


def _reason(error: Exception, line: int = 1) -> str:
    """Why text cannot be read that begins in `line` of its file."""
    said = str(error).split("\n")[0].removeprefix("syntax error in line ")
    if found := re.match(r"(\d+): (.*)", said):
        said = f"{found[2]} in line {int(found[1]) + line - 1}"
    return said[:120] or "it is empty"


def inherit(entry: Entry, cut: Cut, depth: int = 0, seen: list[str] | None = None) -> Entry:
    """`entry` with what it lacks from the entries that it names; faults are in its notes.

    `seen` are the parents of the entry that was asked for, in all.
    """
    seen = [] if seen is None else seen
    named = [(name, "xdata") for name in _names(entry.fields.get("xdata", ""))]
    named += [(name, "crossref") for name in _names(entry.fields.get("crossref", ""))]
    fields, persons, notes = dict(entry.fields), dict(entry.persons), list(entry.notes)
    for name, how in dict.fromkeys(named):
        if len(seen) >= _MOST_PARENTS:
            notes.append("it inherits from too many entries")
            break
        seen.append(name)
        piece = cut.pieces.get(name) or cut.folded.get(name.casefold())
        parent = parse(piece, cut.macros) if piece else "there is no such entry"
        if isinstance(parent, Entry) and (depth >= _DEEPEST or parent is entry):
            parent = "the entries name each other in a circle"
        if isinstance(parent, str):
            notes.append(f"its {how} '{name}' adds nothing: {parent}")
            continue
        if how == "crossref" and "title" in parent.fields:  # before what it inherits itself
            fields.setdefault("booktitle", parent.fields.get("booktitle", parent.fields["title"]))
        parent = inherit(parent, cut, depth + 1, seen)
        notes += [note for note in parent.notes if "circle" in note and note not in notes]
        own = set() if how == "xdata" else _OWN - ({"author"} & _shared(entry))
        own = own.union(*(names for names in _SAME if names & fields.keys()))
        for field_name, text in parent.fields.items():
            if field_name not in own:
                fields.setdefault(field_name, text)
        for role, people in parent.persons.items():
            if role not in own:
                persons.setdefault(role, people)
    return Entry(entry.kind, fields, persons, tuple(notes))


def _shared(entry: Entry) -> set[str]:
    """What an entry and its book have in common: who wrote a chapter wrote the book."""
    return {"author"} if entry.kind in _PART_OF_A_BOOK else set()


def _names(text: str) -> list[str]:
    return [name for one in text.split(",") if (name := one.strip("{} \t\n"))]
