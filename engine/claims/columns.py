"""The columns that a demonstration names, held to those that its simulation declares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.claims.expect import ExpectError, Test, Where
from engine.deck.schema.expect_models import Between, Correlation, Relation, StraightLine
from sims import spec
from sims.nearest import nearest

NUMBERS = ("bool", "int", "float")


@dataclass(frozen=True)
class Named:
    """A column that an expectation names; `wanted` is what `where` asks of it, None elsewhere."""

    column: str
    path: tuple[str, ...]  # inside `expect`
    wanted: Any = None
    must_be_number: bool = False


def faults(
    sim: str, variants: Sequence[Mapping[str, Any]], varied: Sequence[str], tests: Sequence[Test]
) -> Iterator[ExpectError]:
    """What is wrong with the columns that `tests` name, each once.

    `variants` are all parameters of each run; the parameters that are `varied` are columns too.
    """
    known = spec.columns(sim)
    fields = {field.name: field.type for field in spec.fields(sim) if field.name in varied}
    for one in dict.fromkeys(named for test in tests for named in _named(test)):
        kind = fields.get(one.column)
        try:
            if kind is None:
                found = _find(sim, one.column, variants, known)
                kind = found.type if found else None
        except spec.SpecError as error:
            message, _, fix = str(error).partition(". ")
            yield ExpectError(f"{message}.", fix, one.path)
            continue
        if kind and (fault := _misfit(one, kind)):
            yield ExpectError(*fault, one.path)


def swap_faults(sim: str, swaps: Mapping[str, str], tests: Sequence[Test]) -> Iterator[ExpectError]:
    """What is wrong with the columns of which a null reads one in the place of the other."""
    kinds = {column.name: column.type for column in spec.columns(sim)}
    looked_at = {named.column for test in tests for named in _named(test)}
    for name, taken in swaps.items():
        path, is_known = ("columns", name), True
        for one in dict.fromkeys((name, taken)):
            if one not in kinds:
                is_known = False
                yield ExpectError(f"{sim} has no column '{one}'.", nearest(one, kinds), path)
        if not is_known:
            continue
        if (kinds[name] in NUMBERS) != (kinds[taken] in NUMBERS):
            message = f"'{taken}' cannot stand for '{name}': only one of them holds numbers."
            yield ExpectError(message, "Name two columns of one kind.", path)
        if tests and name not in looked_at:
            message = f"No test looks at '{name}', so this changes nothing."
            yield ExpectError(message, nearest(name, looked_at), path)


def _find(
    sim: str, column: str, variants: Sequence[Mapping[str, Any]], known: Sequence[spec.Column]
) -> spec.Column | None:
    """The column as some run has it. Raises SpecError when none has."""
    for last, params in enumerate(variants, 1):
        try:
            return spec.find_column(sim, column, params, known)
        except spec.SpecError:
            if last == len(variants):
                raise
    return None


def _misfit(one: Named, kind: str) -> tuple[str, str] | None:
    """Why a column of this type cannot be what an expectation takes it for, and how to fix it."""
    if one.must_be_number and kind not in NUMBERS:
        what = "texts" if kind == "str" else "lists"
        return f"'{one.column}' holds {what}, not numbers.", "Name a column of numbers."
    is_text = isinstance(one.wanted, str)
    if is_text and kind in NUMBERS:
        return f"'{one.column}' holds numbers, and never equals '{one.wanted}'.", "Write a number."
    if one.wanted is not None and not is_text and kind == "str":
        return f"'{one.column}' holds texts.", "Write one of its texts."
    return None


def _named(test: Test) -> Iterator[Named]:
    """Every column that a test names, and where."""
    is_short = test.path[-1] != test.name or len(test.path) == 1  # `column: rises`
    place = test.path if is_short else test.path[:-1]
    view, has_figure = test.view, test.name != "grows"
    yield Named(view.column, place, must_be_number=has_figure)
    yield from _conditions(view.where, (*place, "where"))
    if view.minus:
        yield Named(view.minus, (*place, "minus"), must_be_number=True)
    if (
        isinstance(test.value, Relation | Correlation | StraightLine)
        and test.value.column is not None
    ):
        yield Named(test.value.column, (*test.path, "column"), must_be_number=True)
    if isinstance(test.value, Relation):
        yield from _conditions(test.value.where or {}, (*test.path, "where"))


def _conditions(where: Where, path: tuple[str, ...]) -> Iterator[Named]:
    for column, wanted in where.items():
        shown = ("a", "bound") if isinstance(wanted, Between) else wanted
        yield Named(column, (*path, column), shown)
