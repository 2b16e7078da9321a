"""What is wrong with a parameter or a column that a simulation declares.

It is said where the file is read: a page that shows the control, and JSON on its way there, can
carry neither infinity nor half a character, and a default that its own bounds refuse cannot be run.
"""

import math
from typing import Any

from sims.declarations import MOST_TEXT, PROGRESS, STEP, Column, Field

MOST = 2**53 - 1  # the largest whole number that a browser keeps exactly


def fault(field: Field) -> str:
    """A clause that says what is wrong ("its default 'a' is not a whole number"), or ""."""
    faults = (_words(field), _default(field), _bounds(field), _choices(field))
    return next((one for one in faults if one), "")


def column_fault(column: Column, fields: dict[str, Field]) -> str:
    """The same of a column; `fields` are the parameters of its simulation by name."""
    if column.name in (STEP.name, PROGRESS.name):
        return "every run has this column; leave it out"
    if not _is_text(column.meaning) or not column.meaning or not _is_text(column.unit):
        return "its meaning and unit are texts"
    for name, values in column.when:
        field = fields[name]
        if odd := [one for one in values if field.choices and one not in field.choices]:
            return f"`when` has {odd[0]!r:.40}, which is not a choice of {name}"
    return ""


def _default(field: Field) -> str:
    fits = {
        "bool": isinstance(field.default, bool),
        "int": _is_whole(field.default),
        "float": _is_number(field.default),
        "str": _is_text(field.default),
    }[field.type]
    wanted = {"bool": "True or False", "int": "a whole number", "float": "a number", "str": "text"}
    return "" if fits else f"its default {field.default!r:.40} is not {wanted[field.type]}"


def _bounds(field: Field) -> str:
    stated = {"low": field.low, "high": field.high, "step": field.step}
    for name, bound in stated.items():
        if bound is not None and (field.type in ("bool", "str") or not _is_number(bound)):
            return f"{name} is {bound!r:.40}, but bounds are numbers, of a number"
    if field.step is not None and field.step <= 0:
        return f"step is {field.step}, but must be above 0"
    low, high = field.low, field.high
    if low is not None and high is not None and low > high:
        return f"low is {low} and high is {high}; low must not be above high"
    if isinstance(field.default, int | float) and (
        (low is not None and field.default < low) or (high is not None and field.default > high)
    ):
        return f"its default {field.default} is outside of its bounds"
    return ""


def _choices(field: Field) -> str:
    choices = field.choices
    if not choices:
        return ""
    if field.type != "str" or not all(map(_is_text, choices)):
        return "choices are texts, of a str"
    if len(set(choices)) < len(choices):
        return "a choice is there twice"
    return "" if field.default in choices else f"its default {field.default!r:.40} is not a choice"


def _words(field: Field) -> str:
    if field.name.startswith("_"):
        return "its name begins with '_'"
    if not (
        _is_text(field.unit) and _is_text(field.help) and all(map(_is_text, field.suggestions))
    ):
        return "unit, help and suggestions are texts"
    if not _is_whole(field.max_length) or field.max_length < 0:
        return "max_length is not a number of characters"
    if isinstance(field.default, str) and len(field.default) > (field.max_length or MOST_TEXT):
        return "its default is longer than its max_length"
    return ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST


def _is_number(value: Any) -> bool:
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    return is_one and (math.isfinite(value) if isinstance(value, float) else _is_whole(value))


def _is_text(value: Any) -> bool:
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False
