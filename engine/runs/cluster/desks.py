"""The machines of a cluster as one engine: each run goes to the one with the most room."""

import logging
import threading
from collections.abc import Callable, Mapping

from engine.runs.cluster.remote import Remote, Wire
from engine.runs.job import UNLIMITED, Budget, Job
from engine.runs.run import State, Usage

log = logging.getLogger("practicum.runs")

LOOK_SECONDS = 1.0
MACHINE_GONE = (
    "The machine that ran it has left the cluster; nothing else is affected. Run it again."
)
# What `look` finds: by the name of each machine, how many runs it takes and how to reach its desk.
Found = Mapping[str, tuple[int, Callable[[], Wire]]]


class Desks:
    """`look` is asked every second for the machines that there are. One that answers counts."""

    def __init__(self, look: Callable[[], Found]) -> None:
        self._look = look
        self._lock = threading.RLock()
        self._desks: dict[str, Remote] = {}  # every machine that was found
        self._ready: set[str] = set()  # those that have answered
        self._places: dict[str, str] = {}  # attempt -> machine
        self._is_closed = threading.Event()

    @property
    def capacity(self) -> int:
        with self._lock:
            return sum(self._desks[name].capacity for name in self._ready)

    def bind(
        self,
        on_frames: Callable[[str, list[str]], None],
        on_end: Callable[[str, State, str, str, Usage], None],
    ) -> None:
        self._on_frames, self._on_run_end = on_frames, on_end
        threading.Thread(target=self._keep_looking, name="practicum-desks", daemon=True).start()

    def start(self, attempt: str, job: Job, budget: Budget = UNLIMITED) -> None:
        with self._lock:
            name = max(self._ready, key=self._room, default=None)
            if name:
                self._places[attempt] = name
                self._desks[name].start(attempt, job, budget)
        if name is None:  # it left a moment ago; from a thread of its own: the caller holds locks
            end = (attempt, "lost", MACHINE_GONE, "", {})
            threading.Thread(target=self._on_run_end, args=end, daemon=True).start()

    def cancel(self, attempt: str, grace: float) -> None:
        with self._lock:
            if name := self._places.get(attempt):
                self._desks[name].cancel(attempt, grace)

    def close(self) -> None:
        self._is_closed.set()
        for desk in list(self._desks.values()):
            desk.close()

    def _room(self, name: str) -> int:
        return self._desks[name].capacity - list(self._places.values()).count(name)

    def _keep_looking(self) -> None:
        while True:
            try:
                self._meet(self._look())
            except Exception as error:  # the next look may succeed; runs go on meanwhile
                log.warning("cannot list the machines of the cluster: %r", error)
            if self._is_closed.wait(LOOK_SECONDS):
                return

    def _meet(self, found: Found) -> None:
        for name, (capacity, connect) in found.items():
            if name not in self._desks:
                desk = Remote(
                    connect,
                    capacity,
                    MACHINE_GONE,
                    on_ready=lambda name=name: self._ready.add(name),
                    on_broken=lambda name=name: self._forget(name),
                )
                desk.bind(self._on_frames, self._on_end)
                with self._lock:
                    self._desks[name] = desk
                desk.open()

    def _on_end(self, attempt: str, state: State, message: str, detail: str, usage: Usage) -> None:
        with self._lock:
            self._places.pop(attempt, None)
        self._on_run_end(attempt, state, message, detail, usage)

    def _forget(self, name: str) -> None:
        """Its machine has gone, or its process died: the next look may find it anew."""
        with self._lock:
            self._ready.discard(name)
            self._desks.pop(name, None)
