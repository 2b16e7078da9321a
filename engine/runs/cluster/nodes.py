"""The machines of a Ray cluster as one engine: each run goes to the one with the most room."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from engine.runs.cluster.engine import MACHINE_GONE, Plan
from engine.runs.cluster.node import Node
from engine.runs.cluster.start import MOST_WORKERS
from engine.runs.engine import OnEnd, OnFrames
from engine.runs.job import UNLIMITED, Budget, Job
from engine.runs.run import State, Usage

log = logging.getLogger("practicum.runs")


@dataclass(eq=False)
class Machine:
    """One that takes runs: its actor (a Node), how many at a time, and how many it has."""

    actor: Any
    size: int
    num_runs: int = 0

    @property
    def room(self) -> int:
        return self.size - self.num_runs


class Nodes:
    """Runs jobs once `look` has found machines. It belongs to an event loop, but for `capacity`,
    `start` and `cancel`, which any thread may call."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._kept: dict[str, asyncio.Task[None]] = {}  # by the name of the machine
        self._ready: list[Machine] = []
        self._places: dict[str, Machine] = {}  # where each attempt runs

    @property
    def capacity(self) -> int:
        return sum(machine.size for machine in self._ready)

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None:
        self._on_frames, self._on_end = on_frames, on_end

    def start(self, attempt: str, job: Job, budget: Budget = UNLIMITED) -> None:
        machine = max(self._ready, key=lambda one: one.room, default=None)
        if machine is None:  # the last one left a moment ago; later: the caller holds locks
            self._loop.call_soon_threadsafe(self._on_end, attempt, "lost", MACHINE_GONE, "", {})
            return
        machine.num_runs += 1
        self._places[attempt] = machine
        asyncio.run_coroutine_threadsafe(self._run(machine, attempt, job, budget), self._loop)

    def cancel(self, attempt: str, grace: float) -> None:
        if machine := self._places.get(attempt):
            machine.actor.cancel.remote(attempt, grace)

    def close(self) -> None:
        """Ray ends the actors of a hub with the hub."""

    async def look(self) -> None:
        """Take in the machines that have come since the last look."""
        self._loop = asyncio.get_running_loop()
        for node in await asyncio.to_thread(ray.nodes):
            cpus = int(node["Resources"].get("CPU", 0)) if node["Alive"] else 0
            size, name = min(cpus, self._plan.workers or MOST_WORKERS), node["NodeID"]
            if size and name not in self._kept:
                self._kept[name] = asyncio.create_task(self._keep(name, size))

    async def _keep(self, name: str, size: int) -> None:
        """Hold a machine from its start until it dies."""
        pinned = NodeAffinitySchedulingStrategy(name, soft=False)
        node = ray.remote(Node).options(num_cpus=size, scheduling_strategy=pinned)
        actor: Any = node.remote(size, self._plan.engine, self._plan.environment)
        machine = Machine(actor, size)
        try:
            async for _ in actor.serve.options(num_returns="streaming").remote():
                self._ready.append(machine)
        except RayError as error:
            log.warning("A machine has left the cluster: %r", error)
        self._drop(machine)
        del self._kept[name]  # the next look may find it again

    async def _run(self, machine: Machine, attempt: str, job: Job, budget: Budget) -> None:
        end: tuple[State, str, str, Usage] = ("lost", MACHINE_GONE, "", {})
        run = machine.actor.run.options(num_returns="streaming")
        try:
            async for ref in run.remote(attempt, job, budget):
                batch = await ref
                if isinstance(batch[-1], tuple):
                    end = batch.pop()
                if batch:
                    self._on_frames(attempt, batch)
        except RayError as error:
            end = ("lost", MACHINE_GONE, repr(error), {})
            self._drop(machine)
        machine.num_runs -= 1
        del self._places[attempt]
        self._on_end(attempt, *end)

    def _drop(self, machine: Machine) -> None:
        """Send no more runs there; its actor, should it only be out of reach, is replaced."""
        self._ready = [one for one in self._ready if one is not machine]
        ray.kill(machine.actor)
