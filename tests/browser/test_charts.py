"""What stands beside a curve and under it: names of lines, labels of axes, and texts of a run."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

FIGURE = """async ({lines, width, height, model}) => {
    const {curveFigure} = await import('/engine/app/web/charts/curve.js')
    const {readTheme} = await import('/engine/app/web/lib/dom.js')
    const theme = readTheme(document.querySelector('.stage'))
    const shown = {xTitle: 'x', yTitle: 'y', ...model, lines}
    const {layout} = curveFigure(theme, shown, width, height)
    return {margin: layout.margin, shapes: layout.shapes,
        names: layout.annotations.filter((each) => each.xanchor === 'left' && each.yanchor === 'middle'),
        x: layout.xaxis.tickvals, angle: layout.xaxis.tickangle, y: layout.yaxis.ticktext}
}"""
TEXTS = """async ({frames, options}) => {
    const {showTexts} = await import('/engine/app/web/player/texts.js')
    const list = document.createElement('dl')
    showTexts(list, frames, options)
    return [...list.children].map((each) => each.textContent)
}"""


def figure(page: Page, *lines: dict, width: int = 600, height: int = 320, **model: Any) -> Any:
    lines_ = [{"colour": "policy", **line} for line in lines]
    return page.evaluate(
        FIGURE, {"lines": lines_, "width": width, "height": height, "model": model}
    )


def texts(page: Page, frames: list[dict], **options: Any) -> list[str]:
    return page.evaluate(TEXTS, {"frames": frames, "options": options})


def test_names_stand_in_the_margin_and_early_ends_are_led_to_theirs(board: Page) -> None:
    whole = {"x": [0, 5, 10], "y": [0, 1, 2], "label": "whole"}
    early = {"x": [0, 5], "y": [0, 1], "label": "early"}
    shown = figure(board, whole, early)
    assert [name["x"] for name in shown["names"]] == [1, 1]
    [leader] = shown["shapes"]
    assert leader["x0"] == pytest.approx(0.5)
    assert leader["x1"] == 1
    assert leader["y0"] == pytest.approx(leader["y1"])  # nothing stands in its way
    assert figure(board, whole)["shapes"] == []


def test_names_of_neighbours_do_not_touch(board: Page) -> None:
    close = [{"x": [0, 1], "y": [0, 1 + 0.001 * k], "label": f"line {k}"} for k in range(4)]
    shown = figure(board, *close)
    plot = 320 - shown["margin"]["t"] - shown["margin"]["b"]
    heights = sorted(name["y"] * plot for name in shown["names"])
    size = shown["names"][0]["font"]["size"]
    assert min(b - a for a, b in pairwise(heights)) >= size


def test_names_stay_clear_of_a_title_that_reaches_over_them(board: Page) -> None:
    close = [{"x": [0, 1], "y": [0, 1 + 0.001 * k], "label": f"line {k}"} for k in range(4)]
    title = "a title that is wider than the plot of this chart"
    highest = [
        max(name["y"] for name in figure(board, *close, width=300, yTitle=each)["names"])
        for each in ("y", title)
    ]
    assert highest[0] > 1 > highest[1]


def test_a_long_name_takes_the_rows_it_needs_where_the_chart_is_narrow(board: Page) -> None:
    line = {"x": [0, 1], "y": [0, 1], "label": "groups that teach nothing"}
    [wide] = figure(board, line, width=900)["names"]
    [narrow] = figure(board, line, width=380)["names"]
    [narrower] = figure(board, line, width=300)["names"]
    assert wide["text"] == "<b>groups that teach nothing</b>"
    assert narrow["text"] == "<b>groups that<br>teach nothing</b>"
    assert narrower["text"] == "<b>groups that<br>teach<br>nothing</b>"


def test_labels_of_a_narrow_chart_stand_side_by_side_and_upright(board: Page) -> None:
    line = {"x": [1, 1e6], "y": [0, 1]}
    shown = [figure(board, line, width=width, xLog=True) for width in (900, 320)]
    assert [each["angle"] for each in shown] == [0, 0]
    assert shown[0]["x"] == [10**power for power in range(7)]
    assert shown[1]["x"] == [1, 100, 10_000, 1_000_000]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1, 20, [1, 2, 5, 10, 20]),
        (1, 256, [1, 10, 100]),
        (3, 152, [3, 10, 30, 100]),
        (1, 10_000, [1, 10, 100, 1_000, 10_000]),
    ],
)
def test_a_logarithmic_axis_shows_that_it_is_one(
    board: Page, low: int, high: int, expected: list[int]
) -> None:
    shown = figure(board, {"x": [low, high], "y": [0, 1]}, xLog=True)
    assert shown["x"] == pytest.approx(expected)


@pytest.mark.parametrize(("height", "least", "most"), [(120, 2, 4), (220, 3, 5), (400, 5, 7)])
def test_a_vertical_axis_has_as_many_labels_as_it_has_room_for(
    board: Page, height: int, least: int, most: int
) -> None:
    assert least <= len(figure(board, {"x": [0, 1], "y": [0, 1]}, height=height)["y"]) <= most


def test_texts_are_named_by_what_tells_them_apart(board: Page) -> None:
    steps = [{"x": k, "beta": 0.3, "num_rollouts": 9 * k, "sample": f"text {k}"} for k in range(3)]
    assert texts(board, steps, x="x", xTitle="examples")[::2] == [
        "examples 0", "examples 1", "examples 2",
    ]  # fmt: skip
    assert texts(board, steps, x="num_rollouts", xTitle="answers")[0] == "rollouts 0"
    betas = [{**step, "beta": 1 / (1 + step["x"])} for step in steps]
    assert texts(board, betas, x="x", xTitle="examples")[0] == "β = 1"


def test_of_many_pairs_one_that_is_right_and_one_that_is_wrong_are_shown(board: Page) -> None:
    pairs = [
        {"chosen": f"a{k}", "rejected": f"b{k}", "chosen_score": 1.0, "rejected_score": score}
        for k, score in enumerate((0.0, 0.5, 3.0, 0.1))
    ]
    shown = texts(board, [{"pairs": pairs}], x="step", xTitle="updates")
    assert shown[::2] == ["right", "wrong"]
    assert "a0" in shown[1]
    assert "a2" in shown[3]
