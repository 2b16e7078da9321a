"""What is to be run: a simulation, its checked parameters and the state of its source."""

import contextlib
import functools
import hashlib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sims import spec
from sims.spec import Field, SpecError, Value


@dataclass(frozen=True)
class Job:
    """`(sim, params)` plus a fingerprint of the sources: equal jobs have equal frames.

    `params` holds every parameter in the order of the simulation, defaults filled in.
    """

    sim: str
    params: tuple[tuple[str, Value], ...]
    source: str


def make_job(sim: str, params: Mapping[str, Any]) -> Job:
    """Check names, types and bounds; a SpecError says what is wrong and how to mend it."""
    known = _known(sim)
    full = {field.name: field.default for field in known} | spec.check(sim, params)
    _refuse_infinite(full)
    return Job(sim, tuple(full.items()), fingerprint(spec.HERE))


def clamp_params(sim: str, params: Mapping[str, Any]) -> tuple[dict[str, Value], list[str]]:
    """Every parameter of `sim` with what a visitor sent made allowable, and a note per change.

    An unknown simulation or parameter is a SpecError: there is no nearest value to take.
    """
    known = _known(sim)
    names = [field.name for field in known]
    for name in params:
        if name not in names:
            raise SpecError(f"{sim} has no parameter '{name}'.{spec.did_you_mean(name, names)}")
    full: dict[str, Value] = {}
    notes = []
    for field in known:
        value, note = field.default, ""
        if field.name in params:
            value, note = spec.clamp(field, params[field.name])
            if isinstance(value, float) and not math.isfinite(value):
                value, note = field.default, f"{field.name} is not finite. Using {field.default}."
        full[field.name] = value
        if note:
            notes.append(note)
    return full, notes


def fingerprint(folder: Path) -> str:
    """Changes whenever a Python file under `folder` does.

    Simulations import one another's modules, so an edit anywhere in the folder counts.
    """
    digest = hashlib.sha256()
    for name, stat in sorted(_sources(str(folder))):
        digest.update(f"{name}\0{stat.st_mtime_ns}\0{stat.st_size}\n".encode())
    return digest.hexdigest()[:16]


def _sources(folder: str) -> list[tuple[str, os.stat_result]]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "__pycache__")):
                continue
            if entry.is_dir(follow_symlinks=False):
                found += _sources(entry.path)
            elif entry.name.endswith(".py"):
                with contextlib.suppress(FileNotFoundError):  # an editor's, gone again
                    found.append((entry.path, entry.stat()))
    return found


def _known(sim: str) -> tuple[Field, ...]:
    # A name becomes a path and a module: anything but an identifier could leave the folder.
    if not sim.isidentifier():
        near = spec.did_you_mean(sim[:40], spec.names())
        raise SpecError(f"'{sim[:40]}' is not the name of a simulation.{near}")
    return _fields(sim, fingerprint(spec.HERE))


@functools.lru_cache(maxsize=256)
def _fields(sim: str, _source: str) -> tuple[Field, ...]:
    """`spec.fields` parses the file on each call; a room full of sliders asks often."""
    return spec.fields(sim)


def _refuse_infinite(params: Mapping[str, Value]) -> None:
    for name, value in params.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise SpecError(f"{name} is {value}, but must be finite.")
