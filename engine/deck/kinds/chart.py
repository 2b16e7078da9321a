"""`chart`: numbers that the browser draws, with a table of them for everyone else."""

import html
from typing import Annotated, Any, ClassVar, Literal

from engine.deck.blocks.fields import checked, complain, text
from engine.deck.markup.state import Raw, State
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import Ignored

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
  - {label: "2022", data: [90, 10]}
options: {scales: {y: {ticks: {suffix: " %"}}}}
""",
    )
    data: Annotated[
        Any, means("`labels`, and `datasets` with a `label` and its `data` each", is_own=True)
    ]
    type: Annotated[
        Literal["line", "bar", "scatter", "pie", "doughnut", "radar", "bubble", "area"],
        means("how it is drawn", "'{value}' is no type of a chart block.", is_folded=True),
    ] = "bar"
    title: Annotated[Text, means("its heading")] = ""
    height: Annotated[Any, means("in pixels of a slide of 1280 x 720")] = None
    width: Ignored = None
    options: Annotated[Any, means("of Chart.js: scales.x and scales.y with title and ticks")] = None


MODEL = Chart


def draw(raw: Raw, state: State) -> str:
    """A place for the drawn chart, with its numbers as a table."""
    fields = checked(raw, state)
    data = fields.get("data")
    sets = data.get("datasets") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(sets, list) or not sets:
        fix = "Add 'data:' with 'labels:' and 'datasets:'."
        complain(raw, "A chart needs data.", fix, state, "data", "datasets")
        return ""
    labels = data.get("labels")
    labels = labels if isinstance(labels, list) else []
    names, columns = [], []
    for index, item in enumerate(sets):
        values = item.get("data") if isinstance(item, dict) else None
        if not isinstance(values, list) or not all(_is_point(value) for value in values):
            where = ("data", "datasets", str(index))
            fix = "Write 'data: [1, 2, 3]'."
            complain(raw, "A dataset is a list of numbers or points.", fix, state, *where)
            return ""
        names.append(text(item.get("label")) or f"Series {index + 1}")
        columns.append(values)
    rows, filled = max(map(len, columns)), sum(map(len, columns))
    if rows * len(columns) > filled + _MOST_EMPTY:
        fix = "Give all datasets as many values."
        complain(raw, "The datasets differ too much in length.", fix, state, "data", "datasets")
        return ""
    return state.block(raw, _table(text(fields.get("title")), labels, names, columns))


def _is_point(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_point(part) and not isinstance(part, dict) for part in value.values())
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _table(title: str, labels: list[Any], names: list[str], columns: list[list[Any]]) -> str:
    def cell(value: Any) -> str:
        if isinstance(value, dict):
            value = ", ".join(f"{key} {part}" for key, part in value.items())
        return f"<td>{html.escape('' if value is None else str(value))}</td>"

    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    rows = []
    for index in range(max(len(column) for column in columns)):
        label = html.escape(str(labels[index])) if index < len(labels) else str(index + 1)
        cells = "".join(cell(c[index] if index < len(c) else None) for c in columns)
        rows.append(f'<tr><th scope="row">{label}</th>{cells}</tr>')
    caption = f"<caption>{html.escape(title)}</caption>" if title else ""
    body = "".join(rows)
    return f"<table>{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
