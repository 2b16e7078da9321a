"""The engine for one machine: persistent worker processes and one warm spare.

One thread owns all of it (sockets, timers, children), so there are no locks: other threads leave
it a command and wake it. A worker that hangs is killed and the spare takes the next job at once.
"""

import functools
import json
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from engine.runs.jobs import Job
from engine.runs.process import WorkerProcess
from engine.runs.run import State

OnFrames = Callable[[str, list[str]], None]  # attempt, JSON texts
OnEnd = Callable[[str, State, str, str], None]  # attempt, state, message, detail

PRELOAD_AFTER = 3.0  # seconds without a job: the first page and the first click come before
LAST_RESORT_AFTER = 10.0  # seconds over the limit; then the worker ends itself
RESPAWN_AFTER = 2.0  # seconds to wait after a worker died before it was ready
MAX_FALSE_STARTS = 3  # in a row; then waiting jobs are told that nothing can run


class LocalEngine:
    """Runs up to `num_workers` jobs at a time, each in a process of its own.

    A run may take `max_seconds` and let its process grow by `memory_mb`. `preload` names modules
    that idle workers import. `package` and `path` say where simulations are imported from: the
    code that makes the engine decides that, never a visitor.
    """

    def __init__(
        self,
        num_workers: int | None = None,
        *,
        memory_mb: int = 3000,
        max_seconds: float = 600.0,
        preload: Sequence[str] = ("torch",),
        package: str = "sims",
        path: Sequence[str] = (),
    ) -> None:
        self.capacity = num_workers or max(1, min(8, os.cpu_count() or 1))
        self.max_seconds = max_seconds
        self._config = {
            "memory_mb": memory_mb,
            "last_resort": max_seconds + LAST_RESORT_AFTER,
            "preload": list(preload),
            "package": package,
        }
        self._path = tuple(path)
        self._workers: list[WorkerProcess] = []
        self._waiting: deque[tuple[str, Job]] = deque()
        self._commands: deque[Callable[[], None]] = deque()
        self._selector = selectors.DefaultSelector()
        self._wake_from, self._wake_to = socket.socketpair()
        self._wake_to.setblocking(False)
        self._selector.register(self._wake_from, selectors.EVENT_READ, self._wakened)
        self._false_starts = 0
        self._spawn_at = 0.0
        self._quiet_since = time.monotonic()
        self._closing = False
        self._is_over = False
        self._thread = threading.Thread(target=self._loop, name="practicum-engine", daemon=True)

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None:
        """Start the workers; both functions are called from the engine's thread."""
        self._on_frames, self._on_end = on_frames, on_end
        self._thread.start()

    def start(self, attempt: str, job: Job) -> None:
        """Run `job`; `attempt` is the name of this execution and is never used twice."""
        self._ask(lambda: self._waiting.append((attempt, job)))
        if self._is_over:  # from a thread of its own: the caller may hold locks
            end = (attempt, "lost", "The server was stopped.", "")
            threading.Thread(target=self._on_end, args=end, daemon=True).start()

    def cancel(self, attempt: str, grace: float) -> None:
        """Ask for an end after the next frame; kill the process `grace` seconds later."""
        self._ask(lambda: self._cancel(attempt, grace))

    def pids(self) -> list[int]:
        """The worker processes, the spare included."""
        return [worker.pid for worker in list(self._workers)]

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

    def _wakened(self) -> None:
        self._wake_from.recv(4096)

    def _loop(self) -> None:
        try:
            while not self._closing:
                self._assign()
                self._warm_one()
                self._spawn()  # last: it takes 15 ms, which a job would wait for
                for key, _ in self._selector.select(self._patience()):
                    if self._selector.get_map().get(key.fileobj) is key:  # not forgotten since
                        key.data()
                while self._commands:
                    self._commands.popleft()()
                self._enforce()
        finally:
            self._shut_down()

    def _spawn(self) -> None:
        """Keep one worker more than may be busy, so that a crash costs the next job nothing."""
        while len(self._workers) <= self.capacity and time.monotonic() >= self._spawn_at:
            worker = WorkerProcess(self._config, self._path)
            self._workers.append(worker)
            for file, action in ((worker.socket, self._hear), (worker.stderr, self._log)):
                callback = functools.partial(action, worker)
                self._selector.register(file, selectors.EVENT_READ, callback)

    def _assign(self) -> None:
        while self._waiting:
            free = [w for w in self._workers if w.is_ready and w.attempt is None]
            if not free:
                return
            worker = max(free, key=lambda w: (not w.is_warming, w.is_warm))
            attempt, job = self._waiting.popleft()
            worker.attempt, worker.is_ready = attempt, False
            worker.limit_at = time.monotonic() + self.max_seconds
            params = dict(job.params)
            sent = worker.send(
                do="run", attempt=attempt, sim=job.sim, params=params, source=job.source
            )
            if not sent:  # it died a moment ago: its end is about to be heard
                worker.attempt = None
                self._waiting.appendleft((attempt, job))
                worker.kill()

    def _warm_one(self) -> None:
        """One worker at a time, and only while nothing runs, imports the heavy modules."""
        if self._waiting or any(w.attempt or w.is_warming for w in self._workers):
            return
        if time.monotonic() - self._quiet_since < PRELOAD_AFTER:
            return
        if cold := [w for w in self._workers if w.is_ready and not w.is_warm]:
            cold[0].is_warming = cold[0].is_warm = True  # once: a module may not exist here
            cold[0].send(do="preload")

    def _hear(self, worker: WorkerProcess) -> None:
        messages = worker.receive()
        if messages is None:
            self._bury(worker)
            return
        texts = [text for kind, text in messages if kind == "F"]
        if texts and worker.attempt:
            self._on_frames(worker.attempt, texts)
        for kind, text in messages:
            if kind == "E":
                self._end(worker, **json.loads(text))
            elif kind == "R":
                worker.is_ready, worker.has_started = worker.attempt is None, True
                worker.is_warm = worker.is_warm or text == "1"
                worker.is_warming = False
                self._false_starts = 0

    def _log(self, worker: WorkerProcess) -> None:
        if worker.read_errors() == b"":
            self._forget(worker.stderr)

    def _end(self, worker: WorkerProcess, state: State, message: str, detail: str) -> None:
        attempt, worker.attempt = worker.attempt, None
        worker.kill_at = worker.limit_at = None
        self._quiet_since = time.monotonic()
        if attempt:
            self._on_end(attempt, state, message, detail)

    def _cancel(self, attempt: str, grace: float) -> None:
        for entry in self._waiting:
            if entry[0] == attempt:
                self._waiting.remove(entry)
                self._on_end(attempt, "cancelled", "", "")
                return
        for worker in self._workers:
            if worker.attempt == attempt:  # by name, so a late cancel never hits the next job
                worker.send(do="cancel", attempt=attempt)
                deadline = time.monotonic() + grace
                worker.kill_at = min(deadline, worker.kill_at or deadline)

    def _enforce(self) -> None:
        """Kill what did not end in time."""
        now = time.monotonic()
        for worker in self._workers:
            if worker.kill_at is not None and now >= worker.kill_at:
                worker.verdict = ("cancelled", "")
            elif worker.limit_at is not None and now >= worker.limit_at:
                limit = f"{self.max_seconds:g} seconds"
                worker.verdict = ("failed", f"It ran for {limit}, which is the limit.")
            else:
                continue
            worker.kill_at = worker.limit_at = None
            worker.kill()

    def _patience(self) -> float | None:
        """Seconds until something is due that no socket will tell."""
        due = [at for w in self._workers for at in (w.kill_at, w.limit_at) if at is not None]
        if len(self._workers) <= self.capacity:
            due.append(self._spawn_at)
        if any(w.is_ready and not w.is_warm for w in self._workers):
            due.append(self._quiet_since + PRELOAD_AFTER)
        now = time.monotonic()
        future = [at - now for at in due]
        return max(0.0, min(future)) if future else None

    def _bury(self, worker: WorkerProcess) -> None:
        self._forget(worker.socket)
        self._forget(worker.stderr)
        self._workers.remove(worker)
        how, tail = worker.finish()
        if worker.verdict:
            self._end(worker, *worker.verdict, tail)
        else:
            sentence = f"Its process ended unexpectedly ({how}); nothing else is affected."
            self._end(worker, "lost", sentence, tail)
        if not worker.has_started:
            self._false_starts += 1
            self._spawn_at = time.monotonic() + RESPAWN_AFTER
        if self._false_starts >= MAX_FALSE_STARTS:
            while self._waiting:
                attempt, _ = self._waiting.popleft()
                sentence = f"Worker processes do not start ({how}); see the server's log."
                self._on_end(attempt, "lost", sentence, tail)

    def _forget(self, file: socket.socket | int) -> None:
        if file in self._selector.get_map():
            self._selector.unregister(file)

    def _shut_down(self) -> None:
        self._is_over = True
        while self._commands:  # those that came too late to be heard
            self._commands.popleft()()
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.finish()
            self._end(worker, "lost", "The server was stopped.", "")
        for attempt, _ in self._waiting:
            self._on_end(attempt, "lost", "The server was stopped.", "")
        self._workers.clear()
        self._selector.close()
        self._wake_from.close()
        self._wake_to.close()
