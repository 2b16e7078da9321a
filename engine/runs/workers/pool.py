"""The worker processes of one engine: always enough of them, and warm when there is time.

Belongs to the engine's thread, like everything that it holds.
"""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from engine.paths import child_environment
from engine.runs.workers.orphans import Guard
from engine.runs.workers.process import WorkerProcess

log = logging.getLogger("practicum.runs")

PRELOAD_AFTER = 3.0  # seconds without a job: the first page and the first click come before
RESPAWN_AFTER = 2.0  # seconds to wait after a worker died before it was ready
MAX_FALSE_STARTS = 3  # in a row; then there is no hope that any will start


class WorkerPool:
    """`size` processes; one that dies is replaced at once, unless it never got ready.

    The first of them start `start_after` seconds from now, or with the first job.
    """

    def __init__(
        self,
        size: int,
        config: dict[str, Any],
        path: Sequence[str],
        start_after: float = 0.0,
        on_exit: Callable[[WorkerProcess], None] = lambda worker: None,
        echo: bool = False,
    ) -> None:
        self.workers: list[WorkerProcess] = []
        self._name = secrets.token_hex(8)  # marks the workers, and all that they start
        self._num_started = 0
        self._guard: Guard | None = None
        self.trouble = ""
        self._on_exit, self._echo = on_exit, echo
        self._size = size
        self._config = config
        self._path = path
        self._false_starts = 0
        self._spawn_at = time.monotonic() + start_after
        self._may_warm = bool(config["preload"])
        self._quiet_since = time.monotonic()

    @property
    def is_hopeless(self) -> bool:
        """Nothing starts any more: no use in letting jobs wait."""
        return self._false_starts >= MAX_FALSE_STARTS

    def start_missing(self) -> list[WorkerProcess]:
        """Start those that are missing; returns them. `trouble` says why none can be started."""
        new: list[WorkerProcess] = []
        while len(self.workers) < self._size and time.monotonic() >= self._spawn_at:
            self.trouble = ""
            try:
                new.append(self._start())
                self.workers.append(new[-1])
                self._guard = self._guard or Guard(self._name, child_environment())
            except OSError as error:  # no memory, files or processes left: perhaps in a moment
                log.warning("A worker process cannot be started: %s", error)
                self.trouble = str(error)
                self._note_false_start()
                break
        return new

    def _start(self) -> WorkerProcess:
        self._num_started += 1
        mark = f"{self._name}.{self._num_started}"
        return WorkerProcess(
            self._config, self._path, mark=mark, on_exit=self._on_exit, echo=self._echo
        )

    def close(self) -> None:
        """When all workers are lost: nothing is left to guard."""
        if self._guard:
            self._guard.close()

    def hurry(self) -> None:
        """A job is waiting: start now, unless processes have just failed to."""
        if not self._false_starts:
            self._spawn_at = 0.0

    def pick(self) -> WorkerProcess | None:
        """A free worker, a warm one if there is any.

        None that is warming: another is free, or will be long before that import ends.
        """
        free = [worker for worker in self.workers if worker.is_ready and not worker.is_warming]
        return max(free, key=lambda worker: worker.is_warm, default=None)

    def find(self, attempt: str) -> WorkerProcess | None:
        """The worker that runs `attempt`."""
        return next((worker for worker in self.workers if worker.attempt == attempt), None)

    def note_ready(self, worker: WorkerProcess, is_warm: bool) -> None:
        """The worker has said that it waits for a job."""
        worker.is_ready, worker.has_started = worker.attempt is None, True
        worker.is_warm = worker.is_warm or is_warm
        worker.is_warming = False
        self._false_starts = 0

    def note_work(self) -> None:
        """A job has just ended: its sender may send the next."""
        self._quiet_since = time.monotonic()

    def remove(self, worker: WorkerProcess) -> tuple[str, str]:
        """Strike a process off that has ended; how it ended, and its last words."""
        self.workers.remove(worker)
        if worker.is_warming:  # a module that kills its process would do so for ever
            self._may_warm = False
        if not worker.has_started:
            self._note_false_start()
        return worker.finish()

    def _note_false_start(self) -> None:
        self._false_starts += 1
        self._spawn_at = time.monotonic() + RESPAWN_AFTER

    def warm_one(self) -> None:
        """Let one idle worker import the heavy modules, if the time for that has come."""
        if self._warm_at() <= time.monotonic():
            worker = next(worker for worker in self.workers if self._is_cold(worker))
            worker.is_warming = worker.is_warm = True  # once, even if a module is not installed
            worker.send(do="preload")

    def due_at(self) -> float:
        """When `start_missing` or `warm_one` has something to do (infinity: not by itself)."""
        missing = len(self.workers) < self._size
        return min(self._spawn_at if missing else float("inf"), self._warm_at())

    def _warm_at(self) -> float:
        """One at a time and while nothing runs: an import takes a core for a second."""
        is_busy = any(worker.attempt or worker.is_warming for worker in self.workers)
        if is_busy or not self._may_warm or not any(map(self._is_cold, self.workers)):
            return float("inf")
        return self._quiet_since + PRELOAD_AFTER

    def _is_cold(self, worker: WorkerProcess) -> bool:
        return worker.is_ready and not worker.is_warm
