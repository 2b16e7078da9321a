"""Where the recorded runs of a folder of decks lie: with what else these decks draw on."""

from pathlib import Path

from engine.deck.course import course_of
from engine.runs.results import recordings as recorded


def folders(lectures: Path) -> tuple[Path, ...]:
    """The first is where new recordings of decks in `lectures` go; all are looked through."""
    return recorded.folders(course_of(lectures.resolve()).content)
