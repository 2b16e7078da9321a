"""Which chart a simulation has: that of a slide, found by the simulation's name or the block's."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.deck.blocks import papers
from engine.deck.document import load
from engine.deck.library import Library
from engine.deck.schema.deck_json import BlockJson
from engine.paths import CONTENT, LECTURES
from sims import spec
from sims.nearest import nearest
from sims.spec import SpecError

if TYPE_CHECKING:
    from pandas import DataFrame

OPTIONS = (
    "x", "y", "group", "x_label", "y_label", "x_scale", "y_scale", "target", "target_label",
    "labels", "y_range",
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """What is drawn, and a paper's numbers beside it."""

    chart: Mapping[str, Any]
    published: Mapping[str, Any] | None = None


def find(
    frames: "DataFrame",
    name: str | None,
    chart: Mapping[str, Any] | None,
    published: Mapping[str, Any] | str | None,
) -> Drawn:
    """The chart that is asked for outright, else that of a slide. Raises SpecError."""
    _hold_table(frames)
    paper = paper_of(published) if isinstance(published, str) else published
    if chart is not None:
        for option in chart:
            if option not in OPTIONS:
                raise SpecError(f"A chart has no '{option}'. {nearest(str(option), OPTIONS)}")
        return Drawn(chart, paper)
    wanted = name or frames.attrs.get("sim")
    if not wanted:
        raise SpecError("Which simulation made these frames? Name it, or a chart.")
    blocks = _blocks()
    named = [block for block in blocks if block["id"] == wanted]
    made_by = frames.attrs.get("sim", wanted)
    if made_by != wanted and not named and wanted in spec.names():
        raise SpecError(f"These frames are of {made_by}, not of {wanted}.")
    params = frames.attrs.get("params", {})
    of_sim = sorted(
        (block for block in blocks if block["data"].get("sim") == wanted),
        key=lambda block: sum(params.get(k) != v for k, v in block["data"]["params"].items()),
    )
    for block in [*named, *of_sim]:
        own = block["data"].get("chart") or {}
        if _fits(frames, own):
            return Drawn(own, paper or block["data"].get("published"))
    if named:  # a slide that is asked for by its name draws nothing else
        hold(frames, named[0]["data"].get("chart") or {})
    if not of_sim and wanted not in spec.names():
        known = [*spec.names(), *(block["id"] for block in blocks)]
        raise SpecError(f"There is no simulation or block '{wanted}'. {nearest(wanted, known)}")
    return Drawn({}, paper)


def _hold_table(frames: Any) -> None:
    """Raise SpecError for what is no table of frames, or one of which nothing can be drawn."""
    from pandas import DataFrame

    if not isinstance(frames, DataFrame):
        raise SpecError(f"Frames are a table as sims.run makes it, not {type(frames).__name__}.")
    names = [str(name) for name in frames.columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SpecError(f"The frames have two columns '{twice}'. Rename one, or leave it out.")
    if frames.empty:
        raise SpecError("The frames have no rows, so there is nothing to draw.")


def hold(frames: "DataFrame", chart: Mapping[str, Any]) -> None:
    """Raise SpecError for a column that a chart names and the frames do not have."""
    y = chart.get("y") or []
    for column in [chart.get("x"), *([y] if isinstance(y, str) else y), chart.get("group")]:
        if column and column not in frames.columns and not str(column).startswith("_"):
            known = [str(one) for one in frames.columns]
            raise SpecError(f"The frames have no column '{column}'. {nearest(column, known)}")


def _fits(frames: "DataFrame", chart: Mapping[str, Any]) -> bool:
    try:
        hold(frames, chart)
    except SpecError:
        return False
    return True


def paper_of(name: str) -> Mapping[str, Any]:
    """The numbers of content/published/NAME. Raises SpecError for an unknown name, or bad files."""
    paths = {path.stem: path for path in (CONTENT / "published").glob("*.yaml")}
    if name not in paths:
        raise SpecError(f"There is no published data '{name}'. {nearest(name, sorted(paths))}")
    found = papers.read(paths[name], LECTURES)
    if found.content is None:
        raise SpecError(str(found.problems[0]))
    return found.content


@functools.lru_cache(maxsize=1)
def _blocks() -> tuple[BlockJson, ...]:
    """Every `sim` block of the lectures, in their order."""
    return tuple(
        block
        for path in Library(LECTURES).paths().values()
        for slide in load(path)["slides"]
        for block in slide["blocks"]
        if block["kind"] == "sim" and block["data"].get("fields")
    )
