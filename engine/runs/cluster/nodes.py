"""The machines of a Ray cluster as one engine: each run goes to the one with the most room."""

import asyncio
import contextlib
import importlib
import logging
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from engine.runs.cluster.engine import MACHINE_GONE, HubPlan
from engine.runs.cluster.shared import SharedRunner
from engine.runs.cluster.start import MOST_WORKERS
from engine.runs.engine import OnEnd, OnFrames
from engine.runs.job import UNLIMITED, Budget, Job, fingerprint
from engine.runs.results.identity import UNREAD_SOURCE, source_hash
from engine.runs.workers.local import LocalEngine
from sims import spec

log = logging.getLogger("practicum.runs")

LOOK_SECONDS = 1.0
NO_MACHINE_AFTER = 60.0  # seconds that runs wait while no machine takes any
NO_MACHINE = "No machine of the cluster takes runs. Its operator can add one."
HEAD = {"node:__internal_head__": 0.001}  # of a resource that only the head of a cluster has
OTHER_SOURCES = (
    "The machine that was to run {sim} holds another version of it than the server. "
    "Install the same version on both."
)


class Node(LocalEngine):
    """The worker processes of one machine: a simulation is held to its budget and a hang is ended
    as on a server without Ray, and Ray never has to end a simulation."""

    def __init__(self, size: int, plan: HubPlan) -> None:
        os.environ.update(plan.environment)
        sys.path[:0] = plan.engine.get("path", ())
        package = importlib.import_module(plan.engine.get("package", "sims"))
        spec.HERE = Path(next(iter(package.__path__)))
        super().__init__(size, **plan.engine)

    def start(self, attempt: str, job: Job, budget: Budget = UNLIMITED) -> None:
        """Run `job` if its sources are the same here."""
        source = None
        with contextlib.suppress(*UNREAD_SOURCE):
            source = source_hash(job.sim)
        if source == job.source:
            # Workers import again when the files of this machine change: so its own fingerprint.
            super().start(attempt, Job(job.sim, job.params, fingerprint(spec.HERE)), budget)
        else:
            end = (attempt, "failed", OTHER_SOURCES.format(sim=job.sim), "", {})
            self._ask(lambda: self._on_end(*end))


class Nodes:
    """An Engine with an event loop of its own, in a thread."""

    def __init__(self, plan: HubPlan) -> None:
        self._plan = plan
        self._loop = asyncio.new_event_loop()
        self._kept: dict[str, asyncio.Task[None]] = {}  # by the name of the machine
        self._room: Counter[Any] = Counter()  # how many more runs each actor takes
        self._places: dict[str, Any] = {}  # the actor of each attempt
        self._had_room_at = time.monotonic()

    @property
    def capacity(self) -> int:
        """Without a machine none at first; later one, whose runs fail: nobody waits for ever."""
        is_hopeless = time.monotonic() - self._had_room_at > NO_MACHINE_AFTER
        return self._room.total() + len(self._places) or int(is_hopeless)

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None:
        self._on_frames, self._on_end = on_frames, on_end
        threading.Thread(
            target=self._loop.run_until_complete, args=[self._look()], daemon=True
        ).start()

    def start(self, attempt: str, job: Job, budget: Budget) -> None:
        asyncio.run_coroutine_threadsafe(self._run(attempt, job, budget), self._loop)

    def cancel(self, attempt: str, grace: float) -> None:
        asyncio.run_coroutine_threadsafe(self._cancel(attempt), self._loop)

    def close(self) -> None:
        """Ray ends the actors of a hub with the hub."""

    async def _look(self) -> None:
        """Take in machines as they come."""
        while True:
            try:
                nodes = await asyncio.to_thread(ray.nodes)
            except Exception as error:  # the next look may succeed; runs go on meanwhile
                log.warning("cannot list the machines of the cluster: %r", error)
                nodes = []
            for node in nodes:
                cpus = int(node["Resources"].get("CPU", 0)) if node["Alive"] else 0
                size, name = min(cpus, self._plan.workers or MOST_WORKERS), node["NodeID"]
                if size and name not in self._kept:
                    self._kept[name] = asyncio.create_task(self._keep(name, size))
            await asyncio.sleep(LOOK_SECONDS)
            self._had_room_at = time.monotonic() if self._room else self._had_room_at

    async def _keep(self, name: str, size: int) -> None:
        """Hold a machine from its start until it is gone."""
        limits = {**self._plan.limits, "keep_runs": 0}
        pinned = NodeAffinitySchedulingStrategy(name, soft=False)
        shape = _actor(num_cpus=size, scheduling_strategy=pinned)
        actor = shape.remote(Node, size, self._plan, **limits)
        try:
            self._room[actor] = (await actor.stats.remote())["capacity"]
            await actor.attend.remote()
        except RayError as error:
            log.warning("A machine has left the cluster: %r", error)
        self._drop(actor)
        del self._kept[name]  # the next look may find it again

    async def _run(self, attempt: str, job: Job, budget: Budget) -> None:
        end: Any = ("failed", NO_MACHINE, "", {})
        if actor := max(self._room, key=self._room.__getitem__, default=None):
            self._room[actor] -= 1
            self._places[attempt] = actor
            try:
                run = actor.follow.options(num_returns="streaming")
                async for update in run.remote("hub", attempt, job, budget, "", True):
                    _, frames, end = await update
                    self._on_frames(attempt, frames)
            except RayError as error:
                end = ("lost", MACHINE_GONE, repr(error), {})
                self._drop(actor)
            del self._places[attempt]
            if actor in self._room:
                self._room[actor] += 1
        self._on_end(attempt, *end)

    async def _cancel(self, attempt: str) -> None:
        if actor := self._places.get(attempt):
            actor.cancel.remote(attempt)

    def _drop(self, actor: Any) -> None:
        """Send no more runs there; its actor, should it only be out of reach, is replaced."""
        self._room.pop(actor, None)
        ray.kill(actor)


def hub_of(plan: HubPlan) -> Any:
    """The hub that all servers with this plan share: an actor that outlives them, on the head."""
    detached = {"name": plan.hub_name, "lifetime": "detached", "get_if_exists": True}
    shape = _actor(num_cpus=0, resources=HEAD, **detached)
    return shape.remote(Nodes, plan, **{"abandon_after": 10.0, **plan.limits})


def _actor(**options: Any) -> Any:
    """Ray never restarts one, for that would be without its runs."""
    return ray.remote(SharedRunner).options(max_concurrency=10_000, **options)
