"""Runs on a Ray cluster, as a server sees them.

Ray ends a program a minute after the head of its cluster has gone (measured with Ray 2.60), so a
child process speaks to Ray (child.py). When it ends, its runs are lost and the next run starts
another child; the server stays.
"""

import contextlib
import dataclasses
import hashlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from engine import portable
from engine.runs.engine import OnEnd, OnFrames, OnPlace
from engine.runs.job import Job
from engine.runs.results.identity import source_hash
from engine.runs.run import Run
from engine.runs.workers.process import environment

log = logging.getLogger("practicum.runs")

PROTOCOL = 2  # part of the hub's name: servers of another version get another hub
JOIN_SECONDS = 120.0  # a cluster of its own takes 5; the rest is patience with a busy machine
LEAVE_SECONDS = 5.0
MACHINE_GONE = (
    "The machine that ran it has left the cluster; nothing else is affected. Run it again."
)
HUB_GONE = "What this server shared its runs through has gone. Run it again."
SILENT = "Ray does not answer. Stop this server, and see whether the cluster is well (ray status)."
ENDED = "The process that speaks to Ray has ended; see the server's log."
UNREADABLE = (OSError, SyntaxError, ValueError, RecursionError)  # what a source may be
CHILD = (sys.executable, "-P", "-m", "engine.runs.cluster.child")


class ClusterError(RuntimeError):
    """There is no cluster to run on; the message says what to do."""


@dataclass(frozen=True)
class Plan:
    """What a hub needs to know to run simulations. Servers with equal plans share a hub.

    `workers` of each machine (None: its CPUs, up to a limit), options of LocalEngine for them,
    limits for the Runner in the hub, and the environment of the simulations.
    """

    workers: int | None = None
    engine: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def hub_name(self) -> str:
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return f"hub-{PROTOCOL}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def plan_here(workers: int | None = None) -> Plan:
    """The plan that the command line asks for."""
    names = [f"PRACTICUM_{name}" for name in ("MODEL", "DEVICE", "DTYPE")]
    given = {name: os.environ.get(name, "") for name in names}
    return Plan(workers, environment={name: value for name, value in given.items() if value})


def join(address: str | None, plan: Plan) -> "ClusterEngine":
    """An engine on the cluster at `address` (HOST:PORT), or on a small one that is started here,
    on this machine alone, and ends with this process. Raises ClusterError."""
    if sys.platform == "win32":
        raise ClusterError("--runner ray needs Linux or macOS.")
    return ClusterEngine({"address": address, "plan": dataclasses.asdict(plan)})


class ClusterEngine:
    """A SharedEngine: the hub of the cluster queues its runs with those of other servers."""

    capacity = 10_000  # runs that one server asks the hub for; the hub queues them

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._attempts: set[str] = set()  # that have not ended
        self._report: dict[str, Callable[..., None]] = {}  # by kind of event
        self._sender = ThreadPoolExecutor(1, "practicum-cluster")  # one: orders keep their order
        self._child: Child | None = Child(config)
        self._is_closed = False

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None:
        self._report |= {"frames": on_frames, "end": on_end}
        self._listen_to(self._child)

    def bind_places(self, on_place: OnPlace) -> None:
        self._report["place"] = on_place

    def submit(self, run: Run) -> None:
        """Have `run` made, or joined if another server has asked for the same."""
        with self._lock:
            self._attempts.add(run.id)
        self._sender.submit(self._start, run)

    def cancel(self, attempt: str, grace: float) -> None:
        """Leave a run; the hub has a `grace` of its own for one that nobody else watches."""
        self._sender.submit(self._send, "cancel", attempt)

    def close(self) -> None:
        """Leave the cluster; what was running ends as lost."""
        self._is_closed = True
        self._sender.shutdown(wait=False, cancel_futures=True)
        child = self._child
        self._end_all("The server was stopped.")
        if child:
            child.end()

    def _start(self, run: Run) -> None:
        """In the thread of the sender, like all that sends."""
        sim, params = run.job.sim, run.job.params
        try:  # elsewhere sources are known by their text, not by the dates of files
            job = Job(sim, params, source_hash(sim))
        except UNREADABLE as error:  # its file is gone or half written
            return self._hear("end", run.id, "failed", f"{sim} cannot be read: {error}.", "", {})
        with self._lock:
            is_lost, child = run.id not in self._attempts, self._child
        if is_lost:
            return None
        try:
            if child is None:
                self._listen_to(Child(self._config))
        except (OSError, ClusterError) as error:
            return self._lose(None, repr(error))
        return self._send("follow", run.id, job, run.budget, run.owner, run.is_fresh)

    def _send(self, *order: Any) -> None:
        with contextlib.suppress(OSError):  # it has ended, which the listener reports
            if self._child:
                self._child.pipe.send(order)

    def _listen_to(self, child: "Child | None") -> None:
        self._child = child
        threading.Thread(target=self._listen, args=[child], daemon=True).start()

    def _listen(self, child: "Child") -> None:
        try:
            while True:
                self._hear(*child.hear())
        except Exception as error:  # of any kind: nobody may wait for ever
            self._lose(child, repr(error))

    def _hear(self, kind: str, attempt: str, *what: Any) -> None:
        if attempt in self._attempts:
            if kind == "end":
                self._attempts.discard(attempt)
            self._report[kind](attempt, *what)

    def _lose(self, child: "Child | None", detail: str) -> None:
        """The child has ended, or none can be started. From now on the next run starts another."""
        if not self._is_closed:
            log.warning("%s (%s)", HUB_GONE, detail)
            self._end_all(HUB_GONE, detail)
            if child:
                child.end()

    def _end_all(self, sentence: str, detail: str = "") -> None:
        with self._lock:
            lost, self._attempts, self._child = self._attempts, set(), None
        for attempt in lost:
            self._report["end"](attempt, "lost", sentence, detail, {})


class Child:
    """The process that speaks to Ray; `pipe` takes orders and gives events. Raises ClusterError
    when it cannot join the cluster."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, **portable.DETACHED}
        self._process, line = portable.start_with_line(CHILD, config, env=environment(), **options)
        self._line, self.pipe = line, Connection(os.dup(line.fileno()))
        try:
            refusal = self.hear() if self.pipe.poll(JOIN_SECONDS) else SILENT
        except (OSError, EOFError):
            refusal = ENDED
        if refusal:
            self.end()
            raise ClusterError(refusal)

    def hear(self) -> Any:
        """The next message: JSON, since it holds what others have put into the cluster. Waits."""
        return json.loads(self.pipe.recv_bytes())

    def end(self) -> None:
        """End it, and the cluster if that is its own."""
        with contextlib.suppress(OSError), self._line:  # it has ended already
            self._line.shutdown(socket.SHUT_WR)
        try:
            self._process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
