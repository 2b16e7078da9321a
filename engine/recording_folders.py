"""Where the recorded runs of a folder of decks lie: with what else these decks draw on."""

from pathlib import Path

from engine.deck.blocks.check import content_folders
from engine.runs.results import recordings as recorded


def folders(lectures: Path) -> tuple[Path, ...]:
    """The first is where new recordings of decks in `lectures` go; all are looked through."""
    contents = content_folders(lectures.resolve())
    own = next((folder for folder in contents if folder.is_dir()), contents[-1])
    return recorded.folders(own)
