"""What a demonstration expects of its frames: a small language of tests, data and never code.

    expect:
      gold_reward:                    a column of the frames: one test, several, or a list of such
        where: {method: rloo}           only such rows: a text, a number, or {at_least, at_most}
        rows: last                      every (the default), or the first or last of each run
        minus: ref_reward               of the difference to another column
        falls_from_peak_at_least: 1.0   the tests; all must hold
      proxy_reward: rises             a test that needs no number

Where a demo varies parameters, each row carries its run's values as columns of the same names.

    at_least at_most between          of every row; and of one figure of the column:
    first_ last_ peak_ lowest_ mean_ change_ falls_from_peak_   followed by one of those three
    rises falls peaks_inside          last row above (below) the first; the greatest above both
    never_rises never_falls           from each row to the next
    grows                             each text begins with the one before it
    starts_ ends_ peaks_ averages_ stays_   followed by above, below or near: another column, or
                                      {column, where, by, times, within}; stays means row by row
    correlates_with: {column, at_least, at_most}     Pearson's r
    line_in: {column, x, y, r2_at_least, above_linear_by}   R² of a straight line; x, y: linear or
                                      log; and how far it is above that on two linear axes

A test that lacks a column or has no rows does not hold, and says why. The first test's measured
figure stands for the claim.
"""

from dataclasses import dataclass
from typing import Any

from engine.deck.blocks.check import nearest

MEASURES = ("first", "last", "peak", "lowest", "mean", "change", "falls_from_peak")
VERBS = {"starts": "first", "ends": "last", "peaks": "peak", "averages": "mean", "stays": ""}
SIDES = ("above", "below", "near")
BOUNDS = ("at_least", "at_most", "between")
WORDS = ("rises", "falls", "peaks_inside", "never_rises", "never_falls", "grows")
FITS = {
    "correlates_with": ("column", "at_least", "at_most"),
    "line_in": ("column", "x", "y", "r2_at_least", "above_linear_by"),
}
TESTS = (
    *BOUNDS,
    *(f"{measure}_{bound}" for measure in MEASURES for bound in BOUNDS),
    *WORDS,
    *(f"{verb}_{side}" for verb in VERBS for side in SIDES),
    *FITS,
)
VIEW = ("where", "rows", "minus")
RELATION = ("column", "where", "by", "times", "within")
ROWS = ("every", "first", "last")


class ExpectError(ValueError):
    """An expectation that cannot be read or measured; `path` leads to it inside `expect`."""

    def __init__(self, message: str, fix: str = "", path: tuple[str, ...] = ()) -> None:
        super().__init__(f"{message} {fix}".strip())
        self.message, self.fix, self.path = message, fix, path


@dataclass(frozen=True)
class View:
    """Which values a test looks at."""

    column: str
    where: dict[str, Any]
    rows: str = "every"
    minus: str = ""


@dataclass(frozen=True)
class Test:
    """One test of one view; `path` is its place inside `expect`."""

    view: View
    name: str
    value: Any
    path: tuple[str, ...]


def read(expect: Any) -> list[Test]:
    """The tests of an `expect` mapping. Raises ExpectError at the first that means nothing."""
    if not isinstance(expect, dict) or not expect:
        raise ExpectError("'expect' is not a mapping.", "Write 'column: test'.")
    tests: list[Test] = []
    for column, written in expect.items():
        many = isinstance(written, list)
        for index, one in enumerate(written if many else [written]):
            path = (column, str(index)) if many else (column,)
            tests += _read_view(column, one, path)
    return tests


def _read_view(column: str, written: Any, path: tuple[str, ...]) -> list[Test]:
    fields = {written: True} if isinstance(written, str) else written
    if not isinstance(fields, dict):
        raise ExpectError(f"'{column}' expects {written!r}.", "Write 'test: value'.", path)
    where: Any = fields.get("where", {})
    rows, minus = fields.get("rows", "every"), fields.get("minus")
    if rows not in ROWS:
        raise ExpectError(f"There are no rows '{rows}'.", nearest(str(rows), ROWS), (*path, "rows"))
    _check_where(where, (*path, "where"))
    view = View(column, where, rows, str(minus or ""))
    tests = []
    for name, value in fields.items():
        if name in VIEW:
            continue
        here = path if isinstance(written, str) else (*path, name)
        if name not in TESTS:
            message = f"There is no expectation '{name}'."
            raise ExpectError(message, nearest(name, (*TESTS, *VIEW)), here)
        tests.append(Test(view, name, _read_value(name, value, here), here))
    if not tests:
        raise ExpectError(f"Nothing is expected of '{column}'.", f"Name one of {WORDS}.", path)
    return tests


def _check_where(where: Any, path: tuple[str, ...]) -> None:
    if not isinstance(where, dict):
        raise ExpectError("'where' is not a mapping.", "Write {column: value}.", path)
    for column, wanted in where.items():
        if isinstance(wanted, dict):
            for key, bound in wanted.items():
                if key not in ("at_least", "at_most"):
                    fix = nearest(key, ("at_least", "at_most"))
                    raise ExpectError(f"'{key}' is no bound.", fix, (*path, column, key))
                _number(bound, (*path, column, key))
        elif not isinstance(wanted, str | int | float | bool):
            message = f"'{column}' cannot equal {wanted!r}."
            raise ExpectError(message, "Write a text or a number.", (*path, column))


def _read_value(name: str, value: Any, path: tuple[str, ...]) -> Any:
    """What a test is given, in one form: True, a number, a pair, or a mapping."""
    if name in WORDS:
        if value is not True:
            raise ExpectError(f"'{name}' takes no value.", f"Write '{name}: true'.", path)
        return True
    if name.endswith("between"):
        if not isinstance(value, list) or len(value) != 2:
            raise ExpectError(f"{value!r} is no pair.", "Write [low, high].", path)
        return [_number(item, path) for item in value]
    if name.endswith(("at_least", "at_most")):
        return _number(value, path)
    known = FITS.get(name, RELATION)
    given = {"column": value} if isinstance(value, str) else value
    if not isinstance(given, dict):
        raise ExpectError(f"'{name}' has {value!r}.", "Name a column, or write {…}.", path)
    for key, item in given.items():
        if key not in known:
            raise ExpectError(f"'{name}' has no '{key}'.", nearest(key, known), (*path, key))
        if key == "where":
            _check_where(item, (*path, key))
        elif key in ("x", "y"):
            if item not in ("linear", "log"):
                fix = "Write linear or log."
                raise ExpectError(f"'{item}' is no scale.", fix, (*path, key))
        elif key != "column":
            _number(item, (*path, key))
    if name in FITS and "column" not in given:
        raise ExpectError(f"'{name}' names no column.", "Write {column: NAME, …}.", path)
    return given


def _number(value: Any, path: tuple[str, ...]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpectError(f"{value!r} is no number.", "Write a number.", path)
    return float(value)
