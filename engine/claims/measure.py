"""Measuring what a demonstration expects: tests of `expect` held against rows of frames."""

import itertools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.claims.expect import ExpectError, Test, View, Where
from engine.deck.schema.expect_models import BOUNDS, VERBS, Correlation, Limits, Line, Relation
from sims.nearest import nearest
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


def gather(runs: Sequence[tuple[Mapping[str, Any], Sequence[Frame]]]) -> list[Frame]:
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
    match test.value:
        case Correlation():
            return _correlates(view.column, values, mine, test.value)
        case Line():
            return _line(view.column, values, mine, test.value)
        case Relation():
            return _relation(test, test.value, values, rows)
    return _bound(view.column, name, values, test.value)


def select(rows: Sequence[Frame], view: View) -> list[Frame]:
    """The rows that a view looks at. Raises ExpectError when there are none."""
    found = [row for row in rows if all(_is_like(row, *item) for item in view.where.items())]
    if not found:
        raise ExpectError(f"There is no row where {_said(view.where)}.")
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


def _is_like(row: Frame, column: str, wanted: str | float | Limits) -> bool:
    found = _cell(row, column)
    if isinstance(wanted, Limits):
        low = -math.inf if wanted.at_least is None else wanted.at_least
        high = math.inf if wanted.at_most is None else wanted.at_most
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


def _bound(
    column: str, name: str, values: list[float], wanted: float | tuple[float, float] | None
) -> Finding:
    """`last_at_least` and its like; without a measure, the value that comes nearest to failing."""
    bound = next(one for one in BOUNDS if name.endswith(one))
    if isinstance(wanted, tuple):
        low, high = wanted
    else:
        limit = 0.0 if wanted is None else wanted
        low, high = (limit, math.inf) if bound == "at_least" else (-math.inf, limit)
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


def _relation(test: Test, given: Relation, values: list[float], rows: Sequence[Frame]) -> Finding:
    """`ends_above` and its like: against another column, other rows, or both."""
    verb, _, side = test.name.rpartition("_")
    view = test.view
    column = view.column if given.column is None else given.column
    where = view.where if given.where is None else given.where
    minus = view.minus if column == view.column else ""
    theirs = numbers(select(rows, View(column, where, view.rows)), column, minus)
    if verb == "stays":
        if len(theirs) != len(values):
            raise ExpectError(f"{len(values)} rows stand against {len(theirs)}.")
        pairs = list(zip(values, theirs, strict=True))
    else:
        pairs = [(MEASURES[VERBS[verb]](values), MEASURES[VERBS[verb]](theirs))]
    by, times, within = given.by, given.times, given.within
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


def _said(where: Where) -> str:
    return ", ".join(f"{name}={_shown(value)}" for name, value in where.items()) or "itself"


def _shown(value: str | float | Limits) -> str:
    if not isinstance(value, Limits):
        return str(value)
    return f"{value.at_least} to {value.at_most}".replace("None", "…")


def _correlates(column: str, ys: list[float], rows: list[Frame], given: Correlation) -> Finding:
    r = _pearson(numbers(rows, given.column), ys)
    is_held = given.at_least <= r <= given.at_most
    return Finding(r, f"{column} correlates with {given.column}, r = {r:.3f}", is_held)


def _line(column: str, ys: list[float], rows: list[Frame], given: Line) -> Finding:
    xs = numbers(rows, given.column)
    for scale, values in ((given.x, xs), (given.y, ys)):
        if scale == "log" and min(values) <= 0:
            raise ExpectError("A logarithm needs numbers above 0.")
    linear = _pearson(xs, ys) ** 2
    xs = [math.log(x) for x in xs] if given.x == "log" else xs
    ys = [math.log(y) for y in ys] if given.y == "log" else ys
    r2 = _pearson(xs, ys) ** 2
    words = f"{column} lies on a line in {given.column}, R² = {r2:.3f}"
    is_held = r2 >= given.r2_at_least
    if given.above_linear_by is not None:
        words += f", {r2 - linear:.3f} above that on linear axes"
        is_held = is_held and r2 - linear >= given.above_linear_by
    return Finding(r2, words, is_held)


def _pearson(xs: list[float], ys: list[float]) -> float:
    """The correlation; 0 where one of the two does not vary."""
    if len(xs) < 3:
        raise ExpectError(f"{len(xs)} rows are too few for a line; it takes three.")
    x, y = np.array(xs) - np.mean(xs), np.array(ys) - np.mean(ys)
    scale = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / scale if scale > 1e-300 else 0.0
