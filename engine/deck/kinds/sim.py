"""`sim`: a simulation, its parameters and controls, and the chart of its frames."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, NotRequired, TypedDict

import msgspec

from engine.deck.blocks import grid, papers, simulation
from engine.deck.blocks.check import Check
from engine.deck.schema.deck_json import ColumnJson, FieldJson, PaperJson, Value
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import ID, Claims, Height, Names, Params, Simulation, Title
from sims import spec
from sims.nearest import nearest

_SEEDS = ("'{value}' is not a count of seeds.", "Write 1 to 100.")

_COLUMN = ("The chart column {value!r} is not text.", "Write the name of a value of the frames.")

_SECONDS = ("The seconds of a budget are {value!r}.", "Write a whole number from 1 to 600.")

_MEMORY = ("The memory of a budget are {value!r}.", "Write a whole number from 1 to 2000.")

_GRID = ("The grid of {value!r} is not a count of values.", "Write 2 to 50.")

_RANGE = ("The range of the axis is {value!r}.", "Write two numbers, the lower one first: [0, 1].")

LEARNERS = ("room_preferences", "reward_model", "rlhf", "dpo", "preferences")  # from a room

Scale = Annotated[Literal["linear", "log"], means("linear or log", "'{value}' is not a scale.")]


class SimChart(Model):
    """Which columns of the frames are drawn, and what stands at the axes."""

    unknown: ClassVar[str] = "A chart block has no field '{key}'."
    x: Annotated[str, means("column of the horizontal axis", *_COLUMN)] = "step"
    y: Annotated[
        str | list[Annotated[str, means("", *_COLUMN)]],
        means("column or columns that are drawn; without it, all numbers", *_COLUMN),
    ] = msgspec.field(default_factory=list)
    group: Annotated[
        str | None,
        means(
            "column whose values are curves of their own",
            "The group {value!r} is not text.",
            "Name a text of the frames.",
        ),
    ] = None
    x_label: Annotated[Text, means("text at the horizontal axis")] = ""
    y_label: Annotated[Text, means("text at the vertical axis")] = ""
    x_scale: Scale = "linear"
    y_scale: Scale = "linear"
    y_range: Annotated[
        list[float] | None,
        means(
            "the range of the vertical axis for all curves, so that a slider's effect shows",
            *_RANGE,
        ),
    ] = None
    target: Annotated[
        float | None,
        means("value to reach, drawn as a line", "'{value}' is not a number.", "Write a number."),
    ] = None
    target_label: Annotated[Text, means("text at that line")] = ""
    labels: Annotated[
        dict[str, Text], means("other names for columns, or for the values of `group`")
    ] = msgspec.field(default_factory=dict)


class Budget(Model):
    """What a run may take; `practicum rehearse` reports what takes more."""

    unknown: ClassVar[str] = "A budget block has no field '{key}'."
    seconds: Annotated[int, means("by the clock", *_SECONDS, ge=1, le=600)] = 10
    memory: Annotated[int, means("in MB", *_MEMORY, ge=1, le=2000)] = 600


class Sim(Model):
    """A simulation with its controls and the chart of its frames."""

    unknown: ClassVar[str] = "A sim block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
sim: bandit
id: explore
title: Explore or exploit
params: {num_pulls: 1000}
controls: [method, epsilon]
chart: {x: pulls, y: regret, group: method, x_label: pulls, y_label: wins lost, x_scale: log,
  y_scale: linear, y_range: [0, 80], target: 10, target_label: good, labels: {ucb1: UCB1}}
claims: [C42]
seeds: 3
height: 430
autorun: true
budget: {seconds: 20, memory: 700}
grid: {epsilon: 4, seed: 2}
""",
        """\
sim: overoptimization
chart: {x: root_kl, y: [proxy_reward, gold_reward], group: method}
published: gao_rl
""",
        """\
sim: room_preferences
room: which-answer
controls: [beta]
chart: {x: kl, y: [proxy_reward, optimum]}
""",
    )
    sim: Simulation
    id: ID = ""
    title: Title = ""
    params: Params = msgspec.field(default_factory=dict)
    controls: Annotated[Names, means("parameters that the reader can change in the slide")] = (
        msgspec.field(default_factory=list)
    )
    chart: Annotated[
        SimChart,
        means("what is drawn", "'chart' holds 'name: value' pairs.", "Write {{x: step, y: [kl]}}."),
    ] = msgspec.field(default_factory=SimChart)
    published: Annotated[
        str | None, means("numbers of a paper beside them: NAME of content/published", is_own=True)
    ] = None
    room: Annotated[
        str | None,
        means(
            "id of the `label` block whose labels in the room it learns from; in no room, or before"
            " anybody has labelled, the simulation's own raters take its place",
            "{value!r} is not an id of a label block.",
            "Write 'room: ID'.",
        ),
    ] = None
    claims: Claims = msgspec.field(default_factory=list)
    seeds: Annotated[
        int, means("number of seeds, drawn with their spread", *_SEEDS, ge=1, le=100)
    ] = 1
    height: Height | None = None
    autorun: Annotated[
        bool, means("answer each move of a control; run at first unless recorded")
    ] = False
    budget: Annotated[
        Budget | None,
        means(
            "what a run may take", "'budget' is {value!r}.", "Write {{seconds: 10, memory: 600}}."
        ),
    ] = None
    grid: Annotated[
        dict[str, Annotated[int, means("", *_GRID, ge=2, le=50)]],
        means(
            "parameters, and how many values of each `practicum rehearse --record --grid` runs"
            " ahead: a slider of an exported site moves over these at once"
        ),
    ] = msgspec.field(default_factory=dict)


class Data(TypedDict):
    """What the browser gets beside the fields."""

    params: dict[str, Value]
    fields: list[FieldJson]
    controls: list[str]
    claims: list[str]
    columns: NotRequired[dict[str, ColumnJson]]
    published: NotRequired[PaperJson]
    recorded: Annotated[NotRequired[str], "address of a finished run"]
    grid: Annotated[NotRequired[dict[str, list[Value]]], "values whose runs are made ahead"]


MODEL = Sim
DATA = Data


def finish(check: Check) -> None:
    """Fill in every parameter, and say what the simulation does not have."""
    fields, data = check.fields, check.out.data
    data.update(params={}, fields=[], controls=check.names("controls"))
    data["claims"] = check.names("claims")
    if "published" in fields:
        data["published"] = papers.published(check, "published")
    declared = simulation.declared(check)
    _check_chart(check, declared is not None)
    if declared is None:
        return
    names = [one["name"] for one in declared]
    for control in data["controls"]:
        if control not in names:
            message = f"{fields['sim']} has no parameter '{control}' to control."
            check.problem(message, nearest(control, names), *check.place_of("controls", control))
    data["controls"] = [control for control in data["controls"] if control in names]
    grid.finish(check, declared)
    if fields.get("room"):
        _learn_from_room(check, names)


def _learn_from_room(check: Check, names: list[str]) -> None:
    """It takes labels of texts by number (`pairs`), or of what its own world has (`source`)."""
    if "labels" not in names or not {"pairs", "source"} & set(names):
        message = f"{check.fields['sim']} learns from no room: it has no parameter 'labels'."
        check.problem(message, f"Write 'sim: {LEARNERS[0]}', or {', '.join(LEARNERS[1:])}.", "room")
    elif "source" in names:
        check.out.data["params"]["source"] = "room"


def _check_chart(check: Check, has_simulation: bool) -> None:
    chart = check.fields.get("chart")
    if chart is None:
        return
    between = chart.get("y_range")
    if between is not None and not _is_range(between, chart.get("y_scale") == "log"):
        check.problem(f"The range of the axis is {between}.", _RANGE[1], "chart", "y_range")
        chart = {key: each for key, each in chart.items() if key != "y_range"}
    y = chart.get("y", [])
    y = y if isinstance(y, list) else [y]
    check.out.data["chart"] = {**chart, "x": chart.get("x", "step"), "y": y}
    if has_simulation:
        written = (check.raw.yaml.value or {})["chart"]
        _check_columns(check, written)


def _is_range(between: list[float], is_log: bool) -> bool:
    """Whether these are two numbers that an axis can hold."""
    if len(between) != 2 or not all(math.isfinite(one) for one in between):
        return False
    low, high = between
    return low < high and (low > 0 or not is_log)


def _check_columns(check: Check, chart: dict[str, Any]) -> None:
    """Hold the columns that a chart names to those that the simulation declares; what they mean
    goes to the browser."""
    name, params = str(check.fields["sim"]), check.out.data["params"]
    known = simulation.columns(name, check.stamp)
    found = check.out.data["columns"] = {}
    for column, place in _named(chart):
        try:
            one = spec.find_column(name, column, params, known)
        except spec.SpecError as error:
            message, _, fix = str(error).partition(". ")
            check.problem(f"{message}.", fix, "chart", *place)
            continue
        if one is None:
            return
        found[column] = {"unit": one.unit, "meaning": one.meaning}
        is_group = place == ("group",)
        if one.type == "list" or (one.type == "str" and not is_group):
            what = "texts" if one.type == "str" else "lists"
            role = "separate no curves" if is_group else "have no place on an axis"
            fix = "Name a column of numbers" + (" or of texts." if is_group else ".")
            check.problem(f"'{column}' holds {what}, which {role}.", fix, "chart", *place)
    _check_labels(check, chart, [one.name for one in known])


def _named(chart: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every column that a chart names, and where."""
    y = chart.get("y")
    if isinstance(chart.get("x"), str):
        yield chart["x"], ("x",)
    for index, column in enumerate(y if isinstance(y, list) else []):
        if isinstance(column, str):
            yield column, ("y", str(index))
    if isinstance(y, str):
        yield y, ("y",)
    if isinstance(chart.get("group"), str):
        yield chart["group"], ("group",)


def _check_labels(check: Check, chart: dict[str, Any], known: list[str]) -> None:
    """Labels name columns; with a group also its values, which only a run can tell."""
    labels = chart.get("labels")
    for key in labels if isinstance(labels, dict) and "group" not in chart else ():
        if key not in known:
            message = f"The chart has no column '{key}' to label."
            check.problem(message, nearest(str(key), known), "chart", "labels", str(key))
