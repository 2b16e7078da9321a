"""What a demonstration expects of its frames, read: `engine.deck.schema.expect_models` lists all.

    expect:
      gold_reward:                    a column of the frames: one test, several, or a list of such
        where: {method: rloo}           only such rows: a text, a number, or {at_least, at_most}
        rows: last                      every (the default), or the first or last of each run
        minus: ref_reward               of the difference to another column
        falls_from_peak_at_least: 1.0   the tests; all must hold
      proxy_reward: rises             a test that needs no number

Where a demo varies parameters, each row carries its run's values as columns of the same names.
A test that lacks a column or has no rows does not hold, and says why. The first test's measured
figure stands for the claim.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.deck.schema import expect_models as models
from engine.deck.schema.expect_models import Between, Correlation, Relation, StraightLine
from engine.deck.schema.fields import Model
from engine.deck.schema.validation import fit
from sims.nearest import nearest

Where = Mapping[str, str | float | Between]
Value = float | tuple[float, float] | Relation | Correlation | StraightLine | None
_KINDS: dict[str, type[Correlation] | type[StraightLine]] = {
    "correlates_with": Correlation,
    "line_in": StraightLine,
}


class ExpectError(ValueError):
    """An expectation that cannot be read or measured; `path` leads to it inside `expect`."""

    def __init__(self, message: str, fix: str = "", path: tuple[str, ...] = ()) -> None:
        super().__init__(f"{message} {fix}".strip())
        self.message, self.fix, self.path = message, fix, path


@dataclass(frozen=True)
class Selection:
    """Which values a test looks at."""

    column: str
    where: Where
    rows: str = "every"
    minus: str = ""


@dataclass(frozen=True)
class Test:
    """One test of one view; `path` is its place inside `expect`."""

    view: Selection
    name: str
    value: Value  # None for a word
    path: tuple[str, ...]


class _Whole(Model):
    expect: models.Expect


def read(expect: Any) -> tuple[list[Test], list[ExpectError]]:
    """The tests of an `expect` mapping, and every fault of those that mean nothing."""
    given = {} if expect is None else expect
    fitted, faults = fit(_Whole, {"expect": given})
    told = [ExpectError(one.message, one.fix, one.path[1:]) for one in faults]
    wrong = {one.path[0] for one in told if one.path}
    tests: list[Test] = []
    for column, written in fitted.get("expect", {}).items():
        if column in wrong:
            continue
        many = isinstance(written, list)
        for index, one in enumerate(written if many else [written]):
            path = (column, str(index)) if many else (column,)
            try:
                tests += _of_view(column, one, path)
            except ExpectError as error:
                told.append(error)
    return tests, told


def _of_view(column: str, written: Any, path: tuple[str, ...]) -> Iterator[Test]:
    if isinstance(written, str):
        yield Test(Selection(column, {}), written, None, path)
        return
    where = _where(written.get("where"))
    view = Selection(column, where, written.get("rows") or "every", written.get("minus") or "")
    names = [name for name in written if name in models.TESTS and written[name] is not None]
    if not names:
        fix = nearest("", models.WORDS, "Name one of: {known}.")
        raise ExpectError(f"Nothing is expected of '{column}'.", fix, path)
    for name in names:
        here = (*path, name)
        yield Test(view, name, _value(name, written[name], here), here)


def _value(name: str, value: Any, path: tuple[str, ...]) -> Value:
    """What a test is given, in one form; it fits the model already."""
    if name in models.WORDS:
        if value is not True:
            raise ExpectError(f"'{name}' takes no value.", f"Write '{name}: true'.", path)
        return None
    if name.endswith("between"):
        return (float(value[0]), float(value[1]))
    if name.endswith(("at_least", "at_most")):
        return float(value)
    given = {"column": value} if isinstance(value, str) else value
    return msgspec.convert(given, _KINDS.get(name, Relation))


def _where(written: Any) -> Where:
    return msgspec.convert(written or {}, models.Where)
