"""Measuring what a demonstration expects: tests of `expect` held against rows of frames, a pandas
table. No server imports this: pandas takes a second.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from engine.claims.expect import ExpectError, Selection, Test, Where
from engine.deck.schema.expect_models import (
    BOUNDS,
    VERBS,
    Between,
    Correlation,
    Relation,
    StraightLine,
)
from engine.runs.tables import table
from sims.nearest import nearest
from sims.spec import Frame

RUN = "_run"  # the column that `gather` adds: which run a row is of

MEASURES: dict[str, Callable[[Any], Any]] = {
    "first": lambda values: values.iloc[0],
    "last": lambda values: values.iloc[-1],
    "peak": lambda values: values.max(),
    "lowest": lambda values: values.min(),
    "mean": lambda values: values.mean(),
    "change": lambda values: values.iloc[-1] - values.iloc[0],
    "falls_from_peak": lambda values: values.max() - values.iloc[-1],
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


def gather(runs: Sequence[tuple[Mapping[str, Any], Sequence[Frame]]]) -> DataFrame:
    """The rows of several runs, one after the other: (what was varied, frames) each."""
    return table([({**varied, RUN: index}, frames) for index, (varied, frames) in enumerate(runs)])


def measure(test: Test, rows: DataFrame) -> Finding:
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


def _measure(test: Test, rows: DataFrame) -> Finding:
    view, name = test.view, test.name
    mine = select(rows, view)
    if name == "grows":
        return _grows(_cells(mine, view.column), view.column)
    values = numbers(mine, view.column, view.minus)
    if name in _WORDS:
        return _WORDS[name](view.column, values)
    match test.value:
        case Correlation():
            return _correlates(view.column, values, mine, test.value)
        case StraightLine():
            return _line(view.column, values, mine, test.value)
        case Relation():
            return _relation(test, test.value, values, rows)
    return _bound(view.column, name, values, test.value)


def select(rows: DataFrame, view: Selection) -> DataFrame:
    """The rows that a view looks at. Raises ExpectError when there are none."""
    found = rows
    for column, wanted in view.where.items():
        found = found.loc[_is_like(_cells(found, column), wanted)]
        if found.empty:
            raise ExpectError(f"There is no row where {_said(view.where)}.")
    if view.rows == "every":
        return found
    runs = found.groupby(RUN, sort=False)
    return runs.head(1) if view.rows == "first" else runs.tail(1)


def numbers(rows: DataFrame, column: str, minus: str = "") -> Series:
    """A column as numbers, perhaps less another; text or a list there is an ExpectError."""
    cells = _cells(rows, column)
    if not is_numeric_dtype(cells):
        for cell in cells:
            if not isinstance(cell, int | float):
                kind = type(cell).__name__
                raise ExpectError(f"The column '{column}' holds {kind}, not numbers.")
    values = cells.astype(float)
    return values - numbers(rows, minus) if minus else values


def _is_like(cells: Series, wanted: str | float | Between) -> Any:
    """Which cells a condition holds for, as booleans."""
    if isinstance(wanted, Between):
        low = -math.inf if wanted.at_least is None else wanted.at_least
        high = math.inf if wanted.at_most is None else wanted.at_most
        return cells.between(low, high) if is_numeric_dtype(cells) else cells.map(lambda _: False)
    is_exact = isinstance(wanted, str | bool) or is_bool_dtype(cells)
    if is_exact or not is_numeric_dtype(cells):
        return cells == wanted
    return np.isclose(cells, wanted, rtol=1e-9, atol=1e-12)


def _cells(rows: DataFrame, column: str) -> Series:
    """A column that every one of these rows has. What a run lacks is NaN here, which no frame may
    hold; None it may."""
    known = sorted(str(name) for name in rows.columns if name != RUN)
    if column not in known or any(rows[column].isna() & rows[column].map(lambda c: c is not None)):
        raise ExpectError(f"The frames have no column '{column}'.", nearest(column, known))
    return pd.Series(rows[column])


def _bound(
    column: str, name: str, values: Series, wanted: float | tuple[float, float] | None
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
        figure, said = float(MEASURES[which](values)), SAID[which]
    else:
        room = np.minimum(values.to_numpy() - low, high - values.to_numpy())
        figure, said = float(values.iloc[int(room.argmin())]), "reaches"
    return Finding(figure, f"{column} {said} {figure:.3g}", low <= figure <= high)


def _rises(column: str, values: Series) -> Finding:
    change = float(values.iloc[-1] - values.iloc[0])
    return Finding(change, f"{column} rises by {change:.3g}", change > 0)


def _falls(column: str, values: Series) -> Finding:
    change = float(values.iloc[0] - values.iloc[-1])
    return Finding(change, f"{column} falls by {change:.3g}", change > 0)


def _peaks_inside(column: str, values: Series) -> Finding:
    peak = float(values.max())
    rise, fall = peak - float(values.iloc[0]), peak - float(values.iloc[-1])
    words = f"{column} rises by {rise:.3g} and then falls by {fall:.3g}"
    return Finding(peak, words, min(rise, fall) > 0)


def _never_rises(column: str, values: Series) -> Finding:
    worst = float(values.diff().fillna(-math.inf).max()) if len(values) > 1 else 0.0
    return Finding(worst, f"{column} rises by {worst:.3g} at most", worst <= 1e-9)


def _never_falls(column: str, values: Series) -> Finding:
    worst = 0.0 - float(values.diff().fillna(math.inf).min()) if len(values) > 1 else 0.0
    return Finding(worst, f"{column} falls by {worst:.3g} at most", worst <= 1e-9)


def _grows(texts: Series, column: str) -> Finding:
    pairs = zip(texts, texts.iloc[1:], strict=False)
    kept = sum(str(later).startswith(str(earlier)) for earlier, later in pairs)
    words = f"{column} continues itself {kept} times of {len(texts) - 1}"
    return Finding(float(kept), words, kept == len(texts) - 1 > 0)


_WORDS: dict[str, Callable[[str, Series], Finding]] = {
    "rises": _rises,
    "falls": _falls,
    "peaks_inside": _peaks_inside,
    "never_rises": _never_rises,
    "never_falls": _never_falls,
}


def _relation(test: Test, given: Relation, values: Series, rows: DataFrame) -> Finding:
    """`ends_above` and its like: against another column, other rows, or both."""
    verb, _, side = test.name.rpartition("_")
    view = test.view
    column = view.column if given.column is None else given.column
    where = view.where if given.where is None else given.where
    minus = view.minus if column == view.column else ""
    theirs = numbers(select(rows, Selection(column, where, view.rows)), column, minus)
    if verb == "stays":
        if len(theirs) != len(values):
            raise ExpectError(f"{len(values)} rows stand against {len(theirs)}.")
        pairs = list(zip(values.tolist(), theirs.tolist(), strict=True))
    else:
        one = MEASURES[VERBS[verb]]
        pairs = [(float(one(values)), float(one(theirs)))]
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


def _shown(value: str | float | Between) -> str:
    if not isinstance(value, Between):
        return str(value)
    return f"{value.at_least} to {value.at_most}".replace("None", "…")


def _correlates(column: str, ys: Series, rows: DataFrame, given: Correlation) -> Finding:
    r = _pearson(numbers(rows, given.column), ys)
    is_held = given.at_least <= r <= given.at_most
    return Finding(r, f"{column} correlates with {given.column}, r = {r:.3f}", is_held)


def _line(column: str, ys: Series, rows: DataFrame, given: StraightLine) -> Finding:
    xs = numbers(rows, given.column)
    for scale, values in ((given.x, xs), (given.y, ys)):
        if scale == "log" and values.min() <= 0:
            raise ExpectError("A logarithm needs numbers above 0.")
    linear = _pearson(xs, ys) ** 2
    xs = xs.map(math.log) if given.x == "log" else xs
    ys = ys.map(math.log) if given.y == "log" else ys
    r2 = _pearson(xs, ys) ** 2
    words = f"{column} lies on a line in {given.column}, R² = {r2:.3f}"
    is_held = r2 >= given.r2_at_least
    if given.above_linear_by is not None:
        words += f", {r2 - linear:.3f} above that on linear axes"
        is_held = is_held and r2 - linear >= given.above_linear_by
    return Finding(r2, words, is_held)


def _pearson(xs: Any, ys: Any) -> float:
    """The correlation; 0 where one of the two does not vary."""
    if len(xs) < 3:
        raise ExpectError(f"{len(xs)} rows are too few for a line; it takes three.")
    if not math.isfinite(xs.mean() + ys.mean()):
        return math.nan  # too large, says `measure`
    if min(xs.nunique(), ys.nunique()) < 2:
        return 0.0
    return float(xs.corr(ys))
