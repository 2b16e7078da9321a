"""Values of parameters: what is allowed of what a source, a command line or a visitor gives."""

import math
from typing import Any

from sims.declarations import MOST_TEXT, Field, SpecError, Value
from sims.nearest import nearest

LONGEST = 60  # characters of what somebody wrote are repeated to them


def clamp(field: Field, value: Any) -> tuple[Value, str]:
    """The nearest allowed value to what a visitor sent, and a sentence if it had to change."""
    try:
        return checked(field, value), ""
    except SpecError as error:
        kept = _nearest(field, value)
        return kept, f"{error} Using {short(kept)}."


def _nearest(field: Field, value: Any) -> Value:
    """The closest number inside the limits, the start of a text that is too long; the default where
    nothing can be made out."""
    if field.type not in ("int", "float"):
        is_long = isinstance(value, str) and not field.choices and len(value) > _most(field)
        return value[: _most(field)] if is_long else field.default
    try:
        number = float(value)
        if math.isnan(number):
            return field.default
        number = number if field.low is None else max(number, field.low)
        number = number if field.high is None else min(number, field.high)
        return _convert(field, int(number) if field.type == "int" else number)
    except (SpecError, TypeError, ValueError, OverflowError):
        return field.default


def checked(field: Field, value: Any) -> Value:
    """`value` with its type made right. SpecError: it is none that the parameter may have."""
    made = _convert(field, value)
    if field.choices and made not in field.choices:
        near = nearest(str(made), sorted(map(str, field.choices)))
        raise SpecError(f"{field.name} is '{short(made)}', which is not one of its choices. {near}")
    if isinstance(made, str) and not field.choices and len(made) > _most(field):
        raise SpecError(f"{field.name} has {len(made)} characters, more than its {_most(field)}.")
    if isinstance(made, int | float) and not isinstance(made, bool):
        if field.low is not None and not made >= field.low:
            raise SpecError(f"{field.name} is {short(made)}, below its least value {field.low}.")
        if field.high is not None and not made <= field.high:
            raise SpecError(
                f"{field.name} is {short(made)}, above its greatest value {field.high}."
            )
    return made


def _convert(field: Field, value: Any) -> Value:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        if field.type == "bool":
            return value if isinstance(value, bool) else words[str(value).lower()]
        if field.type == "int":
            if isinstance(value, bool) or float(value) != int(float(value)):
                raise ValueError
            return int(float(value))
        if field.type == "float":
            if isinstance(value, bool) or not math.isfinite(float(value)):
                raise ValueError
            return float(value)
    except (KeyError, TypeError, ValueError, OverflowError):
        wanted = {"bool": "true or false", "int": "a whole number", "float": "a number"}
        must = wanted[field.type]
        raise SpecError(f"{field.name} is '{short(value)}', but must be {must}.") from None
    try:
        if isinstance(value, str | int | float):
            return str(value).encode().decode()
    except ValueError:  # half a character, bytes of another encoding, thousands of digits
        pass
    raise SpecError(f"{field.name} is not text: {short(value)!a}.")


def _most(field: Field) -> int:
    """How many characters a text may have."""
    return field.max_length or MOST_TEXT


def short(value: Any) -> str:
    """What somebody wrote, as far as it is repeated in a message."""
    try:
        text = str(value)
    except ValueError:  # an integer of more digits than Python writes out
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
