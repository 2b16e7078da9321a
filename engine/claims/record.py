"""content/claims_measured.json: what was last measured of each claim, when, and with what.

It is committed, so that a page can show the figure without running anything, and so that a change
of a figure is seen in review. `practicum claims --record` writes it.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path

SHARE = (4, 5)  # of the seeds that must hold
NULL_SHARE = (1, 5)  # of the seeds for which a null may hold, by luck


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
    """What is recorded, by claim. Raises ValueError when the file is not what we wrote."""
    if not path.exists():
        return {}
    known = {field.name for field in fields(Measured)}
    needed = {field.name for field in fields(Measured) if field.default is MISSING}
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or any(
        not needed <= set(one) <= known for one in found.values()
    ):
        raise ValueError(f"{path.name} is damaged; write it with `practicum claims --record`.")
    return {identity: Measured(**one) for identity, one in found.items()}


def write_record(measured: Mapping[str, Measured], path: Path) -> None:
    """Replace the record, in the order given: one line a claim, so that a diff reads well."""
    lines = [
        f"{json.dumps(identity)}: {json.dumps(_row(one), ensure_ascii=False)}"
        for identity, one in measured.items()
    ]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    path.write_text(text, encoding="utf-8")


def _row(one: Measured) -> dict[str, object]:
    """What is not known is left out."""
    left_out = {"processor": "", "null_figure": "", "null_held": None}
    return {
        name: value
        for name, value in asdict(one).items()
        if name not in left_out or value != left_out[name]
    }
