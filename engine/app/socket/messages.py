"""What visitors say over the live socket, read and checked; what is wrong becomes a sentence."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

from engine.app.socket import room_protocol
from engine.app.socket.protocol import (
    About,
    Budget,
    Check,
    ClientMessage,
    Follow,
    RunAsked,
    Stop,
    Tag,
)
from engine.runs.job import UNLIMITED, block_budget
from engine.runs.job import Budget as RunBudget
from sims.nearest import nearest


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


def read(given: dict[str, Any]) -> ClientMessage:
    """The message that a JSON object is. Raises BadMessage."""
    kind, tag = str(name_of(given, "type")), name_of(given, "tag")
    if kind not in READERS:
        raise BadMessage(f"No message '{kind[:40]}'. {nearest(kind, sorted(READERS))}")
    return READERS[kind](given, tag)


def _run(given: dict[str, Any], tag: Tag) -> RunAsked:
    sim, params = _sim(given)
    return RunAsked(sim, params, tag, given.get("fresh") is True, _budget(given.get("budget")))


def _follow(given: dict[str, Any], tag: Tag) -> Follow:
    run, start = name_of(given, "run"), given.get("start", 0)
    if isinstance(start, bool) or not isinstance(start, int) or start < 0:
        raise BadMessage("'start' is the number of the first frame that you lack: 0, 1, 2, …")
    return Follow(run, start, tag)


def _stop(given: dict[str, Any], tag: Tag) -> Stop:
    return Stop(name_of(given, "run"), tag)


def _check(given: dict[str, Any], tag: Tag) -> Check:
    return Check(*_sim(given), tag)


READERS: dict[str, Callable[[dict[str, Any], Tag], ClientMessage]] = {
    "run": _run,
    "follow": _follow,
    "stop": _stop,
    "check": _check,
}


def _of_room(given: dict[str, Any], tag: Tag) -> ClientMessage:
    try:
        return msgspec.convert(given, type=room_protocol.FromVisitor)
    except msgspec.ValidationError as error:
        raise BadMessage(f"This message cannot be read: {str(error)[:200]}.") from None


READERS |= {one.__struct_config__.tag: _of_room for one in get_args(room_protocol.FromVisitor)}


def _sim(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    sim, params = given.get("sim"), given.get("params", {})
    if not isinstance(sim, str) or not isinstance(params, dict):
        raise BadMessage("'sim' must be a name and 'params' an object of name: value.")
    return sim, params


def _budget(given: Any) -> Budget | None:
    if given is None:
        return None
    try:
        budget = block_budget(given)
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise BadMessage("'budget' is {seconds: number, memory: whole number of MB}.") from None
    if not all(value is None or 0 < value < 1e6 for value in (budget.seconds, budget.memory_mb)):
        raise BadMessage("A budget is above 0.")
    return Budget(budget.seconds, budget.memory_mb)


def limits(budget: Budget | None) -> RunBudget:
    """What a block says its run may take; the engine allows no more than its own limits."""
    if budget is None:
        return UNLIMITED
    return block_budget({"seconds": budget.seconds, "memory": budget.memory})


def shown(about: Mapping[str, Any]) -> About:
    """What a viewer hears of a run that ended earlier; empty for one of today."""
    return About(**{name: about[name] for name in About.__struct_fields__ if name in about})
