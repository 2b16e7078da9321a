"""What visitors say over the live socket, read and checked; what is wrong becomes a sentence."""

import json
import math
from collections.abc import Mapping
from typing import Any

from engine.runs.job import UNLIMITED, Budget, block_budget, clamp_params


class BadMessage(ValueError):
    """A message that cannot be answered; says what would be right."""


def parse(text: str | None) -> dict[str, Any]:
    """The JSON object that a visitor sent as text."""
    try:
        message = json.loads(text or "", parse_float=_finite, parse_constant=_finite)
    except BadMessage:
        raise
    except (ValueError, RecursionError):
        raise BadMessage("Messages are JSON objects, as text.") from None
    if not isinstance(message, dict):
        raise BadMessage("Messages are JSON objects, as text.")
    return message


def _finite(word: str) -> float:
    """A number that can be sent back: JSON has no NaN, and browsers cannot read Python's."""
    if not math.isfinite(number := float(word)):
        raise BadMessage(f"{word[:20]} is not a finite number.")
    return number


def name_of(message: Mapping[str, Any], field: str) -> Any:
    """What is sent back as it came, or looked up: a text, a number, nothing; no list or object."""
    name = message.get(field)
    if isinstance(name, list | dict):
        raise BadMessage(f"'{field}' must be a text or a number.")
    return name


def params_of(message: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Every parameter of the simulation that is named, made allowable, and a note per change.
    Raises BadMessage, SpecError."""
    sim, params = message.get("sim"), message.get("params", {})
    if not isinstance(sim, str) or not isinstance(params, dict):
        raise BadMessage("'sim' must be a name and 'params' an object of name: value.")
    return clamp_params(sim, params)


def budget_of(message: Mapping[str, Any]) -> Budget:
    """What a block says its run may take; the engine allows no more than its own limits."""
    given = message.get("budget")
    if given is None:
        return UNLIMITED
    try:
        budget = block_budget(given)
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise BadMessage("'budget' is {seconds: number, memory: whole number of MB}.") from None
    if not all(value is None or 0 < value < 1e6 for value in (budget.seconds, budget.memory_mb)):
        raise BadMessage("A budget is above 0.")
    return budget


def shown(about: Mapping[str, Any]) -> dict[str, Any]:
    """What a viewer is told of a run that ended earlier; empty for one of today."""
    return {name: about[name] for name in ("date", "seconds", "versions") if name in about}
