"""What a simulation is, and how the rest of the house finds one.

A simulation is a module of this package (a file, or a folder's `__init__.py`) that defines

    Params    a frozen dataclass of what goes in (see `sims.declarations`)
    Columns   likewise of what comes out: the name, the unit and the meaning of every value
    run       run(params) -> Iterator[Frame]; deterministic, `step` counts 0, 1, 2, …

`fields` and `columns` read the two classes from the source text and never run it.
"""

import contextlib
import functools
import importlib
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from sims import foreign
from sims.declarations import (
    PROGRESS,
    STEP,
    Column,
    Declared,
    Field,
    SpecError,
    Unreadable,
    Value,
    column,
    param,
    read,
)
from sims.nearest import nearest
from sims.values import checked, clamp, short

__all__ = [
    "Column", "Field", "Frame", "Simulation", "SpecError", "Value", "check", "clamp", "column",
    "columns", "fields", "find_column", "load", "names", "param", "source", "stamp",
]  # fmt: skip

Frame = dict[str, Any]  # scalars are drawn as lines, lists go to a scene, strings to a text panel

log = logging.getLogger("practicum.sims")

OURS = HERE = Path(__file__).parent
LOOK_EVERY = 0.0  # seconds; a server, which is asked a thousand times a second, sets more

Stamp = tuple[tuple[str, int, int], ...]
_seen: tuple[Path, float, Stamp] = (Path(), 0.0, ())  # of which folder, when, and what


class Simulation(Protocol):
    """The module that `load` returns."""

    Params: Any

    def run(self, params: Any) -> Iterator[Frame]: ...


def source(name: str) -> Path:
    """The file that defines simulation `name`; an unknown name is an error with the nearest one."""
    return _find(name)[0]


def module_name(name: str, package: str = "sims") -> str:
    """What imports simulation `name`: a module of `package`, or of the package that declares it."""
    entry = foreign.entries().get(name)
    is_foreign = entry is not None and package == "sims" and source(name) == entry.file
    return entry.module if entry and is_foreign else f"{package}.{name}"


def roots(name: str) -> dict[str, list[Path]]:
    """By the first part of an import: the folders in which a simulation's own modules may lie."""
    found = {HERE.name: list(_folders(HERE))}
    if entry := foreign.entries().get(name):
        found.setdefault(entry.package, [entry.folder])
    return found


def _folders(folder: Path) -> tuple[Path, ...]:
    """A folder of simulations; beside ours, those that are trusted."""
    return (folder, *foreign.folders()) if folder == OURS else (folder,)


def _find(name: str) -> tuple[Path, int, int]:
    found = _listed(_folders(HERE), stamp())
    if name not in found:
        raise SpecError(f"no simulation '{short(name)}' in sims/. {nearest(name, sorted(found))}")
    return found[name]


def names() -> list[str]:
    """Every simulation, in alphabetical order: a new file is found by being there."""
    return sorted(_listed(_folders(HERE), stamp()))


def load(name: str) -> Simulation:
    """Import a simulation (in a worker or on the command line, never in the web process)."""
    source(name)
    return importlib.import_module(module_name(name))  # type: ignore[return-value]


def fields(name: str) -> tuple[Field, ...]:
    """The parameters of a simulation, read from its source without importing it."""
    declared = _declared(name)
    return declared.fields if declared else ()


def columns(name: str) -> tuple[Column, ...]:
    """The columns of a simulation's frames, `step` and `progress` included, read likewise; none
    when it declares none."""
    declared = _declared(name)
    return (STEP, *declared.columns, PROGRESS) if declared and declared.columns else ()


def find_column(
    name: str, column: str, params: Mapping[str, Any], known: Sequence[Column] | None = None
) -> Column | None:
    """The column that a run of simulation `name` with these parameters has; None when the
    simulation declares no columns (`known` spares reading them). Raises SpecError for one that
    such a run does not have."""
    known = columns(name) if known is None else known
    found = next((one for one in known if one.name == column), None)
    if known and found is None:
        near = nearest(column, sorted(one.name for one in known))
        raise SpecError(f"{name} has no column '{short(column)}'. {near}")
    if found and not found.is_of(params):
        parameter, values = next(one for one in found.when if params.get(one[0]) not in one[1])
        has, wanted = short(params.get(parameter)), " or ".join(map(str, values))
        where = f"where {parameter} is '{has}'. It has it where {parameter} is {wanted}."
        raise SpecError(f"{name} has no column '{column}' {where}")
    return found


def _declared(name: str) -> Declared | None:
    return read(*_find(name))


def check(name: str, values: Mapping[str, Any]) -> dict[str, Value]:
    """`values` with every type made right; the first unknown name or bad value is a SpecError."""
    known = {field.name: field for field in fields(name)}
    for key in values:
        if key not in known:
            near = nearest(key, sorted(known))
            raise SpecError(f"{name} has no parameter '{short(key)}'. {near}")
    return {key: checked(known[key], value) for key, value in values.items()}


def stamp(folder: Path | None = None, *, look: bool = False) -> Stamp:
    """Path, time (ns) and size of every Python file under `folder` (of simulations, by default):
    changes when one of them does. A look costs 0.4 ms; LOOK_EVERY says how old it may be, unless
    `look` asks for one now."""
    global _seen
    folder, now = folder or HERE, time.monotonic()
    if look or _seen[0] != folder or now - _seen[1] >= LOOK_EVERY:
        found = {one for root in _folders(folder) for one in _stamps(str(root))}
        if folder == OURS:
            for entry in foreign.entries().values():
                found |= set(_stamps(str(entry.folder)))
        _seen = (folder, now, tuple(sorted(found)))
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
def _listed(folders: tuple[Path, ...], stamp: Stamp) -> dict[str, tuple[Path, int, int]]:
    """Name -> file, with its time and size, of every simulation: `sims/<name>.py` or
    `sims/<name>/__init__.py`, in the first folder that has it, else of a package that declares it.
    One that cannot be read costs a line in the log, and the others nothing."""
    found: dict[str, tuple[Path, int, int]] = {}
    for folder in folders:
        for name, one in _in_folder(folder, stamp).items():
            if name in found:
                log.warning("%s: there is a simulation %s already; rename it.", one[0].name, name)
            found.setdefault(name, one)
    if folders[0] == OURS:
        files = {Path(path): (Path(path), mtime, size) for path, mtime, size in stamp}
        for name, entry in foreign.entries().items():
            if entry.file in files and name not in found and _may_simulate(*files[entry.file]):
                found[name] = files[entry.file]
    return found


def _in_folder(folder: Path, stamp: Stamp) -> dict[str, tuple[Path, int, int]]:
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
        return read(path, mtime, size) is not None
    except Unreadable as error:
        log.warning("%s It is passed over.", error)
        return False
    except SpecError:
        return True
