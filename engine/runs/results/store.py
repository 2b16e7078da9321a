"""Finished runs on disk: compressed JSON lines, one file a job, in the user's cache folder.

A file is named by what made it: simulation, parameters, the text of every source that the
simulation imports, versions and instruction set; an edit elsewhere leaves it valid. Its first line
says when, where and how long it ran, its last how many frames there are. It is written beside its
place and then moved there, so that writers in several processes never mix and a reader sees all of
it or nothing. What cannot be read, or holds what no run yields, is deleted and counts as never run.
No failure here may cost a viewer anything: a full disk or a read-only folder means that results are
not kept, and the log says so once.
"""

import ast
import contextlib
import functools
import gzip
import hashlib
import importlib.metadata
import json
import logging
import os
import platform
import stat
import tempfile
import threading
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from engine.runs.job import Job, fingerprint
from engine.runs.processor import instruction_set
from engine.runs.results import check as resultcheck
from engine.runs.run import Usage
from sims import spec
from sims.assets import MODELS

log = logging.getLogger("practicum.results")

SUFFIX = ".jsonl.gz"
WRITING = ".writing-"  # how the name of a file begins that is not finished
DAY = 86_400.0  # seconds
BLOCK = 4096  # bytes
ROOM = 0.9  # of a limit that was passed is filled afterwards: the next clean-up is far away
MAX_UNPACKED = 100_000_000  # bytes; the runner keeps runs of a third of it
UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)


@dataclass(frozen=True)
class Result:
    """A finished run: its frames as JSON texts, and `about` it: date, seconds, versions."""

    frames: tuple[str, ...]
    about: dict[str, Any]


class Results:
    """A folder of finished runs, never larger than `max_bytes` on disk or more than `max_files`
    (where several processes write at a time, by a twentieth each). Any thread, any process."""

    def __init__(
        self,
        folder: Path | None = None,
        max_bytes: int = 500_000_000,
        max_files: int = 5_000,
    ) -> None:
        self.folder = folder or cache_folder() / "runs"
        self.max_bytes, self.max_files = max_bytes, max_files
        self._num_bytes = self._num_files = 0  # seen at the last look, and written since
        self._until_look = 0  # writes
        self._has_complained = False
        self._lock = threading.Lock()

    def path(self, job: Job) -> Path:
        """Where the result of `job` is kept, if it is."""
        return self.folder / f"{job.sim}-{key(job)}{SUFFIX}"

    def read(self, job: Job) -> Result | None:
        """The result of `job`, or None; a damaged file is deleted."""
        path = self._place(job)
        if path is None:
            return None
        try:
            found = read_file(path, job)
        except FileNotFoundError:
            return None
        except UNREADABLE as error:
            if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
                self._complain("stored runs cannot be read", error)  # not the file's fault
                return None
            log.warning("a stored run of %s is damaged and was deleted (%r)", job.sim, error)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):  # a folder that can only be read is of use as well
            os.utime(path)  # asked for just now: the last to be evicted
        return found

    def write(self, job: Job, frames: Sequence[str], took: Usage) -> bool:
        """Keep a finished run; False where its simulation has been edited since it was asked for
        (whose frames they are is not known), and (with one line in the log) where the disk does
        not let us."""
        try:
            path = self._place(job)
            if path is None or fingerprint(spec.HERE, look=True) != job.source:
                return False
            self.folder.mkdir(parents=True, exist_ok=True)
            write_file(path, job, frames, took)
            with self._lock:
                self._make_room(path)
        except OSError as error:
            self._complain("finished runs are not stored", error)
            return False
        self._has_complained = False
        return True

    def _place(self, job: Job) -> Path | None:
        """`path`; None while a source of the simulation is half written, or gone: its run, which
        imports that, will say so."""
        try:
            return self.path(job)
        except (OSError, SyntaxError, ValueError, RecursionError):
            return None

    def _complain(self, what: str, error: OSError) -> None:
        """One line in the log until the disk lets us write again."""
        if not self._has_complained:
            log.warning("%s: %s", what, error)
        self._has_complained = True

    def _make_room(self, written: Path) -> None:
        """Keep to the limits after a write. The folder is looked through once in many writes, so
        that one costs the same however many results there are."""
        with contextlib.suppress(FileNotFoundError):  # another process has evicted it already
            self._num_bytes += _on_disk(written.stat())
            self._num_files += 1
        self._until_look -= 1
        is_over = self._num_bytes > self.max_bytes or self._num_files > self.max_files
        if is_over or self._until_look < 0:
            self._evict()
            self._until_look = self.max_files // 20

    def _evict(self) -> None:
        """Delete what was longest not asked for, until the folder is well within its limits, and
        what writers that were killed have left half-written."""
        kept = []
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):  # another process evicts as well
                if path.name.startswith(WRITING):
                    _sweep_up(path)
                elif path.name.endswith(SUFFIX):
                    kept.append((path.stat(), path))
        kept.sort(key=lambda item: item[0].st_mtime, reverse=True)
        self._num_files, self._num_bytes = len(kept), sum(_on_disk(status) for status, _ in kept)
        if self._num_files <= self.max_files and self._num_bytes <= self.max_bytes:
            return
        while kept and (
            self._num_files > ROOM * self.max_files or self._num_bytes > ROOM * self.max_bytes
        ):
            status, path = kept.pop()
            self._num_files, self._num_bytes = len(kept), self._num_bytes - _on_disk(status)
            with contextlib.suppress(OSError):
                path.unlink()


def _sweep_up(path: Path) -> None:
    """Delete what is half-written for a day, long enough for any writer; should the clock have
    jumped, the writer says that it could not keep its run."""
    if time.time() - path.stat().st_mtime > DAY:
        path.unlink()


def _on_disk(status: os.stat_result) -> int:
    """Bytes that a file takes: whole blocks, so many small ones are not for nothing."""
    return -(-status.st_size // BLOCK) * BLOCK


def cache_folder() -> Path:
    """Where this user's caches are: PRACTICUM_CACHE, or what is usual on this system."""
    own = os.environ.get("PRACTICUM_CACHE")
    return Path(own) if own else platformdirs.user_cache_path("practicum")


def key(job: Job) -> str:
    """A name for all that decides the frames; it changes whenever one of these does."""
    made = [job.sim, job.params, source_hash(job.sim), _models(), *_versions().values()]
    return hashlib.sha256(json.dumps(made).encode()).hexdigest()[:24]


def source_hash(sim: str) -> str:
    """Hash of the text of a simulation and of every file of `sims/` that it imports.

    Comments count: telling them apart would cost more than one more run.
    """
    root = spec.HERE
    files = sorted(_closure(root, spec.source(sim)))
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def takes_model(sim: str) -> bool:
    """Whether a simulation loads a base model, which `--model` can take the place of."""
    return any(path.name == "base_model.py" for path in _closure(spec.HERE, spec.source(sim)))


def own_model(sim: str) -> list[str]:
    """What tells the model that stands in for the shipped one in `sim` from others; [] if none.

    The files' names and sizes and the whole config.json: the same folder elsewhere is the same.
    """
    own = os.environ.get("PRACTICUM_MODEL")
    if not own or not takes_model(sim):
        return []
    folder = Path(own)
    if not folder.is_dir():  # a hub's id
        return [own]
    sizes = [f"{path.name} {path.stat().st_size}" for path in folder.iterdir() if path.is_file()]
    config = folder / "config.json"
    return [
        *sorted(sizes),
        config.read_text(encoding="utf-8", errors="replace") if config.is_file() else "",
    ]


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
        raise ValueError("it is no file")  # a pipe would keep its reader waiting for ever
    with gzip.open(path) as file:
        text = file.read(MAX_UNPACKED + 1)
    if len(text) > MAX_UNPACKED:
        raise ValueError("it is too large")
    first, *frames, last = text.decode().split("\n")
    end = resultcheck.parse(last)
    if end != {"num_frames": len(frames)}:
        raise ValueError(f"{len(frames)} frames, but its last line is {last[:40]!r}")
    about = resultcheck.check_about(resultcheck.parse(first), job)
    resultcheck.check_frames(frames)
    return Result(tuple(frames), about)


def _about(job: Job, took: Usage) -> dict[str, Any]:
    return {
        "sim": job.sim,
        "params": dict(job.params),
        "source": source_hash(job.sim),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        **{name: round(value, 2) for name, value in took.items()},
        "versions": _versions(),
    }


@functools.cache
def _versions() -> dict[str, str]:
    """Of Python, the packages that compute, and the processor: another one may round otherwise."""
    versions = {name: importlib.metadata.version(name) for name in ("torch", "numpy")}
    own = {"python": platform.python_version(), **versions}
    return own | {"instruction_set": instruction_set()}


def _models() -> list[str]:
    """Names, sizes and times of the files of the base models that simulations may load."""
    own = os.environ.get("PRACTICUM_MODEL")
    folders = [MODELS, Path(own)] if own else [MODELS]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    stats = [(str(path), path.stat()) for path in files]
    return [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats]


def _closure(root: Path, start: Path) -> set[Path]:
    """`start` and every file under `root` that it imports, over any number of steps.

    Raises OSError, SyntaxError, ValueError when one of them cannot be read.
    """
    found, todo = set(), [start]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            for name in _imported(path, path.stat().st_mtime_ns):
                first, *rest = name.split(".")
                todo += _candidates(root.joinpath(*rest)) if first == root.name else []
    return found


@functools.lru_cache(maxsize=1024)
def _imported(path: Path, _mtime: int) -> tuple[str, ...]:
    """The modules that a file names in an import."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return tuple(names)


def _candidates(stem: Path) -> list[Path]:
    """The module or package at `stem`, and the packages above it, which an import runs too."""
    made = [stem.with_suffix(".py"), stem / "__init__.py", stem.parent / "__init__.py"]
    return [path for path in made if path.is_file()]
