"""Each expectation on rows whose figures can be worked out by hand, held and not held."""

import math
from typing import Any

import pytest

from engine.claims import expect
from engine.claims.expect import ExpectError
from engine.claims.measure import gather, measure
from engine.deck.schema.expect_models import TESTS

# Two runs of one simulation: `up` climbs 1, 2, 4; `hill` 0, 5, 3; `word` grows in the first only.
FIRST = [
    {"step": 0, "up": 1.0, "hill": 0.0, "word": "a", "kind": "x", "list": [1]},
    {"step": 1, "up": 2.0, "hill": 5.0, "word": "ab", "kind": "y", "list": [1]},
    {"step": 2, "up": 4.0, "hill": 3.0, "word": "abc", "kind": "y", "list": [1]},
]
SECOND = [{**row, "up": 10 * row["up"], "word": row["word"][::-1]} for row in FIRST]
ROWS = gather([({"beta": 0.1}, FIRST), ({"beta": 0.5}, SECOND)])
ONE = {"beta": 0.1}


def read(written: Any) -> list[expect.Test]:
    """The tests of an `expect`. Raises the first fault."""
    tests, faults = expect.read(written)
    for fault in faults:
        raise fault
    return tests


def check(column: str, **written: Any) -> tuple[float, bool]:
    (test,) = read({column: written})
    finding = measure(test, ROWS)
    return finding.figure, finding.is_held


@pytest.mark.parametrize(
    ("column", "name", "holds", "fails", "figure"),
    [
        ("up", "at_least", 1, 1.1, 1),
        ("up", "at_most", 4, 3.9, 4),
        ("up", "between", [0, 4], [1, 3], 4),
        ("up", "first_at_least", 1, 2, 1),
        ("up", "last_at_most", 4, 3, 4),
        ("hill", "last_between", [3, 3], [4, 5], 3),
        ("hill", "peak_at_least", 5, 6, 5),
        ("hill", "lowest_at_most", 0, -1, 0),
        ("up", "mean_at_least", 7 / 3 - 1e-9, 2.4, 7 / 3),
        ("up", "change_at_least", 3, 4, 3),
        ("hill", "falls_from_peak_at_least", 2, 3, 2),
        ("hill", "falls_from_peak_at_most", 2, 1, 2),
    ],
)
def test_bounds(column: str, name: str, holds: Any, fails: Any, figure: float) -> None:
    assert check(column, where=ONE, **{name: holds}) == (pytest.approx(figure), True)
    assert check(column, where=ONE, **{name: fails})[1] is False


@pytest.mark.parametrize(
    ("name", "holds_for", "fails_for"),
    [
        ("rises", "up", None),
        ("falls", None, "up"),
        ("peaks_inside", "hill", "up"),
        ("never_falls", "up", "hill"),
        ("never_rises", None, "hill"),
    ],
)
def test_words(name: str, holds_for: str | None, fails_for: str | None) -> None:
    if holds_for:
        assert check(holds_for, where=ONE, **{name: True})[1]
    if fails_for:
        assert not check(fails_for, where=ONE, **{name: True})[1]


def test_a_flat_column_neither_rises_nor_falls_nor_peaks() -> None:
    for name in ("rises", "falls", "peaks_inside"):
        assert not check("beta", where=ONE, **{name: True})[1]


def test_text_grows_only_where_each_begins_with_the_one_before() -> None:
    assert check("word", where={"beta": 0.1}, grows=True) == (2.0, True)
    assert not check("word", where={"beta": 0.5}, grows=True)[1]


def test_where_takes_text_numbers_and_ranges() -> None:
    assert check("up", where={"kind": "x", "beta": 0.1}, at_most=1)[1]
    assert check("up", where={"beta": {"at_least": 0.2}}, at_least=10)[1]
    assert check("up", where={"beta": {"at_most": 0.2}}, at_most=4)[1]
    with pytest.raises(ExpectError, match="no row where"):
        check("up", where={"kind": "z"}, at_most=1)


def test_rows_take_the_ends_of_each_run() -> None:
    assert check("up", rows="last", at_least=4) == (4.0, True)
    assert check("up", rows="first", at_most=10) == (10.0, True)
    assert check("up", rows="last", change_at_least=36) == (36.0, True)
    assert check("up", where={"kind": "y"}, rows="first", first_at_least=2) == (2.0, True)


def test_minus_looks_at_the_difference() -> None:
    assert check("up", where=ONE, minus="hill", first_between=[1, 1]) == (1.0, True)
    assert check("up", where=ONE, minus="up", between=[0, 0]) == (0.0, True)


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("ends_above", "hill", True),  # 4 against 3
        ("starts_above", {"column": "hill", "by": 1}, True),  # 1 against 0
        ("starts_above", {"column": "hill", "by": 1.1}, False),
        ("peaks_below", "hill", True),  # 4 against 5
        ("averages_below", "hill", True),  # 7/3 against 8/3
        ("stays_above", "hill", False),  # 2 against 5 in the middle
        ("ends_near", {"column": "hill", "within": 1}, True),
        ("ends_near", {"column": "hill", "within": 0.9}, False),
        ("ends_below", {"where": {"beta": 0.5}, "times": 10}, False),  # 4 is 40 / 10, not below
        ("ends_below", {"where": {"beta": 0.5}, "times": 9}, True),
        ("stays_below", {"where": {"beta": 0.5}}, True),
        ("ends_above", {"column": "hill", "times": 1.3}, True),  # 4 against 3.9
        ("ends_above", {"column": "hill", "times": 1.4}, False),  # 4 against 4.2
        ("ends_above", "up", False),  # nothing is above itself
    ],
)
def test_relations(name: str, other: Any, expected: bool) -> None:
    assert check("up", where=ONE, **{name: other})[1] is expected


def test_correlation_and_lines_against_closed_forms() -> None:
    rows = gather([({}, [{"step": i, "x": float(i + 1), "y": (i + 1) ** 3} for i in range(6)])])
    (test,) = read({"y": {"line_in": {"column": "x", "x": "log", "y": "log", "r2_at_least": 1}}})
    assert measure(test, rows).figure == pytest.approx(1)
    (test,) = read({"y": {"correlates_with": {"column": "x", "at_least": 0.99}}})
    finding = measure(test, rows)
    # sums over 1 … 6: xy 2275, y 441, y^2 67171, x 21, x^2 91
    r = (6 * 2275 - 21 * 441) / math.sqrt((6 * 91 - 21**2) * (6 * 67171 - 441**2))
    assert finding.figure == pytest.approx(r)
    assert not finding.is_held
    (test,) = read({"y": {"line_in": {"column": "x", "r2_at_least": 0.9}}})
    finding = measure(test, rows)
    assert finding.figure == pytest.approx(r**2)
    assert not finding.is_held


def test_what_was_varied_stands_above_a_column_of_the_same_name() -> None:
    rows = gather([({"share": 0.3}, [{"step": 0, "share": 0.31}])])  # as drawn: not quite
    (test,) = read({"share": {"where": {"share": 0.3}, "between": [0.3, 0.3]}})
    assert measure(test, rows).is_held


def test_what_cannot_be_measured_says_where_and_why() -> None:
    with pytest.raises(ExpectError, match=r"no column 'upp'\. Did you mean 'up'\?") as caught:
        check("upp", rises=True)
    assert caught.value.path == ("upp", "rises")
    with pytest.raises(ExpectError, match="holds str, not numbers"):
        check("word", rises=True)
    with pytest.raises(ExpectError, match="holds list, not numbers"):
        check("list", rises=True)
    with pytest.raises(ExpectError, match="too few for a line"):
        check("up", rows="last", line_in={"column": "beta"})
    with pytest.raises(ExpectError, match="numbers above 0"):
        check("hill", where=ONE, line_in={"column": "up", "y": "log"})


@pytest.mark.parametrize(
    ("written", "sentence", "path"),
    [
        ({"up": "rises_much"}, "no expectation 'rises_much'. Did you mean 'rises'?", ("up",)),
        ({"up": {"last_at_leest": 1}}, "Did you mean 'last_at_least'?", ("up", "last_at_leest")),
        ({"up": {"at_least": "1"}}, "'1' is not a number.", ("up", "at_least")),
        ({"up": {"at_least": True}}, "True is not a number.", ("up", "at_least")),
        ({"up": {"between": [1]}}, "is not a pair.", ("up", "between")),
        ({"up": [{"rises": True}, {"rises": 3}]}, "takes no value", ("up", "1", "rises")),
        ({"up": {"where": {"kind": "x"}}}, "Nothing is expected of 'up'", ("up",)),
        ({"up": {"rows": "lsat", "rises": True}}, "Did you mean 'last'?", ("up", "rows")),
        ({"up": {"where": 3, "rises": True}}, "'where' is not a mapping.", ("up", "where")),
        (
            {"up": {"where": {"beta": {"least": 3}}, "rises": True}},
            "Did you mean 'at_least'?",
            ("up", "where", "beta", "least"),
        ),
        ({"up": {"ends_above": {"colum": "x"}}}, "'column'?", ("up", "ends_above", "colum")),
        ({"up": {"line_in": {"x": "log"}}}, "names no column", ("up", "line_in", "column")),
        ({"up": {"line_in": {"column": "x", "x": "lg"}}}, "not a scale", ("up", "line_in", "x")),
        ({"up": []}, "no expectation '[]'. Write one of: rises", ("up",)),
        ([], "'expect' is not a mapping", ()),
        ({}, "'expect' is not a mapping", ()),
    ],
)
def test_what_means_nothing_is_refused_with_its_place(
    written: Any, sentence: str, path: tuple[str, ...]
) -> None:
    with pytest.raises(ExpectError) as caught:
        read(written)
    assert sentence in str(caught.value)
    assert caught.value.path == path


def test_every_name_of_the_language_is_measured() -> None:
    for name in TESTS:
        value: Any = True
        if name.endswith("between"):
            value = [0, 9]
        elif name.endswith(("at_least", "at_most")):
            value = 1
        elif name in ("correlates_with", "line_in") or ("_" in name and name != "peaks_inside"):
            value = True if name.startswith("never") else {"column": "hill"}
        column = "word" if name == "grows" else "up"
        assert math.isfinite(check(column, where=ONE, **{name: value})[0]), name


def of(values: list[float], **written: Any) -> tuple[float, bool]:
    """What one test says of a run whose only column is `y`."""
    (test,) = read({"y": written})
    finding = measure(test, gather([({}, [{"step": k, "y": y} for k, y in enumerate(values)])]))
    return finding.figure, finding.is_held


def test_a_small_change_counts_from_the_first_row_to_the_last() -> None:
    assert of([0.5, 0.1, 0.7], rises=True) == (pytest.approx(0.2), True)
    assert of([0.7, 0.9, 0.5], falls=True) == (pytest.approx(0.2), True)
    assert of([0.7, 0.1, 0.5], rises=True)[1] is False


@pytest.mark.parametrize("name", ["never_rises", "never_falls"])
def test_one_row_neither_rises_nor_falls(name: str) -> None:
    assert of([1.0], **{name: True}) == (0.0, True)


def test_a_column_that_one_run_lacks_is_not_there() -> None:
    rows = gather([({"v": 1}, [{"step": 0, "y": 1.0}]), ({"v": 2}, [{"step": 0, "z": 2.0}])])
    (test,) = read({"y": {"at_least": 0}})
    with pytest.raises(ExpectError, match="no column 'y'"):
        measure(test, rows)
    (test,) = read({"y": {"where": {"v": 1}, "at_least": 0}})
    assert measure(test, rows).is_held


def test_nothing_that_falls_falls_by_no_negative_zero() -> None:
    (test,) = read({"up": "never_falls"})
    words = measure(test, gather([({}, FIRST)])).words
    assert words == "up falls by -1 at most"
    (test,) = read({"beta": "never_falls"})
    assert measure(test, ROWS.query("beta == 0.1")).words == "beta falls by 0 at most"


def test_a_correlation_may_have_a_greatest_value() -> None:
    rows = gather([({}, [{"step": k, "x": float(k), "y": 2.0 * k} for k in range(3)])])
    for most, is_held in ((1.0, True), (0.9, False)):
        (test,) = read({"y": {"correlates_with": {"column": "x", "at_most": most}}})
        assert measure(test, rows).is_held is is_held


@pytest.mark.parametrize("where", [{"up": "high"}, {"word": 3}, {"list": 1}, {"kind": True}])
def test_a_value_of_another_kind_is_in_no_row(where: dict[str, Any]) -> None:
    with pytest.raises(ExpectError, match="There is no row where"):
        check("up", where=where, at_least=0)


def test_a_line_in_the_logarithm_is_one_by_a_margin() -> None:
    """y = ln x on x = 1, 2, 4, 8: in the logarithm a perfect line, in x one of R² = 0.92."""
    rows = gather([({}, [{"x": x, "y": math.log(x)} for x in (1, 2, 4, 8)])])

    def is_held(scale: str, margin: float) -> bool:
        given = {"column": "x", "x": scale, "r2_at_least": 0.5, "above_linear_by": margin}
        (test,) = read({"y": {"line_in": given}})
        return measure(test, rows).is_held

    assert is_held("log", 0.079)
    assert not is_held("log", 0.081)
    assert not is_held("linear", 0.01)
