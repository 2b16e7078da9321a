"""The grid of a `sim` block: settings whose runs are made ahead, for a slider without a server."""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from engine.deck.blocks.check import Check
from engine.deck.schema.deck_json import FieldJson, Value
from sims.nearest import nearest

MOST_RUNS = 200  # of one block: each is a file of the site
WIDE = 100  # a range of so many times its lower end is spaced by ratio, as a slider is


def finish(check: Check, declared: list[FieldJson]) -> None:
    """Replace the counts of `grid` by values, and say what of it cannot be."""
    asked = check.fields.get("grid")
    if not asked:
        return
    fields = {one["name"]: one for one in declared}
    found: dict[str, list[Value]] = {}
    for name, count in asked.items():
        field = fields.get(name)
        if field is None:
            message = f"{check.fields['sim']} has no parameter '{name}' for a grid."
            check.problem(message, nearest(name, list(fields)), "grid", name)
            continue
        made = values(field, count, check.out.data["params"][name])
        if not made:
            message = f"The values of '{name}' have no bounds, so no grid of them can be made."
            check.problem(message, "Leave it out of 'grid'.", "grid", name)
            continue
        found[name] = made
    if math.prod(map(len, found.values())) > MOST_RUNS:
        runs = math.prod(map(len, found.values()))
        check.problem(f"The grid has {runs} runs.", f"Make it at most {MOST_RUNS}.", "grid")
        found = {}
    check.out.data["grid"] = found


def values(field: FieldJson, count: int, own: Value) -> list[Value]:
    """About `count` values of a parameter in their order, `own` among them; none without bounds.

    Seeds follow each other. A range that spans two powers of ten is spaced by ratio, others evenly.
    """
    if field["type"] == "bool":
        return [False, True]
    if field["choices"]:
        others = [one for one in field["choices"] if one != own][: count - 1]
        return [one for one in field["choices"] if one == own or one in others]
    low, high = field["low"], field["high"]
    if field["type"] == "str" or not isinstance(own, (int, float)):
        return []
    if field["name"] == "seed":
        return [int(own) + k for k in range(count) if high is None or own + k <= high]
    if low is None or high is None:
        return []
    spread = _spread(field, count)
    if own not in spread:  # it takes the place of one
        spread = [*_spread(field, count - 1), own]
    return sorted({one for one in spread if low <= one <= high})


def _spread(field: FieldJson, count: int) -> list[int | float]:
    low, high = field["low"] or 0, field["high"] or 0
    return [_rounded(_between(low, high, k / max(1, count - 1)), field) for k in range(count)]


def _between(low: float, high: float, share: float) -> float:
    if low > 0 and high / low >= WIDE:
        return low * (high / low) ** share
    return low + (high - low) * share


def _rounded(value: float, field: FieldJson) -> int | float:
    """A value that a reader can say: a whole number, a multiple of the step, or three digits."""
    if field["type"] == "int":
        return round(value)
    step, low = field["step"], field["low"] or 0
    if step and not (low > 0 and (field["high"] or 0) / low >= WIDE):
        return float(f"{low + round((value - low) / step) * step:.10g}")
    return float(f"{value:.3g}")


def points(data: Mapping[str, Any]) -> Iterator[dict[str, Value]]:
    """The parameters of every run of a block's grid; that of the block itself is one of them."""
    grid = data.get("grid") or {}
    for chosen in itertools.product(*grid.values()) if grid else ():
        yield {**data["params"], **dict(zip(grid, chosen, strict=True))}
