"""The kinds of block, one file each: `NAME.py` is the fence that begins with ```NAME.

A file holds

    MODEL               what may be written in the fence (engine/deck/schema/fields.py)
    draw(raw, state)    its HTML, for a fence that is drawn here
    finish(check)       for a fence that the browser mounts, and which has no `draw`: what the
                        browser gets beside the fields, and their faults that no type can tell;
                        left out where the fields are all
    DATA                what `finish` adds to the fields or puts in their place, as a TypedDict

Everything else derives from these files: the names of fences, checks with a place, JSON Schemas,
the author's guide and the browser's types. docs/new-block.md shows how to add one.
"""

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the files themselves import these
    from engine.deck.blocks.check import Check
    from engine.deck.markup.state import Raw, State
    from engine.deck.schema.fields import Model

NAMES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))


@dataclass(frozen=True)
class Kind:
    """What a file of this folder holds."""

    model: "type[Model]"
    draw: "Callable[[Raw, State], str] | None" = None
    finish: "Callable[[Check], None] | None" = None
    data: type | None = None


@functools.cache
def kind(name: str) -> Kind:
    """The kind of one of NAMES."""
    module = importlib.import_module(f"{__name__}.{name}")
    draw, finish = getattr(module, "draw", None), getattr(module, "finish", None)
    return Kind(module.MODEL, draw, finish, getattr(module, "DATA", None))


def is_live(name: str) -> bool:
    """Whether the app mounts something in its place that a reader can operate."""
    return kind(name).draw is None
