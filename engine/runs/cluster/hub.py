"""Where several servers meet: a job that viewers of any of them ask for is run once.

Each server has a Runner for its own viewers and follows a run once, however many of them watch. The
hub has one Runner for all servers: it queues their viewers fairly, replays to those who join later,
and cancels a run when the last server leaves it.
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator
from typing import Any, Protocol

from engine.runs.cluster.engine import HUB_GONE, Plan
from engine.runs.engine import Engine
from engine.runs.job import Budget, Job
from engine.runs.run import ENDED, Run
from engine.runs.runner import QueueFull, Runner

log = logging.getLogger("practicum.runs")

SILENCE = 5.0  # seconds without a beat of a server (one a second); then it is gone
IDLE_SECONDS = 600.0  # a hub that no server has spoken to for so long ends itself
NO_MACHINE_AFTER = 60.0  # seconds that a run waits while no machine takes any
NO_MACHINE = "No machine of the cluster takes runs. Its operator can add one."
BATCH_BYTES = 1_000_000
PLACE_SECONDS = 1.0  # between two places of a waiting run: all of them change with each that starts
HEAD = "node:__internal_head__"  # a resource that only the head of a cluster has
Event = tuple[Any, ...]  # "place" or "frames" or "end", attempt, and what there is to say


class Machines(Engine, Protocol):
    """An engine that has to look for its machines now and then."""

    async def look(self) -> None: ...


class Hub:
    """An actor. `silence`: seconds until a silent server counts as gone, whose runs then wait the
    Runner's `abandon_after` for its viewers to come over to another server."""

    def __init__(self, engine: Machines, silence: float = SILENCE, **limits: Any) -> None:
        self.runner = Runner(engine, **{"abandon_after": 10.0, **limits})
        self._engine, self._silence = engine, silence
        self._servers: dict[str, float] = {}  # when each was last heard of
        self._follows: dict[tuple[str, str], Follow] = {}  # by server and its name of the run
        self._has_room_since = self._heard_at = time.monotonic()
        self._watch: asyncio.Task[None] | None = None

    async def beat(self, server: str) -> None:
        """A server says that it is there."""
        self._servers[server] = self._heard_at = time.monotonic()
        self._watch = self._watch or asyncio.create_task(self._keep_watch())

    async def leave(self, server: str) -> None:
        """A server has gone; each of its runs waits a while for its viewers to come back."""
        self._servers.pop(server, None)
        for (name, _), follow in list(self._follows.items()):
            if name == server:
                follow.end("lost", HUB_GONE)  # should it still hear us

    async def follow(
        self, server: str, attempt: str, job: Job, budget: Budget, owner: str, fresh: bool
    ) -> AsyncIterator[list[Event]]:
        """All that happens to a run of `job`, from its start on, in batches; the last event is its
        end. `owner` is the viewer whose turn it takes in the queue."""
        try:  # the address of the viewer stays in front
            viewer = f"{owner}/{server}"
            run = self.runner.share(job, viewer, watch=True, fresh=fresh, budget=budget)
        except QueueFull as error:
            yield [("end", attempt, "failed", str(error), "", {})]
            return
        follow = self._follows[server, attempt] = Follow(run)
        try:
            async for events in follow.batches():
                yield [(kind, attempt, *what) for kind, *what in events]
        finally:
            del self._follows[server, attempt]
            follow.close()

    async def cancel(self, server: str, attempt: str) -> None:
        """Leave a run. It ends for this server at once if others watch, else when it has ended."""
        if follow := self._follows.get((server, attempt)):
            self.runner.leave(follow.run)
            follow.is_watching = False
            if follow.run.watchers > 0:
                follow.end("cancelled")

    async def stats(self) -> dict[str, int]:
        counts = {"servers": len(self._servers), "capacity": self._engine.capacity}
        return self.runner.stats() | counts

    async def _keep_watch(self) -> None:
        while True:
            try:
                await self._engine.look()
            except Exception as error:  # the next look may succeed; runs go on meanwhile
                log.warning("cannot list the machines of the cluster: %r", error)
            await asyncio.sleep(self._silence / 5)
            now = time.monotonic()
            for server, heard_at in list(self._servers.items()):
                if now - heard_at > self._silence:
                    await self.leave(server)
            if self._engine.capacity:
                self._has_room_since = now
            elif now - self._has_room_since > NO_MACHINE_AFTER:
                for follow in list(self._follows.values()):
                    if follow.run.state == "queued":
                        follow.end("failed", NO_MACHINE)
            if now - self._heard_at > IDLE_SECONDS:
                os._exit(0)


class Follow:
    """What one server has still to hear of a run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.is_watching = True  # counts as a viewer of the run
        self._end: Event | None = None  # when it is over for this server: state, message, …
        self._place: tuple[int, int] | None = None  # as it was last reported
        self._timer: asyncio.TimerHandle | None = None
        self._loop, self._news = asyncio.get_running_loop(), asyncio.Event()
        run.listen(self._wake)

    def end(self, state: str, message: str = "") -> None:
        """It is over for this server, even if the run goes on."""
        self._end = (state, message, "", {})
        self._wake()

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        self.run.unlisten(self._wake)
        if self.is_watching:
            self.run.unwatch()

    async def batches(self) -> AsyncIterator[list[Event]]:
        run, start = self.run, 0
        while True:
            self._news.clear()
            end, state = self._end, run.state  # before the look at frames
            events: list[Event] = []
            place = (run.position, run.starts_in)
            if place != self._place and (run.position or state != "queued"):  # else it comes soon
                events.append(("place", *place))
                self._place = place
            if frames := _some(run.frames, start):
                events.append(("frames", frames))
                start += len(frames)
            if state in ENDED and start == len(run.frames):
                end = end or (state, run.message, run.detail, run.usage)
            if end:
                yield [*events, ("end", *end)]
                return
            if events:
                yield events
            else:
                await self._news.wait()

    def _wake(self) -> None:
        """From any thread."""
        self._loop.call_soon_threadsafe(self._on_change)

    def _on_change(self) -> None:
        if self.run.state != "queued" or self._end or self._place is None:
            self._news.set()
        elif self._timer is None:
            self._timer = self._loop.call_later(PLACE_SECONDS, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._news.set()


def _some(texts: list[str], start: int) -> list[str]:
    """Those from `start` on, as many as fit into a batch."""
    stop, size = start, 0
    while stop < len(texts) and size < BATCH_BYTES:
        size += len(texts[stop])
        stop += 1
    return texts[start:stop]


def hub_of(plan: Plan) -> Any:
    """The hub that all servers with this plan share: an actor that outlives them, on the head."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    from engine.runs.cluster.nodes import Nodes

    heads = [node["NodeID"] for node in ray.nodes() if node["Alive"] and HEAD in node["Resources"]]
    hub = ray.remote(Hub).options(
        name=plan.hub_name,
        lifetime="detached",
        get_if_exists=True,
        num_cpus=0,
        max_restarts=0,  # it would come back without its runs; the next order makes a new one
        max_concurrency=10_000,  # runs that are followed
        scheduling_strategy=NodeAffinitySchedulingStrategy(heads[0], soft=False),
    )
    return hub.remote(Nodes(plan), **plan.limits)
