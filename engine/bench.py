"""Finds and runs the measurements in tests/benchmarks, one module each with `measure()`."""

import argparse
import importlib.util
import inspect
import json
import sys
from typing import Any

from engine.paths import BENCHMARKS
from sims.nearest import nearest

MOST_MINUTES = 1440  # of a soak: a day


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `bench`."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="what to measure (default: all but soak)"
    )
    parser.add_argument(
        "--minutes", type=float, metavar="N", help="how long soak runs (default: 20)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(call=run)


def run(chosen: argparse.Namespace) -> int:
    """Measure side by side with the peers and print each budget's row."""
    from engine.cli import fail

    known = available()
    if not known:
        return fail("the benchmarks are not installed; clone the project and run `make bench`.")
    if chosen.minutes is not None and not 0 < chosen.minutes <= MOST_MINUTES:
        return fail(
            f"--minutes is {chosen.minutes:g}, but must be above 0, at most {MOST_MINUTES}."
        )
    wrong = [name for name in chosen.names if name not in known]
    if wrong:
        return fail(f"there is no benchmark '{wrong[0]}'. {nearest(wrong[0], known)}")
    try:
        names = chosen.names or [name for name in known if name != "soak"]
        rows = [row for name in names for row in measure(name, chosen.minutes)]
    except RuntimeError as error:  # a peer or a browser is missing; the sentence says which
        return fail(str(error))
    print(json.dumps(rows, indent=1) if chosen.json else table(rows))
    return int(not all(row["ok"] for row in rows))


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
