"""Every simulation: what it shows, its parameters, and the columns of its frames."""

import ast

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
    if field.type == "str" and field.max_length:
        return f"text of at most {field.max_length} characters"
    if field.low is None and field.high is None:
        return {"bool": "true, false", "str": "text"}.get(field.type, "a number")
    low = "" if field.low is None else _shown(field.low)
    high = "" if field.high is None else _shown(field.high)
    return f"{low} to {high} {cell(field.unit)}".strip()


def _columns(name: str) -> str:
    """The columns of a frame, and the runs that have them."""
    rows = ["| column | unit | what it is |", "|---|---|---|"]
    for one in spec.columns(name):
        only = "; ".join(f"{key}: {' or '.join(map(str, values))}" for key, values in one.when)
        meaning = one.meaning + (f" (with {only})" if only else "")
        rows.append(f"| `{one.name}` | {cell(one.unit)} | {cell(meaning)} |")
    return "\n".join(rows)


def _shown(value: spec.Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
