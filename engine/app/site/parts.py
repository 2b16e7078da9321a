"""The parts of a lecture as the list of lectures shows them: each a card with a picture of one of
its slides, what can be run in it, and how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from engine.app import pictures
from engine.app.lectures import library
from engine.deck.schema.deck_json import SlideJson
from engine.deck.slide_json import is_list_of_works

LIVE = ("sim", "play")  # kinds of block that compute something for the reader
MOST_NAMED = 3  # experiments that a card names


@dataclass(frozen=True)
class Part:
    """A chapter; `picture` is an address below the page's folder, "" where no slide has one."""

    title: str
    slide: str  # id of the first
    picture: str
    minutes: int  # of its path, as planned; 0 where nothing is planned
    num_slides: int  # on the path
    num_asides: int
    runs: tuple[str, ...]  # titles of the slides on which something can be run

    @property
    def size(self) -> str:
        """How much there is: "7 slides · 12 min"."""
        slides = f"{self.num_slides} slide{'' if self.num_slides == 1 else 's'}"
        asides = f"{self.num_asides} below" if self.num_asides else ""
        minutes = f"{self.minutes} min" if self.minutes else ""
        return " · ".join(one for one in (slides, asides, minutes) if one)

    @property
    def named_runs(self) -> tuple[str, ...]:
        """The first of them, for a card."""
        return self.runs[:MOST_NAMED]

    @property
    def num_more(self) -> int:
        return len(self.runs) - len(self.named_runs)


def parts(slides: Sequence[SlideJson]) -> list[Part]:
    """The chapters of a lecture in their order."""
    return [_part(title, own) for title, own in chapters(slides).items()]


def chapters(slides: Sequence[SlideJson]) -> dict[str, list[SlideJson]]:
    """The slides of each chapter by its title; the list of works is none."""
    found: dict[str, list[SlideJson]] = {}
    for slide in slides:
        if slide["section"] and not is_list_of_works(slide):
            found.setdefault(slide["section"], []).append(slide)
    return found


def _part(title: str, slides: Sequence[SlideJson]) -> Part:
    path = [slide for slide in slides if not slide["is_aside"]]
    live = [one for one in slides if any(block["kind"] in LIVE for block in one["blocks"])]
    minutes = sum(slide["minutes"] or 0 for slide in path)
    return Part(
        title,
        slides[0]["id"],
        _picture([*path, *(slide for slide in slides if slide["is_aside"])]),
        max(1, round(minutes)) if minutes else 0,
        len(path),
        len(slides) - len(path),
        tuple(slide["title"] for slide in sorted(live, key=lambda one: one["is_aside"])),
    )


def _picture(slides: Sequence[SlideJson]) -> str:
    """The first picture that lies beside the deck, on the path before the asides."""
    for source in pictures.sources(slide["html"] for slide in slides):
        if pictures.file_of(source, library()) is not None:
            return f"./files/{quote(pictures.asked(source))}"
    return ""
