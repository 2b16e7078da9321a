"""Blocks of a slide as the data that the browser gets, checked against what they name."""

from pathlib import Path

from engine.deck import kinds
from engine.deck.blocks.check import Check, Finished, fields_of
from engine.deck.markup.state import Raw


def finish(raw: Raw, folder: Path, stamp: object) -> Finished:
    """The data of a block of a deck in `folder`; `stamp` is that of `simulation.stamp`."""
    kind = kinds.kind(raw.kind)
    if kind.draw is not None:  # which has reported its faults
        return Finished(fields_of(raw))
    check = Check(raw, folder, stamp)
    check.out.data.update(check.fields)
    if kind.finish is not None:
        kind.finish(check)
    return check.out
