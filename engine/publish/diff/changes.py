"""Which slides of two versions of a course differ, and in what.

Numbers that follow from other slides (of pages and of works) do not count: a slide that is put in
front changes no other one. A slide keeps its identity by its id, by a former id, and where it has
neither by what it says.
"""

import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from engine import palette, recording_folders
from engine.app.web_files import THEME
from engine.deck.course import course_of
from engine.deck.document import load
from engine.deck.schema.deck_json import DeckJson, SlideJson
from engine.deck.slide_json import is_list_of_works
from engine.deck.source import names
from engine.publish.drawing import DeckFiles, with_recordings

SAME = 60.0  # of 100: how alike two slides are of which one is the other one changed
SEEN = ("text", "layout", "experiment or chart", "picture", "recorded run", "style sheet", "theme")
_COUNTER = re.compile(r'(<span class="colloquium-counter">)[^<]*')
_CITED = re.compile(r'(<a class="colloquium-cite"[^>]*>)\[?\d+\]?(</a>)')
_NUMBER = re.compile(r'(<div class="colloquium-reference"[^>]*>)\[\d+\]')
_ENTRY = re.compile(r'<div class="colloquium-reference" id="([^"]*)">(.*?)</div>', re.DOTALL)
_FILE = re.compile(r"""(?:\ssrc="|url\(["']?)([^"')]+)""")


@dataclass(frozen=True)
class Side:
    """A lecture as it is in one of the two versions."""

    place: DeckFiles
    deck: DeckJson
    slides: list[SlideJson]  # with the recorded runs that they show


@dataclass(frozen=True)
class Change:
    """A slide that differs; one side is missing for one that came or went."""

    lecture: str
    before: SlideJson | None
    after: SlideJson | None
    what: tuple[str, ...] = ()  # names of what differs

    @property
    def slide(self) -> SlideJson:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_seen(self) -> bool:
        """Whether it can look otherwise: notes and words for the search cannot be seen."""
        return self.before is None or self.after is None or bool({*self.what} & {*SEEN})


@dataclass(frozen=True)
class ChangedLecture:
    """What has changed in a lecture."""

    slug: str
    before: Side | None
    after: Side | None
    changes: list[Change] = field(default_factory=list)


def sides(lectures: Path, assets: Path) -> dict[str, Side]:
    """Every lecture of a folder, by its address; `assets` has the look of its slides."""
    folders, found = recording_folders.folders(lectures), {}
    for path in names.decks(lectures):
        deck = load(path)
        slides = [with_recordings(one, folders) for one in deck["slides"]]
        found[names.slug_of(path)] = Side(DeckFiles(path, folders, assets), deck, slides)
    return found


def compare(before: Mapping[str, Side], after: Mapping[str, Side]) -> Iterator[ChangedLecture]:
    """The lectures in which anything differs."""
    for slug in dict.fromkeys([*after, *before]):
        old, new = before.get(slug), after.get(slug)
        pairs = match(old.slides if old else [], new.slides if new else [])
        moved = _moved(old.slides if old else [], pairs)
        changes = [_change(slug, old, new, *pair, moved) for pair in pairs]
        if any(changes):
            yield ChangedLecture(slug, old, new, [one for one in changes if one])


def _moved(
    old: Sequence[SlideJson], pairs: Sequence[tuple[SlideJson | None, SlideJson | None]]
) -> set[str]:
    """The fewest slides, by their former ids, that were taken to another place among those that
    are in both versions."""
    now = [one["id"] for one, same in pairs if one and same and not is_list_of_works(one)]
    then = [one["id"] for one in old if one["id"] in {*now}]
    return {then[one.src_pos] for one in LCSseq.editops(then, now) if one.tag == "delete"}


def match(
    old: Sequence[SlideJson], new: Sequence[SlideJson]
) -> list[tuple[SlideJson | None, SlideJson | None]]:
    """Pairs of a slide before and after, in the newer order; those that went come last."""
    left = {one["id"]: one for one in old}
    found: dict[str, SlideJson] = {}
    for one in new:
        known = (name for name in (one["id"], *one["aliases"]) if name in left)
        if name := next(known, None):
            found[one["id"]] = left.pop(name)
    alone = [one for one in new if one["id"] not in found and not is_list_of_works(one)]
    scores = [
        (fuzz.ratio(_plain(gone), _plain(one)), gone["id"], one["id"])
        for gone in left.values()
        for one in alone
        if not is_list_of_works(gone)
    ]
    for score, gone, came in sorted(scores, reverse=True):
        if score >= SAME and gone in left and came not in found:
            found[came] = left.pop(gone)
    return [*((found.get(one["id"]), one) for one in new), *((one, None) for one in left.values())]


def _change(
    slug: str,
    old: Side | None,
    new: Side | None,
    before: SlideJson | None,
    after: SlideJson | None,
    moved: set[str],
) -> Change | None:
    made = before or after
    assert made is not None
    if is_list_of_works(made) and old and new:
        return _change_of_list(slug, old, new, before, after)
    if before is None or after is None:
        return Change(slug, before, after)
    assert old is not None
    assert new is not None
    one, other = _parts(before, old), _parts(after, new)
    what = tuple(name for name in one if one[name] != other[name])
    what += ("moved",) if before["id"] in moved else ()
    return Change(slug, before, after, what) if what else None


def _change_of_list(
    slug: str, old: Side, new: Side, before: SlideJson | None, after: SlideJson | None
) -> Change | None:
    """A page of the list of works has changed when one of its works is new, gone or different;
    one that wanders to the next page has not."""
    left, right = _works(old.slides), _works(new.slides)
    gone = [one for one, text in _entries(before) if right.get(one) != text]
    come = [one for one, text in _entries(after) if left.get(one) != text]
    return Change(slug, before, after, ("text",)) if gone or come else None


def _works(slides: Sequence[SlideJson]) -> dict[str, str]:
    return {key: text for one in slides if is_list_of_works(one) for key, text in _entries(one)}


def _entries(slide: SlideJson | None) -> list[tuple[str, str]]:
    found = _ENTRY.findall(slide["html"]) if slide else []
    return [(key, re.sub(r"^\[\d+\]", "", text)) for key, text in found]


def _parts(slide: SlideJson, side: Side) -> dict[str, Any]:
    """What a slide is made of, by the name that a reader is told."""
    folder = side.place.path.parent
    course = course_of(folder)
    return {
        "text": _steady(slide["html"]),
        "notes": (slide["notes"], slide["minutes"]),
        "layout": [slide[key] for key in ("layout", "classes", "style", "steps", "is_aside")],
        "experiment or chart": [_block(one) for one in slide["blocks"]],
        "picture": [_digest_of_picture(folder, one) for one in _files(slide)],
        "recorded run": [_digest_of_run(side, dict(one["data"])) for one in slide["blocks"]],
        "style sheet": (
            side.deck["css"], palette.over(course.colours(), course.colours(dark=True))
        ),
        "theme": [_digest(side.place.assets / name) for name in THEME],
        "names and words for the search": [slide[key] for key in ("aliases", "keywords")],
    }  # fmt: skip


def _steady(text: str) -> str:
    """HTML without the numbers that change when other slides come and go."""
    return _NUMBER.sub(r"\1", _CITED.sub(r"\1\2", _COUNTER.sub(r"\1", text)))


def _plain(slide: SlideJson) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", _steady(slide["html"])))[:4000] + slide["notes"]


def _block(block: Mapping[str, Any]) -> str:
    data = {key: value for key, value in block["data"].items() if key != "recorded"}
    return json.dumps([block["kind"], block["id"], data, block["text"]], sort_keys=True)


def _files(slide: SlideJson) -> list[str]:
    return [html.unescape(one) for one in _FILE.findall(f"{slide['html']} {slide['style']}")]


def _digest_of_picture(folder: Path, source: str) -> str:
    parts = urlsplit(source)
    if parts.scheme or parts.netloc:
        return ""
    return _digest(folder / unquote(parts.path))


def _digest_of_run(side: Side, data: dict[str, Any]) -> str:
    name = str(data.get("recorded", "")).removeprefix("recorded/")
    found = (folder / name for folder in side.place.recordings)
    return next((_digest(one) for one in found if one.is_file()), "") if name else ""


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""
