"""What a block asks of a simulation: its parameters, and the values that the author gives them."""

import functools
import json
from typing import Any, cast

from engine.deck.blocks.check import Check
from engine.deck.schema.deck_json import FieldJson, Kind
from sims import spec
from sims.declarations import MOST_TEXT
from sims.nearest import nearest

Stamp = spec.Stamp


def stamp() -> Stamp:
    """Changes when the source of a simulation does."""
    return spec.stamp()


def declared(check: Check) -> list[FieldJson] | None:
    """Fill in `params` and `fields` of the simulation that the block names; None without one."""
    name = check.fields.get("sim")
    known = _names(check.stamp)
    if not isinstance(name, str) or name not in known:
        wanted = f"A {check.raw.kind} block needs 'sim: NAME'."
        message = f"There is no simulation '{name}'." if name else wanted
        check.problem(message, nearest(str(name or ""), known), "sim")
        return None
    found = _declared(name, check.stamp)
    if isinstance(found, str):
        check.problem(found, "Fix the simulation.", "sim")
        return None
    defaults = {one["name"]: one["default"] for one in found}
    check.out.data["params"] = values(check, name, defaults)
    check.out.data["fields"] = found
    return found


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
    found = [
        one for one in _declared(name, stamp) if isinstance(one, dict) and one["name"] == field
    ]
    if not found or (found[0]["low"] is None and found[0]["high"] is None):
        return ""
    low, high = found[0]["low"], found[0]["high"]
    if high is None:
        return f"Write {low} or more."
    return f"Write at most {high}." if low is None else f"Write a value from {low} to {high}."


@functools.lru_cache(maxsize=4)
def _names(_stamp: object) -> list[str]:
    return spec.names()


@functools.lru_cache(maxsize=256)
def columns(name: str, _stamp: object) -> tuple[spec.Column, ...]:
    try:
        return spec.columns(name)
    except spec.SpecError:  # `declared` says it
        return ()


@functools.lru_cache(maxsize=256)
def _declared(name: str, _stamp: object) -> list[FieldJson] | str:
    """Every field of a simulation as a dict, or why they cannot be read."""
    try:
        found = spec.fields(name)
    except (spec.SpecError, SyntaxError, ValueError, IndexError, TypeError) as error:
        return f"The parameters of '{name}' cannot be read: {error}"
    return [
        {
            "name": one.name,
            "type": cast("Kind", one.type),
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
