"""What a simulation declares of itself, `Params` and `Columns`, read from its text.

    Params    what goes in: each field is `name: type = param(default, low=, high=, …)`
    Columns   what comes out: each is `name: type = column("what it means", unit=, when=)`

The web process must never import torch, and a simulation may import what it likes. So both classes
are read from the source and never run; all that they state is therefore literal, and a test holds
that what is read equals what Python makes of the classes.
"""

import ast
import dataclasses
import functools
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Value = bool | int | float | str

TYPES = ("bool", "int", "float", "str")  # of a parameter
CELLS = (*TYPES, "list")  # of a column: a list goes to a scene or a table, never to an axis
MOST_TEXT = 10_000  # characters of a text that states no length
MAX_BYTES = 1_000_000  # of one file; the longest simulation has 10,000

_one_at_a_time = threading.Lock()


class SpecError(ValueError):
    """A simulation, a parameter or a value that does not exist; the message says how to fix it."""


class Unreadable(SpecError):
    """A file of sims/ that is not a text file which may be read."""


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
    max_length: int = 0  # of a text, in characters; 0: MOST_TEXT
    suggestions: tuple[str, ...] = ()  # for a text that may be any other

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Column:
    """One value of every frame. `when` names parameters and the values of each with which a run
    has it: (("show", ("chance",)),)."""

    name: str
    type: str  # one of CELLS
    meaning: str
    unit: str = ""
    when: tuple[tuple[str, tuple[Value, ...]], ...] = ()

    def is_of(self, params: Mapping[str, Any]) -> bool:
        """Whether a run with these parameters has this column."""
        return all(params.get(name) in values for name, values in self.when)


STEP = Column("step", "int", "counts the frames of a run: 0, 1, 2, …")
PROGRESS = Column("progress", "float", "share of the run that is done")


@dataclass(frozen=True)
class Declared:
    """What a simulation takes and yields, in the order of its source."""

    fields: tuple[Field, ...]
    columns: tuple[Column, ...]  # as declared, without STEP and PROGRESS


def param(
    default: Value,
    *,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    help: str = "",
    max_length: int = 0,
    suggestions: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that states its default, bounds, unit and help once. Use literals.

    A `str` with choices is one of them; without, it is a text of at most `max_length` characters.
    """
    limits = {"low": low, "high": high, "step": step, "choices": choices}
    limits |= {"max_length": max_length, "suggestions": suggestions}
    return dataclasses.field(default=default, metadata={**limits, "unit": unit, "help": help})


def column(
    meaning: str, *, unit: str = "", when: Mapping[str, tuple[Value, ...]] | None = None
) -> Any:
    """What a column of `Columns` means, stated once. Use literals."""
    return {"meaning": meaning, "unit": unit, "when": tuple((when or {}).items())}


def columns_of(module: Any) -> tuple[Column, ...]:
    """The columns that an imported simulation declares, without STEP and PROGRESS."""
    stated = getattr(module, "Columns", None)
    types = getattr(stated, "__annotations__", {})
    return tuple(
        Column(name, getattr(kind, "__name__", str(kind)), **getattr(stated, name))
        for name, kind in types.items()
    )


def parsed(source: str | bytes) -> ast.Module:
    """The tree of a Python source, from one thread at a time.

    Python 3.11 counts the depth of all threads' trees in one place, and raises SystemError when two
    of them interleave. Raises SyntaxError, ValueError, RecursionError, MemoryError as ast.parse.
    """
    with _one_at_a_time:
        return ast.parse(source)


@functools.lru_cache(maxsize=256)
def read(path: Path, _mtime: int, size: int) -> Declared | None:
    """What the file declares, or None when it defines no simulation. Raises SpecError.

    `_mtime` and `size` make an edited file a new question for the cache.
    """
    try:
        tree = parsed(_text(path, size))
    except SyntaxError as error:
        raise SpecError(f"{place(path, error.lineno)}: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(
            f"{place(path, 1)}: it cannot be parsed ({error or 'it is nested too deeply'})."
        ) from error
    defined = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}
    params, columns = defined.get("Params"), defined.get("Columns")
    if not isinstance(params, ast.ClassDef) or "run" not in defined:
        return None
    fields = tuple(_field(path, item) for item in _items(params))
    _hold_apart(path, params, [field.name for field in fields], "parameter")
    if not isinstance(columns, ast.ClassDef):
        return Declared(fields, ())
    known = {field.name: field for field in fields}
    made = tuple(_column(path, item, known) for item in _items(columns))
    _hold_apart(path, columns, [column.name for column in made], "column")
    return Declared(fields, made)


def _hold_apart(path: Path, found: ast.ClassDef, names: list[str], what: str) -> None:
    """Raise SpecError for a name that a class has twice: of a dataclass only the last counts."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SpecError(f"{place(path, found.lineno)}: the {what} {twice[0]} is there twice.")


def place(path: Path, line: int | None) -> str:
    """`sims/bandit.py:42`: the last folder and the file, never where this machine keeps them."""
    parts = path.parts[-3:] if path.name == "__init__.py" else path.parts[-2:]
    return f"{'/'.join(parts)}:{line or 1}"


def _text(path: Path, size: int) -> str:
    here = place(path, 1)
    if not path.is_file():
        raise Unreadable(f"{here}: it is not a file.")
    if size > MAX_BYTES:
        raise Unreadable(f"{here}: it is larger than {MAX_BYTES / 1e6:g} MB.")
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError:
        raise Unreadable(f"{here}: it is not UTF-8; save it as UTF-8.") from None
    except OSError as error:
        raise Unreadable(f"{here}: {error.strerror}.") from error


def _items(found: ast.ClassDef) -> list[ast.AnnAssign]:
    return [item for item in found.body if isinstance(item, ast.AnnAssign)]


def _field(path: Path, item: ast.AnnAssign) -> Field:
    name, kind, call = _call(path, item, "param", "default, …", TYPES)
    from sims.field_faults import fault  # which imports this module

    try:
        made = Field(name, kind, ast.literal_eval(call.args[0]), **_stated(call))
        what = fault(made)
    except (ValueError, IndexError, TypeError) as error:
        wanted = (
            "one default and low, high, step, choices, unit, help, max_length or suggestions, all "
            "of them literals"
        )
        raise SpecError(f"{place(path, item.lineno)}: param of {name} takes {wanted}.") from error
    if what:
        raise SpecError(f"{place(path, item.lineno)}: {name}: {what}.")
    return made


def _column(path: Path, item: ast.AnnAssign, parameters: dict[str, Field]) -> Column:
    from sims.field_faults import column_fault  # which imports this module

    name, kind, call = _call(path, item, "column", '"what it means", …', CELLS)
    try:
        stated = _stated(call)
        when = dict(stated.pop("when", {}))
        if not all(isinstance(values, tuple) for values in when.values()):
            raise TypeError
        if unknown := sorted(when.keys() - parameters):
            here = place(path, item.lineno)
            raise SpecError(f"{here}: `when` of {name} names '{unknown[0]}', no parameter of it.")
        meaning = ast.literal_eval(call.args[0])
        made = Column(name, kind, meaning, when=tuple(when.items()), **stated)
        what = column_fault(made, parameters)
    except (ValueError, IndexError, TypeError) as error:
        if isinstance(error, SpecError):
            raise
        wanted = "its meaning and unit or when ({parameter: (value,)}), all of them literals"
        raise SpecError(f"{place(path, item.lineno)}: column of {name} takes {wanted}.") from error
    if what:
        raise SpecError(f"{place(path, item.lineno)}: {name}: {what}.")
    return made


def _call(
    path: Path, item: ast.AnnAssign, maker: str, shape: str, types: tuple[str, ...]
) -> tuple[str, str, ast.Call]:
    """Name, type and call of a line `name: type = maker(…)` of a class."""
    name, call, kind = ast.unparse(item.target), item.value, ast.unparse(item.annotation)
    here = place(path, item.lineno)
    if not (isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == maker):
        raise SpecError(f"{here}: {name} must be `= {maker}({shape})`.")
    if kind not in types:
        raise SpecError(f"{here}: {name} is '{kind}', but must be one of {', '.join(types)}.")
    return name, kind, call


def _stated(call: ast.Call) -> dict[str, Any]:
    return {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
