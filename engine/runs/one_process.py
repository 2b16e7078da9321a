"""One worker process for the command line: one run after the other, without limits of ours."""

import queue
from collections.abc import Iterator
from typing import Any

from engine.runs.frames import REFUSED
from engine.runs.job import Budget, Job
from engine.runs.workers.local import LocalEngine
from sims import spec
from sims.spec import SpecError

NO_LIMIT = 1e6  # seconds, 11 days


class SimulationFailed(RuntimeError):
    """How a run went wrong, as a sentence; `detail` is the traceback."""

    def __init__(self, sentence: str, detail: str) -> None:
        super().__init__(sentence)
        self.detail = detail


class OneProcess:
    """A worker process like those of the stage, so that a simulation which exits, forks or prints
    does the same here as there. What it prints goes to our standard error.

    A run may take `seconds` (None: any time) and as much memory as there is.
    """

    def __init__(self, seconds: float | None) -> None:
        package = spec.HERE.name
        path = [] if package == "sims" else [str(spec.HERE.parent)]
        self._seconds = seconds
        self._engine = LocalEngine(
            1, num_spares=0, preload=(), memory_mb=0, max_seconds=NO_LIMIT, package=package,
            path=path, echo=True,
        )  # fmt: skip
        self._news: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._engine.bind(
            lambda attempt, texts: self._news.put(("frames", texts)),
            lambda attempt, *end: self._news.put(("end", end)),
        )
        self._num_runs = 0

    def frames(self, job: Job) -> Iterator[str]:
        """The frames of a run, each as it comes. SimulationFailed, or SpecError on bad input."""
        self._num_runs += 1
        self._engine.start(str(self._num_runs), job, Budget(self._seconds))
        while True:
            kind, what = self._news.get()
            if kind == "frames":
                yield from what
                continue
            state, message, detail, _ = what
            if state == "done":
                return
            if detail == REFUSED:
                raise SpecError(message)
            # What a process that died has printed is on the screen already.
            raise SimulationFailed(_named(job.sim, message), detail if state == "failed" else "")

    def close(self) -> None:
        self._engine.close()


def _named(sim: str, message: str) -> str:
    return message if message.startswith(f"{sim} ") else f"{sim}: {message}"
