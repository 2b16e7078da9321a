"""content/claims_measured.json: what was last measured of each claim, when, and with what.

It is committed, so that a page can show the figure without running anything, and so that a change
of a figure is seen in review. `practicum claims --record` writes it.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import msgspec

from engine.deck.source.inside import inside

SHARE = (4, 5)  # of the seeds that must hold
NULL_SHARE = (1, 5)  # of the seeds for which a null may hold, by luck


def is_held(held: int, seeds: int) -> bool:
    """Whether a demonstration that `held` for so many of its `seeds` shows its claim."""
    return held * SHARE[1] >= seeds * SHARE[0]


def is_null_held(held: int, seeds: int) -> bool:
    """Whether a null holds for more of its seeds than by luck: then nothing is shown."""
    return held * NULL_SHARE[1] > seeds * NULL_SHARE[0]


class Damaged(ValueError):
    """A record that is not as we wrote it; the message names it, says why and what to do."""


@dataclass(frozen=True)
class Measured:
    """The outcome of one claim's demonstration."""

    figure: str  # in words
    held: int  # seeds for which every expectation held …
    seeds: int  # … of so many
    seconds: float  # of processor time for one seed
    date: str
    versions: str
    processor: str = ""  # its instruction set; empty in records older than this field
    null_figure: str = ""  # what the null measured; empty where a theorem has none
    null_held: int | None = None  # seeds for which the null holds as well

    def when(self) -> str:
        """The date, and the processor, as a reader is shown them."""
        return f"{self.date}, {self.processor or 'processor not recorded'}"


def beside(ledger: Path) -> Path:
    """The record of what was measured of the claims of a ledger."""
    return ledger.with_name("claims_measured.json")


def read_record(path: Path) -> dict[str, Measured]:
    """What is recorded, by claim. Raises Damaged when the file is not what we wrote."""
    if not os.path.lexists(path):
        return {}
    known = {field.name for field in fields(Measured)}
    try:
        found = msgspec.json.decode(inside(path.parent, path).read_bytes())
        made = msgspec.convert(found, dict[str, Measured])
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    for identity, one in made.items():
        if not set(found[identity]) <= known or not 0 <= one.held <= one.seeds:
            raise _damaged(path, f"what it says of {identity[:40]} was not measured")
    return made


def _damaged(path: Path, why: str) -> Damaged:
    fix = "Restore it, or delete it and write it with `practicum claims --record`."
    return Damaged(f"{path.name} is damaged: {why[:200].rstrip('.')}. {fix}")


def write_record(measured: Mapping[str, Measured], path: Path) -> None:
    """Replace the record, in the order given: one line a claim, so that a diff reads well.

    Raises OSError, and leaves the record that was there.
    """
    lines = [
        f"{json.dumps(identity)}: {json.dumps(_row(one), ensure_ascii=False)}"
        for identity, one in measured.items()
    ]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    try:  # whole or not at all: what is there took hours
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _row(one: Measured) -> dict[str, object]:
    """What is not known is left out."""
    left_out = {"processor": "", "null_figure": "", "null_held": None}
    return {
        name: value
        for name, value in asdict(one).items()
        if name not in left_out or value != left_out[name]
    }
