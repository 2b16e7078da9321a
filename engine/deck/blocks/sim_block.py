"""`sim` blocks: a simulation, its parameters and controls, and the chart of its frames."""

import functools
import json
from collections.abc import Iterator
from typing import Any

from engine.deck.blocks.check import Check, nearest
from engine.deck.blocks.published import published
from sims import spec
from sims.declarations import MOST_TEXT

Stamp = spec.Stamp


def stamp() -> Stamp:
    """Changes when the source of a simulation does."""
    return spec.stamp()


def sim(check: Check) -> None:
    """Fill in every parameter, and say what the simulation does not have."""
    fields, data = check.fields, check.out.data
    data.update(params={}, fields=[], controls=check.names("controls"))
    data["claims"] = check.names("claims")
    if "published" in fields:
        data["published"] = published(check, "published")
    declared = simulation(check)
    _check_chart(check, declared is not None)
    if declared is None:
        return
    names = [one["name"] for one in declared]
    for control in data["controls"]:
        if control not in names:
            message = f"{fields['sim']} has no parameter '{control}' to control."
            check.problem(message, nearest(control, names), *check.place_of("controls", control))
    data["controls"] = [control for control in data["controls"] if control in names]


def simulation(check: Check) -> list[dict[str, Any]] | None:
    """Fill in `params` and `fields` of the simulation that the block names; None without one."""
    name = check.fields.get("sim")
    known = _names(check.stamp)
    if not isinstance(name, str) or name not in known:
        wanted = f"A {check.raw.kind} block needs 'sim: NAME'."
        message = f"There is no simulation '{name}'." if name else wanted
        check.problem(message, nearest(str(name or ""), known), "sim")
        return None
    declared = _declared(name, check.stamp)
    if isinstance(declared, str):
        check.problem(declared, "Fix the simulation.", "sim")
        return None
    defaults = {one["name"]: one["default"] for one in declared}
    check.out.data["params"] = values(check, name, defaults)
    check.out.data["fields"] = declared
    return declared


def values(check: Check, name: str, usual: dict[str, Any], key: str = "params") -> dict[str, Any]:
    """`usual` with the values over it that the author gives in the field `key`."""
    made = dict(usual)
    given = check.fields.get(key) or {}
    if not isinstance(given, dict):
        check.problem(f"'{key}' holds 'name: value' lines.", "Write {beta: 0.1}.", key)
        return made
    for field, value in given.items():
        try:
            made[field] = _checked(name, field, json.dumps(value), check.stamp)
        except spec.SpecError as error:
            message, _, fix = str(error).partition(". ")
            fix = fix or _within(name, field, check.stamp)
            check.problem(message.rstrip(".") + ".", fix, key, field)
    return made


def _within(name: str, field: str, stamp: object) -> str:
    """Which values a parameter may have."""
    declared = _declared(name, stamp)
    found = [one for one in declared if isinstance(one, dict) and one["name"] == field]
    if not found or (found[0]["low"] is None and found[0]["high"] is None):
        return ""
    low, high = found[0]["low"], found[0]["high"]
    if high is None:
        return f"Write {low} or more."
    return f"Write at most {high}." if low is None else f"Write a value from {low} to {high}."


def _check_chart(check: Check, has_simulation: bool) -> None:
    chart = check.fields.get("chart")
    if chart is None:
        return
    y = chart.get("y", [])
    y = y if isinstance(y, list) else [y]
    check.out.data["chart"] = {**chart, "x": chart.get("x", "step"), "y": y}
    if has_simulation:
        written = (check.raw.yaml.value or {})["chart"]
        _check_columns(check, written)


def _check_columns(check: Check, chart: dict[str, Any]) -> None:
    """Hold the columns that a chart names to those that the simulation declares; what they mean
    goes to the browser."""
    name, params = str(check.fields["sim"]), check.out.data["params"]
    known = _columns(name, check.stamp)
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


@functools.lru_cache(maxsize=4)
def _names(_stamp: object) -> list[str]:
    return spec.names()


@functools.lru_cache(maxsize=256)
def _columns(name: str, _stamp: object) -> tuple[spec.Column, ...]:
    try:
        return spec.columns(name)
    except spec.SpecError:  # `_declared` says it
        return ()


@functools.lru_cache(maxsize=256)
def _declared(name: str, _stamp: object) -> list[dict[str, Any]] | str:
    """Every field of a simulation as a dict, or why they cannot be read."""
    try:
        found = spec.fields(name)
    except (spec.SpecError, SyntaxError, ValueError, IndexError, TypeError) as error:
        return f"The parameters of '{name}' cannot be read: {error}"
    return [
        {
            "name": one.name,
            "type": one.type,
            "default": one.default,
            "low": one.low,
            "high": one.high,
            "step": one.step,
            "choices": list(one.choices),
            "suggestions": list(one.suggestions),
            "max_length": one.max_length or MOST_TEXT,
            "unit": one.unit,
            "help": one.help,
            "label": one.label,
        }
        for one in found
    ]


@functools.lru_cache(maxsize=1024)
def _checked(name: str, key: str, value: str, _stamp: object) -> spec.Value:
    return spec.check(name, {key: json.loads(value)})[key]
