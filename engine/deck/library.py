"""All lectures of a folder: list them, load them, and search everything that they say."""

import contextlib
import functools
import os
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from engine.deck.reading import Reader
from engine.deck.schema.deck_json import DeckJson, ReferenceJson
from engine.deck.search.entries import SearchEntry, of_document
from engine.deck.source import names
from sims.nearest import nearest

if TYPE_CHECKING:
    from engine.deck.search.index import Index, SearchAnswer


class UnknownLecture(LookupError):
    """There is no lecture of that name; the message says which one was perhaps meant."""


@dataclass(frozen=True)
class Lecture:
    """One lecture file. `slug` is its address (see `engine.deck.source.names`)."""

    slug: str
    title: str
    path: Path
    fault: str = ""  # why nothing of it can be shown


class CitingSlide(TypedDict):
    """A slide that cites a work."""

    slug: str
    slide: str
    title: str


class CitedWork(ReferenceJson):
    """A work, and the slides of all lectures that cite it."""

    cited_by: list[CitingSlide]


class Library:
    """The lectures (`*.md`) of one folder, read when they are asked for.

    `reader` reads them under limits, and says of one that is slow that it is being read. With
    `only`, a file of the folder, there is no other lecture.
    """

    def __init__(
        self, folder: Path, reader: Reader | None = None, only: Path | None = None
    ) -> None:
        self.folder, self.only = folder, only
        self._reader = reader

    @functools.cached_property
    def _index(self) -> "Index":
        from engine.deck.search.index import Index

        return Index()

    def lectures(self) -> list[Lecture]:
        """Every lecture in the order of the file names."""
        return [lecture for lecture, _ in self.read()]

    def paths(self) -> dict[str, Path]:
        """The file of every lecture by its slug; reads the folder but none of the files."""
        return names.addresses_of([self.only]) if self.only else names.addresses(self.folder)

    def document(self, slug: str) -> DeckJson:
        """The Deck JSON of a lecture. UnknownLecture when there is none of that name."""
        path = self._path(slug)
        return self._reader.document(path) if self._reader else _load(path)

    def at_hand(self, slug: str) -> DeckJson | None:
        """The document of a lecture if it can be had without waiting."""
        path = self.paths().get(slug)
        if path is None:
            return None
        return self._reader.at_hand(path) if self._reader else _load(path)

    def read(self) -> Iterator[tuple[Lecture, DeckJson]]:
        """Every lecture with its Deck JSON; one that was deleted meanwhile is left out."""
        paths = self.paths()
        read = self._reader.glance(paths.values()) if self._reader else {}
        for slug, path in paths.items():
            with contextlib.suppress(FileNotFoundError):
                document = read[path] if path in read else _load(path)
                yield Lecture(slug, document["title"], path, fault_of(document)), document

    def files(self, slug: str) -> tuple[str, ...]:
        """The files that a lecture was made from when it was last read."""
        path = self._path(slug)
        return self._reader.files(path) if self._reader else _drawn_on(path)

    def is_being_read(self, slug: str) -> bool:
        """Whether a newer version of a lecture than the one at hand is on its way."""
        path = self.paths().get(slug)
        return bool(path and self._reader and self._reader.is_reading(path))

    def search(self, query: str, limit: int = 20) -> "SearchAnswer":
        """What answers `query` in all lectures: at most `limit` slides, terms, experiments, works.

        Slides that hold every word come first; where none does, those that hold half of them.
        """
        for lecture, document in self.read():
            if not self._index.holds(lecture.slug, document):
                self._index.put(lecture.slug, document, self._entries(lecture, document))
        self._index.keep_only(self.paths())
        return self._index.search(query, limit)

    def entries(self, slugs: Container[str]) -> Iterator[SearchEntry]:
        """What can be found in these lectures, for a search without this library."""
        for lecture, document in self.read():
            if lecture.slug in slugs:
                yield from self._entries(lecture, document)

    def _entries(self, lecture: Lecture, document: DeckJson) -> Iterator[SearchEntry]:
        from engine.deck.content import transcript

        spoken = transcript.topics(transcript.load(self.folder), names.slug_of(lecture.path))
        return of_document(lecture.slug, document, spoken)

    def works(self) -> list[CitedWork]:
        """Every cited work of all lectures, each with the slides that cite it."""
        found: dict[str, CitedWork] = {}
        for lecture, document in self.read():
            known = {work["key"]: work for work in document["references"]}
            for one in document["slides"]:
                place: CitingSlide = {
                    "slug": lecture.slug,
                    "slide": one["id"],
                    "title": one["title"],
                }
                for key in one["citations"]:
                    if key in known:
                        work = found.setdefault(key, {**known[key], "cited_by": []})
                        work["cited_by"].append(place)
        return sorted(found.values(), key=lambda work: (work["authors"].lower(), work["year"]))

    def _path(self, slug: str) -> Path:
        known = self.paths()
        if slug in known:
            return known[slug]
        slug = slug[: names.LONGEST]  # no lecture has a longer one
        raise UnknownLecture(f"There is no lecture '{slug}'. {nearest(slug, known)}")


def fault_of(document: DeckJson) -> str:
    """Why nothing of a document can be shown; "" when its slides can."""
    if document["slides"]:
        return ""
    return document.get("fault") or "This lecture has no slides yet."


# A server reads decks in child processes, so it does without what these two import.
def _load(path: Path) -> DeckJson:
    from engine.deck.document import load

    return load(path)


def _drawn_on(path: Path) -> tuple[str, ...]:
    from engine.deck.document import drawn_on

    return (str(path), *drawn_on(path))


def find_deck(name: str, folder: Path) -> Path:
    """The deck of a command line: a lecture of `folder` by its address or its file's name without
    the ending, or a file. Raises LookupError, with a sentence, when there is none."""
    paths = Library(folder).paths()
    by_stem = {path.stem: path for path in paths.values()}
    given = Path(name)
    found = paths.get(name) or by_stem.get(name) or (given if os.path.isfile(given) else None)
    if found is None:
        raise LookupError(f"there is no lecture {name}. There are: {', '.join(paths)}.")
    return found
