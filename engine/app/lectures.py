"""The lectures this server shows, packed once for every viewer.

The folder is `lectures/` of the project unless the environment names another, or one file, in
`PRACTICUM_LECTURES` (`practicum serve --lectures DIR` and `practicum open FILE` set it).
"""

import functools
import gzip
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from engine import __version__, palette, recording_folders
from engine.app import pictures
from engine.claims.record import beside
from engine.deck.course import FILE, Course, course_of, lectures_in, repository_path
from engine.deck.library import Library
from engine.deck.reading import Reader
from engine.deck.schema.deck_json import DeckJson, SlideJson, SourceJson
from engine.deck.without_slides import problems_of
from engine.paths import LECTURES
from engine.runs.results import recordings as recorded


@dataclass(frozen=True)
class Packed:
    """A deck as the browser fetches it: gzipped JSON, and the hash that names it for ever."""

    hash: str
    body: bytes


@functools.cache
def library() -> Library:
    """The one library of this process."""
    place = Path(os.environ.get("PRACTICUM_LECTURES") or LECTURES).resolve()
    if place.is_file():
        return Library(place.parent, Reader(), place)
    return Library(lectures_in(place), Reader())


def course() -> Course:
    """The course of these lectures, as its settings are now."""
    return course_of(library().folder)


def course_files() -> tuple[Path, ...]:
    """The files of the course that belong to no single lecture: its settings and its claims."""
    ledger = course().ledger
    return course().root / FILE, ledger, beside(ledger)


def course_stamp() -> str:
    """Changes when one of `course_files` does."""
    return " ".join(map(pictures.version, course_files()))


def recorded_folders() -> tuple[Path, ...]:
    """Where the recorded runs of the lectures may lie."""
    return recording_folders.folders(library().folder)


def packed(slug: str) -> Packed:
    """The deck `slug`, as it is on disk now. An unknown slug is a LookupError."""
    return _packer().pack(slug, library().document(slug))


@dataclass(frozen=True)
class _Version:
    """What a packed deck was made of: the document, the recorded runs and the pictures it shows."""

    document: DeckJson
    around: tuple[int, str]  # the recorded runs, and the course with its claims
    pictures: tuple[Path, ...]  # where they may lie
    stamps: tuple[str, ...]

    def is_of(self, document: DeckJson, around: tuple[int, str]) -> bool:
        is_same = self.document is document and self.around == around
        return is_same and self.stamps == tuple(map(pictures.version, self.pictures))


class Packer:
    """Packs each version of a deck once; asking again for the same version costs nothing."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[_Version, Packed]] = {}

    def pack(self, slug: str, document: DeckJson) -> Packed:
        last = self._last.get(slug)
        around = recorded.stamp(recorded_folders()), course_stamp()
        # The library hands out one object for one version.
        if last and last[0].is_of(document, around):
            return last[1]
        shown = pictures.sources(slide["html"] for slide in document["slides"])
        paths = tuple(path for one in shown for path in pictures.places(one, library()))
        stamps = tuple(map(pictures.version, paths))  # before the pictures are looked at again
        slides = [with_files(slide) for slide in document["slides"]]
        whole = document | {
            "slides": slides,
            "css": css_of(document),
            "source": source_of(slug),
            "problems": [asdict(one) for one in course().judged(problems_of(document))],
        }
        body = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        made = Packed(hashlib.sha256(body).hexdigest()[:16], gzip.compress(body, 6, mtime=0))
        self._last[slug] = (_Version(document, around, paths, stamps), made)
        return made

    def pictures(self, slug: str) -> tuple[Path, ...]:
        """Where the pictures may lie that the deck showed when it was packed last."""
        last = self._last.get(slug)
        return last[0].pictures if last else ()


def pictures_of(slug: str) -> tuple[Path, ...]:
    """Where the pictures of a lecture may lie; empty before it was packed for the first time."""
    return _packer().pictures(slug)


def css_of(document: DeckJson) -> str:
    """The colours of the course, and the deck's own style sheet, for behind theme.css."""
    own = course()
    return palette.over(own.colours(), own.colours(dark=True)) + document["css"]


def source_of(slug: str) -> SourceJson:
    """Where a lecture comes from; never a path of this machine from its root."""
    path, own = library().paths().get(slug), course()
    return {
        "path": repository_path(path, own) if path else "",
        "repository": own.text("repository"),
        "branch": own.text("branch") or "main",
        "course": own.title,
        "version": __version__,
        "stamp": course_stamp(),
    }


def with_files(slide: SlideJson) -> SlideJson:
    """The slide, whose pictures and recorded runs have addresses that change with their content."""
    shown: SlideJson = {**slide, "html": pictures.versioned(slide["html"], library())}
    return recording_folders.with_recordings(shown, recorded_folders(), _address)


def _address(recording: Path) -> str:
    return f"api/recorded/{recording.name}?{recording.stat().st_mtime_ns}"


@functools.cache
def _packer() -> Packer:
    return Packer()
