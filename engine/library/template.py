"""Plotly's templates `practicum` and `practicum_dark`: the look of the slides' charts."""

import functools

import plotly.graph_objects as go
import plotly.io as pio

from engine.palette import colours

LIGHT, DARK = "practicum", "practicum_dark"
CYCLE = ("policy", "gold", "chosen", "proxy", "reference", "rejected")


@functools.cache
def register() -> None:
    """Make both templates known to Plotly, by their names."""
    for name in (LIGHT, DARK):
        pio.templates[name] = template(dark=name == DARK)


def template(*, dark: bool) -> go.layout.Template:
    """No frame, few grid lines, colours by meaning; light or dark."""
    colour = colours(dark=dark)
    axis = {
        "gridcolor": colour["hair"], "linecolor": colour["hair"], "zeroline": False,
        "ticks": "outside", "ticklen": 5, "tickcolor": "rgba(0,0,0,0)",
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "paper_bgcolor": colour["card"],
            "plot_bgcolor": colour["card"],
            "font": {"color": colour["soft"], "family": "Source Sans 3, sans-serif", "size": 14},
            "colorway": [colour[name] for name in CYCLE],
            "hovermode": "closest",
            "hoverlabel": {"bgcolor": colour["card"], "font": {"color": colour["ink"]}},
            "legend": {"font": {"color": colour["ink"]}},
            "title": {"font": {"color": colour["ink"]}},
            "xaxis": {**axis, "showgrid": False, "showline": True},
            "yaxis": {**axis, "showgrid": True},
        }
    )
