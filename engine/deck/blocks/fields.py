"""Reading the fields of a fenced element: unknown names and wrong values become problems."""

import re
from typing import Any

from engine.deck import kinds
from engine.deck.markup.state import Raw, State
from engine.deck.schema.validation import Fault, fit
from engine.deck.schema.written import with_texts


def checked(raw: Raw, state: State) -> dict[str, Any]:
    """The fields of a block that are right; what is wrong with the others is a problem."""
    return fitted(raw, state)[0]


def fitted(raw: Raw, state: State) -> tuple[dict[str, Any], list[Fault]]:
    """The same, with the faults."""
    model = kinds.kind(raw.kind).model
    fields, faults = fit(model, with_texts(model, raw.yaml.value or {}, raw.yaml.written))
    for one in faults:
        complain(raw, one.message, one.fix, state, *one.path, is_warning=one.is_warning)
    return fields, faults


def complain(
    raw: Raw, message: str, fix: str, state: State, *path: str, is_warning: bool = False
) -> None:
    """A problem at one field of a block."""
    line, column = raw.yaml.place(*path)
    at = raw.line + 1 + line if raw.yaml.places else raw.line
    state.problem(message, fix, at, column, warning=is_warning)


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
    complain(raw, f"The size '{value}' is not a factor.", "Write one like 0.9.", state, "size")
    return ""


def text(value: Any) -> str:
    return "" if value is None else re.sub(r"\r\n?", "\n", str(value))


def line_of(raw: Raw, *path: str) -> int:
    return raw.line + 1 + raw.yaml.place(*path)[0] if raw.yaml.places else raw.line
