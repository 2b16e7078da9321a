"""Runs on a Ray cluster, as a server sees them.

Ray ends a program a minute after the head of its cluster has gone (measured with Ray 2.60), so a
child process speaks to Ray (child.py). When it ends, its runs are lost and the next run starts
another child; the server stays.
"""

import dataclasses
import hashlib
import json
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from engine.runs.engine import OnEnd, OnFrames, OnPlace
from engine.runs.results.identity import UNREAD_SOURCE, source_hash
from engine.runs.run import End, Run
from engine.runs.workers.process import WorkerProcess

log = logging.getLogger("practicum.runs")

# What is new of a run: its place in the queue (None: as before), its next frames, how it has ended.
Update = tuple[tuple[int, int] | None, list[str], End | None]

PROTOCOL = 3  # part of the hub's name: servers of another version get another hub
JOIN_SECONDS = 120.0  # a cluster of its own takes 5; the rest is patience with a busy machine
MACHINE_GONE = (
    "The machine that ran it has left the cluster; nothing else is affected. Run it again."
)
HUB_GONE = "What this server shared its runs through has gone. Run it again."
NO_ANSWER = (
    "Ray does not answer, or the process that speaks to it has ended. See the log of this server, "
    "and whether the cluster is well (ray status)."
)
CHILD = "engine.runs.cluster.child"
SHARED = ("PRACTICUM_MODEL", "PRACTICUM_DEVICE", "PRACTICUM_DTYPE")  # what a simulation may read


class ClusterError(RuntimeError):
    """There is no cluster to run on; the message says what to do."""


@dataclass(frozen=True)
class HubPlan:
    """What a hub needs to know to run simulations. Servers with equal plans share a hub.

    `workers` of each machine (None: its CPUs, up to a limit), options of LocalEngine for them,
    limits for the Runner in the hub, and the environment of the simulations.
    """

    workers: int | None = None
    engine: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(
        default_factory=lambda: {name: os.environ[name] for name in SHARED if os.getenv(name)}
    )

    @property
    def hub_name(self) -> str:
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return f"hub-{PROTOCOL}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


class ClusterEngine:
    """A SharedEngine on the cluster at `address` (HOST:PORT), or on a small one that is started
    here, on this machine alone, and ends with this process. Raises ClusterError.

    The hub of the cluster queues its runs with those of other servers.
    """

    capacity = 10_000  # runs that one server asks the hub for; the hub queues them

    def __init__(self, address: str | None, plan: HubPlan) -> None:
        if sys.platform == "win32":
            raise ClusterError("--runner ray needs Linux or macOS.")
        self._config = {"address": address, "plan": dataclasses.asdict(plan)}
        self._attempts: set[str] = set()  # that have not ended
        self._sender = ThreadPoolExecutor(1, "practicum-cluster")  # one: orders keep their order
        self._is_closed = False
        self._child: WorkerProcess | None = None
        self._join()

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None:
        self._on_frames, self._on_end = on_frames, on_end

    def bind_places(self, on_place: OnPlace) -> None:
        self._on_place = on_place

    def submit(self, run: Run) -> None:
        """Have `run` made, or joined if another server has asked for the same."""
        self._attempts.add(run.id)
        self._sender.submit(self._start, run)

    def cancel(self, attempt: str, grace: float) -> None:
        """Leave a run; the hub has a `grace` of its own for one that nobody else watches."""
        self._sender.submit(self._send, attempt)

    def close(self) -> None:
        """Leave the cluster; what was running ends as lost."""
        self._is_closed = True
        self._sender.shutdown(wait=False, cancel_futures=True)
        self._lose("The server was stopped.")
        if self._child:
            self._child.finish()

    def _start(self, run: Run) -> None:
        """In the thread of the sender, like all that sends."""
        job = run.job
        try:  # elsewhere sources are known by their text, not by the dates of files
            source = source_hash(job.sim)
        except UNREAD_SOURCE as error:  # its file is gone or half written
            end = ("failed", f"{job.sim} cannot be read: {error}.", "", {})
            return self._update(run.id, None, [], end)
        try:
            if self._child is None:
                self._join()
        except (OSError, ClusterError) as error:
            return self._lose(HUB_GONE, repr(error))
        if run.id in self._attempts:  # else it is lost
            budget = dataclasses.astuple(run.budget)
            self._send(run.id, job.sim, job.params, source, budget, run.owner, run.is_fresh)

    def _send(self, *order: Any) -> None:
        """To follow a run, or to leave it (its attempt alone)."""
        child = self._child
        if child and not child.send(order=order):  # None: what it followed is lost already
            self._lose(HUB_GONE)

    def _update(self, attempt: str, place: Any, frames: list[str], end: Any) -> None:
        if attempt in self._attempts:
            if place:
                self._on_place(attempt, *place)
            if frames:
                self._on_frames(attempt, frames)
            if end:
                self._attempts.discard(attempt)
                self._on_end(attempt, *end)

    def _lose(self, sentence: str, detail: str = "") -> None:
        for attempt in tuple(self._attempts):
            self._update(attempt, None, [], ("lost", sentence, detail, {}))

    def _join(self) -> None:
        """Start a child. Raises ClusterError when it cannot join the cluster."""
        child = WorkerProcess(self._config, module=CHILD)
        child.socket.settimeout(JOIN_SECONDS)
        messages = child.receive()
        refusal = json.loads(messages[0][1]) if messages else NO_ANSWER
        if refusal:
            how, tail = child.finish()
            if not messages:
                log.warning("%s\n%s", how, tail)
            raise ClusterError(refusal)
        self._child = child
        threading.Thread(target=self._listen, args=[child], daemon=True).start()

    def _listen(self, child: WorkerProcess) -> None:
        try:
            for _, text in child.messages():
                self._update(*json.loads(text))
        except Exception as error:  # of any kind: nobody may wait for ever
            log.warning("%r", error)
        how, tail = child.finish()
        self._child = None
        if not self._is_closed:
            log.warning("%s (%s)\n%s", HUB_GONE, how, tail)
            self._lose(HUB_GONE, tail)
