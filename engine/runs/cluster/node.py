"""The actor that holds the worker processes of one machine of a cluster.

It runs the same LocalEngine as a server without Ray, so a simulation is held to its budget and a
hang is ended in the same way there, and Ray never has to end a simulation.
"""

import asyncio
import importlib.util
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from engine.runs.cluster.engine import UNREADABLE
from engine.runs.job import Budget, Job, fingerprint
from engine.runs.results.identity import source_hash
from engine.runs.workers.local import LocalEngine
from sims import spec

OTHER_SOURCES = (
    "The machine that was to run {sim} holds another version of it than the server. "
    "Install the same version on both."
)


class Node:
    """`options` are those of LocalEngine; `environment` is set before it starts."""

    def __init__(self, size: int, options: dict[str, Any], environment: dict[str, str]) -> None:
        os.environ.update(environment)
        sys.path[:0] = options.get("path", ())
        package = importlib.util.find_spec(options.get("package", "sims"))
        assert package is not None
        spec.HERE = Path((package.submodule_search_locations or [""])[0])
        self._events: dict[str, asyncio.Queue[Any]] = {}
        self._engine = LocalEngine(size, **options)

    async def serve(self) -> AsyncIterator[None]:
        """Yields once it takes runs, and then goes on for as long as this process lives."""
        self._loop = asyncio.get_running_loop()
        self._engine.bind(self._put, lambda attempt, *end: self._put(attempt, [end]))
        yield
        await asyncio.Event().wait()

    async def run(self, attempt: str, job: Job, budget: Budget) -> AsyncIterator[list[Any]]:
        """Lists of frames as they come; the last element of the last is a tuple, how it ended."""
        try:
            is_same = source_hash(job.sim) == job.source
        except UNREADABLE:
            is_same = False
        if not is_same:
            yield [("failed", OTHER_SOURCES.format(sim=job.sim), "", {})]
            return
        events = self._events[attempt] = asyncio.Queue()
        # Workers import anew when the files of this machine change, so they need its fingerprint.
        self._engine.start(attempt, Job(job.sim, job.params, fingerprint(spec.HERE)), budget)
        has_ended = False
        while not has_ended:
            batch = await events.get()
            while not events.empty():
                batch = batch + events.get_nowait()
            has_ended = isinstance(batch[-1], tuple)
            yield batch
        del self._events[attempt]

    async def cancel(self, attempt: str, grace: float) -> None:
        self._engine.cancel(attempt, grace)

    def _put(self, attempt: str, batch: list[Any]) -> None:
        """From the thread of the engine."""
        self._loop.call_soon_threadsafe(self._events[attempt].put_nowait, batch)
