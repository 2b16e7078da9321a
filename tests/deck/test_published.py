"""Published data: what a block shows of it, and what is said of files that are not whole."""

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.deck.blocks import papers
from engine.publish.check import check

ROOT = Path(__file__).resolve().parents[2]
DATA = sorted((ROOT / "content" / "published").glob("*.yaml"))
HEADER = {
    "source": "bradley1952rank",
    "where": "Bradley and Terry (1952), table 1",
    "how_obtained": "table",
    "accuracy": "as printed",
    "x_label": "games",
    "y_label": "wins",
}
TABLE = 'series,x,y\nred,1,2\nred,3,4.5\n"blue, late",1,0\n'
Build = Callable[[str], dict[str, Any]]
Faults = Callable[[str], list[tuple[int, int, str, str]]]


@pytest.fixture
def write(folder: Path) -> Callable[..., Path]:
    """Writes content/published/wins.yaml, with changed fields, and wins.csv; returns the header."""

    def run(table: str | None = TABLE, **changes: Any) -> Path:
        place = folder.parent / "content" / "published"
        place.mkdir(exist_ok=True)
        header = {key: value for key, value in {**HEADER, **changes}.items() if value is not None}
        (place / "wins.yaml").write_text(yaml.safe_dump(header, sort_keys=False))
        if table is not None:
            (place / "wins.csv").write_text(table)
        return place / "wins.yaml"

    return run


def block(fields: str = "source: wins") -> str:
    return f"## T\n\n```published\n{fields}\n```\n"


def content(deck: dict[str, Any]) -> dict[str, Any]:
    return deck["slides"][0]["blocks"][0]["data"]["content"]


def test_a_block_has_the_points_and_their_source(build: Build, write: Callable[..., Path]) -> None:
    write(series={"blue, late": {"colour": "gold"}})
    deck = build(block())
    assert deck["problems"] == []
    assert deck["slides"][0]["citations"] == ["bradley1952rank"]
    assert content(deck)["series"] == [
        {"label": "blue, late", "colour": "gold", "points": [[1, 0]]},
        {"label": "red", "points": [[1, 2], [3, 4.5]]},
    ]
    assert content(deck)["where"] == HEADER["where"]


def test_a_block_or_the_header_chooses_series(build: Build, write: Callable[..., Path]) -> None:
    write(shown=["red"])
    assert [one["label"] for one in content(build(block()))["series"]] == ["red"]
    named = build(block('source: wins\nseries: ["blue, late"]'))
    assert [one["label"] for one in content(named)["series"]] == ["blue, late"]


def test_words_on_the_axis_of_bars(build: Build, write: Callable[..., Path]) -> None:
    write("series,x,y\nred,May,2\n", kind="bar")
    assert content(build(block()))["series"][0]["points"] == [["May", 2]]


@pytest.mark.parametrize(
    ("fields", "line", "message", "fix"),
    [
        ("source: win", 4, "no file content/published/win.yaml", "Did you mean 'wins'?"),
        ("title: t", 4, "'source' needs the name", "NAME"),
        ("source: wins\nseries: [rde]", 5, "wins has no series 'rde'", "Did you mean 'red'?"),
        ("source: wins\nscale_switch: log", 5, "'scale_switch' is 'log'", "true or false"),
        ("source: wins\nscale_swich: true", 5, "no field 'scale_swich'", "'scale_switch'"),
    ],
)
def test_slips_in_the_block(
    faults: Faults, write: Callable[..., Path], fields: str, line: int, message: str, fix: str
) -> None:
    write()
    [found] = faults(block(fields))
    assert found[0] == line
    assert message in found[2]
    assert fix in found[3]


@pytest.mark.parametrize(
    ("table", "line", "message"),
    [
        ("series,x\nred,1\n", 1, "names no columns"),
        ("series;x;y\nred;1,5;2\n", 1, "separated by semicolons"),
        ("series\tx\ty\nred\t1\t2\n", 1, "separated by tabs"),
        ("series,x,y\nred,1e400,2\n", 2, "x '1e400' is not a number"),
        ("series,x,y\nred,1,2\nred,3\n", 3, "2 values, not 3"),
        ("series,x,y\n\nred,1,2\nred,3,four\n", 4, "y 'four' is not a number"),
        ("series,x,y\nred,1,nan\n", 2, "y 'nan' is not a number"),
        ('series,x,y\nred,1,"2\n', 2, "not CSV"),
        ("series,x,y\n", 1, "no rows"),
        ("", 1, "no rows"),
    ],
)
def test_a_damaged_table_is_named_with_its_line(
    faults: Faults, write: Callable[..., Path], table: str, line: int, message: str
) -> None:
    path = write(table)
    [found] = papers.faults(path.parents[1].parent / "lectures")
    assert (Path(found.file).name, found.line) == ("wins.csv", line)
    assert message in found.message
    [shown] = faults(block())
    assert shown[2].startswith(f"wins.csv:{line}: ")


@pytest.mark.parametrize(
    ("changes", "line", "message", "fix"),
    [
        ({"accuracy": None}, 1, "must say its 'accuracy'", "Write 'accuracy: …'"),
        ({"how_obtained": "tabel"}, 3, "'tabel' is not a value of 'how_obtained'", "'table'"),
        ({"how_obtained": "figure"}, 3, "The file does not say who read", "read_by"),
        ({"x_scale": "lag"}, 7, "'lag' is not a value of 'x_scale'", "'log'"),
        ({"y_lable": "t"}, 7, "no field 'y_lable'", "'y_label'"),
        ({"series": {"red": {"colour": "gould"}}}, 9, "'gould' is not a colour", "'gold'"),
        ({"series": {"red": {"color": "gold"}}}, 9, "no field 'color'", "'colour'"),
        ({"series": {"red": {}, "rde": {}}}, 9, "wins.csv has no series 'rde'", "'red'"),
        ({"shown": ["red", "rde"]}, 9, "wins.csv has no series 'rde'", "Did you mean 'red'?"),
        ({"shown": "red"}, 7, "'shown' is not a list of series", "[name, name]"),
    ],
)
def test_a_header_that_says_too_little_or_something_unknown(
    write: Callable[..., Path], changes: dict[str, Any], line: int, message: str, fix: str
) -> None:
    path = write(**changes)
    [found] = papers.read(path, path.parent).problems
    assert (Path(found.file).name, found.line) == ("wins.yaml", line)
    assert message in found.message
    assert fix in found.fix


def test_check_tells_a_fault_of_the_files_once(folder: Path, write: Callable[..., Path]) -> None:
    deck = folder / "paper.md"
    deck.write_text(block())
    for changes, line, message in (
        ({"source": "bradley1952rnk"}, 1, "There is no work 'bradley1952rnk' in references.bib."),
        ({"x_scale": "lag"}, 7, "'lag' is not a value of 'x_scale'."),
    ):
        path = write(**changes)
        said = [one for one in check([deck]) if message in one.message]
        assert [(one.file, one.line) for one in said] == [(str(path), line)]


def test_a_header_without_its_table(write: Callable[..., Path]) -> None:
    path = write(None)
    [found] = papers.read(path, path.parent).problems
    assert "no table wins.csv" in found.message


def test_a_mended_table_is_read_again(write: Callable[..., Path]) -> None:
    path = write("series,x,y\nred,1,two\n")
    assert papers.read(path, path.parent).problems
    write("series,x,y\nred,1,2\n")
    assert not papers.read(path, path.parent).problems


def rows(name: str, series: str) -> list[tuple[float, float]]:
    with (ROOT / "content" / "published" / f"{name}.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        found = [row for row in csv.DictReader(file) if row["series"] == series]
    return [(float(row["x"]), float(row["y"])) for row in found]


@pytest.mark.parametrize("path", DATA, ids=[path.stem for path in DATA])
def test_our_own_data_is_whole(path: Path) -> None:
    found = papers.read(path, path.parent)
    assert found.problems == ()
    assert found.content
    if found.content["how_obtained"] == "figure":
        read_by = "read off the figure by us"
        if path.stem == "r1_zero_length":  # and checked by the other panel, as its accuracy says
            read_by += ", and by an image model"
        assert found.content.get("read_by") == read_by


def test_curves_of_laws_follow_from_their_exponents() -> None:
    for name, exponent in {"compute": 0.050, "data": 0.095, "parameters": 0.076}.items():
        found = papers.read(DATA[0].parent / "kaplan.yaml", ROOT / "lectures")
        known = [one["label"] for one in (found.content or {})["series"]]
        [series] = [label for label in known if name in label]
        for x, y in rows("kaplan", series):
            assert y == pytest.approx(math.exp(-exponent * math.log(x)), abs=1e-4)
        assert f"{10**-exponent:.3f}" in series


@pytest.mark.parametrize(
    ("name", "series", "slope"),
    [("o1_test_time", "o1", 35), ("o1_train_time", "o1", 17), ("composer15", "Composer", 12)],
)
def test_our_lines_are_the_least_squares_of_the_points(name: str, series: str, slope: int) -> None:
    points = [(math.log10(x), y) for x, y in rows(name, series)]
    line = [(math.log10(x), y) for x, y in rows(name, f"+{slope} a tenfold")]
    rise = (line[-1][1] - line[0][1]) / (line[-1][0] - line[0][0])
    assert rise == pytest.approx(slope, abs=0.5)
    misses = [y - (line[0][1] + rise * (x - line[0][0])) for x, y in points]
    # at the least squares what is missed has mean 0 and nothing to do with x
    assert sum(misses) == pytest.approx(0, abs=0.1)
    assert sum(x * miss for (x, _), miss in zip(points, misses, strict=True)) == pytest.approx(
        0, abs=0.1
    )


@pytest.mark.parametrize(
    ("series", "points"),
    [
        ("curve of ours", "Pythia-160M, MATH"),
        ("second curve of ours", "Gemma-2B, CodeContests"),
    ],
)
def test_our_curves_of_repeated_sampling_go_through_the_printed_points(
    series: str, points: str
) -> None:
    curve = rows("monkeys", series)
    for ours, printed in zip((curve[0], curve[-1]), rows("monkeys", points), strict=True):
        assert ours == pytest.approx(printed, abs=0.01)
