"""Reading the fields of a fenced element: unknown names and wrong values become problems."""

import difflib
import re
from typing import Any

from engine.deck.markup.state import Raw, State


def checked(raw: Raw, known: tuple[str, ...], state: State) -> dict[str, Any]:
    """The fields of a block; a name it does not have is a problem."""
    fields = raw.yaml.value or {}
    for key in fields:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            fix = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known)}."
            complain(raw, f"A {raw.kind} block has no field '{key}'.", fix, state, key)
    return fields


def complain(raw: Raw, message: str, fix: str, state: State, *path: str) -> None:
    """A problem at one field of a block."""
    line, column = raw.yaml.place(*path)
    at = raw.line + 1 + line if raw.yaml.places else raw.line
    state.problem(message, fix, at, column)


def choice(raw: Raw, key: str, known: tuple[str, ...], default: str, state: State) -> str:
    """A field that is one of a few words."""
    value = str((raw.yaml.value or {}).get(key, default)).strip().lower() or default
    if value in known or value == default:
        return value
    near = difflib.get_close_matches(value, known, n=1)
    fix = f"Did you mean '{near[0]}'?" if near else f"Write one of: {', '.join(known)}."
    complain(raw, f"'{value}' is no {key} of a {raw.kind} block.", fix, state, key)
    return default


def scale(raw: Raw, state: State) -> str:
    """The style attribute of a `size` field (a positive factor)."""
    value = (raw.yaml.value or {}).get("size")
    if value in (None, ""):
        return ""
    try:
        size = float(str(value))
    except ValueError:
        size = 0.0
    if 0 < size <= 10:
        return f' style="font-size: {size:g}em"'
    complain(raw, f"The size '{value}' is no factor.", "Write one like 0.9.", state, "size")
    return ""


def text(value: Any) -> str:
    return "" if value is None else re.sub(r"\r\n?", "\n", str(value))


def line_of(raw: Raw, *path: str) -> int:
    return raw.line + 1 + raw.yaml.place(*path)[0] if raw.yaml.places else raw.line
