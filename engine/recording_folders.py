"""Recorded runs of a folder of decks: where they lie, with what else these decks draw on, and which
of them a slide shows."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.deck.course import course_of
from engine.deck.schema.deck_json import BlockJson, SlideJson
from engine.runs.results import recordings as recorded


def folders(lectures: Path) -> tuple[Path, ...]:
    """The first is where new recordings of decks in `lectures` go; all are looked through."""
    return recorded.folders(course_of(lectures.resolve()).content)


def with_recordings(
    slide: SlideJson, folders: Sequence[Path], address: Callable[[Path], str]
) -> SlideJson:
    """The slide, in which each block that a recorded run belongs to has its address. A simulation
    that cannot run is a fault of its own (`check`), and has none."""
    blocks: list[BlockJson] = []
    for block in slide["blocks"]:
        data = block["data"]
        if block["kind"] == "sim" and "sim" in data and "params" in data:
            with contextlib.suppress(OSError, SyntaxError, ValueError):  # also edited just now
                if path := recorded.find(data["sim"], data["params"], folders):
                    data = data | {"recorded": address(path)}
        blocks.append({**block, "data": data})
    return {**slide, "blocks": blocks}
