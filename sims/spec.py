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
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Value = bool | int | float | str
Frame = dict[str, Any]  # scalars are drawn as lines, lists go to a scene, strings to a text panel

TYPES = ("bool", "int", "float", "str")

HERE = Path(__file__).parent


class Simulation(Protocol):
    """The module that `load` returns."""

    Params: Any

    def run(self, params: Any) -> Iterator[Frame]: ...


@dataclass(frozen=True)
class Field:
    """One parameter: everything that a control, a command line or a check needs to know of it."""

    name: str
    type: str  # one of TYPES
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
    limits = {"low": low, "high": high, "step": step, "choices": choices}
    return dataclasses.field(default=default, metadata={**limits, "unit": unit, "help": help})


def source(name: str) -> Path:
    """The file that defines simulation `name`; an unknown name is an error with the nearest one."""
    path = _files().get(name)
    if path is None:
        raise SpecError(f"no simulation '{name}' in sims/.{did_you_mean(name, names())}")
    return path


def names() -> list[str]:
    """Every simulation, in alphabetical order: a new file is found by being there."""
    return sorted(_files())


def load(name: str) -> Simulation:
    """Import a simulation (in a worker or on the command line, never in the web process)."""
    source(name)
    return importlib.import_module(f"sims.{name}")  # type: ignore[return-value]


def fields(name: str) -> tuple[Field, ...]:
    """The parameters of a simulation, read from its source without importing it."""
    path = source(name)
    return _read(path, path.stat().st_mtime_ns) or ()


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
        kept = _nearest(field, value)
        return kept, f"{error} Using {kept}."


def _nearest(field: Field, value: Any) -> Value:
    """The closest number inside the limits; the default where no number can be made out."""
    if field.type not in ("int", "float"):
        return field.default
    try:
        number = float(value)
        if math.isnan(number):
            return field.default
        number = number if field.low is None else max(number, field.low)
        number = number if field.high is None else min(number, field.high)
        return _convert(field, int(number) if field.type == "int" else number)
    except (SpecError, TypeError, ValueError, OverflowError):
        return field.default


def did_you_mean(word: str, known: list[str]) -> str:
    """A sentence with the nearest known word, or with all of them; it starts with a space."""
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
            if isinstance(value, bool) or not math.isfinite(float(value)):
                raise ValueError
            return float(value)
    except (KeyError, TypeError, ValueError, OverflowError):
        wanted = {"bool": "true or false", "int": "a whole number", "float": "a number"}
        raise SpecError(f"{field.name} is '{value}', but must be {wanted[field.type]}.") from None
    return str(value)


def _files() -> dict[str, Path]:
    """Name -> file of every simulation: `sims/<name>.py` or `sims/<name>/__init__.py`."""
    modules = {path.stem: path for path in HERE.glob("*.py") if path.stem != "__init__"}
    packages = {path.parent.name: path for path in HERE.glob("*/__init__.py")}
    found = {**modules, **packages}
    return {name: path for name, path in found.items() if _may_simulate(path)}


def _may_simulate(path: Path) -> bool:
    """Whether a file defines a simulation. One that cannot be read counts: asking for its fields
    says what is wrong with it, and the others go on."""
    try:
        return _read(path, path.stat().st_mtime_ns) is not None
    except SpecError:
        return True


@functools.lru_cache(maxsize=256)
def _read(path: Path, _mtime: int) -> tuple[Field, ...] | None:
    """The fields of the file's `Params`, or None when the file defines no simulation.

    `_mtime` makes an edited file a new question for the cache.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise SpecError(f"{_place(path, error.lineno)}: {error.msg}.") from error
    defined = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}
    params = defined.get("Params")
    if not isinstance(params, ast.ClassDef) or "run" not in defined:
        return None
    items = [item for item in params.body if isinstance(item, ast.AnnAssign)]
    return tuple(_field(path, item) for item in items)


def _field(path: Path, item: ast.AnnAssign) -> Field:
    name, call, kind = ast.unparse(item.target), item.value, ast.unparse(item.annotation)
    place = _place(path, item.lineno)
    if not (isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "param"):
        raise SpecError(f"{place}: {name} must be `= param(default, …)`.")
    if kind not in TYPES:
        raise SpecError(f"{place}: {name} is '{kind}', but must be one of {', '.join(TYPES)}.")
    try:
        limits = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
        return Field(name, kind, ast.literal_eval(call.args[0]), **limits)
    except (ValueError, IndexError, TypeError) as error:
        wanted = "one default and low, high, step, choices, unit or help, all of them literals"
        raise SpecError(f"{place}: param of {name} takes {wanted}.") from error


def _place(path: Path, line: int | None) -> str:
    return f"{path.relative_to(HERE.parent)}:{line or 1}"
