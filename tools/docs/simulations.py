"""Every simulation: what it shows, its parameters, and the columns of its frames."""

import ast
from typing import Any

from sims import spec
from tools.docs.sections import cell, plain


def section() -> str:
    """A heading for each simulation, its first sentence, and tables of its fields."""
    return "\n\n".join(_simulation(name) for name in spec.names())


def _simulation(name: str) -> str:
    path = spec.source(name)
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    place = path.relative_to(spec.HERE.parent).as_posix()
    summary = " ".join(docstring.split("\n\n")[0].split())
    parts = [f"## {name}", plain(summary), f"Source: `{place}`", _params(name), _columns(name)]
    return "\n\n".join(part for part in parts if part)


def _params(name: str) -> str:
    rows = ["| parameter | default | allowed | what it is |", "|---|---|---|---|"]
    for field in spec.fields(name):
        rows.append(
            f"| `{field.name}` | `{_shown(field.default)}` | {_allowed(field)} | "
            f"{cell(field.help)} |"
        )
    return "\n".join(rows)


def _allowed(field: spec.Field) -> str:
    if field.choices:
        return ", ".join(f"`{choice}`" for choice in field.choices)
    if field.low is None and field.high is None:
        return {"bool": "true, false", "str": "text"}.get(field.type, "a number")
    low = "" if field.low is None else _shown(field.low)
    high = "" if field.high is None else _shown(field.high)
    return f"{low} to {high} {cell(field.unit)}".strip()


def _columns(name: str) -> str:
    """The columns of a frame, where a simulation declares them."""
    columns: Any = getattr(spec, "columns", None)
    if columns is None or not (declared := columns(name)):
        return ""
    rows = ["| column | unit | what it is |", "|---|---|---|"]
    rows += [f"| `{one.name}` | {cell(one.unit)} | {cell(one.help)} |" for one in declared]
    return "\n".join(rows)


def _shown(value: spec.Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
