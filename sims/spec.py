"""What a simulation is, and how the rest of the house finds one.

A simulation is a module of this package (a file, or a folder's `__init__.py`) that defines

    Params   a frozen dataclass; each field is `name: type = param(default, low=, high=, …)`
    run      run(params) -> Iterator[Frame]; deterministic, `step` counts 0, 1, 2, …

The web process must never import torch, and a simulation may import what it likes. So `fields`
reads the `Params` class from the source text and never runs it; the limits of a parameter are
therefore literals, and a test holds that what is read equals what Python makes of the class.
"""

import ast
import dataclasses
import difflib
import functools
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Value = bool | int | float | str
Frame = dict[str, Any]  # scalars are drawn as lines, lists go to a scene, strings to a text panel

HERE = Path(__file__).parent


class Simulation(Protocol):
    """The module that `load` returns."""

    Params: Any

    def run(self, params: Any) -> Iterator[Frame]: ...


@dataclass(frozen=True)
class Field:
    """One parameter: everything that a control, a command line or a check needs to know of it."""

    name: str
    type: str  # "bool", "int", "float" or "str"
    default: Value
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    help: str = ""

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


class SpecError(ValueError):
    """A simulation, a parameter or a value that does not exist; the message says how to mend it."""


def param(
    default: Value,
    *,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    help: str = "",
) -> Any:
    """A dataclass field that states its default, bounds, unit and help once. Use literals."""
    limits = {"low": low, "high": high, "step": step, "choices": choices, "unit": unit, "help": help}
    return dataclasses.field(default=default, metadata=limits)


def source(name: str) -> Path:
    """The file that defines simulation `name`; an unknown name is an error with the nearest one."""
    for path in (HERE / f"{name}.py", HERE / name / "__init__.py"):
        if path.is_file() and _params_class(path) is not None:
            return path
    raise SpecError(f"no simulation '{name}' in sims/.{did_you_mean(name, names())}")


def names() -> list[str]:
    """Every simulation, in alphabetical order: a new file is found by being there."""
    paths = [*HERE.glob("*.py"), *HERE.glob("*/__init__.py")]
    found = [path for path in paths if path.parent.parent == HERE.parent or path.stem == "__init__"]
    return sorted(
        path.parent.name if path.stem == "__init__" else path.stem
        for path in found
        if path != HERE / "__init__.py" and _params_class(path) is not None
    )


def load(name: str) -> Simulation:
    """Import a simulation (in a worker or on the command line, never in the web process)."""
    source(name)
    return importlib.import_module(f"sims.{name}")  # type: ignore[return-value]


def fields(name: str) -> tuple[Field, ...]:
    """The parameters of a simulation, read from its source without importing it."""
    path = source(name)
    return _fields(path, path.stat().st_mtime_ns)


def check(name: str, values: Mapping[str, Any]) -> dict[str, Value]:
    """`values` with every type made right; the first unknown name or bad value is a SpecError."""
    known = {field.name: field for field in fields(name)}
    for key in values:
        if key not in known:
            raise SpecError(f"{name} has no parameter '{key}'.{did_you_mean(key, list(known))}")
    return {key: _check_value(known[key], value) for key, value in values.items()}


def clamp(field: Field, value: Any) -> tuple[Value, str]:
    """The nearest allowed value to what a visitor sent, and a sentence if it had to change."""
    try:
        return _check_value(field, value), ""
    except SpecError as error:
        kept = field.default
        if field.type in ("int", "float"):
            try:
                number = float(value)
                if number == number:  # not NaN
                    low = number if field.low is None else max(number, field.low)
                    kept = low if field.high is None else min(low, field.high)
                    kept = int(kept) if field.type == "int" else kept
            except (TypeError, ValueError, OverflowError):
                kept = field.default
        return kept, f"{error} Using {kept}."


def did_you_mean(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f" Did you mean '{near[0]}'?"
    return f" There are: {', '.join(sorted(known))}." if known else ""


def _check_value(field: Field, value: Any) -> Value:
    made = _convert(field, value)
    if field.choices and made not in field.choices:
        near = did_you_mean(str(made), list(field.choices))
        raise SpecError(f"{field.name} is '{made}', which is not one of its choices.{near}")
    if isinstance(made, int | float) and not isinstance(made, bool):
        if field.low is not None and not made >= field.low:
            raise SpecError(f"{field.name} is {made}, below its least value {field.low}.")
        if field.high is not None and not made <= field.high:
            raise SpecError(f"{field.name} is {made}, above its greatest value {field.high}.")
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
            if isinstance(value, bool):
                raise ValueError
            return float(value)
    except (KeyError, TypeError, ValueError, OverflowError):
        wanted = {"bool": "true or false", "int": "a whole number", "float": "a number"}
        raise SpecError(f"{field.name} is '{value}', but must be {wanted[field.type]}.") from None
    return str(value)


@functools.lru_cache(maxsize=256)
def _fields(path: Path, _mtime: int) -> tuple[Field, ...]:
    node = _params_class(path)
    assert node is not None  # `source` found it
    found = []
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            call = item.value
            if not (isinstance(call, ast.Call) and ast.unparse(call.func).endswith("param")):
                place = f"{path.name}:{item.lineno}"
                raise SpecError(f"{place}: {item.target.id} must be `= param(default, …)`.")
            limits = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
            kind = ast.unparse(item.annotation)
            found.append(Field(item.target.id, kind, ast.literal_eval(call.args[0]), **limits))
    return tuple(found)


def _params_class(path: Path) -> ast.ClassDef | None:
    """The top-level `class Params` of a source file, or None when it defines no simulation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    if not {"Params", "run"} <= defined:
        return None
    return next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Params")
