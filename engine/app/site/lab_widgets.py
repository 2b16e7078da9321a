"""Streamlit's widgets for the parameters of a simulation, made from what `Params` declares."""

from collections.abc import Sequence

import streamlit as st

from engine.app.site.home import literal
from sims.spec import Field, Value

MOST_NOTCHES = 200  # of a slider; a number with more possible values is typed


def draw(sim: str, fields: Sequence[Field]) -> dict[str, Value]:
    """One widget for every parameter, and the values that they have. Each is in the address."""
    return {field.name: _widget(field, f"{sim}.{field.name}") for field in fields}


def _widget(field: Field, key: str) -> Value:
    label = literal(field.label + (f" ({field.unit})" if field.unit else ""))
    shared = {"label": label, "key": key, "help": literal(field.help) or None}
    if field.type == "bool":
        return st.toggle(value=bool(field.default), bind="query-params", **shared)
    if field.choices:
        index = field.choices.index(str(field.default))
        chosen = st.selectbox(options=field.choices, index=index, bind="query-params", **shared)
        return str(chosen)
    if field.type == "str":
        most = field.max_length or None
        return st.text_input(
            value=str(field.default), max_chars=most, bind="query-params", **shared
        )
    return _number(field, shared)


def _number(field: Field, shared: dict) -> Value:
    """A slider where its notches can be told apart, else a number to type."""
    make = int if field.type == "int" else float
    low, high = (None if one is None else make(one) for one in (field.low, field.high))
    step = make(field.step) if field.step else None
    bounds = {"min_value": low, "max_value": high, "step": step, "value": make(field.default)}
    is_short = low is not None and high is not None and step and (high - low) / step <= MOST_NOTCHES
    if is_short:
        return make(st.slider(bind="query-params", **bounds, **shared))
    wide = {"format": "%g"} if make is float else {}
    typed = st.number_input(bind="query-params", **bounds, **wide, **shared)
    return make(typed if typed is not None else field.default)
