"""An engine that lives in another process, perhaps on another machine, reached over a wire.

Orders go out one batch at a time, so they arrive in the order in which they were given; what comes
back is fetched in batches. Whatever goes wrong on the way, every run ends: a wire that breaks ends
all of them as lost.
"""

import contextlib
import logging
import queue
import threading
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from engine.runs.cluster.mailbox import Message
from engine.runs.job import UNLIMITED, Budget, Job
from engine.runs.run import Run, State, Usage

log = logging.getLogger("practicum.runs")

FETCH_SECONDS = 1.0  # the other side hears from us at least so often
LEAVE_SECONDS = 2.0  # to say goodbye in


class Wire(Protocol):
    """Calls into the other process. They block, and raise when it is gone."""

    def tell(self, orders: list[Message]) -> None: ...

    def fetch(self, seconds: float) -> list[Message]: ...

    def close(self) -> None:
        """Let go of it. A call that is under way in another thread may raise."""
        ...


class Remote:
    """The engine at the other end of the wire that `connect` opens.

    It is opened with the first order, and again with the first one after it broke, unless
    `on_broken` is given, which is then told. `gone` is the sentence for whoever followed a run over
    a wire that broke. `translate` makes of a job what the other side understands.
    """

    def __init__(
        self,
        connect: Callable[[], Wire],
        capacity: int,
        gone: str,
        *,
        translate: Callable[[Job], Job] = lambda job: job,
        on_ready: Callable[[], None] = lambda: None,
        on_broken: Callable[[], None] | None = None,
    ) -> None:
        self.capacity = capacity
        self._connect, self._gone, self._translate = connect, gone, translate
        self._on_ready, self._on_broken = on_ready, on_broken
        self._orders: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._attempts: set[str] = set()
        self._lock = threading.Lock()
        self._wire: Wire | None = None
        self._is_closed = False
        self._speaker = threading.Thread(target=self._speak, name="practicum-remote", daemon=True)
        self._listener: threading.Thread | None = None

    def bind(
        self,
        on_frames: Callable[[str, list[str]], None],
        on_end: Callable[[str, State, str, str, Usage], None],
    ) -> None:
        self._on_frames, self._on_end = on_frames, on_end
        self._speaker.start()

    def bind_places(self, on_place: Callable[[str, int, int], None]) -> None:
        """Have the place of each run in the queue over there told: position and seconds."""
        self._on_place = on_place

    def open(self) -> None:
        """Open the wire now; else the first order does."""
        self._orders.put(("hello",))

    def submit(self, run: Run) -> None:
        """Have `run` made over there, or joined if somebody else has asked for the same."""
        self._begin(run.id, run.job, run.budget, run.owner, run.is_fresh)

    def start(self, attempt: str, job: Job, budget: Budget = UNLIMITED) -> None:
        self._begin(attempt, job, budget, "", False)

    def cancel(self, attempt: str, grace: float) -> None:
        self._orders.put(("cancel", attempt, grace))

    def close(self) -> None:
        """Say goodbye, and end what was running as lost."""
        self._is_closed = True
        self._orders.put(("bye",))
        self._orders.put(None)
        for thread in (self._speaker, self._listener):  # no call may be under way after this
            if thread and thread.is_alive():
                thread.join(LEAVE_SECONDS)
        if self._wire:
            self._wire.close()
        self._end_all("The server was stopped.", "")

    def _begin(self, attempt: str, *what: Any) -> None:
        with self._lock:
            self._attempts.add(attempt)
        self._orders.put(("start", attempt, *what))

    def _speak(self) -> None:
        is_last = False
        while not is_last:
            orders: list[Message | None] = [self._orders.get()]
            with contextlib.suppress(queue.Empty):
                while len(orders) < 100 and orders[-1] is not None:
                    orders.append(self._orders.get_nowait())
            is_last = orders[-1] is None
            self._send([self._translated(order) for order in orders if order])

    def _translated(self, order: Message) -> Message:
        if order[0] != "start":
            return order
        try:
            kind, attempt, job, *rest = order
            return (kind, attempt, self._translate(job), *rest)
        except (OSError, SyntaxError, ValueError) as error:  # its file is gone or half written
            self._end(order[1], "failed", f"{order[2].sim} cannot be read: {error}.")
            return ("hello",)

    def _send(self, orders: list[Message]) -> None:
        if self._wire is None and not any(order[0] in ("start", "hello") for order in orders):
            return  # nothing runs over there that could be cancelled
        wire = self._wire
        try:
            if wire is None:
                wire = self._wire = self._connect()
                wire.tell(orders)
                self._listener = threading.Thread(target=self._listen, args=[wire], daemon=True)
                self._listener.start()
                self._on_ready()
            else:
                wire.tell(orders)
        except Exception as error:  # whatever it is, nobody may wait for ever
            self._break(wire, error)

    def _listen(self, wire: Wire) -> None:
        try:
            while wire is self._wire and not self._is_closed:
                for message in wire.fetch(FETCH_SECONDS):
                    self._hear(*message)
        except Exception as error:
            self._break(wire, error)

    def _hear(self, kind: str, attempt: str, *what: Any) -> None:
        if attempt not in self._attempts:
            return
        if kind == "frames":
            self._on_frames(attempt, *what)
        elif kind == "place":
            self._on_place(attempt, *what)
        else:
            self._end(attempt, *what)

    def _break(self, wire: Wire | None, error: Exception) -> None:
        """Both threads may come here for the same wire; the first one does it."""
        with self._lock:
            if self._is_closed or self._wire is not wire:
                return
            self._wire = None
        if wire:
            wire.close()
        log.warning("%s (%r)", self._gone, error)
        self._end_all(self._gone, "".join(traceback.format_exception(error)))
        if self._on_broken:
            self._on_broken()

    def _end_all(self, sentence: str, detail: str) -> None:
        with self._lock:
            attempts = list(self._attempts)
        for attempt in attempts:
            self._end(attempt, "lost", sentence, detail)

    def _end(
        self,
        attempt: str,
        state: State,
        message: str = "",
        detail: str = "",
        usage: Usage | None = None,
    ) -> None:
        with self._lock:
            if attempt not in self._attempts:
                return
            self._attempts.discard(attempt)
        self._on_end(attempt, state, message, detail, usage or {})
