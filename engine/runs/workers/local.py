"""The engine for one machine: persistent worker processes and one warm spare.

One thread owns all of it (sockets, timers, children), so there are no locks: other threads leave
it a command and wake it. A worker that hangs is killed and the spare takes the next job at once.
"""

import functools
import json
import logging
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from engine.runs.engine import OnEnd, OnFrames
from engine.runs.job import UNLIMITED, Budget, Job
from engine.runs.run import State, Usage
from engine.runs.workers.leftovers import CONNECTION_CLOSED
from engine.runs.workers.pool import WorkerPool
from engine.runs.workers.process import CLOSED, MOST_READS, MOST_STRETCH, WorkerProcess

log = logging.getLogger("practicum.runs")

LAST_RESORT_AFTER = 10.0  # seconds over the limit; then the worker ends itself
# What simulations import late: the first optimiser of a process pulls in the second one, 1.8 s.
HEAVY = ("torch", "torch._dynamo")
TORCH_MB = 500  # of address space, which a first import of torch takes
STOPPED = "The server was stopped."
CLOSING_SECONDS = 1.0  # from the end of a worker's socket to its own end
LEFT = "%s left something behind (%s), so its worker process is replaced. Clean up in `run`."


class LocalEngine:
    """Runs up to `num_workers` jobs at a time, each in a process of its own.

    A run may take `max_seconds` and let its address space grow by `memory_mb` (0: any), of which a
    first import of torch takes 500; the budget of a run can lower both. `preload` names modules
    that idle workers import. `package` and `path` say where simulations are imported from: the
    code that makes the engine decides that, never a visitor. Workers start `start_after` seconds
    from now, or with the first job, and there are `num_spares` more than can run: then a crash
    costs the next job nothing. With `echo` what they print appears on our standard error.
    """

    def __init__(
        self,
        num_workers: int | None = None,
        *,
        memory_mb: int = 2000,
        max_seconds: float = 600.0,
        preload: Sequence[str] = HEAVY,
        package: str = "sims",
        path: Sequence[str] = (),
        start_after: float = 0.0,
        num_spares: int = 1,
        echo: bool = False,
    ) -> None:
        self.capacity = num_workers or max(1, min(8, os.cpu_count() or 1))
        self.max_seconds = max_seconds
        self.memory_mb = memory_mb
        config = {"preload": list(preload), "package": package, "names_model": echo}
        size = self.capacity + num_spares
        self._pool = WorkerPool(size, config, path, start_after, self._note_exit, echo)
        self._waiting: deque[tuple[str, Job, Budget]] = deque()
        self._commands: deque[Callable[[], None]] = deque()
        self._selector = selectors.DefaultSelector()
        self._wake_from, self._wake_to = socket.socketpair()
        self._wake_to.setblocking(False)
        self._selector.register(self._wake_from, selectors.EVENT_READ, self._wakened)
        self._closing = False
        self._is_over = False
        self._thread = threading.Thread(target=self._loop, name="practicum-engine", daemon=True)

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None:
        """Start the workers; both functions are called from the engine's thread."""
        self._on_frames, self._on_end = on_frames, on_end
        self._thread.start()

    def start(self, attempt: str, job: Job, budget: Budget = UNLIMITED) -> None:
        """Run `job`; `attempt` is the name of this execution and is never used twice."""
        self._ask(lambda: self._take(attempt, job, budget))
        if self._is_over:  # from a thread of its own: the caller may hold locks
            end = (attempt, "lost", STOPPED, "", {})
            threading.Thread(target=self._on_end, args=end, daemon=True).start()

    def cancel(self, attempt: str, grace: float) -> None:
        """Ask for an end after the next frame; kill the process `grace` seconds later."""
        self._ask(lambda: self._cancel(attempt, grace))

    def pids(self) -> list[int]:
        """The worker processes, the spare included."""
        return [worker.pid for worker in list(self._pool.workers)]

    def wait_warm(self, timeout: float) -> bool:
        """Whether every worker has the heavy modules loaded, after at most `timeout` seconds."""
        until = time.monotonic() + timeout
        while not self._is_warm():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def _is_warm(self) -> bool:
        workers = list(self._pool.workers)
        return bool(workers) and all(one.is_warm and not one.is_warming for one in workers)

    def close(self) -> None:
        """Kill every worker; what was running ends as lost."""
        self._closing = True
        self._ask(lambda: None)
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _ask(self, command: Callable[[], None]) -> None:
        self._commands.append(command)
        try:
            self._wake_to.send(b"!")
        except OSError:  # full: it is about to wake anyway; closed: there is nobody to wake
            return

    def _take(self, attempt: str, job: Job, budget: Budget) -> None:
        self._waiting.append((attempt, job, budget))
        self._pool.hurry()

    def _wakened(self) -> None:
        self._wake_from.recv(4096)

    def _loop(self) -> None:
        try:
            while not self._closing:
                self._assign()
                self._pool.warm_one()
                self._start_missing()  # last: it takes 15 ms, which a job would wait for
                for key, _ in self._selector.select(self._patience()):
                    if self._selector.get_map().get(key.fileobj) is key:  # not forgotten since
                        key.data()
                while self._commands:
                    self._commands.popleft()()
                self._enforce()
        finally:
            self._shut_down()

    def _start_missing(self) -> None:
        for worker in self._pool.start_missing():
            callback = functools.partial(self._hear, worker)
            self._selector.register(worker.socket, selectors.EVENT_READ, callback)
        if self._pool.trouble:
            self._give_up(self._pool.trouble, "")

    def _assign(self) -> None:
        while self._waiting and (worker := self._pool.pick()):
            attempt, job, budget = self._waiting[0]
            worker.is_ready = False
            seconds = min(budget.seconds or self.max_seconds, self.max_seconds)
            own_mb = budget.memory_mb + TORCH_MB if budget.memory_mb else self.memory_mb
            if worker.send(
                do="run",
                attempt=attempt,
                sim=job.sim,
                params=dict(job.params),
                source=job.source,
                memory_mb=min(own_mb, self.memory_mb),
                last_resort=MOST_STRETCH * seconds + LAST_RESORT_AFTER,
            ):
                self._waiting.popleft()
                worker.attempt, worker.sim = attempt, job.sim
                worker.hold_to(seconds)
            else:  # it died a moment ago, and its end is about to be heard
                worker.kill()

    def _hear(self, worker: WorkerProcess) -> None:
        messages = worker.receive()
        if messages is None:  # it is about to end, and `_clean_up` is called when it has
            self._forget(worker.socket)
            worker.closed_at = time.monotonic() + CLOSING_SECONDS
            return
        texts = [text for kind, text in messages if kind == "F"]
        if texts and worker.attempt:
            self._on_frames(worker.attempt, texts)
        for kind, text in messages:
            if kind == "E":
                self._end(worker, **json.loads(text))
            elif kind == "R":
                self._pool.note_ready(worker, is_warm=text == "1")

    def _note_exit(self, worker: WorkerProcess) -> None:
        """From a thread of the worker's: its process has ended."""
        self._ask(lambda: self._clean_up(worker))

    def _end(
        self,
        worker: WorkerProcess,
        state: State,
        message: str,
        detail: str,
        usage: Usage | None = None,
        left: Sequence[str] = (),
    ) -> None:
        if left:
            log.warning(LEFT, worker.sim, ", ".join(left))
        attempt, worker.attempt = worker.attempt, None
        worker.kill_at = worker.limit_at = None
        self._pool.note_work()
        if attempt:
            self._on_end(attempt, state, message, detail, usage or {})

    def _cancel(self, attempt: str, grace: float) -> None:
        for entry in self._waiting:
            if entry[0] == attempt:
                self._waiting.remove(entry)
                self._on_end(attempt, "cancelled", "", "", {})
                return
        if worker := self._pool.find(attempt):  # by name: a late cancel never hits the next job
            worker.send(do="cancel", attempt=attempt)
            deadline = time.monotonic() + grace
            worker.kill_at = min(deadline, worker.kill_at or deadline)

    def _enforce(self) -> None:
        """Kill what did not end in time."""
        for worker in self._pool.workers:
            worker.enforce(time.monotonic())

    def _patience(self) -> float | None:
        """Seconds until something is due that no socket reports."""
        soonest = min([self._pool.due_at(), *(worker.due_at() for worker in self._pool.workers)])
        return None if soonest == float("inf") else max(0.0, soonest - time.monotonic())

    def _clean_up(self, worker: WorkerProcess) -> None:
        if worker not in self._pool.workers:  # the engine is being closed, which ends them all
            return
        for _ in range(MOST_READS):  # what it said before it ended
            if worker.socket not in self._selector.get_map():
                break
            self._hear(worker)
        self._forget(worker.socket)
        how, tail = self._pool.remove(worker)
        if worker.process.returncode == CONNECTION_CLOSED:
            worker.verdict = worker.verdict or ("lost", CLOSED)
        if worker.verdict:
            self._end(worker, *worker.verdict, tail)
        else:
            sentence = f"Its process ended unexpectedly ({how}); nothing else is affected."
            self._end(worker, "lost", sentence, tail)
        self._give_up(how, tail)

    def _give_up(self, how: str, tail: str) -> None:
        """End what waits, when no worker will ever start."""
        while self._waiting and self._pool.is_hopeless:
            attempt, *_ = self._waiting.popleft()
            sentence = f"Worker processes do not start ({how}); see the server's log."
            self._on_end(attempt, "lost", sentence, tail, {})

    def _forget(self, file: socket.socket) -> None:
        if file in self._selector.get_map():
            self._selector.unregister(file)

    def _shut_down(self) -> None:
        self._is_over = True
        while self._commands:  # those that came too late to be heard
            self._commands.popleft()()
        for worker in self._pool.workers:
            worker.kill()
        for worker in list(self._pool.workers):
            self._pool.remove(worker)
            self._end(worker, "lost", STOPPED, "")
        self._pool.close()
        for attempt, *_ in self._waiting:
            self._on_end(attempt, "lost", STOPPED, "", {})
        self._selector.close()
        self._wake_from.close()
        self._wake_to.close()
