"""Runs that ship with the lectures, so that a slide shows a finished figure before any click.

One file a job, in the format of `files.py`, named by the simulation and its parameters alone: a
recording stands until it is made again. It says itself when it was made and with what; `is_stale`
says whether its simulation has been edited since.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.paths import RECORDED
from engine.runs.job import make_job
from engine.runs.results import files, identity
from engine.runs.results.files import SUFFIX, Result
from engine.runs.run import Usage


def path(sim: str, params: Mapping[str, Any], folder: Path = RECORDED) -> Path:
    """Where the recording of a job is or would be. Raises SpecError."""
    job = make_job(sim, params)
    own = identity.own_model(sim, dict(job.params))  # another model, another figure
    key = [job.sim, sorted(job.params), *own]
    digest = hashlib.sha256(json.dumps(key).encode())
    return folder / f"{job.sim}-{digest.hexdigest()[:12]}{SUFFIX}"


def read(sim: str, params: Mapping[str, Any], folder: Path = RECORDED) -> Result | None:
    """The recording of a job; None where there is none or it cannot be read."""
    try:
        return files.read_file(path(sim, params, folder), make_job(sim, params))
    except files.UNREADABLE:
        return None


def folders(content: Path) -> tuple[Path, ...]:
    """Where the recordings of lectures may lie that draw on `content`: there, and with ours."""
    own = content / RECORDED.name
    return (own,) if own == RECORDED else (own, RECORDED)


def find(sim: str, params: Mapping[str, Any], folders: Sequence[Path]) -> Path | None:
    """The first recording of a job that there is. Raises SpecError."""
    return next((one for folder in folders if (one := path(sim, params, folder)).is_file()), None)


def read_any(sim: str, params: Mapping[str, Any], folders: Sequence[Path]) -> Result | None:
    """`read`, of the first recording that there is."""
    found = find(sim, params, folders)
    return read(sim, params, found.parent) if found else None


def write(
    sim: str,
    params: Mapping[str, Any],
    frames: Sequence[str],
    took: Usage,
    folder: Path = RECORDED,
) -> Path:
    """Make the recording of a job, or make it again. Raises SpecError, OSError."""
    target = path(sim, params, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    files.write_file(target, make_job(sim, params), frames, took)
    return target


def stamp(folders: Sequence[Path] = (RECORDED,)) -> int:
    """Changes when a recording comes or goes; 0 where there are none."""
    total = 0
    for folder in folders:
        with contextlib.suppress(OSError):
            total += folder.stat().st_mtime_ns
    return total


def is_stale(result: Result) -> bool:
    """Whether the simulation, or anything of ours that it imports, has changed since."""
    return result.about["source"] != identity.source_hash(result.about["sim"])
