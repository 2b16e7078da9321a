"""One execution of a job, followed by as many as like, from the start or from anywhere."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

from engine.runs.job import UNLIMITED, Budget, Job
from sims.spec import Frame

Usage = dict[str, float]  # `cpu_seconds` and `peak_mb` of a run, as its worker measured them
State = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
End = tuple[State, str, str, Usage]  # with the sentence for the viewer and the traceback
ENDED = frozenset({"done", "failed", "cancelled", "lost"})
UNWATCHED = "Stopped, because nobody was watching."  # the message of a run that was abandoned


class Run:
    """The frames of one job, and how far it has come. Safe to read from any thread.

    `frames` only grows and holds JSON texts; `message` is a sentence for the viewer and `detail`
    a traceback for the author, both empty unless the run ended badly. `about` is empty for what
    runs now, and says when and where for what ran before. Only the Runner calls `add`, `move` and
    `end`.
    """

    def __init__(
        self, job: Job, owner: str, budget: Budget = UNLIMITED, *, is_fresh: bool = False
    ) -> None:
        self.id = secrets.token_urlsafe(12)  # to know it is to follow, so nobody can guess it
        self.job = job
        self.owner = owner
        self.budget = budget
        self.is_fresh = is_fresh  # the viewer does not want one that has ended already
        self.about: dict[str, Any] = {}
        self.usage: Usage = {}
        self.state: State = "queued"
        self.position = 0  # 1 = next in line; 0 = not waiting
        self.starts_in = 0  # about so many seconds until it starts; 0 = not waiting
        self.frames: list[str] = []
        self.num_bytes = 0
        self.message = ""
        self.detail = ""
        self.watchers = 0
        self.unwatched_since = time.monotonic()
        self.started_at = 0.0  # on the monotonic clock
        self._changed = threading.Condition()
        self._listeners: set[Callable[[], None]] = set()

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    def watch(self) -> None:
        """Count one more viewer: a run that is watched is not abandoned."""
        with self._changed:
            self.watchers += 1

    def unwatch(self) -> int:
        """Count one viewer less; returns how many are left."""
        with self._changed:
            self.watchers -= 1
            if self.watchers == 0:
                self.unwatched_since = time.monotonic()
            return self.watchers

    def texts(self, start: int = 0, timeout: float | None = None) -> Iterator[str]:
        """Every frame from `start` on as JSON: those that are there, then each as it comes.

        Ends when the run ends. Raises TimeoutError when no frame came for `timeout` seconds.
        """
        self.watch()
        try:
            while True:
                with self._changed:
                    while len(self.frames) <= start and not self.has_ended:
                        if not self._changed.wait(timeout):
                            raise TimeoutError(f"no frame of {self.job.sim} for {timeout} s")
                    new = self.frames[start:]
                if not new:
                    return
                start += len(new)
                yield from new
        finally:
            self.unwatch()

    def batch(self, start: int, max_bytes: int) -> list[str]:
        """The frames from `start` on that are there, as many as make up about `max_bytes`."""
        if self.num_bytes < max_bytes:  # most runs fit whole, and need not be measured
            return self.frames[start:]
        stop, size = start, 0
        while stop < len(self.frames) and size < max_bytes:
            size += len(self.frames[stop])
            stop += 1
        return self.frames[start:stop]

    def follow(self, start: int = 0, timeout: float | None = None) -> Iterator[Frame]:
        """`texts`, parsed."""
        return map(json.loads, self.texts(start, timeout))

    def wait(self, timeout: float | None = None) -> State:
        """Block until the run has ended; its state. Raises TimeoutError."""
        self.watch()
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: self.has_ended, timeout):
                    raise TimeoutError(f"{self.job.sim} is still {self.state} after {timeout} s")
        finally:
            self.unwatch()
        return self.state

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener()` called after every change, from the thread that made it."""
        with self._changed:
            self._listeners.add(listener)

    def unlisten(self, listener: Callable[[], None]) -> None:
        with self._changed:
            self._listeners.discard(listener)

    def add(self, texts: list[str]) -> None:
        with self._changed:
            if self.has_ended:
                return
            self.frames += texts
            self.num_bytes += sum(map(len, texts))
        self._notify()

    def move(self, state: State, position: int = 0, wait: int = 0) -> None:
        """To another place in the queue (to wait about `wait` seconds there), or to a worker."""
        with self._changed:
            if self.has_ended or (self.state, self.position, self.starts_in) == (
                state,
                position,
                wait,
            ):
                return
            self.state, self.position, self.starts_in = state, position, wait
        self._notify()

    def end(
        self, state: State, message: str = "", detail: str = "", usage: Usage | None = None
    ) -> bool:
        """The one terminal event; False when the run had ended before."""
        with self._changed:
            if self.has_ended:
                return False
            self.message, self.detail, self.position, self.starts_in = message, detail, 0, 0
            self.usage = usage or {}
            self.state = state  # last: a reader without the lock who sees the end sees the rest too
        self._notify()
        return True

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()
