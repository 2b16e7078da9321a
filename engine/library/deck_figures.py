"""The `chart` and `published` blocks of a deck as figures: engine/app/web/charts has the same."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from engine.library import template
from engine.library.charts import paper_of
from engine.library.curves import CurveModel, Line
from engine.library.figures import of_model
from engine.library.template import CYCLE
from engine.library.words import colour_in, escaped, faded, meaning
from engine.palette import colours
from sims.nearest import nearest
from sims.spec import SpecError

PATTERNS = ("", "/", ".", "x", "-", "\\")  # of the bars of sets side by side
MOST_DOTS, MOST_PAPER_DOTS = 16, 30  # points of a line that are marked


@dataclass(frozen=True)
class Set:
    """One series of a chart."""

    label: str
    values: Sequence[Any]
    colour: str  # as its author gave it
    name: str  # of the palette, where the label says nothing of a colour

    def css(self, dark: bool) -> str:
        if self.colour == "policy-light":
            return faded(colour_in("policy", dark), 0.5)
        own = meaning(self.label)
        return colour_in(self.colour or (self.name if own == "policy" else own), dark)


def chart(*, dark: bool = False, **fields: Any) -> go.Figure:
    """A `chart` block of a deck: `type`, `data`, `options` and `title` as they stand there.

    Raises SpecError where there are no series.
    """
    numbers = fields.get("data")
    sets = numbers.get("datasets") if isinstance(numbers, Mapping) else None
    if not isinstance(sets, Sequence) or not sets:
        raise SpecError("A chart needs data={'datasets': [{'label': …, 'data': [1, 2]}]}.")
    return of_chart(fields, dark=dark)


def published(name: str, series: Sequence[str] = (), *, dark: bool = False) -> go.Figure:
    """The numbers of a paper in content/published/NAME, as a slide draws them: the `series` that
    are named, else those that the file says are shown, else all.

    Raises SpecError for a name that is not there, and for files that cannot be read.
    """
    content = paper_of(name)
    by_name = {one["label"]: one for one in content["series"]}
    wanted = series or content.get("shown") or list(by_name)
    if wrong := [one for one in wanted if one not in by_name]:
        raise SpecError(f"{name} has no series '{wrong[0]}'. {nearest(wrong[0], list(by_name))}")
    return of_published({**content, "series": [by_name[one] for one in wanted]}, dark=dark)


def of_published(content: Mapping[str, Any], *, dark: bool = False) -> go.Figure:
    """A paper's numbers: curves, or bars where it says so."""
    series = content["series"]
    if content.get("kind") == "bar":
        labels = list(dict.fromkeys(str(p[0]) for one in series for p in one["points"]))
        sets = [
            Set(
                one["label"],
                [next((p[1] for p in one["points"] if str(p[0]) == x), None) for x in labels],
                "",
                one.get("colour") or "policy",
            )
            for one in series
        ]
        return _bars(labels, sets, "", content.get("y_label") or "", dark)
    lines = [
        Line(
            [p[0] for p in one["points"]], [p[1] for p in one["points"]],
            one.get("colour") or meaning(one["label"]),
            one["label"] if len(series) > 1 else "", hover=one["label"], is_thin=True,
            is_cloud=one.get("kind") == "points",
            has_dots=one.get("kind") != "line" and len(one["points"]) <= MOST_PAPER_DOTS,
        )
        for one in series
    ]  # fmt: skip
    logs = (content.get("x_scale") == "log", content.get("y_scale") == "log")
    model = CurveModel(
        content.get("x_label") or "", content.get("y_label") or "", lines, [], *logs
    )  # fmt: skip
    return of_model(model, dark=dark)


def of_chart(data: Mapping[str, Any], *, dark: bool = False) -> go.Figure:
    """Numbers written in a deck, as Chart.js knows them (`type`, `data`, `options`)."""
    numbers = data.get("data") or {}
    labels = [",".join(one) if isinstance(one, list) else str(one) for one in numbers["labels"]] \
        if numbers.get("labels") else []  # fmt: skip
    sets = [
        Set(
            one.get("label") or f"Series {k + 1}", one.get("data") or [],
            one.get("color") or one.get("borderColor") or one.get("backgroundColor") or "",
            CYCLE[k % len(CYCLE)],
        )
        for k, one in enumerate(numbers.get("datasets") or [])
    ]  # fmt: skip
    kind = data.get("type") or "bar"
    if kind in ("pie", "doughnut"):
        return _pie(labels, sets, 0.58 if kind == "doughnut" else 0, dark)
    if kind == "radar":
        return _radar(labels, sets, dark)
    x_title, y_title = _title(data, "x"), _title(data, "y")
    if kind == "scatter":
        return of_model(CurveModel(x_title, y_title, _clouds(sets, dark)), dark=dark)
    single = sets[0].label if len(sets) == 1 and sets[0].label != "Series 1" else ""
    if kind == "line":
        return _lines(labels, sets, x_title, y_title or single, dark)
    return _bars(labels, sets, x_title, y_title or single, dark)


def _title(data: Mapping[str, Any], axis: str) -> str:
    own = data.get(f"{axis}_label")
    scales = (data.get("options") or {}).get("scales") or {}
    return own or ((scales.get(axis) or {}).get("title") or {}).get("text") or ""


def _clouds(sets: Sequence[Set], dark: bool) -> list[Line]:
    made = []
    for one in sets:
        pairs = [(p["x"], p["y"]) if isinstance(p, Mapping) else (p[0], p[1]) for p in one.values]
        label = one.label if len(sets) > 1 else ""
        x, y = [p[0] for p in pairs], [p[1] for p in pairs]
        made.append(Line(x, y, one.css(dark), label, hover=one.label, is_cloud=True))
    return made


def _lines(labels: list[str], sets: Sequence[Set], x: str, y: str, dark: bool) -> go.Figure:
    places = numeric_places(labels)
    at = places or list(map(float, range(len(labels))))
    lines = [
        Line(
            at[: len(one.values)], list(one.values), one.css(dark),
            one.label if len(sets) > 1 else "", hover=one.label, has_dots=len(at) <= MOST_DOTS,
        )
        for one in sets
    ]  # fmt: skip
    made = of_model(CurveModel(x, y, lines), dark=dark)
    if places is None:
        made.update_xaxes(tickvals=at, ticktext=list(map(escaped, labels)))
    return made


def numeric_places(labels: Sequence[str]) -> list[float] | None:
    """Labels that are numbers spaced neither evenly nor by a constant ratio stand where they
    belong; all others one beside the other."""
    try:
        values = [float(label.replace(",", "").replace("−", "-") or 0) for label in labels]
    except ValueError:
        return None
    is_rising = all(b > a for a, b in itertools.pairwise(values))
    if len(values) < 3 or not is_rising or not all(map(math.isfinite, values)):
        return None
    if 0.0 in values[:-1]:  # a ratio without an end
        return values
    ratios = [b / a for a, b in itertools.pairwise(values)]
    return None if max(ratios) - min(ratios) < 1e-6 * abs(ratios[0]) else values


def _filling(color: str, order: int, dark: bool) -> dict[str, Any]:
    """How the bars of a set are filled: sets differ without their colours, the first is plain."""
    shape = PATTERNS[order % len(PATTERNS)]
    ground = colour_in("card", dark)
    pattern = {"shape": shape, "fgcolor": ground, "bgcolor": color, "size": 7, "solidity": 0.22}
    return {"color": color, "pattern": pattern} if shape else {"color": color}


def _bars(labels: list[str], sets: Sequence[Set], x: str, y: str, dark: bool) -> go.Figure:
    template.register()
    traces = [
        go.Bar(
            name=escaped(one.label), x=list(range(len(one.values))), y=list(one.values),
            marker=_filling(one.css(dark), k, dark), text=list(one.values), textposition="outside",
            texttemplate="%{y:,.3~g}", cliponaxis=False, customdata=list(map(escaped, labels)),
            hovertemplate=f"%{{customdata}}<br>{escaped(one.label)} %{{y:,.4~g}}<extra></extra>",
        )
        for k, one in enumerate(sets)
    ]  # fmt: skip
    made = go.Figure(traces)
    made.update_layout(
        template=template.DARK if dark else template.LIGHT, barcornerradius=3,
        showlegend=len(sets) > 1, xaxis={"title": escaped(x)}, yaxis={"title": escaped(y)},
    )  # fmt: skip
    made.update_xaxes(tickvals=list(range(len(labels))), ticktext=list(map(escaped, labels)))
    return made


def _pie(labels: list[str], sets: Sequence[Set], hole: float, dark: bool) -> go.Figure:
    template.register()
    own = colours(dark=dark)
    cycle = [own[name] for name in CYCLE] + [faded(own[name], 0.55) for name in CYCLE]
    pie = go.Pie(
        labels=list(map(escaped, labels)), values=list(sets[0].values) if sets else [],
        hole=hole, sort=False, textinfo="label+percent", textposition="outside",
        marker={"colors": cycle, "line": {"color": own["card"], "width": 2}},
    )  # fmt: skip
    return go.Figure(pie, {"template": template.DARK if dark else template.LIGHT})


def _radar(labels: list[str], sets: Sequence[Set], dark: bool) -> go.Figure:
    template.register()
    around = [*map(escaped, labels), escaped(labels[0])] if labels else []
    traces = [
        go.Scatterpolar(
            name=escaped(one.label), r=[*one.values, one.values[0]], theta=around, fill="toself",
            fillcolor=faded(one.css(dark), 0.14), line={"color": one.css(dark)},
        )
        for one in sets
    ]  # fmt: skip
    return go.Figure(traces, {"template": template.DARK if dark else template.LIGHT})
