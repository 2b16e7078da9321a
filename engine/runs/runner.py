"""Runs are started once, shared by all who ask for the same, queued fairly and kept for a while."""

import itertools
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from engine.runs.jobs import UNLIMITED, Budget, Job, make_job
from engine.runs.results import Result, Results
from engine.runs.run import Run, State, Usage

log = logging.getLogger("practicum.runs")


class Engine(Protocol):
    """Where jobs run. `attempt` names one execution; each started one ends exactly once."""

    @property
    def capacity(self) -> int: ...

    def bind(
        self,
        on_frames: Callable[[str, list[str]], None],
        on_end: Callable[[str, State, str, str, Usage], None],
    ) -> None: ...

    def start(self, attempt: str, job: Job, budget: Budget) -> None: ...

    def cancel(self, attempt: str, grace: float) -> None: ...

    def close(self) -> None: ...


class QueueFull(RuntimeError):
    """Too many runs are waiting; the message tells the viewer what to do."""


class Runner:
    """Single flight, replay, a queue that goes round the owners, and a bounded memory.

    Waiting runs are bounded in all and per owner, running ones by the engine, finished ones by
    `keep_runs` and `keep_bytes`, and each run by `max_frames` and `max_run_bytes`. A cancelled run
    gets `grace` seconds to end by itself; a run that nobody watched for `abandon_after` seconds is
    cancelled. `results` keeps finished runs on disk. Every method may be called from any thread.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        max_waiting: int = 500,
        max_waiting_per_owner: int = 64,
        max_frames: int = 20_000,
        max_run_bytes: int = 32_000_000,
        keep_runs: int = 500,
        keep_bytes: int = 200_000_000,
        grace: float = 1.0,
        abandon_after: float = 30.0,
        results: Results | None = None,
    ) -> None:
        self.engine = engine
        self.max_waiting = max_waiting
        self.max_waiting_per_owner = max_waiting_per_owner
        self.max_frames = max_frames
        self.max_run_bytes = max_run_bytes
        self.keep_runs = keep_runs
        self.keep_bytes = keep_bytes
        self.grace = grace
        self.abandon_after = abandon_after
        self.results = results
        self.num_started = 0
        self._lock = threading.RLock()
        self._runs: OrderedDict[str, Run] = OrderedDict()  # by id; least recently asked for first
        self._by_job: dict[Job, Run] = {}  # what a new request may join or be answered from
        self._queues: dict[str, deque[Run]] = {}  # by owner
        self._turns: deque[str] = deque()  # owners with waiting runs; the next one first
        self._active: dict[str, Run] = {}
        self._verdicts: dict[str, tuple[State, str]] = {}  # by run id: why we are ending it
        self._closed = threading.Event()
        self._writer = ThreadPoolExecutor(1, "practicum-results")
        engine.bind(self._on_frames, self._on_end)
        threading.Thread(target=self._sweep, name="practicum-sweep", daemon=True).start()

    def submit(
        self,
        sim: str,
        params: Mapping[str, Any],
        owner: str = "",
        *,
        watch: bool = False,
        fresh: bool = False,
        budget: Budget = UNLIMITED,
    ) -> Run:
        """The run of `sim` with `params` (checked; missing ones at their defaults).

        It may be finished, kept from an earlier day, running for somebody else, or new; with
        `fresh` it is not one that has ended. With `watch` the caller counts as a viewer until it
        calls `leave`. `budget` is that of whoever starts it. Raises SpecError, QueueFull.
        """
        job = make_job(sim, params)
        kept = None if fresh or not self.results or job in self._by_job else self.results.read(job)
        with self._lock:
            run = self._by_job.get(job)
            if run is None and kept:
                run = self._keep(job, kept)
            if run is None or (fresh and run.has_ended):
                run = self._enqueue(job, owner, budget)
            run.unwatched_since = time.monotonic()
            self._runs.move_to_end(run.id)
            if watch:
                run.watch()
            return run

    def get(self, run_id: str, *, watch: bool = False) -> Run | None:
        """A run by its id, or None when it never was or is no longer kept."""
        with self._lock:
            run = self._runs.get(run_id)
            if run and watch:
                run.watch()
            return run

    def leave(self, run: Run) -> None:
        """One viewer stops it: it goes on while others watch, and else is cancelled.

        Under the lock, so that nobody can join between the count and the cancel. A viewer who
        merely goes away calls `run.unwatch()`: the run then waits `abandon_after` for a return.
        """
        with self._lock:
            if run.unwatch() <= 0:
                self.stop(run)

    def stop(self, run: Run, message: str = "Stopped.") -> None:
        """Cancel for everybody: at once if it waits, after the next frame or `grace` if it runs."""
        with self._lock:
            if run.has_ended:
                return
            if run.id in self._active:
                self._condemn(run, "cancelled", message)
            else:
                self._forget_job(run)
                self._unqueue(run)
                run.end("cancelled", message)
                self._renumber()

    def stats(self) -> dict[str, int]:
        """Counts for a health page: running, waiting, kept, bytes (of kept frames), started."""
        with self._lock:
            return {
                "running": len(self._active),
                "waiting": sum(map(len, self._queues.values())),
                "kept": len(self._runs),
                "bytes": sum(run.num_bytes for run in self._runs.values()),
                "started": self.num_started,
            }

    def close(self) -> None:
        """End everything: what waits as cancelled, what runs as lost."""
        self._closed.set()
        with self._lock:
            for run in list(self._runs.values()):
                if not run.has_ended and run.id not in self._active:
                    self._unqueue(run)
                    run.end("cancelled", "The server was stopped.")
        self.engine.close()
        self._writer.shutdown()

    def _keep(self, job: Job, result: Result) -> Run:
        """A run that ended before this server began."""
        run = Run(job, "")
        run.about = result.about
        run.add(list(result.frames))
        run.end("done")
        self._runs[run.id] = self._by_job[job] = run
        self._evict()
        return run

    def _enqueue(self, job: Job, owner: str, budget: Budget) -> Run:
        if self._closed.is_set():
            raise QueueFull("The server is being stopped.")
        waiting = sum(map(len, self._queues.values()))
        if waiting >= self.max_waiting:
            raise QueueFull(f"{waiting} runs are waiting already. Try again in a minute.")
        mine = len(self._queues.get(owner, ()))
        if mine >= self.max_waiting_per_owner:
            limit = f"{mine}, as many as one viewer may"
            raise QueueFull(f"Runs of yours that wait: {limit}. Stop some, or let them finish.")
        run = Run(job, owner, budget)
        self._runs[run.id] = self._by_job[job] = run
        if owner not in self._queues:
            self._queues[owner] = deque()
            self._turns.append(owner)
        self._queues[owner].append(run)
        self._pump()
        self._evict()
        return run

    def _pump(self) -> None:
        """Start what there is room for; the owners take turns."""
        while self._turns and len(self._active) < self.engine.capacity:
            owner = self._turns.popleft()
            queue = self._queues[owner]
            run = queue.popleft()
            if queue:
                self._turns.append(owner)
            else:
                del self._queues[owner]
            self._active[run.id] = run
            self.num_started += 1
            run.move("running")
            self.engine.start(run.id, run.job, run.budget)
        self._renumber()

    def _renumber(self) -> None:
        """Tell every waiting run its place: the order in which the turns will reach it."""
        queues = [self._queues[owner] for owner in self._turns]
        rounds = itertools.chain.from_iterable(itertools.zip_longest(*queues))
        for position, run in enumerate((run for run in rounds if run), start=1):
            run.move("queued", position)

    def _unqueue(self, run: Run) -> None:
        queue = self._queues.get(run.owner)
        if queue and run in queue:
            queue.remove(run)
            if not queue:
                del self._queues[run.owner]
                self._turns.remove(run.owner)

    def _forget_job(self, run: Run) -> None:
        if self._by_job.get(run.job) is run:
            del self._by_job[run.job]

    def _condemn(self, run: Run, state: State, message: str) -> None:
        """End an active run for a reason of ours; the first reason stands."""
        if run.id not in self._verdicts:
            self._verdicts[run.id] = (state, message)
            self._forget_job(run)  # whoever asks from now on gets a new run
            self.engine.cancel(run.id, self.grace)

    def _on_frames(self, attempt: str, texts: list[str]) -> None:
        with self._lock:
            run = self._active.get(attempt)
            if run is None or attempt in self._verdicts:
                return
            room = self.max_frames - len(run.frames)
            if len(texts) > room or run.num_bytes > self.max_run_bytes:
                limit = f"{self.max_frames:,} frames or {self.max_run_bytes / 1e6:g} MB"
                reason = f"{run.job.sim} yields more than {limit}, the limit. Try smaller numbers."
                self._condemn(run, "failed", reason)
                texts = texts[:room]
        run.add(texts)

    def _on_end(self, attempt: str, state: State, message: str, detail: str, usage: Usage) -> None:
        with self._lock:
            run = self._active.pop(attempt, None)
            if run is None:
                return
            state, message = self._verdicts.pop(attempt, (state, message))
            if state != "done":
                self._forget_job(run)
            if state in ("failed", "lost"):
                log.warning("%s %s: %s\n%s", run.job.sim, state, message, detail)
            run.end(state, message, detail, usage)
            if not self._closed.is_set():
                self._pump()
                if state == "done" and self.results:
                    took = {"seconds": time.monotonic() - run.started_at, **usage}
                    self._writer.submit(self.results.write, run.job, tuple(run.frames), took)
            self._evict()

    def _evict(self) -> None:
        """Forget the finished runs that were longest not asked for, until the rest fits."""
        num_bytes = sum(run.num_bytes for run in self._runs.values())
        for run in list(self._runs.values()):
            if len(self._runs) <= self.keep_runs and num_bytes <= self.keep_bytes:
                return
            if run.has_ended:
                num_bytes -= run.num_bytes
                del self._runs[run.id]
                self._forget_job(run)

    def _sweep(self) -> None:
        """Cancel what nobody waits for any more."""
        while not self._closed.wait(min(1.0, self.abandon_after / 4)):
            limit = time.monotonic() - self.abandon_after
            with self._lock:
                for run in list(self._by_job.values()):
                    if run.watchers <= 0 and run.unwatched_since < limit:
                        self.stop(run, "Stopped, because nobody was watching.")
