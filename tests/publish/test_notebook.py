"""Slides as a notebook: the text, and what is said about a bad request."""

import ast
import base64
import json
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest

import sims
from engine.cli import main
from engine.deck.document import load
from engine.library.curves import Picture
from engine.library.notebook_code import drawn_source, figure_source, run_source
from engine.paths import CONTENT, LECTURES
from engine.publish.notebook import of_deck
from engine.runs.job import make_job
from engine.runs.results.store import Results

ROOT = Path(__file__).parents[2]

DECK = """---
title: Two slides
---

<!-- id: words -->

## Words and a *formula*

Text $x^2$ <!-- a remark --> goes on [@nobody2020].

<!-- notes: Never shown. -->

|||

```python
a = "```"  # <!-- not a comment -->
```

---

<!-- id: other -->

## Another

```timeline
data: nothing
```
"""


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    path = tmp_path / "two.md"
    path.write_text(DECK, encoding="utf-8")
    return path


def test_a_slide_without_a_block_is_text_only(deck: Path) -> None:
    [cell] = of_deck(deck, ["words"]).cells
    assert cell.cell_type == "markdown"
    text = cell.source
    assert "Text $x^2$  goes on (nobody2020)." in text
    assert "# <!-- not a comment -->" in text  # code stays as it is written
    assert "remark" not in text
    assert "Never" not in text
    assert "|||" not in text


def test_the_file_is_a_notebook_and_the_same_each_time(deck: Path, tmp_path: Path) -> None:
    target = tmp_path / "a b.ipynb"
    command = ["export", "notebook", str(deck), "--output", str(target)]
    assert main(command) == 0
    first = target.read_bytes()
    assert main(command) == 0
    assert target.read_bytes() == first
    made = nbformat.read(target, as_version=4)
    nbformat.validate(made)
    assert [cell.source.splitlines()[0] for cell in made.cells] == [
        "## Words and a *formula*",
        "## Another",
    ]


def test_jupytext_reads_back_what_is_written_for_it(deck: Path, tmp_path: Path) -> None:
    import jupytext

    target = tmp_path / "two.py"
    assert main(["export", "notebook", str(deck), "--output", str(target)]) == 0
    told = [cell.source for cell in jupytext.read(target).cells]
    assert told == [cell.source for cell in of_deck(deck).cells]


SLIDES = ["exploration", "return", "kl-estimators"]  # of the notebook that ships
PLOTLY = "application/vnd.plotly.v1+json"


def shipped() -> Path:
    [path] = (CONTENT / "notebooks").glob("*.ipynb")
    return path


def numbers(axis: Any) -> list[float]:
    """An axis of a trace, as Plotly packs it."""
    if isinstance(axis, dict):
        return np.frombuffer(base64.b64decode(axis["bdata"]), axis["dtype"]).tolist()
    return axis


def test_the_notebook_that_ships_runs_and_draws_what_the_slides_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Executed in a kernel, with a store of its own: the runs that are then in the store are those
    of the slides' settings, and the figures are those of the slides."""
    monkeypatch.setenv("PRACTICUM_CACHE", str(tmp_path))
    made: Any = nbformat.read(shipped(), as_version=4)
    nbclient.NotebookClient(made, timeout=900, resources={"metadata": {"path": ROOT}}).execute()
    figures = [one.data[PLOTLY] for cell in made.cells for one in cell.get("outputs", [])
               if PLOTLY in one.get("data", {})]  # fmt: skip
    slides = {one["id"]: one for one in load(LECTURES / "01-overview.md")["slides"]}
    blocks = [one for name in SLIDES for one in slides[name]["blocks"] if one["kind"] == "sim"]
    assert len(figures) == len(blocks) == 3
    for block, shown in zip(blocks, figures, strict=True):
        kept = Results().read(make_job(block["data"]["sim"], block["data"]["params"]))
        assert kept, f"the notebook has not run {block['id']}"
        frames = [json.loads(text) for text in kept.frames]
        lines = Picture(block["data"]["chart"]).model([frames]).lines
        assert [trace["name"] for trace in shown["data"]] == [line.label for line in lines]
        for trace, line in zip(shown["data"], lines, strict=True):
            assert (numbers(trace["x"]), numbers(trace["y"])) == (line.x, line.y)


def test_the_recorded_figure_is_in_place(tmp_path: Path) -> None:
    made = of_deck(LECTURES / "01-overview.md", ["exploration"])
    run, figure = made.cells[-2:]
    assert run.source == 'frames = sims.run("bandit")'
    assert figure.outputs[0].data["application/vnd.plotly.v1+json"]["data"]
    assert not run.outputs


def test_the_notebook_that_ships_is_the_one_that_is_exported() -> None:
    made = of_deck(LECTURES / "01-overview.md", SLIDES)
    assert len(made.cells) == 10
    words = " ".join(f"--slide {one}" for one in SLIDES)
    mend = f"practicum export notebook overview {words} --output content/notebooks/{shipped().name}"
    assert shipped().read_text(encoding="utf-8") == nbformat.writes(made) + "\n", mend


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing-here"], "there is no lecture nothing-here. There are: overview"),
        (["{deck}", "--slide", "wrods"], "there is no slide 'wrods'. Did you mean 'words'?"),
        (["{deck}", "--output", "a.html"], "a.html: write .ipynb for Jupyter, or .py"),
        (["{deck}", "--output", "{deck}/a.ipynb"], "cannot be written"),
        (["{folder}"], "there is no lecture"),
    ],
)
def test_bad_input_is_one_sentence(
    deck: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    words = [one.format(deck=deck, folder=deck.parent) for one in arguments]
    assert main(["export", "notebook", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("text", ['"); harm() #', '\\"); harm()', "\n\r\u2028harm()", "\0\\"])
def test_what_a_deck_says_is_a_text_in_the_code_of_a_notebook(text: str) -> None:
    chart = {"x": text, "y": [text], text: text}
    for source in (
        run_source({"sim": "cartpole", "params": {"algorithm": text}}),
        figure_source({"chart": chart}, text),
        drawn_source("published", {"source": text, "series": [text]}),
        drawn_source("chart", {"title": text, "data": {text: [text]}}),
    ):
        [statement] = ast.parse(source).body
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        assert len(calls) == 1, source
        said = [node.value for node in ast.walk(statement) if isinstance(node, ast.Constant)]
        assert text in said, source


def test_charts_and_papers_are_cells_that_draw_what_stands_in_place() -> None:
    """Each cell, run, makes the figure that the notebook shows: for every block of the lecture."""
    [lecture] = LECTURES.glob("*.md")
    drawn = [
        cell for cell in of_deck(lecture).cells
        if cell.source.startswith(("sims.chart(", "sims.published("))
    ]  # fmt: skip
    counted = [
        block["kind"] for slide in load(lecture)["slides"] for block in slide["blocks"]
        if block["kind"] in ("chart", "published")
    ]  # fmt: skip
    assert len(drawn) == len(counted) > 20
    for cell in drawn:
        made = eval(cell.source, {"sims": sims})
        assert json.loads(made.to_json(engine="json")) == cell.outputs[0].data[PLOTLY]
        assert max(map(len, cell.source.splitlines())) < 200


def test_a_chart_without_series_and_an_unknown_paper_are_one_sentence() -> None:
    with pytest.raises(ValueError, match="datasets"):
        sims.chart(type="bar")
    with pytest.raises(ValueError, match="Did you mean 'gao_rl'"):
        sims.published("gao_rll")
