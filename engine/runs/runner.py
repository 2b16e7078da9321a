"""Runs are started once, shared by all who ask for the same, queued fairly and kept for a while."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine.runs.engine import AnyEngine, SharedEngine
from engine.runs.fair_queue import FairQueue, QueueFull
from engine.runs.job import UNLIMITED, Budget, Job, make_job
from engine.runs.results.files import Result
from engine.runs.results.store import Results
from engine.runs.run import UNWATCHED, Run, State, Usage
from engine.runs.run_index import RunIndex
from engine.runs.wait_estimate import Estimates, coarse

__all__ = ["QueueFull", "Runner"]

log = logging.getLogger("practicum.runs")


class Runner:
    """Single flight, replay, a queue that goes round the owners, and a bounded memory.

    Waiting runs are bounded by the `queue`, running ones by the engine, finished ones by
    `keep_runs` and `keep_bytes`, and each run by `max_frames` and `max_run_bytes`. A cancelled run
    gets `grace` seconds to end by itself; a run that nobody watched for `abandon_after` seconds is
    cancelled. `results` keeps finished runs on disk. `clock` (seconds, never set back) times the
    runs, from which the wait of others is estimated. Every method may be called from any thread.
    """

    def __init__(
        self,
        engine: AnyEngine,
        *,
        max_waiting: int = 500,
        max_waiting_per_owner: int = 64,
        max_waiting_per_address: int = 400,
        max_frames: int = 20_000,
        max_run_bytes: int = 32_000_000,
        keep_runs: int = 500,
        keep_bytes: int = 200_000_000,
        grace: float = 1.0,
        abandon_after: float = 30.0,
        results: Results | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine = engine
        self.queue = FairQueue(max_waiting, max_waiting_per_owner, max_waiting_per_address)
        self.max_frames, self.max_run_bytes = max_frames, max_run_bytes
        self.grace, self.abandon_after = grace, abandon_after
        self.results = results
        self.num_started = 0
        self._lock = threading.RLock()
        self._runs = RunIndex(keep_runs, keep_bytes)
        self._clock = clock
        self._estimates = Estimates()
        self._active: dict[str, Run] = {}
        self._verdicts: dict[str, tuple[State, str]] = {}  # by run id: why we are ending it
        self._closed = threading.Event()
        self._writer = ThreadPoolExecutor(1, "practicum-results")
        if isinstance(engine, SharedEngine):
            engine.bind_places(self._on_place)
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

        It may be finished, kept from an earlier day, running for somebody else, or new. With
        `fresh` it is not one that has ended; others go on to get that one until the new one is
        done. With `watch` the caller counts as a viewer until it calls `leave`. `budget` is what
        a new run may take; nobody joins a run that may take less than theirs. Raises SpecError,
        QueueFull.
        """
        return self.share(make_job(sim, params), owner, watch=watch, fresh=fresh, budget=budget)

    def share(
        self,
        job: Job,
        owner: str = "",
        *,
        watch: bool = False,
        fresh: bool = False,
        budget: Budget = UNLIMITED,
    ) -> Run:
        """`submit` for a job that has been checked. Raises QueueFull.

        It blocks while a result is read from the disk, unless the job `is_at_hand` or `fresh`.
        """
        looks = bool(self.results) and not fresh and not self.is_at_hand(job)
        kept = self.results.read(job) if self.results and looks else None
        with self._lock:
            run = None if fresh else self._runs.finished(job)
            if run is None and kept:
                run = self._keep(job, kept)
            run = run or self._runs.joinable(job, budget)
            run = run or self._enqueue(job, owner, budget, fresh)
            run.unwatched_since = time.monotonic()
            self._runs.touch(run)
            if watch:
                run.watch()
            return run

    def is_at_hand(self, job: Job) -> bool:
        """Whether a request for `job` can be answered without a look at the disk."""
        with self._lock:  # a fresh run goes on without such a look
            return not self.results or self._runs.has(job)

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
                self._end_early(run, "cancelled", message)
            else:
                self._runs.close(run)
                self.queue.remove(run)
                run.end("cancelled", message)
                self._renumber()

    def stats(self) -> dict[str, int]:
        """Counts for a health page: running, waiting, kept, bytes (of kept frames), started."""
        with self._lock:
            return {
                "running": len(self._active),
                "waiting": len(self.queue),
                "kept": len(self._runs),
                "bytes": self._runs.num_bytes,
                "started": self.num_started,
            }

    def close(self) -> None:
        """End everything: what waits as cancelled, what runs as lost."""
        self._closed.set()
        with self._lock:
            for run in self._runs.all():
                if not run.has_ended and run.id not in self._active:
                    self.queue.remove(run)
                    run.end("cancelled", "The server was stopped.")
        self.engine.close()
        self._writer.shutdown()

    def _keep(self, job: Job, result: Result) -> Run:
        """A run that ended before this server began."""
        run = Run(job, "")
        run.about = result.about
        self._estimates.note(job.sim, float(result.about.get("seconds", 0.0)))
        run.add(list(result.frames))
        run.end("done")
        self._runs.finish(run)
        self._runs.evict()
        return run

    def _enqueue(self, job: Job, owner: str, budget: Budget, fresh: bool) -> Run:
        if self._closed.is_set():
            raise QueueFull("The server is being stopped.")
        self.queue.refuse_too_many(owner, self._waits)
        run = Run(job, owner, budget, is_fresh=fresh)
        self._runs.add(run)
        self.queue.push(run)
        self._pump()
        self._runs.evict()
        return run

    def _pump(self) -> None:
        """Start what there is room for; the owners take turns."""
        while self.queue and len(self._active) < self.engine.capacity:
            run = self.queue.pop()
            self._active[run.id] = run
            self.num_started += 1
            run.started_at = self._clock()
            if isinstance(self.engine, SharedEngine):
                self.engine.submit(run)
                continue
            run.move("running")
            self.engine.start(run.id, run.job, run.budget)
        self._renumber()

    def _renumber(self) -> None:
        """Tell every waiting run its place, and about how long it will wait."""
        places = zip(self.queue.in_order(), self._waits(), strict=True)
        for position, (run, seconds) in enumerate(places, start=1):
            run.move("queued", position, coarse(seconds))

    def _waits(self) -> list[float]:
        """Seconds until each waiting run starts, in their order."""
        running, waiting = self._active.values(), self.queue.in_order()
        return self._estimates.waits(running, waiting, self.engine.capacity, self._clock())

    def _end_early(self, run: Run, state: State, message: str) -> None:
        """End an active run for a reason of ours; the first reason stands."""
        if run.id not in self._verdicts:
            self._verdicts[run.id] = (state, message)
            self._runs.close(run)  # everyone who asks from now on gets a new run
            self.engine.cancel(run.id, self.grace)

    def _on_place(self, attempt: str, position: int, seconds: int) -> None:
        """A shared engine says where a run stands."""
        with self._lock:
            run = self._active.get(attempt)
            if run and position:
                run.move("queued", position, seconds)
            elif run:
                run.started_at = self._clock()
                run.move("running")

    def _on_frames(self, attempt: str, texts: list[str]) -> None:
        with self._lock:
            run = self._active.get(attempt)
            if run is None or attempt in self._verdicts:
                return
            room = self.max_frames - len(run.frames)
            if len(texts) > room or run.num_bytes > self.max_run_bytes:
                limit = f"{self.max_frames:,} frames or {self.max_run_bytes / 1e6:g} MB"
                reason = f"{run.job.sim} yields more than {limit}, the limit. Try smaller numbers."
                self._end_early(run, "failed", reason)
                texts = texts[:room]
        run.add(texts)

    def _on_end(self, attempt: str, state: State, message: str, detail: str, usage: Usage) -> None:
        with self._lock:
            run = self._active.pop(attempt, None)
            if run is None:
                return
            state, message = self._verdicts.pop(attempt, (state, message))
            self._runs.close(run)
            if state == "done":
                self._runs.finish(run)
            if state in ("failed", "lost"):
                log.warning("%s %s: %s\n%s", run.job.sim, state, message, detail)
            run.end(state, message, detail, usage)
            seconds = self._clock() - run.started_at
            if state == "done":
                self._estimates.note(run.job.sim, seconds)
            if not self._closed.is_set():
                self._pump()
                if state == "done" and self.results:
                    took = {"seconds": seconds, **usage}
                    self._writer.submit(self.results.write, run.job, tuple(run.frames), took)
            self._runs.evict()

    def _sweep(self) -> None:
        """Cancel what nobody waits for any more, and report to those who wait how long."""
        while not self._closed.wait(min(1.0, self.abandon_after / 4)):
            limit = time.monotonic() - self.abandon_after
            with self._lock:
                for run in self._runs.going():
                    if run.watchers <= 0 and run.unwatched_since < limit:
                        self.stop(run, UNWATCHED)
                if self.queue:
                    self._pump()  # an engine of several machines may have got one more
