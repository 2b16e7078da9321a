"""What the chart of a simulation shows: lines and bands, with their colours, names and dashes.

The browser has the same in engine/app/web/charts/series.js and lib/tracks.js; a test compares the
two, series by series, for every block of the lectures.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.library.words import meaning, words
from sims.spec import Frame

GRID = 160  # points of a band's curve
MOST_POINTS = 800  # of a line
CURVE_COLOURS = ("policy", "chosen", "rejected", "soft", "accent")
DASHES = ("solid", "dash", "dot", "dashdot")
QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
Track = Sequence[Frame]  # the frames of one run


@dataclass(frozen=True)
class Line:
    """A line, or points that are not joined; `colour` is a name of the palette or CSS."""

    x: list[float]
    y: list[float]
    colour: str
    label: str = ""
    dash: str = "solid"
    hover: str = ""
    is_thin: bool = False
    is_cloud: bool = False
    has_dots: bool = False


@dataclass(frozen=True)
class Area:
    """The room between two lines."""

    x: list[float]
    low: list[float]
    high: list[float]
    colour: str
    alpha: float


@dataclass(frozen=True)
class CurveModel:
    """A curve: its lines and bands, its axes, and the value that is to be reached."""

    x_title: str
    y_title: str
    lines: list[Line]
    bands: list[Area] = field(default_factory=list)
    x_log: bool = False
    y_log: bool = False
    target: float | None = None
    target_label: str = ""
    y_range: tuple[float, float] | None = None  # the least that the vertical axis shows


class Picture:
    """The chart of a `sim` block: `chart` as the deck has it, `published` a paper's numbers."""

    def __init__(
        self, chart: Mapping[str, Any], published: Mapping[str, Any] | None = None
    ) -> None:
        self.chart, self.published = chart, published
        self.x = str(chart.get("x") or "step")
        self.group = chart.get("group") or None
        y = chart.get("y") or []
        self.series = [y] if isinstance(y, str) else list(y)
        self.curves: list[str] = []  # values of the group, in the order in which they come

    def model(self, tracks: Sequence[Track]) -> CurveModel:
        """The lines and bands of some runs: one a line, several a median with its spread."""
        if not self.series and tracks and tracks[0]:
            self.series = default_series(tracks[0][0], self.x)
        lines, bands = self._published_lines(), []
        for curve, part in self._groups(tracks):
            for name in self.series:
                self._add(name, curve, part, lines, bands)
        chart = self.chart
        return CurveModel(
            self.x_title, self.y_title, lines, bands,
            chart.get("x_scale") == "log", chart.get("y_scale") == "log",
            chart.get("target"), chart.get("target_label") or "",
            tuple(chart["y_range"]) if chart.get("y_range") else None,
        )  # fmt: skip

    @property
    def x_title(self) -> str:
        return self.chart.get("x_label") or ("updates" if self.x == "step" else words(self.x))

    @property
    def y_title(self) -> str:
        return self.chart.get("y_label") or ", ".join(map(words, self.series))

    @property
    def is_overlaid(self) -> bool:
        """Whether a paper's numbers stand in the same plot: where both axes mean the same."""
        paper, scale = self.published or {}, self.chart.get("x_scale") or "linear"
        titles = (paper.get("x_label"), paper.get("y_label"))
        is_same = titles == (self.x_title, self.y_title)
        return bool(paper) and is_same and (paper.get("x_scale") or "linear") == scale

    def _add(
        self, name: str, curve: str | None, part: list[Track], lines: list[Line], bands: list[Area]
    ) -> None:
        colour, label = self._colour(name, curve), self._label(name, curve)
        dash = self._dash(name, curve)
        if len(part) == 1:
            x, y = points(part[0], self.x, name)
            lines.append(Line(x, y, colour, label, dash))
        elif part:
            x, rows = band(part, self.x, name, self.chart.get("x_scale") == "log")
            least, low, middle, high, most = rows
            bands += [Area(x, least, most, colour, 0.1), Area(x, low, high, colour, 0.2)]
            told = f"median of {len(part)}"
            named = f"{label}, {told}" if label else told
            lines.append(Line(x, middle, colour, named, dash, f"{told} seeds"))

    def _groups(self, tracks: Sequence[Track]) -> list[tuple[str | None, list[Track]]]:
        """The tracks of each curve: of all frames, or of each value of the group."""
        if not self.group:
            return [(None, [track for track in tracks if track])]
        of = [[(_text(frame.get(self.group)), frame) for frame in track] for track in tracks]
        self.curves = list(dict.fromkeys(curve for track in of for curve, _ in track))
        made = []
        for wanted in self.curves:
            parts = [[frame for curve, frame in track if curve == wanted] for track in of]
            made.append((wanted, [part for part in parts if part]))
        return made

    def _label(self, name: str, curve: str | None) -> str:
        """One curve alone is named by the axis; several carry their names."""
        labels = self.chart.get("labels") or {}
        own = labels.get(name) or (words(name) if len(self.series) > 1 else "")
        group = "" if curve is None else labels.get(curve) or words(curve)
        return ", ".join(part for part in (own, group) if part)

    def _colour(self, name: str, curve: str | None) -> str:
        """With one series the curves of a group have colours of their own."""
        if curve is None or len(self.series) > 1:
            return meaning(name)
        own = meaning(curve)
        return CURVE_COLOURS[self._order(curve) % len(CURVE_COLOURS)] if own == "policy" else own

    def _order(self, curve: str) -> int:
        """The place of a curve among those whose name says nothing of their colour."""
        alike = [each for each in self.curves if meaning(each) == "policy"]
        return alike.index(curve) if curve in alike else -1

    def _dash(self, name: str, curve: str | None) -> str:
        alike = [each for each in self.series if meaning(each) == meaning(name)].index(name)
        order = 0 if curve is None else self.curves.index(curve)
        return DASHES[(alike + order) % len(DASHES)]

    def _published_lines(self) -> list[Line]:
        if not self.published or not self.is_overlaid:
            return []
        return [
            Line(
                [point[0] for point in one["points"]], [point[1] for point in one["points"]],
                one.get("colour") or meaning(one["label"]), one["label"], "dot",
                self.published.get("where", ""), is_thin=True,
                is_cloud=one.get("kind") == "points",
            )
            for one in self.published["series"]
        ]  # fmt: skip


def _text(value: Any) -> str:
    """A value of a group as JavaScript writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def default_series(frame: Frame, x: str) -> list[str]:
    """What is drawn where no `y` is named: the first three numbers that are results."""
    numbers = [
        name for name, value in frame.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]  # fmt: skip
    return [name for name in numbers if name not in ("step", "progress", "seed", x)][:3]


def points(track: Track, x: str, y: str, most: float = MOST_POINTS) -> tuple[list, list]:
    """The points of one series, thinned to about `most`; the last one is always there."""
    stride, last = max(1, math.ceil(len(track) / most)), len(track) - 1
    kept = [frame for k, frame in enumerate(track) if k % stride == 0 or k == last]
    return [frame.get(x) for frame in kept], [frame.get(y) for frame in kept]


def band(
    tracks: Sequence[Track], x: str, y: str, is_log: bool = False
) -> tuple[list[float], list[list[float]]]:
    """x (G,) and least, low quartile, median, high quartile and most (G,) each, over runs that need
    not share their x: each is read off on one grid, and keeps its last value once it has ended."""
    runs = [points(track, x, y, math.inf) for track in tracks]
    start, end = max(xs[0] for xs, _ in runs), max(xs[-1] for xs, _ in runs)
    parts = np.linspace(0, 1, GRID + 1) if end > start else np.zeros(1)
    spaced = is_log and start > 0
    grid = start * (end / start) ** parts if spaced else start + (end - start) * parts
    values = np.array([[_read_off(xs, ys, at) for at in grid.tolist()] for xs, ys in runs])
    return grid.tolist(), np.quantile(values, QUANTILES, axis=0).tolist()


def _read_off(xs: list[float], ys: list[float], at: float) -> float:
    """The height at one place, linear between its neighbours."""
    low, high = 0, len(xs) - 1
    if at >= xs[high]:
        return ys[high]
    if at <= xs[0]:
        return ys[0]
    while high - low > 1:  # by hand: x need not be sorted, and the page looks in this order
        middle = (low + high) // 2
        low, high = (middle, high) if xs[middle] <= at else (low, middle)
    return ys[low] + (ys[high] - ys[low]) * (at - xs[low]) / (xs[high] - xs[low])
