"""`sims.figure`: the chart of a slide as a `plotly.graph_objects.Figure`."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from engine.library import template
from engine.library.curves import Area, CurveModel, Line, Picture, Track
from engine.library.words import colour_in, escaped, faded
from engine.runs.tables import OF_FRAMES, SEED

if TYPE_CHECKING:
    from pandas import DataFrame

VARIED = "_varied"  # a column of ours: what was varied, in words


def figure(
    frames: "DataFrame",
    name: str | None = None,
    *,
    chart: Mapping[str, Any] | None = None,
    published: Mapping[str, Any] | str | None = None,
    dark: bool = False,
) -> go.Figure:
    """The chart of a table of `sims.run` or `sims.sweep`, as the slides draw it.

    What is drawn is that of the first slide that runs the simulation `name` (the one that the
    frames are of, without it), or the block of a slide that is called so. `chart` says it outright,
    as a `sim` block does: x, y, group, x_label, y_label, x_scale, y_scale, target, target_label,
    labels. `published` names a file of content/published. Several seeds are a median and a band.

    Raises SpecError (a ValueError) for a name or a column that does not exist.
    """
    from engine.library import charts  # reads the lectures

    found = charts.find(frames, name, chart, published)
    tracks, options = tracks_of(frames, found.chart)
    charts.hold(frames, options)
    return of_model(Picture(options, found.published).model(tracks), dark=dark)


def tracks_of(frames: "DataFrame", chart: Mapping[str, Any]) -> tuple[list[Track], dict[str, Any]]:
    """The runs of a table, one track for each seed, and the chart with what was varied as curves
    of their own."""
    options = dict(chart)
    columns = [str(name) for name in frames.columns]
    varied = columns[: columns.index(SEED)] if SEED in columns else []
    rows = frames
    if varied and varied != [options.get("group")]:
        group = options.get("group")
        told = [*([group] if group else []), *(one for one in varied if one != group)]
        said = [
            ", ".join(str(row[one]) if one == group else f"{one}={row[one]}" for one in told)
            for row in frames.loc[:, told].to_dict("records")
        ]
        rows, options["group"] = frames.assign(**{VARIED: said}), VARIED
    renamed = {name: name.removesuffix(OF_FRAMES) for name in columns if name.endswith(OF_FRAMES)}
    taken = [name for name in renamed.values() if name in columns]
    rows = rows.drop(columns=taken).rename(columns=renamed)
    if SEED not in columns:
        return [rows.to_dict("records")], options
    return [part.to_dict("records") for _, part in rows.groupby(SEED, sort=False)], options


def of_model(model: CurveModel, *, dark: bool = False) -> go.Figure:
    """A curve as a figure: its bands, then its lines."""
    template.register()
    traces = [one for area in model.bands for one in _band(area, dark)]
    traces += [_line(line, model, dark) for line in model.lines]
    made = go.Figure(traces)
    made.update_layout(
        template=template.DARK if dark else template.LIGHT,
        showlegend=sum(bool(line.label) for line in model.lines) > 0,
        xaxis={"title": escaped(model.x_title), "type": "log" if model.x_log else "linear"},
        yaxis={"title": escaped(model.y_title), "type": "log" if model.y_log else "linear"},
    )
    if held := _held(model):
        made.update_yaxes(range=[math.log10(end) for end in held] if model.y_log else held)
    if model.target is not None:
        soft = colour_in("soft", dark)
        made.add_hline(
            y=model.target, line={"dash": "dash", "color": soft, "width": 1},
            annotation_text=escaped(model.target_label), annotation_position="top left",
        )  # fmt: skip
    return made


def _held(model: CurveModel) -> tuple[float, float] | None:
    """The declared range of the vertical axis; None where a curve would leave it, as on a slide."""
    heights = [y for line in model.lines for y in line.y]
    heights += [y for area in model.bands for y in (*area.low, *area.high)]
    if model.y_range is None or not heights:
        return None
    low, high = model.y_range
    ends = heights if model.target is None else [*heights, model.target]
    return (low, high) if low <= min(ends) and max(ends) <= high else None


def _line(line: Line, model: CurveModel, dark: bool) -> go.Scatter:
    pairs = zip(line.x, line.y, strict=True)
    kept = [  # zero has no place on a logarithmic axis
        (x, y) for x, y in pairs if not (model.x_log and x <= 0) and not (model.y_log and y <= 0)
    ]
    is_cloud = line.is_cloud or len(kept) == 1
    mode = "markers" if is_cloud else "lines+markers" if line.has_dots else "lines"
    colour = colour_in(line.colour, dark)
    told = f"{escaped(line.hover or line.label)}<br>" if line.hover or line.label else ""
    place = f"%{{y:,.4~g}}<br>{escaped(model.x_title)} %{{x:,.6~g}}"
    return go.Scatter(
        mode=mode, x=[x for x, _ in kept], y=[y for _, y in kept],
        name=escaped(line.label), showlegend=bool(line.label),
        marker={"color": colour, "size": 6},
        line={"color": colour, "width": 1.6 if line.is_thin else 2.4, "dash": line.dash},
        hovertemplate=f"{told}{place}<extra></extra>",
    )  # fmt: skip


def _band(area: Area, dark: bool) -> Sequence[go.Scatter]:
    shared = {
        "mode": "lines", "x": area.x, "line": {"width": 0}, "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip
    fill = faded(colour_in(area.colour, dark), area.alpha)
    return (
        go.Scatter(y=area.low, **shared),
        go.Scatter(y=area.high, fill="tonexty", fillcolor=fill, **shared),
    )
