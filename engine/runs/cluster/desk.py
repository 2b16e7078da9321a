"""One machine of a cluster: its worker processes, and what they have to tell the hub.

The processes are those of the engine for one machine, so a simulation is held to its budget and a
hang is ended in the same way there, whatever the cluster can or cannot end.
"""

import importlib.util
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from engine.runs.cluster.mailbox import Mailbox, Message
from engine.runs.job import Budget, Job, fingerprint
from engine.runs.results.store import source_hash
from engine.runs.workers.local import LocalEngine
from sims import spec

LOOK_SECONDS = 0.5
OTHER_SOURCES = (
    "The machine that was to run {sim} holds another version of it than the server. "
    "Install the same version on both."
)


class Desk:
    """An actor: `tell` gives it orders, `fetch` takes what came of them.

    `options` are those of LocalEngine, `environment` is set before it starts. When nobody has
    fetched for `silence` seconds, its hub is gone and the process ends, as it does when its machine
    has left the cluster; with None it stays.
    """

    def __init__(
        self,
        num_workers: int,
        options: dict[str, Any],
        environment: dict[str, str],
        silence: float | None = 30.0,
    ) -> None:
        os.environ.update(environment)
        sys.path[:0] = options.get("path", ())
        package = importlib.util.find_spec(options.get("package", "sims"))
        assert package is not None
        spec.HERE = Path((package.submodule_search_locations or [""])[0])
        self._mailbox = Mailbox()
        self._heard_at = time.monotonic()
        self._engine = LocalEngine(num_workers, **options)
        self._engine.bind(
            lambda attempt, texts: self._mailbox.put("frames", attempt, texts),
            lambda attempt, *end: self._mailbox.put("end", attempt, *end),
        )
        if silence is not None:
            threading.Thread(target=self._watch, args=[silence], daemon=True).start()

    async def tell(self, orders: list[Message]) -> None:
        """Carry out orders, in their order."""
        for kind, *what in orders:
            if kind == "start":
                self._start(*what)
            elif kind == "cancel":
                self._engine.cancel(*what)
            elif kind == "bye":
                self._engine.close()
                self._mailbox.put("bye", "")  # a program that is fetching need not wait

    async def fetch(self, seconds: float) -> list[Message]:
        self._heard_at = time.monotonic()
        return await self._mailbox.fetch(seconds)

    def _start(self, attempt: str, job: Job, budget: Budget, *_: Any) -> None:
        try:
            is_same = source_hash(job.sim) == job.source
        except (OSError, SyntaxError, ValueError):
            is_same = False
        if is_same:
            # Workers import anew when this machine's files change, so it is its own mark they need.
            here = Job(job.sim, job.params, fingerprint(spec.HERE))
            self._engine.start(attempt, here, budget)
        else:
            sentence = OTHER_SOURCES.format(sim=job.sim)
            self._mailbox.put("end", attempt, "failed", sentence, "", {})

    def _watch(self, silence: float) -> None:
        parent = os.getppid()  # the process of Ray on this machine; Ray itself looks every 5 s
        while time.monotonic() - self._heard_at < silence and os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        # The hub says that this machine has left; an end reported from here would contradict it.
        self._mailbox.close()
        self._engine.close()
        os._exit(0)
