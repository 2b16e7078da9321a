"""What a demonstration may expect of its frames: a language of tests, data and never code.

    expect:
      gold_reward: {where: {method: rloo}, rows: last, falls_from_peak_at_least: 1.0}
      proxy_reward: rises

`engine.claims.measure` says how each is measured.
"""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.deck.schema.fields import Model, means

MEASURES = {  # one figure of the column: its name, and in words
    "first": "the first value",
    "last": "the last value",
    "peak": "the greatest value",
    "lowest": "the least value",
    "mean": "the mean",
    "change": "the last value less the first",
    "falls_from_peak": "the greatest value less the last",
}
BOUNDS = {"at_least": "this number or more", "at_most": "this number or less",
          "between": "in [low, high]"}  # fmt: skip
VERBS = {"starts": "first", "ends": "last", "peaks": "peak", "averages": "mean", "stays": ""}
SIDES = ("above", "below", "near")
WORDS = {
    "rises": "the last value is above the first",
    "falls": "the last value is below the first",
    "peaks_inside": "the greatest value is above both the first and the last",
    "never_rises": "no value is above the one before",
    "never_falls": "no value is below the one before",
    "grows": "each text begins with the one before it",
}
FITS = ("correlates_with", "line_in")

_Word = Literal["rises", "falls", "peaks_inside", "never_rises", "never_falls", "grows"]
_NO_NUMBER = ("{value!r} is not a number.", "Write a number.")
_NO_MAPPING = ("'where' is not a mapping.", "Write {{column: value}}.")
_NO_TEST = "There is no expectation '{value}'."


def _number(about: str) -> Any:
    return Annotated[float, means(about, *_NO_NUMBER)]


class Between(Model):
    """Values from one number to another."""

    unknown: ClassVar[str] = "'{key}' is not a bound."
    at_least: Annotated[float | None, means("the least", *_NO_NUMBER)] = None
    at_most: Annotated[float | None, means("the greatest", *_NO_NUMBER)] = None


Wanted = str | bool | int | float | Between
Where = dict[
    str,
    Annotated[Wanted, means("", "'{key}' cannot equal {value!r}.", "Write a text or a number.")],
]


class Relation(Model):
    """What a figure is compared with: another column, other rows, or both."""

    unknown: ClassVar[str] = "A comparison has no '{key}'."
    column: Annotated[str | None, means("another column; the same else")] = None
    where: Annotated[Where | None, means("its rows; the same else", *_NO_MAPPING)] = None
    by: Annotated[float, means("at least so far apart", *_NO_NUMBER)] = 0.0
    times: Annotated[float, means("against so many times the other", *_NO_NUMBER)] = 1.0
    within: Annotated[float, means("for near: at most so far apart", *_NO_NUMBER)] = 0.0


_NO_COLUMN = ("It names no column.", "Write {{column: NAME, …}}.")
_Scale = Annotated[Literal["linear", "log"], means("linear or log", "'{value}' is not a scale.")]


class Correlation(Model):
    """Pearson's r of two columns."""

    unknown: ClassVar[str] = "'correlates_with' has no '{key}'."
    column: Annotated[str, means("the other column", *_NO_COLUMN)]
    at_least: Annotated[float, means("r is this or more", *_NO_NUMBER)] = -1.0
    at_most: Annotated[float, means("r is this or less", *_NO_NUMBER)] = 1.0


class StraightLine(Model):
    """A straight line through a column, over another one."""

    unknown: ClassVar[str] = "'line_in' has no '{key}'."
    column: Annotated[str, means("the column of the horizontal axis", *_NO_COLUMN)]
    x: _Scale = "linear"
    y: _Scale = "linear"
    r2_at_least: Annotated[float, means("R² is this or more", *_NO_NUMBER)] = 0.0
    above_linear_by: Annotated[
        float | None, means("R² is so far above that on two linear axes", *_NO_NUMBER)
    ] = None


_View = [
    (
        "where",
        Annotated[Where, means("only rows with these values", *_NO_MAPPING)],
        msgspec.field(default_factory=dict),
    ),
    (
        "rows",
        Annotated[
            Literal["every", "first", "last"],
            means("of each run", "There are no rows '{value}'."),
        ],
        "every",
    ),
    ("minus", Annotated[str, means("of the difference to this column")], ""),
]
VIEW = tuple(name for name, _, _ in _View)


def _bound(about: str, bound: str) -> Any:
    said = f"{about} is {BOUNDS[bound]}"
    if bound != "between":
        return _number(said)
    pair = means(said, "{value!r} is not a pair.", "Write [low, high].", min_length=2, max_length=2)
    return Annotated[list[_number("")], pair]


def _tests() -> Iterator[tuple[str, Any]]:
    """Each test: its name and the type of its value."""
    for bound in BOUNDS:
        yield bound, _bound("every value", bound)
    for measure, about in MEASURES.items():
        for bound in BOUNDS:
            yield f"{measure}_{bound}", _bound(about, bound)
    for word, about in WORDS.items():
        yield word, Annotated[bool, means(about, "'{key}' takes no value.", "Write '{key}: true'.")]
    wrong = ("'{key}' has {value!r}.", "Name a column, or write {{column: NAME, …}}.")
    for verb, measure in VERBS.items():
        about = MEASURES.get(measure, "every value, row by row,")
        for side in SIDES:
            said = means(f"{about} is {side} that of another column, or of other rows", *wrong)
            yield f"{verb}_{side}", Annotated[Relation | str, said]
    yield "correlates_with", Annotated[Correlation | str, means("Pearson's r", *wrong)]
    yield "line_in", Annotated[StraightLine | str, means("R² of a straight line", *wrong)]


_TESTS = dict(_tests())
TESTS = tuple(_TESTS)
Expectation: Any = msgspec.defstruct(
    "Expectation",
    [*_View, *((name, kind | None, None) for name, kind in _TESTS.items())],
    bases=(Model,),
    namespace={
        "__doc__": "Tests of one column; all must hold.",
        "unknown": "There is no expectation '{key}'.",
    },
    module=__name__,
    forbid_unknown_fields=True,
)
_One = Annotated[Expectation | _Word, means("", _NO_TEST)]
_Several = Annotated[list[_One], msgspec.Meta(min_length=1)]
Expect = Annotated[
    dict[str, Annotated[Expectation | _Word | _Several, means("", _NO_TEST)]],
    means("what must hold: see [Claims](claims.md)", "'expect' is not a mapping.",
          "Write 'column: test'.", min_length=1),
]  # fmt: skip
