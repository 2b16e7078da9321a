"""The file of one finished run: compressed JSON lines.

The first line says when, where and how long it ran, the last how many frames there are. A file is
written beside its place and then moved there, so that writers in several processes never mix and a
reader sees all of it or nothing. Nothing of it is believed before it is checked.
"""

import contextlib
import gzip
import json
import os
import stat
import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.runs.job import Job
from engine.runs.results import plausible
from engine.runs.results.identity import source_hash, versions
from engine.runs.run import Usage

SUFFIX = ".jsonl.gz"
WRITING = ".writing-"  # how the name of a file begins that is not finished
MAX_UNPACKED = 100_000_000  # bytes; the runner keeps runs of a third of it
UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)


@dataclass(frozen=True)
class Result:
    """A finished run: its frames as JSON texts, and `about` it: date, seconds, versions."""

    frames: tuple[str, ...]
    about: dict[str, Any]


def write_file(path: Path, job: Job, frames: Iterable[str], took: Usage) -> None:
    """Write one result so that it is there as a whole or not at all; `took` holds `seconds` and
    what else was measured. Raises OSError."""
    frames = list(frames)
    lines = [json.dumps(_about(job, took)), *frames, json.dumps({"num_frames": len(frames)})]
    # No name and no time in the header: equal runs make equal files.
    packed = gzip.compress("\n".join(lines).encode(), compresslevel=6, mtime=0)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=WRITING)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(packed)
        os.chmod(temporary, 0o644)  # a temporary file is private; what ships is not
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def read_file(path: Path, job: Job) -> Result:
    """The result of `job` in a file. Raises one of UNREADABLE when it is not there, damaged, or
    holds what no run of `job` can have yielded."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is not a file")  # a pipe would keep its reader waiting for ever
    with gzip.open(path) as file:
        text = file.read(MAX_UNPACKED + 1)
    if len(text) > MAX_UNPACKED:
        raise ValueError("it is too large")
    first, *frames, last = text.decode().split("\n")
    end = plausible.parse(last)
    if end != {"num_frames": len(frames)}:
        raise ValueError(f"{len(frames)} frames, but its last line is {last[:40]!r}")
    about = plausible.check_about(plausible.parse(first), job)
    plausible.check_frames(frames)
    return Result(tuple(frames), about)


def _about(job: Job, took: Usage) -> dict[str, Any]:
    return {
        "sim": job.sim,
        "params": dict(job.params),
        "source": source_hash(job.sim),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        **{name: round(value, 2) for name, value in took.items()},
        "versions": versions(),
    }
