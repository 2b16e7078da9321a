"""A live block of a slide as cells of a notebook: its run, and its figure as it was recorded."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.deck.model import Block
from engine.deck.source import yamltext
from engine.runs.results import recordings
from sims import spec

WIDTH = 88  # characters of a line of code
PLOTLY = "application/vnd.plotly.v1+json"
CHART_FIELDS = ("type", "title", "data", "options")  # of a block, which Python draws


def notebook_of(
    sim: str, params: Mapping[str, Any], num_seeds: int, chart: Mapping[str, Any]
) -> str:
    """A notebook, as text, of one call of `sims.run` and its figure."""
    import nbformat
    import nbformat.v4 as v4

    run = run_source({"sim": sim, "params": params, "seeds": num_seeds})
    cells = [
        v4.new_markdown_cell(f"## {sim}"),
        *map(v4.new_code_cell, ("import sims", run, figure_source({"chart": dict(chart)}))),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return nbformat.writes(v4.new_notebook(cells=cells))


def run_source(data: Mapping[str, Any], params: Mapping[str, Any] | None = None) -> str:
    """The call of `sims.run` with the settings of a `sim` block, or with others; what is a default
    is left out."""
    sim, given = str(data["sim"]), dict(params or data["params"])
    defaults = {field.name: field.default for field in spec.fields(sim)}
    count, first = int(data.get("seeds") or 1), int(given.pop("seed", 0))
    words = [literal(sim)]
    if count > 1 and params is None:
        words.append(f"seeds=range({first}, {first + count})" if first else f"seeds=range({count})")
    elif first != defaults.get("seed", 0):
        words.append(f"seed={first}")
    words += [
        f"{name}={literal(value)}" for name, value in given.items() if value != defaults.get(name)
    ]
    return _call("frames = sims.run", words)


def figure_source(data: Mapping[str, Any], published: str = "") -> str:
    """The call of `sims.figure` with the chart of a `sim` block."""
    chart = {name: value for name, value in (data.get("chart") or {}).items() if value}
    rows = "".join(f"    {literal(name)}: {literal(value)},\n" for name, value in chart.items())
    words = ["frames", *([f"chart={{\n{rows}}}"] if rows else [])]
    return _call("sims.figure", words + ([f"published={literal(published)}"] if published else []))


def drawn_source(kind: str, data: Mapping[str, Any]) -> str:
    """The call that draws a `chart` block (`sims.chart`) or a `published` one."""
    if kind == "published":
        named = data.get("series") or []
        words = [literal(data["source"]), *([f"series={_rows(named)}"] if named else [])]
        return _call("sims.published", words)
    fields = {name: data[name] for name in CHART_FIELDS if data.get(name)}
    return _call("sims.chart", [f"{name}={_rows(value)}" for name, value in fields.items()])


def drawn_figure(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The figure of such a block, as Plotly's JSON."""
    from engine.library import deck_figures

    made = (
        deck_figures.of_published(data["content"])
        if kind == "published"
        else deck_figures.of_chart(data)
    )
    return json.loads(str(made.to_json(engine="json")))


def _rows(value: Any, indent: str = "") -> str:
    """A literal, in rows of its parts where one line would be too long."""
    flat, inner = literal(value), indent + "    "
    if len(flat) + len(indent) <= WIDTH - 12 or not value or not isinstance(value, dict | list):
        return flat
    if isinstance(value, dict):
        parts = [f"{literal(key)}: {_rows(one, inner)}" for key, one in value.items()]
        return "{\n" + "".join(f"{inner}{part},\n" for part in parts) + indent + "}"
    parts = [_rows(one, inner) for one in value]
    return "[\n" + "".join(f"{inner}{part},\n" for part in parts) + indent + "]"


def literal(value: Any) -> str:
    """A value as Python writes it, texts in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {literal(one)}' for key, one in value.items())}}}"
    return repr(value)


def _call(start: str, words: Sequence[str]) -> str:
    short = f"{start}({', '.join(words)})"
    if len(short) <= WIDTH and "\n" not in short:
        return short
    indented = [word.replace("\n", "\n    ") for word in words]
    return f"{start}(\n" + "".join(f"    {word},\n" for word in indented) + ")"


def paper_of(block: Block) -> str:
    """The name of the published data beside a block's run, as its author wrote it."""
    written = yamltext.read(block.text).value
    return str(written.get("published") or "") if isinstance(written, dict) else ""


def recorded_figure(block: Block) -> dict[str, Any] | None:
    """The figure of the run that ships with the lectures, as Plotly's JSON; None where there is
    none, or where the block asks for several seeds."""
    from engine.library.curves import Picture
    from engine.library.figures import of_model

    data = block.data
    if int(data.get("seeds") or 1) > 1:
        return None
    found = recordings.read(str(data["sim"]), data["params"])
    if found is None:
        return None
    frames = [json.loads(text) for text in found.frames]
    picture = Picture(data.get("chart") or {}, data.get("published"))
    return json.loads(str(of_model(picture.model([frames])).to_json(engine="json")))
