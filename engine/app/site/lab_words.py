"""What the laboratory says of a simulation: its text, its columns, and what its tests know."""

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.paths import PACKAGES
from sims import spec

if TYPE_CHECKING:
    from pandas import DataFrame

TESTS = PACKAGES / "tests" / "sims"  # in a checkout alone


def text(name: str) -> str:
    """The docstring of a simulation: what it shows, its equation and its source."""
    source = spec.source(name).read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def params_table(name: str) -> "DataFrame":
    """Every parameter: default, what is allowed, unit and help."""
    import pandas as pd

    rows = [
        {
            "parameter": field.name,
            "default": str(field.default),
            "allowed": _allowed(field),
            "unit": field.unit,
            "what it is": field.help,
        }
        for field in spec.fields(name)
    ]
    return pd.DataFrame(rows)


def _allowed(field: spec.Field) -> str:
    if field.choices:
        return ", ".join(field.choices)
    if field.low is None and field.high is None:
        return {"bool": "true, false", "str": "text"}.get(field.type, "a number")
    low, high = ("" if one is None else f"{one:g}" for one in (field.low, field.high))
    return f"{low} to {high}"


def columns_table(name: str) -> "DataFrame":
    """Every column of a frame: its unit, what it means, and which runs have it."""
    import pandas as pd

    rows = [
        {
            "column": one.name,
            "unit": one.unit,
            "what it is": one.meaning,
            "only with": "; ".join(f"{key}: {' or '.join(map(str, of))}" for key, of in one.when),
        }
        for one in spec.columns(name)
    ]
    return pd.DataFrame(rows)


def known_answers(name: str) -> list[str]:
    """What the tests of a simulation hold it to, as sentences; none in an installed wheel."""
    files = [TESTS / f"test_{name}.py", *sorted((TESTS / name).glob("test_*.py"))]
    return [one for path in files if path.is_file() for one in _sentences(path)]


def _sentences(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [one.name for one in tree.body if isinstance(one, ast.FunctionDef)]
    told = [re.sub("_", " ", one.removeprefix("test_")) for one in names if one.startswith("test_")]
    return [f"{one[:1].upper()}{one[1:]}." for one in told]
