"""A Runner that other processes use, as an actor of Ray.

The hub of a cluster is one: several servers meet there, so that a job which viewers of any of them
ask for is run once. Each machine that runs simulations has another, which the hub uses.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from engine.runs.cluster.engine import Update
from engine.runs.engine import Engine
from engine.runs.job import Budget, Job
from engine.runs.run import Run
from engine.runs.runner import QueueFull, Runner

IDLE_SECONDS = 600.0  # a hub that no server has spoken to for so long ends itself
BATCH_BYTES = 1_000_000
LOOK_SECONDS = 1.0  # between two looks at a waiting run: all places change with each that starts


class SharedRunner:
    """Queues the jobs of all its callers fairly, replays a run to those who join it later, and
    cancels one when the last of them has left. `make_engine(*given)` runs the jobs."""

    def __init__(self, make_engine: Callable[..., Engine], *given: Any, **limits: Any) -> None:
        self.runner = Runner(make_engine(*given), **limits)
        self._watched: dict[str, tuple[str, Run]] = {}  # caller and run, by the name it has there
        self._idle: asyncio.TimerHandle | None = None

    async def attend(self) -> None:
        """Never returns: when the actor is gone this raises for its caller, and when the caller is
        gone, who owns the result, that raises for the actor (`outlive`)."""
        await asyncio.Event().wait()

    async def outlive(self, caller: str, attendance: Sequence[Awaitable[None]]) -> None:
        """Wait until a caller has gone, whose result of `attend` this is. Its runs then wait the
        Runner's `abandon_after` for its viewers to come back."""
        await asyncio.gather(*attendance, return_exceptions=True)
        for attempt in [one for one, (name, _) in self._watched.items() if name == caller]:
            self._watched.pop(attempt)[1].unwatch()

    async def beat(self) -> None:
        """A server asks whether its hub is there."""
        if self._idle:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, os._exit, 0)

    async def stats(self) -> dict[str, int]:
        return {**self.runner.stats(), "capacity": self.runner.engine.capacity}

    async def follow(
        self, caller: str, attempt: str, job: Job, budget: Budget, owner: str, fresh: bool
    ) -> AsyncIterator[Update]:
        """All that happens to a run of `job`, from its start to its end. `owner` is the viewer
        whose turn it takes in the queue."""
        viewer = f"{owner}/{caller}"  # the address of the viewer stays in front
        try:
            run = self.runner.share(job, viewer, watch=True, fresh=fresh, budget=budget)
        except QueueFull as error:
            yield None, [], ("failed", str(error), "", {})
            return
        self._watched[attempt] = caller, run
        try:
            async for update in self._updates(run, attempt):
                yield update
        finally:
            if self._watched.pop(attempt, None):
                run.unwatch()

    async def cancel(self, attempt: str) -> None:
        """Leave a run. It ends for the caller soon if others watch, else when it has ended."""
        if watched := self._watched.pop(attempt, None):
            self.runner.leave(watched[1])

    async def _updates(self, run: Run, attempt: str) -> AsyncIterator[Update]:
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        known, start, end = None, 0, None

        def wake() -> None:  # in any thread
            if run.state != "queued":
                loop.call_soon_threadsafe(news.set)

        run.listen(wake)
        while not end:
            news.clear()
            if run.has_ended:  # before the look at its frames
                end = (run.state, run.message, run.detail, run.usage)
            elif attempt not in self._watched and run.watchers > 0:
                end = ("cancelled", "", "", {})
            frames = run.batch(start, BATCH_BYTES)
            start += len(frames)
            end = end if start == len(run.frames) else None
            place = (run.position, run.starts_in)
            if frames or end or place != known:
                yield None if place == known else place, frames, end
                known = place
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), LOOK_SECONDS)
        run.unlisten(wake)
