"""What a simulation is, and how the rest of the house finds one.

A simulation is a module of this package (a file, or a folder's `__init__.py`) that defines

    Params   a frozen dataclass; each field is `name: type = param(default, low=, high=, …)`
    run      run(params) -> Iterator[Frame]; deterministic, `step` counts 0, 1, 2, …

The web process must never import torch, and a simulation may import what it likes. So `fields`
reads the `Params` class from the source text and never runs it; the limits of a parameter are
therefore literals, and a test holds that what is read equals what Python makes of the class.
"""

import ast
import contextlib
import dataclasses
import difflib
import functools
import importlib
import logging
import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Value = bool | int | float | str
Frame = dict[str, Any]  # scalars are drawn as lines, lists go to a scene, strings to a text panel

log = logging.getLogger("practicum.sims")

TYPES = ("bool", "int", "float", "str")
LONGEST = 60  # characters of what somebody wrote are repeated to them
MAX_BYTES = 1_000_000  # of one file; the longest simulation has 10,000

HERE = Path(__file__).parent
LOOK_EVERY = 0.0  # seconds; a server, which is asked a thousand times a second, sets more

Stamp = tuple[tuple[str, int, int], ...]
_seen: tuple[Path, float, Stamp] = (Path(), 0.0, ())  # of which folder, when, and what


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
    return _find(name)[0]


def _find(name: str) -> tuple[Path, int, int]:
    found = _listed(HERE, stamp())
    if name not in found:
        near = did_you_mean(name[:LONGEST], list(found))
        raise SpecError(f"no simulation '{_short(name)}' in sims/.{near}")
    return found[name]


def names() -> list[str]:
    """Every simulation, in alphabetical order: a new file is found by being there."""
    return sorted(_listed(HERE, stamp()))


def load(name: str) -> Simulation:
    """Import a simulation (in a worker or on the command line, never in the web process)."""
    source(name)
    return importlib.import_module(f"sims.{name}")  # type: ignore[return-value]


def fields(name: str) -> tuple[Field, ...]:
    """The parameters of a simulation, read from its source without importing it."""
    return _read(*_find(name)) or ()


def check(name: str, values: Mapping[str, Any]) -> dict[str, Value]:
    """`values` with every type made right; the first unknown name or bad value is a SpecError."""
    known = {field.name: field for field in fields(name)}
    for key in values:
        if key not in known:
            near = did_you_mean(key[:LONGEST], list(known))
            raise SpecError(f"{name} has no parameter '{_short(key)}'.{near}")
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
        near = did_you_mean(str(made)[:LONGEST], list(field.choices))
        raise SpecError(f"{field.name} is '{_short(made)}', which is not one of its choices.{near}")
    if isinstance(made, int | float) and not isinstance(made, bool):
        if field.low is not None and not made >= field.low:
            raise SpecError(f"{field.name} is {_short(made)}, below its least value {field.low}.")
        if field.high is not None and not made <= field.high:
            raise SpecError(
                f"{field.name} is {_short(made)}, above its greatest value {field.high}."
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
        raise SpecError(f"{field.name} is '{_short(value)}', but must be {must}.") from None
    return str(value)


def _short(value: Any) -> str:
    """What somebody wrote, as far as it is repeated in a message."""
    try:
        text = str(value)
    except ValueError:  # an integer of more digits than Python writes out
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def stamp(folder: Path | None = None, *, look: bool = False) -> Stamp:
    """Path, time (ns) and size of every Python file under `folder` (of simulations, by default):
    changes when one of them does. A look costs 0.4 ms; LOOK_EVERY says how old it may be, unless
    `look` asks for one now."""
    global _seen
    folder, now = folder or HERE, time.monotonic()
    if look or _seen[0] != folder or now - _seen[1] >= LOOK_EVERY:
        _seen = (folder, now, tuple(sorted(_stamps(str(folder)))))
    return _seen[2]


def needs_look() -> bool:
    """Whether the next question would look at the disk, in a server that asks for few looks."""
    is_old = _seen[0] != HERE or time.monotonic() - _seen[1] >= LOOK_EVERY
    return LOOK_EVERY > 0 and is_old


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    """Hidden files are passed over: editors and systems make them (`.#x.py`, `._x.py`)."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "__pycache__")):
                continue
            with contextlib.suppress(OSError):  # a link to nowhere, or gone again
                if entry.name.endswith(".py"):
                    now = entry.stat()
                    yield entry.path, now.st_mtime_ns, now.st_size
                elif entry.is_dir(follow_symlinks=False):
                    yield from _stamps(entry.path)


@functools.lru_cache(maxsize=8)
def _listed(folder: Path, stamp: Stamp) -> dict[str, tuple[Path, int, int]]:
    """Name -> file, with its time and size, of every simulation: `sims/<name>.py` or
    `sims/<name>/__init__.py`. One that cannot be read costs a line in the log, and the others
    nothing."""
    found: dict[str, tuple[Path, int, int]] = {}
    for name, mtime, size in stamp:
        path = Path(name)
        is_package = path.name == "__init__.py"
        own = path.parent.name if is_package else path.stem
        if path.parent != (folder / own if is_package else folder) or not own.isidentifier():
            continue
        if _may_simulate(path, mtime, size):
            found[own] = (path, mtime, size)
    return found


def _may_simulate(path: Path, mtime: int, size: int) -> bool:
    """Whether a file defines a simulation. One whose text is wrong counts: asking for its fields
    says what is wrong with it, and the others go on."""
    try:
        return _read(path, mtime, size) is not None
    except Unreadable as error:
        log.warning("%s It is passed over.", error)
        return False
    except SpecError:
        return True


class Unreadable(SpecError):
    """A file of sims/ that is no text file which may be read."""


def _text(path: Path, size: int) -> str:
    place = _place(path, 1)
    if not path.is_file():
        raise Unreadable(f"{place}: it is not a file.")
    if size > MAX_BYTES:
        raise Unreadable(f"{place}: it is larger than {MAX_BYTES / 1e6:g} MB.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"{place}: it is not UTF-8; save it as UTF-8.") from None
    except OSError as error:
        raise Unreadable(f"{place}: {error.strerror}.") from error


@functools.lru_cache(maxsize=256)
def _read(path: Path, _mtime: int, size: int) -> tuple[Field, ...] | None:
    """The fields of the file's `Params`, or None when the file defines no simulation.

    `_mtime` and `size` make an edited file a new question for the cache.
    """
    try:
        tree = ast.parse(_text(path, size))
    except SyntaxError as error:
        raise SpecError(f"{_place(path, error.lineno)}: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(f"{_place(path, 1)}: it cannot be parsed ({error}).") from error
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
