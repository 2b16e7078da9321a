"""Measuring what a demonstration expects: tests of `expect` held against rows of frames."""

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.claims.expect import VERBS, ExpectError, Test, View
from engine.deck.blocks.check import nearest
from sims.spec import Frame

RUN = "_run"  # the column that `gather` adds: which run a row is of

MEASURES: dict[str, Callable[[Sequence[float]], float]] = {
    "first": operator.itemgetter(0),
    "last": operator.itemgetter(-1),
    "peak": max,
    "lowest": min,
    "mean": lambda values: math.fsum(values) / len(values),
    "change": lambda values: values[-1] - values[0],
    "falls_from_peak": lambda values: max(values) - values[-1],
}
SAID = {
    "first": "starts at",
    "last": "ends at",
    "peak": "peaks at",
    "lowest": "is at least",
    "mean": "averages",
    "change": "changes by",
    "falls_from_peak": "falls from its peak by",
}


@dataclass(frozen=True)
class Finding:
    """What a test measured: a number, the same in words, and whether the test holds."""

    figure: float
    words: str
    is_held: bool


def gather(runs: Sequence[tuple[dict[str, Any], Sequence[Frame]]]) -> list[Frame]:
    """The rows of several runs, one after the other: (what was varied, frames) each."""
    return [
        {**frame, **varied, RUN: index}
        for index, (varied, frames) in enumerate(runs)
        for frame in frames
    ]


def measure(test: Test, rows: Sequence[Frame]) -> Finding:
    """Hold one test against rows. Raises ExpectError for a column or rows that are not there, and
    for numbers with which nothing can be computed."""
    try:
        with np.errstate(all="ignore"):  # what is not finite is refused below
            finding = _measure(test, rows)
    except ExpectError as error:
        raise ExpectError(error.message, error.fix, error.path or test.path) from None
    except OverflowError:
        finding = None
    if finding is None or not math.isfinite(finding.figure):
        sentence = f"The numbers of '{test.view.column}' are too large to compute with."
        raise ExpectError(sentence, "Let the simulation yield their logarithm.", test.path)
    return finding


def _measure(test: Test, rows: Sequence[Frame]) -> Finding:
    view, name = test.view, test.name
    mine = select(rows, view)
    if name == "grows":
        return _grows([_cell(row, view.column) for row in mine], view.column)
    values = numbers(mine, view.column, view.minus)
    if name in _WORDS:
        return _WORDS[name](view.column, values)
    if name in ("correlates_with", "line_in"):
        return _FITS[name](view.column, values, mine, test.value)
    verb, _, side = name.rpartition("_")
    if verb in VERBS:
        return _relation(test, verb, side, values, rows)
    return _bound(view.column, name, values, test.value)


def select(rows: Sequence[Frame], view: View) -> list[Frame]:
    """The rows that a view looks at. Raises ExpectError when there are none."""
    found = [row for row in rows if all(_is_like(row, *item) for item in view.where.items())]
    if not found:
        raise ExpectError(f"There is no row where {view.where}.")
    if view.rows == "every":
        return found
    runs = [list(group) for _, group in itertools.groupby(found, operator.itemgetter(RUN))]
    return [run[0 if view.rows == "first" else -1] for run in runs]


def numbers(rows: Sequence[Frame], column: str, minus: str = "") -> list[float]:
    """A column as numbers, perhaps less another; text or a list there is an ExpectError."""
    values = []
    for row in rows:
        value = _cell(row, column)
        if not isinstance(value, int | float):
            raise ExpectError(f"The column '{column}' holds {type(value).__name__}, not numbers.")
        values.append(float(value))
    if not minus:
        return values
    return [a - b for a, b in zip(values, numbers(rows, minus), strict=True)]


def _is_like(row: Frame, column: str, wanted: Any) -> bool:
    found = _cell(row, column)
    if isinstance(wanted, dict):
        low, high = wanted.get("at_least", -math.inf), wanted.get("at_most", math.inf)
        return isinstance(found, int | float) and low <= found <= high
    if isinstance(wanted, str | bool) or isinstance(found, str | bool):
        return found == wanted
    if not isinstance(found, int | float):
        return False
    return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12)


def _cell(row: Frame, column: str) -> Any:
    if column not in row:
        known = sorted(name for name in row if name != RUN)
        raise ExpectError(f"The frames have no column '{column}'.", nearest(column, known))
    return row[column]


def _bound(column: str, name: str, values: list[float], wanted: Any) -> Finding:
    """`last_at_least` and its like; without a measure, the value that comes nearest to failing."""
    bound = next(one for one in ("at_least", "at_most", "between") if name.endswith(one))
    low, high = {
        "at_least": lambda: (wanted, math.inf),
        "at_most": lambda: (-math.inf, wanted),
        "between": lambda: (wanted[0], wanted[1]),
    }[bound]()
    which = name.removesuffix(bound).rstrip("_")
    if which:
        figure, said = MEASURES[which](values), SAID[which]
    else:
        figure, said = min(values, key=lambda value: min(value - low, high - value)), "reaches"
    return Finding(figure, f"{column} {said} {figure:.3g}", low <= figure <= high)


def _rises(column: str, values: list[float]) -> Finding:
    change = values[-1] - values[0]
    return Finding(change, f"{column} rises by {change:.3g}", change > 0)


def _falls(column: str, values: list[float]) -> Finding:
    change = values[0] - values[-1]
    return Finding(change, f"{column} falls by {change:.3g}", change > 0)


def _peaks_inside(column: str, values: list[float]) -> Finding:
    peak = max(values)
    rise, fall = peak - values[0], peak - values[-1]
    words = f"{column} rises by {rise:.3g} and then falls by {fall:.3g}"
    return Finding(peak, words, min(rise, fall) > 0)


def _never_rises(column: str, values: list[float]) -> Finding:
    worst = max((b - a for a, b in itertools.pairwise(values)), default=0.0)
    return Finding(worst, f"{column} rises by {worst:.3g} at most", worst <= 1e-9)


def _never_falls(column: str, values: list[float]) -> Finding:
    worst = max((a - b for a, b in itertools.pairwise(values)), default=0.0)
    return Finding(worst, f"{column} falls by {worst:.3g} at most", worst <= 1e-9)


def _grows(texts: list[Any], column: str) -> Finding:
    kept = sum(str(b).startswith(str(a)) for a, b in itertools.pairwise(texts))
    words = f"{column} goes on from itself {kept} times of {len(texts) - 1}"
    return Finding(float(kept), words, kept == len(texts) - 1 > 0)


_WORDS: dict[str, Callable[[str, list[float]], Finding]] = {
    "rises": _rises,
    "falls": _falls,
    "peaks_inside": _peaks_inside,
    "never_rises": _never_rises,
    "never_falls": _never_falls,
}


def _relation(
    test: Test, verb: str, side: str, values: list[float], rows: Sequence[Frame]
) -> Finding:
    """`ends_above` and its like: against another column, other rows, or both."""
    given, view = test.value, test.view
    column = given.get("column", view.column)
    where = given.get("where", view.where)
    minus = view.minus if column == view.column else ""
    theirs = numbers(select(rows, View(column, where, view.rows)), column, minus)
    if verb == "stays":
        if len(theirs) != len(values):
            raise ExpectError(f"{len(values)} rows stand against {len(theirs)}.")
        pairs = list(zip(values, theirs, strict=True))
    else:
        pairs = [(MEASURES[VERBS[verb]](values), MEASURES[VERBS[verb]](theirs))]
    by, times, within = given.get("by", 0.0), given.get("times", 1.0), given.get("within", 0.0)
    judge: Callable[[float, float], float] = {  # the room that is left; below 0 it fails
        "above": lambda mine, other: mine - times * other - by,
        "below": lambda mine, other: other / times - mine - by,
        "near": lambda mine, other: within - abs(mine - other),
    }[side]
    rooms = [judge(*pair) for pair in pairs]
    mine, other = pairs[rooms.index(min(rooms))]
    against = column if column != view.column else _said(where)
    words = f"{view.column} {verb} at {mine:.3g}, {against} at {other:.3g}"
    is_held = min(rooms) >= 0 if by or side == "near" else min(rooms) > 0
    return Finding(mine - other, words, is_held)


def _said(where: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in where.items()) or "itself"


def _correlates(column: str, ys: list[float], rows: list[Frame], given: dict[str, Any]) -> Finding:
    r = _pearson(numbers(rows, given["column"]), ys)
    is_held = given.get("at_least", -1.0) <= r <= given.get("at_most", 1.0)
    return Finding(r, f"{column} correlates with {given['column']}, r = {r:.3f}", is_held)


def _line(column: str, ys: list[float], rows: list[Frame], given: dict[str, Any]) -> Finding:
    xs = numbers(rows, given["column"])
    for scale, values in ((given.get("x"), xs), (given.get("y"), ys)):
        if scale == "log" and min(values) <= 0:
            raise ExpectError("A logarithm needs numbers above 0.")
    linear = _pearson(xs, ys) ** 2
    xs = [math.log(x) for x in xs] if given.get("x") == "log" else xs
    ys = [math.log(y) for y in ys] if given.get("y") == "log" else ys
    r2 = _pearson(xs, ys) ** 2
    words = f"{column} lies on a line in {given['column']}, R² = {r2:.3f}"
    is_held = r2 >= given.get("r2_at_least", 0.0)
    if "above_linear_by" in given:
        words += f", {r2 - linear:.3f} above that on linear axes"
        is_held = is_held and r2 - linear >= given["above_linear_by"]
    return Finding(r2, words, is_held)


_FITS: dict[str, Callable[[str, list[float], list[Frame], dict[str, Any]], Finding]] = {
    "correlates_with": _correlates,
    "line_in": _line,
}


def _pearson(xs: list[float], ys: list[float]) -> float:
    """The correlation; 0 where one of the two does not vary."""
    if len(xs) < 3:
        raise ExpectError(f"{len(xs)} rows are too few for a line; it takes three.")
    x, y = np.array(xs) - np.mean(xs), np.array(ys) - np.mean(ys)
    scale = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / scale if scale > 1e-300 else 0.0
