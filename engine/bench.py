"""Finds and runs the measurements in tests/benchmarks, one module each with `measure()`."""

import importlib.util
import inspect
import sys
from typing import Any

from engine.paths import BENCHMARKS


def available() -> list[str]:
    """Names of all benchmarks of this checkout."""
    return sorted(path.stem for path in BENCHMARKS.glob("*.py") if not path.stem.startswith("_"))


def measure(name: str, minutes: float | None = None) -> list[dict[str, Any]]:
    """Run one benchmark, for so many `minutes` if it is one that goes on for a while.

    A row has `what, ours, peer, ratio, budget, ok`, all printable.
    """
    place = importlib.util.spec_from_file_location(f"benchmarks_{name}", BENCHMARKS / f"{name}.py")
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    # They share helpers, whose names begin with "_". Last: ray.py must not hide the package.
    sys.path.append(str(BENCHMARKS))
    place.loader.exec_module(module)
    takes_time = "minutes" in inspect.signature(module.measure).parameters
    return module.measure(minutes) if takes_time and minutes else module.measure()


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as aligned text, one budget a line; what has no budget cannot be ok."""
    heads = ["what", "ours", "peer", "ratio", "budget", "ok"]
    shown = [row if row.get("budget") else row | {"ok": ""} for row in rows]
    cells = [heads] + [[_words(row.get(head, "")) for head in heads] for row in shown]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    return "\n".join(lines)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
