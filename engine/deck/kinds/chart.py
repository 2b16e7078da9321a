"""`chart`: numbers that the browser draws, with a table of them for everyone else."""

import html
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from tinycss2 import color4

from engine.deck.blocks.fields import complain, fitted, text
from engine.deck.markup.state import Raw, State
from engine.deck.schema.chart_models import NO_DATA, ChartNumbers, Options
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import NAMED, Ignored
from sims.nearest import nearest

COLOURS = ("color", "borderColor", "backgroundColor")
NAMES = (*NAMED, "policy-light")
_MOST_EMPTY = 2_000  # cells of the table that stand for no value


class Chart(Model):
    """Numbers of the deck itself, drawn by the browser, with a table of them for everyone else."""

    unknown: ClassVar[str] = "A chart block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
type: bar
title: Share of labels
height: 300
width: 600
data:
  labels: [human, model]
  datasets:
  - {label: "2022", data: [90, 10], color: policy}
options:
  scales:
    x: {title: {text: Who, display: true}, ticks: {prefix: a, suffix: s}, grid: {display: false}}
    y:
      title: {text: Share, display: true}
      ticks: {prefix: "", suffix: " %"}
      grid: {display: true}
""",
        """\
type: scatter
data:
  datasets:
  - {data: [{x: 1, y: 2, r: 4}, {x: 2, y: 3}], borderColor: teal, backgroundColor: teal}
options:
  title: {text: Points, display: true}
  plugins: {title: {text: Points, display: true}}
""",
    )
    data: Annotated[ChartNumbers, means("the series, and the names along the axis", *NO_DATA)]
    type: Annotated[
        Literal["line", "bar", "scatter", "pie", "doughnut", "radar", "bubble", "area"],
        means("how it is drawn", "'{value}' is not a type of a chart block.", is_folded=True),
    ] = "bar"
    title: Annotated[Text, means("its heading")] = ""
    height: Annotated[
        float | None,
        means(
            "in pixels of a slide of 1280 x 720",
            "The height {value!r} does nothing.",
            "Write a number like 300.",
            is_warning=True,
        ),
    ] = None
    width: Ignored = None
    options: Annotated[Options, means("of Chart.js", is_warning=True)] = msgspec.field(
        default_factory=Options
    )


MODEL = Chart


def draw(raw: Raw, state: State) -> str:
    """A place for the drawn chart, with its numbers as a table."""
    fields, faults = fitted(raw, state)
    if any(one.path[0] == "data" and not one.is_warning for one in faults):
        return ""
    data, sets = fields["data"], fields["data"]["datasets"]
    for index, item in enumerate(sets):
        _check_colours(raw, state, index, item)
    names = [text(one.get("label")) or f"Series {index + 1}" for index, one in enumerate(sets)]
    columns = [one["data"] for one in sets]
    rows, filled = max(map(len, columns)), sum(map(len, columns))
    if rows * len(columns) > filled + _MOST_EMPTY:
        fix = "Give all datasets as many values."
        complain(raw, "The datasets differ too much in length.", fix, state, "data", "datasets")
        return ""
    table = _table(text(fields.get("title")), data.get("labels", []), names, columns)
    return state.block(raw, table)


def _check_colours(raw: Raw, state: State, index: int, item: dict[str, Any]) -> None:
    """A warning for each colour that no browser knows; it would be drawn black."""
    for key in COLOURS:
        given = item.get(key, [])
        for value in given if isinstance(given, list) else [given]:
            if value not in NAMES and color4.parse_color(value) is None:
                fix = nearest(value, NAMES, "Write one of {known}, or a CSS colour.")
                path = ("data", "datasets", str(index), key)
                complain(raw, f"'{value}' is not a colour.", fix, state, *path, is_warning=True)


def _table(title: str, labels: list[Any], names: list[str], columns: list[list[Any]]) -> str:
    def cell(value: Any) -> str:
        if isinstance(value, dict):
            value = ", ".join(f"{key} {part}" for key, part in value.items())
        return f"<td>{html.escape('' if value is None else str(value))}</td>"

    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    rows = []
    for index in range(max(len(column) for column in columns)):
        label = html.escape(_label(labels[index])) if index < len(labels) else str(index + 1)
        cells = "".join(cell(c[index] if index < len(c) else None) for c in columns)
        rows.append(f'<tr><th scope="row">{label}</th>{cells}</tr>')
    caption = f"<caption>{html.escape(title)}</caption>" if title else ""
    body = "".join(rows)
    return f"<table>{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"


def _label(written: Any) -> str:
    """A name along the axis; Chart.js takes one of several lines as a list."""
    return " ".join(map(str, written)) if isinstance(written, list) else text(written)
