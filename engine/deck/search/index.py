"""The index of a search: SQLite's full-text table, in memory, filled again for what has changed.

SQLite stems the words ("optimised" is found by "optimise") and weighs the hits (bm25: a rare word
counts more than a frequent one); https://www.sqlite.org/fts5.html.
"""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.deck.search import words
from engine.deck.search.entries import FIELDS, KINDS, SearchEntry

_WEIGHTS = {"title": 8, "also": 6, "text": 3, "math": 2, "notes": 1.5, "recording": 1.2, "works": 1}
_SNIPPET, _MEANING = 20, 48  # words, of a term as much as explains it
_OPEN, _CLOSE = "\x02", "\x03"  # around a word that was sought; no text of a deck has them
_COLUMNS = ("kind", "slug", "slide", "key", "name")  # kept beside the texts, not searched
_TABLE = (
    "CREATE VIRTUAL TABLE entries USING fts5("
    + ", ".join([*(f"{name} UNINDEXED" for name in _COLUMNS), *FIELDS])
    + ", tokenize = 'porter unicode61 remove_diacritics 2')"
)


@dataclass(frozen=True)
class Hit:
    """Something that was found. `snippet` is text in pieces; every second one was sought."""

    kind: str  # "slide", "term", "experiment" or "work"
    slug: str  # of the lecture
    slide: str  # that shows it, or ""
    key: str
    title: str
    where: str  # the part that answers best, of FIELDS
    snippet: tuple[str, ...]


@dataclass(frozen=True)
class SearchAnswer:
    """All hits, kind by kind, best first; `read_as` is the query as it was corrected, or "";
    `unknown` are the words of it that no lecture has."""

    hits: tuple[Hit, ...] = ()
    read_as: str = ""
    unknown: tuple[str, ...] = ()


class _Known(Collection[str]):
    """The words that the lectures have, and their other forms: "overfitting" beside "overfits"."""

    def __init__(self, database: sqlite3.Connection, vocabularies: Iterable[set[str]]) -> None:
        self._database = database
        self._words: set[str] = set().union(*vocabularies)

    def __contains__(self, word: object) -> bool:
        if word in self._words:
            return True
        return _is_there(self._database, f'"{word}"')

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


class Index:
    """What all lectures hold. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._versions: dict[str, Any] = {}  # slug -> what its entries were made from
        self._words: dict[str, set[str]] = {}  # slug -> the words of its entries
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(_TABLE)

    def holds(self, slug: str, version: object) -> bool:
        """Whether a lecture is in the index as it is in this version (the same object)."""
        return self._versions.get(slug) is version

    def put(self, slug: str, version: object, entries: Iterable[SearchEntry]) -> None:
        """Take what a lecture holds now in the place of what it held before."""
        rows = [_row(one) for one in entries]
        marks = ", ".join("?" * (len(_COLUMNS) + len(FIELDS)))
        with self._lock:
            self._database.execute("DELETE FROM entries WHERE slug = ?", (slug,))
            self._database.executemany(f"INSERT INTO entries VALUES ({marks})", rows)
            self._words[slug] = {
                word for row in rows for text in row[len(_COLUMNS) :] for word in words.split(text)
            }
            self._versions[slug] = version

    def keep_only(self, slugs: Iterable[str]) -> None:
        """Forget the lectures that are gone."""
        with self._lock:
            for slug in set(self._versions) - set(slugs):
                self._database.execute("DELETE FROM entries WHERE slug = ?", (slug,))
                del self._versions[slug], self._words[slug]

    def search(self, query: str, limit: int) -> SearchAnswer:
        """At most `limit` hits of each kind."""
        with self._lock:
            wanted = words.read(query, _Known(self._database, self._words.values()))
            ways = [(one.typed, _either(one.ways) if one.ways else "") for one in wanted]
            sought = [way for _, way in ways if way and _is_there(self._database, way)]
            unknown = tuple(typed for typed, way in ways if way not in sought)
            if not sought:
                return SearchAnswer(unknown=unknown)
            found = [hit for kind in KINDS for hit in self._of_kind(kind, sought, wanted, limit)]
        is_corrected = any(one.is_corrected for one in wanted)
        read_as = " ".join(" ".join(one.ways[0]) if one.ways else one.typed for one in wanted)
        return SearchAnswer(tuple(found), read_as if is_corrected else "", unknown)

    def _of_kind(
        self, kind: str, sought: list[str], wanted: list[words.Wanted], limit: int
    ) -> list[Hit]:
        """Best first: those whose name is the query, those that hold most of its words, by weight.

        What holds less than half of the words that the lectures know is not an answer.
        """
        counts: dict[int, int] = {}
        for one in sought:
            for (row,) in self._database.execute(
                "SELECT rowid FROM entries WHERE entries MATCH ? AND kind = ?", (one, kind)
            ):
                counts[row] = counts.get(row, 0) + 1
        weights = ", ".join(["0"] * len(_COLUMNS) + [str(_WEIGHTS[name]) for name in FIELDS])
        ranked = self._database.execute(
            f"SELECT rowid, title, also FROM entries WHERE entries MATCH ? AND kind = ? "
            f"ORDER BY bm25(entries, {weights})",
            (" OR ".join(sought), kind),
        )
        asked = {way for one in wanted for way in one.ways}
        order = sorted(  # stable: those that are equal here stay in the order of their weights
            (
                (not _is_name(asked, f"{title} ; {also}"), -counts[row], row)
                for row, title, also in ranked
            ),
            key=lambda one: one[:2],
        )
        best = [row for no_name, count, row in order if not no_name or -2 * count >= len(sought)][
            :limit
        ]
        return [self._hit(kind, row, " OR ".join(sought)) for row in best]

    def _hit(self, kind: str, row: int, sought: str) -> Hit:
        """One row, with the first of its parts that holds a word that was sought."""
        start, size = len(_COLUMNS), _MEANING if kind == "term" else _SNIPPET
        shown = ", ".join(
            f"snippet(entries, {start + at}, '{_OPEN}', '{_CLOSE}', ' … ', {size})"
            for at in range(len(FIELDS))
        )
        kept = ", ".join(_COLUMNS)
        made = self._database.execute(
            f"SELECT {kept}, {shown} FROM entries WHERE entries MATCH ? AND rowid = ?",
            (sought, row),
        ).fetchone()
        texts: dict[str, str] = dict(zip(FIELDS, made[start:], strict=True))
        holding = [name for name, text in texts.items() if _OPEN in text]
        where = holding[0]
        # A title stands above the snippet anyway: the snippet shows what else there is.
        told = next((name for name in holding if name not in ("title", "also")), "text")
        pieces = texts[told].replace(_CLOSE, _OPEN).split(_OPEN)
        return Hit(*made[:start], where=where, snippet=tuple(pieces))


def _is_there(database: sqlite3.Connection, sought: str) -> bool:
    """Whether any lecture has what is asked for in the language of the table."""
    found = database.execute("SELECT 1 FROM entries WHERE entries MATCH ? LIMIT 1", (sought,))
    return found.fetchone() is not None


_MARKS = {ord(_OPEN): " ", ord(_CLOSE): " "}


def _either(ways: tuple[tuple[str, ...], ...]) -> str:
    """One word in the language of the table, in any of its ways; quoted, so it is only text."""
    return "(" + " OR ".join('"' + " ".join(way) + '"' for way in ways) + ")"


def _row(one: SearchEntry) -> tuple[str, ...]:
    texts = (one.texts.get(name, "").translate(_MARKS) for name in FIELDS)
    return (one.kind, one.slug, one.slide, one.key, one.title, *texts)


def _is_name(asked: set[tuple[str, ...]], names: str) -> bool:
    """Whether one of some names, with semicolons between them, has only words asked for."""
    letters = {" ".join(way) for way in asked}
    return any(set(words.split(name)) <= letters and name.strip() for name in names.split(" ; "))
