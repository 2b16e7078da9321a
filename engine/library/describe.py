"""What there is to run, as tables: the simulations, their parameters and their columns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sims import spec

if TYPE_CHECKING:
    from pandas import DataFrame


def names() -> list[str]:
    """Every simulation, in alphabetical order."""
    return spec.names()


def params(name: str) -> "DataFrame":
    """The parameters of a simulation, one row each: type, default, low, high, step, choices, unit
    and help. Raises SpecError (a ValueError) for an unknown name."""
    shown = ("name", "type", "default", "low", "high", "step", "choices", "unit", "help")
    return _table(spec.fields(name), shown)


def columns(name: str) -> "DataFrame":
    """The columns of a simulation's frames, one row each: type, unit, meaning, and `when`, the
    parameters with which a run has it. Raises SpecError for an unknown name."""
    return _table(spec.columns(name), ("name", "type", "unit", "meaning", "when"))


def _table(items: Sequence[Any], shown: Sequence[str]) -> "DataFrame":
    import pandas as pd

    rows = [[getattr(item, field) for field in shown] for item in items]
    return pd.DataFrame(rows, columns=list(shown), dtype=object).set_index("name")
