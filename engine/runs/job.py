"""What is to be run: a simulation, its checked parameters and the state of its source."""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sims import spec
from sims.nearest import nearest
from sims.spec import SpecError, Value

LONGEST_NAME = 60  # of what a visitor sent is repeated to them


@dataclass(frozen=True)
class Job:
    """`(sim, params)` plus a fingerprint of the sources: equal jobs have equal frames.

    `params` holds every parameter in the order of the simulation, defaults filled in.
    """

    sim: str
    params: tuple[tuple[str, Value], ...]
    source: str


@dataclass(frozen=True)
class Budget:
    """What one run may take. None: what the engine allows, which is also the most there is."""

    seconds: float | None = None
    memory_mb: int | None = None


UNLIMITED = Budget()


def block_budget(declared: Mapping[str, Any] | None) -> Budget:
    """What a block of a deck says that its run may take: `seconds`, `memory` (MB), or neither."""
    declared = declared or {}
    seconds, memory = declared.get("seconds"), declared.get("memory")
    return Budget(
        None if seconds is None else float(seconds), None if memory is None else int(memory)
    )


def make_job(sim: str, params: Mapping[str, Any]) -> Job:
    """Check names, types and bounds; a SpecError says what is wrong and how to fix it."""
    full = {field.name: field.default for field in spec.fields(sim)} | spec.check(sim, params)
    return job_of(sim, full)


def job_of(sim: str, params: Mapping[str, Value]) -> Job:
    """The job of parameters that have been made right, all of them (`clamp_params`)."""
    return Job(sim, tuple(params.items()), fingerprint(spec.HERE))


def clamp_params(sim: str, params: Mapping[str, Any]) -> tuple[dict[str, Value], list[str]]:
    """Every parameter of `sim` with what a visitor sent made allowable, and a note per change.

    An unknown simulation or parameter is a SpecError: there is no nearest value to take.
    """
    known = {field.name: field for field in spec.fields(sim[:LONGEST_NAME])}
    for name in params:
        if name not in known:
            near = nearest(name, sorted(known))
            raise SpecError(f"{sim} has no parameter '{name[:LONGEST_NAME]}'. {near}")
    full = {name: field.default for name, field in known.items()}
    notes = []
    for name, value in params.items():
        full[name], note = spec.clamp(known[name], value)
        notes += [note] if note else []
    return full, notes


def fingerprint(folder: Path, *, look: bool = False) -> str:
    """Changes whenever a Python file under `folder` does; with `look` at this moment, see `stamp`.

    Simulations import one another's modules, so an edit anywhere in the folder counts.
    """
    return _digest(spec.stamp(folder, look=look))


@functools.lru_cache(maxsize=8)
def _digest(stamp: spec.Stamp) -> str:
    lines = [f"{name}\0{time}\0{size}\n" for name, time, size in stamp]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:16]
