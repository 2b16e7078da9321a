"""Works of a BibTeX file, and how colloquium writes them in its three styles.

The file is cut into entries first and each cited entry is parsed alone
(`engine.deck.content.bibtex`), so one broken entry is one problem with its line, and a deck pays
only for the works that it cites.
"""

import functools
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from engine.deck.content import bibtex
from engine.deck.content.bibtex import Cut, Entry, Piece
from engine.deck.content.latex import address, plain
from engine.deck.content.people import author_line, people, surname
from engine.deck.markup.sanitise import safe_url
from engine.deck.model import Problem
from engine.deck.source import textfile
from engine.deck.source.inside import inside
from engine.deck.source.names import shown

STYLES = ("author-year", "numeric", "title-year")
NO_AUTHOR, NO_YEAR, NO_TITLE = "Unknown", "n.d.", "Untitled"
_LONGEST_LABEL = 80  # letters of a name in a citation
_VENUES = (
    "journal", "journaltitle", "booktitle", "maintitle", "publisher", "institution",
    "howpublished", "school", "organization",
    "eventtitle", "shortjournal",
)  # fmt: skip
_ADDRESS = re.compile(r"https?://[^\s{}]+", re.IGNORECASE)
_DOI = re.compile(r"^(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/|doi:?)?(?=10\.)", re.IGNORECASE)
_ARXIV = re.compile(
    r"^(?:(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:)?(?=[\w.-]+/?\d)", re.IGNORECASE
)
_PREPRINT = re.compile(r"\b(?:arxiv:\s*|abs/)(\d{4}\.\d{4,5}(?:v\d+)?)\b", re.IGNORECASE)
_COMMAND = re.compile(r"\\[A-Za-z]+")


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
    more_authors: bool = False  # than the file names: "and others"
    notes: tuple[str, ...] = ()  # what is odd in its entry, and what is missing


@dataclass(frozen=True)
class Bibliography:
    """The entries of one .bib file by key, parsed when asked for."""

    path: Path
    cut: Cut
    problems: tuple[Problem, ...]
    _works: dict[str, "Work | Problem"] = field(default_factory=dict)  # those parsed already

    def keys(self) -> list[str]:
        return list(self.cut.pieces)

    def work(self, key: str) -> "Work | Problem | None":
        """The work, None when there is no such key, or what is wrong with its entry."""
        piece = self.cut.pieces.get(key)
        if piece is None:
            return None
        if key not in self._works:
            self._works[key] = self._read(piece)
        return self._works[key]

    def _read(self, piece: Piece) -> "Work | Problem":
        entry = bibtex.parse(piece, self.cut.macros)
        if isinstance(entry, Entry):
            return _work(piece, bibtex.inherit(entry, self.cut))
        message = f"The entry '{piece.key}' cannot be read: {entry}."
        return Problem(
            message,
            "Fix this BibTeX entry.",
            piece.line,
            1,
            file=shown(self.path),
            rule="bibliography",
        )

    def remarks(self, work: Work) -> list[Problem]:
        """A warning for everything that is odd in the entry of a work."""
        file = shown(self.path)
        return [
            Problem(
                f"In the entry '{work.key}': {note}.",
                fix,
                work.line,
                1,
                "warning",
                file,
                "bibliography",
            )
            for note, _, fix in (note.partition("|") for note in work.notes)
        ]


def load(path: Path, folder: Path) -> Bibliography:
    """Read a .bib file that decks in `folder` name (cached by its time and size).

    Raises OSError when it cannot be read, `Refused` when it may not be.
    """
    stat = inside(folder, path).stat()
    return _load(path, folder, stat.st_mtime_ns, stat.st_size)


def keys_in(path: Path, folder: Path) -> list[str]:
    """The keys of a .bib file that decks in `folder` name, in its order; none of one that is not
    there or cannot be read, which `practicum check` says."""
    try:
        return load(path, folder).keys()
    except OSError:
        return []


@functools.lru_cache(maxsize=32)
def _load(path: Path, folder: Path, _mtime: int, _size: int) -> Bibliography:
    text, odd = textfile.data(path, folder)
    found = bibtex.cut(text)
    problems = [odd] if odd else []
    problems += [replace(one, file=shown(path), rule="bibliography") for one in found.problems]
    return Bibliography(path, found, tuple(problems))


def _work(piece: Piece, entry: Entry) -> Work:
    persons, more, odd = people(entry.persons.get("author") or entry.persons.get("editor") or ())
    corporate = next(
        (entry.fields[name] for name in ("organization", "institution") if name in entry.fields), ""
    )
    surnames = tuple(name for person in persons if (name := surname(person)))
    if not surnames and plain(corporate):
        surnames = (plain(corporate),)
    notes = [*entry.notes, *odd]
    url, fault = _url(entry)
    notes += [fault] if fault else []
    title, year = plain(entry.fields.get("title", "")), _year(entry)
    for what, found, instead in (
        ("author", surnames, NO_AUTHOR), ("year", year, NO_YEAR), ("title", title, NO_TITLE),
    ):  # fmt: skip
        if not found:
            notes.append(f"it has no {what} and is cited as “{instead}”|Add '{what} = {{…}}'.")
    authors = author_line(persons, more) or ", ".join(surnames) or NO_AUTHOR
    if unknown := _COMMAND.search(f"{authors} {title} {year}"):
        what = f"the TeX command '{unknown[0]}' is not known and is shown as written"
        notes.append(f"{what}|Write letters, or define it in a @preamble.")
    return Work(
        key=piece.key,
        surnames=surnames,
        authors=authors,
        title=title or NO_TITLE,
        year=year or NO_YEAR,
        venue=_venue(entry),
        url=url,
        line=piece.line,
        more_authors=more,
        notes=tuple(notes),
    )


def _year(entry: Entry) -> str:
    """`year`, else the first year of biblatex's `date` ("2020-05", "2019/2021", "2020~")."""
    if year := plain(entry.fields.get("year", "")):
        return year
    date = plain(entry.fields.get("date", ""))
    first = re.search(r"\d{4}", date)
    return first[0] if first else date


def _venue(entry: Entry) -> str:
    for name in _VENUES:
        text = re.sub(r"\\(?:url|href)\s*\{[^{}]*\}", "", entry.fields.get(name, ""))
        text = re.sub(r"https?://\S+", "", text)
        if venue := plain(text).strip(" ,;:"):
            return venue
    return "arXiv" if _is_arxiv(entry) else ""


def _is_arxiv(entry: Entry) -> bool:
    kind = entry.fields.get("eprinttype") or entry.fields.get("archiveprefix") or ""
    return "eprint" in entry.fields and kind.lower() in ("arxiv", "")


def _url(entry: Entry) -> tuple[str, str]:
    """Where a work can be read, and a sentence when its entry names no address of the web."""
    texts = [entry.fields.get(name, "") for name in ("url", "howpublished", "note")]
    url = address(texts[0])
    if url.count("://") != 1 or url.startswith("href"):  # \href{…}{…}, two addresses, none
        inside = next((one for text in texts if (one := _ADDRESS.search(text))), None)
        url = address(inside[0]) if inside else url
    if url:
        if "://" not in url and re.match(r"[\w-]+(?:\.[\w-]+)+(?:/|$)", url):
            url = f"https://{url}"
        if safe_url(url) and re.match(r"https?://|mailto:", url, re.IGNORECASE):
            return url, ""
    fault = f"its url '{url[:60]}' is not an address of the web|Write https://…." if url else ""
    if doi := address(entry.fields.get("doi", "")):
        name = _DOI.sub("", doi)
        if name.startswith("10."):
            return f"https://doi.org/{quote(name, safe='/:;.()-_')}", fault
        fault = fault or f"its doi '{doi[:60]}' is none|Write 10.…/…, or leave it out."
    name = _arxiv(entry)
    return f"https://arxiv.org/abs/{quote(name)}" if name else "", fault


def _arxiv(entry: Entry) -> str:
    """The number of a preprint, from `eprint` or where Google Scholar and DBLP write it."""
    if _is_arxiv(entry):
        return _ARXIV.sub("", address(entry.fields["eprint"]))
    texts = (entry.fields.get(name, "") for name in ("journal", "journaltitle", "note", "volume"))
    return next((one[1] for text in texts if (one := _PREPRINT.search(text))), "")


def label(work: Work, style: str, number: int) -> str:
    """What an inline citation says, without its brackets."""
    if style == "numeric":
        return str(number)
    if style == "title-year":
        title = work.title if len(work.title) <= 30 else work.title[:27] + "..."
        return f"{title}, {_cut_short(work.year)}"
    name = work.surnames[0] if work.surnames else NO_AUTHOR
    if len(work.surnames) > 2 or (work.more_authors and work.surnames):
        name += " et al."
    elif len(work.surnames) == 2:
        name += f" & {work.surnames[1]}"
    return f"{_cut_short(name)}, {_cut_short(work.year)}"


def _cut_short(text: str) -> str:
    """A name as each citation repeats it."""
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


@functools.lru_cache(maxsize=4096)
def reference(work: Work, style: str, number: int) -> str:
    """The entry of a references slide as HTML: authors, title, venue, year, link."""
    prefix = f"[{number}] " if style == "numeric" else ""
    parts = [f"{prefix}{html.escape(work.authors.rstrip('.'))}."]
    parts.append(f" “<em>{html.escape(work.title)}</em>.”")
    if work.venue:
        parts.append(f" <em>{html.escape(work.venue)}</em>,")
    parts.append(f" {html.escape(work.year.rstrip('.'))}.")
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
