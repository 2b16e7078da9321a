"""All lectures of a folder: list them, load them, and search everything that they say."""

import contextlib
import difflib
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from engine.deck.content import transcript
from engine.deck.document import drawn_on, load
from engine.deck.reading import Reader
from engine.deck.source import names

_SNIPPET = 120  # letters around a hit
_TEX = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)
_MACHINERY = (("<footer", "</footer>"), ('<span class="katex-mathml">', "</math></span>"))
_YAML = re.compile(
    r"(?<![\w-])[\w-]++:(?=\s)|[][{}\"]"
)  # of a live block: names of fields, and brackets
_WEIGHTS = {
    "title": 8.0,
    "text": 3.0,
    "math": 2.0,
    "notes": 1.5,
    "recording": 1.2,
    "reference": 1.0,
}


class UnknownLecture(LookupError):
    """There is no lecture of that name; the message says which one was perhaps meant."""


@dataclass(frozen=True)
class Lecture:
    """One lecture file. `slug` is its address (see `engine.deck.source.names`)."""

    slug: str
    title: str
    path: Path
    fault: str = ""  # why nothing of it can be shown


@dataclass(frozen=True)
class Hit:
    """A slide that a search found; `where` names the best part, `snippet` shows the words."""

    slug: str  # of the lecture
    slide: str
    title: str
    where: str  # "title", "text", "math", "notes", "recording" or "reference"
    snippet: str


class _Part(NamedTuple):
    """A part of a slide as a search reads it; `folded` fits `text` letter for letter."""

    where: str
    text: str
    folded: str


class Library:
    """The lectures (`*.md`) of one folder, read when they are asked for.

    `reader` reads them under limits, and says of one that is slow that it is being read.
    """

    def __init__(self, folder: Path, reader: Reader | None = None) -> None:
        self.folder = folder
        self._reader = reader
        # By path: a document, and what a search reads of each of its slides.
        self._searched: dict[Path, tuple[dict[str, Any], list[list[_Part]]]] = {}

    def lectures(self) -> list[Lecture]:
        """Every lecture in the order of the file names."""
        return [lecture for lecture, _ in self.read()]

    def paths(self) -> dict[str, Path]:
        """The file of every lecture by its slug; reads the folder but none of the files."""
        return names.addresses(self.folder)

    def document(self, slug: str) -> dict[str, Any]:
        """The Deck JSON of a lecture. UnknownLecture when there is none of that name."""
        path = self._path(slug)
        return self._reader.document(path) if self._reader else load(path)

    def read(self) -> Iterator[tuple[Lecture, dict[str, Any]]]:
        """Every lecture with its Deck JSON; one that was deleted meanwhile is left out."""
        paths = self.paths()
        read = self._reader.glance(paths.values()) if self._reader else {}
        for slug, path in paths.items():
            with contextlib.suppress(FileNotFoundError):
                document = read[path] if path in read else load(path)
                yield Lecture(slug, document["title"], path, fault_of(document)), document

    def files(self, slug: str) -> tuple[str, ...]:
        """The files that a lecture was made from when it was last read."""
        path = self._path(slug)
        return self._reader.files(path) if self._reader else (str(path), *drawn_on(path))

    def is_being_read(self, slug: str) -> bool:
        """Whether a newer version of a lecture than the one at hand is on its way."""
        path = self.paths().get(slug)
        return bool(path and self._reader and self._reader.is_reading(path))

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """Slides that hold every word of `query`, best first."""
        words = [word for word in _fold(query).split() if word]
        if not words:
            return []
        scored: list[tuple[float, int, Lecture, dict[str, Any], _Part]] = []
        for lecture, document in self.read():
            spoken = transcript.topics(transcript.load(self.folder), names.slug_of(lecture.path))
            texts = self._texts(lecture.path, document)
            for one, parts in zip(document["slides"], texts, strict=True):
                said = spoken.get(one["id"], "")
                score, part = _score([*parts, _Part("recording", said, _fold(said))], words)
                if score > 0:
                    scored.append((score, len(scored), lecture, one, part))
        scored.sort(key=lambda item: (-item[0], item[1]))
        return [
            Hit(lecture.slug, one["id"], one["title"], part.where, _snippet(part, words))
            for _, _, lecture, one, part in scored[:limit]
        ]

    def _texts(self, path: Path, document: dict[str, Any]) -> "list[list[_Part]]":
        """What a search reads of each slide: made once for a version of a deck."""
        kept = self._searched.get(path)
        if kept is None or kept[0] is not document:
            known = {work["key"]: work for work in document["references"]}
            made = [
                [_Part(where, text, _fold(text)) for where, text in _parts(one, known)]
                for one in document["slides"]
            ]
            kept = self._searched[path] = document, made
        return kept[1]

    def works(self) -> list[dict[str, Any]]:
        """Every cited work of all lectures, each with the slides that cite it."""
        found: dict[str, dict[str, Any]] = {}
        for lecture, document in self.read():
            known = {work["key"]: work for work in document["references"]}
            for one in document["slides"]:
                place = {"slug": lecture.slug, "slide": one["id"], "title": one["title"]}
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
        near = difflib.get_close_matches(slug, known, n=1)
        more = f" Did you mean '{near[0]}'?" if near else f" There are: {', '.join(known)}."
        raise UnknownLecture(f"There is no lecture '{slug}'.{more}")


def fault_of(document: dict[str, Any]) -> str:
    """Why nothing of a document can be shown; "" when its slides can."""
    if document["slides"]:
        return ""
    return document.get("fault") or "This lecture has no slides yet."


def _parts(one: dict[str, Any], known: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """(where, plain text) of everything that a slide says."""
    works = [known[key] for key in one["citations"] if key in known]
    cited = [f"{work['authors']} {work['title']} {work['year']} {work['key']}" for work in works]
    blocks = _plain(_YAML.sub(" ", " ".join(block["text"] for block in one["blocks"])))
    return [
        ("title", one["title"]),
        ("text", f"{_plain(_without_machinery(one['html']))} {blocks}"),
        ("math", html.unescape(" ; ".join(_TEX.findall(one["html"])))),
        ("notes", one["notes"]),
        ("reference", " ; ".join(cited)),
    ]


def _without_machinery(text: str) -> str:
    """HTML without what repeats other parts: footers, and formulas for screen readers."""
    for opening, closing in _MACHINERY:
        parts, at = [], 0
        while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
            parts.append(text[at:start])
            at = end + len(closing)
        text = " ".join([*parts, text[at:]])
    return text


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", text)).split())


def _score(parts: list[_Part], words: list[str]) -> tuple[float, _Part]:
    """How well a slide answers, and the part that answers best; 0 when a word is missing."""
    total, most, best = 0.0, 0.0, parts[0]
    missing = set(words)
    for part in parts:
        where, _, folded = part
        here = 0.0
        for word in words:
            at = folded.find(word)
            if at >= 0:
                missing.discard(word)
                is_start = at == 0 or not folded[at - 1].isalnum()
                here += _WEIGHTS[where] * (1.0 if is_start else 0.4)
        total += here
        if here > most:
            most, best = here, part
    return (0.0 if missing else total), best


def _snippet(part: _Part, words: list[str]) -> str:
    text, folded = part.text, part.folded
    at = min((found for word in words if (found := folded.find(word)) >= 0), default=0)
    start = max(0, at - _SNIPPET // 3)
    end = min(len(text), start + _SNIPPET)
    lead, trail = "… " if start else "", " …" if end < len(text) else ""
    return lead + " ".join(text[start:end].split()) + trail


def _fold(text: str) -> str:
    """Lower case without accents, letter for letter, so that positions still fit the text."""
    return "".join(
        unicodedata.normalize("NFKD", letter)[0] if ord(letter) > 127 else letter for letter in text
    ).lower()
