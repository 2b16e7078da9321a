"""Finished runs on disk, in the user's cache folder, and never more than it may hold.

No failure here may cost a viewer anything: a full disk or a read-only folder means that results are
not kept, and the log says so once. What cannot be read is deleted and counts as never run.
"""

import contextlib
import gzip
import logging
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from engine.runs.job import Job, fingerprint
from engine.runs.results.files import SUFFIX, UNREADABLE, WRITING, Result, read_file, write_file
from engine.runs.results.identity import UNREAD_SOURCE, key
from engine.runs.run import Usage
from engine.streams import because
from sims import spec

log = logging.getLogger("practicum.results")

DAY = 86_400.0  # seconds
BLOCK = 4096  # bytes
ROOM = 0.9  # of a limit that was passed is filled afterwards: the next clean-up is far away


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
        except UNREAD_SOURCE:
            return None

    def _complain(self, what: str, error: OSError) -> None:
        """One line in the log until the disk lets us write again."""
        if not self._has_complained:
            log.warning("%s: %s", what, because(error))
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
