"""The way to a Ray cluster: through a child process, so that no cluster can end the server.

A program that uses Ray is ended by it a minute after the head of its cluster has gone, and aborts
when that comes back (measured). Here the child ends, its runs are lost, and the next order starts
another child. Lines of JSON: orders down, messages up; the first one up says whether the cluster
could be joined.
"""

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.paths import PACKAGES
from engine.portable import DETACHED
from engine.runs.cluster.mailbox import Message
from engine.runs.cluster.remote import Remote
from engine.runs.job import Budget, Job
from engine.runs.results.store import source_hash

PROTOCOL = 1  # part of the hub's name: servers of another version get another hub
MOST_AT_ONCE = 10_000  # runs that one server asks the hub for; the hub queues them
JOIN_SECONDS = 120.0  # a cluster of its own takes 5; the rest is patience with a busy machine
HUB_GONE = "What this server shared its runs through has gone. Run it again."
SILENT = "Ray does not answer. Stop this server, and see whether the cluster is well (ray status)."
CHILD = (sys.executable, "-P", "-c", "from engine.runs.cluster.ray import main; main()")


class ClusterError(RuntimeError):
    """There is no cluster to run on; the message says what to do."""


@dataclass(frozen=True)
class Plan:
    """What a hub needs to know to run simulations. Equal plans share a hub.

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
    """What the command line has asked for."""
    model = os.environ.get("PRACTICUM_MODEL")
    return Plan(workers, environment={"PRACTICUM_MODEL": model} if model else {})


def join(address: str | None, plan: Plan) -> Remote:
    """An engine on the cluster at `address` (HOST:PORT), or on a small one that is started here,
    on this machine alone, and ends with this process. Raises ClusterError."""
    if not hasattr(select, "poll"):
        raise ClusterError("--runner ray needs Linux or macOS.")
    command = [*CHILD, json.dumps([address, dataclasses.asdict(plan)])]
    first = [Bridge(command)]
    connect = functools.partial(_next_bridge, first, command)
    engine = Remote(connect, MOST_AT_ONCE, HUB_GONE, translate=portable)
    engine.open()  # as soon as the runner has it: the first click need not wait for processes
    return engine


def portable(job: Job) -> Job:
    """The same job on any machine: its source is known by its text, not by dates of files."""
    return Job(job.sim, job.params, source_hash(job.sim))


class Bridge:
    """The wire that a child process is. It ends when this object's end of its input is closed."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **DETACHED,
            env=os.environ | {"PYTHONPATH": _search_path()},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._messages = self._process.stdin, self._process.stdout
        self._rest = b""
        try:
            self._wait_until_joined()
        except ClusterError:
            self.close()
            raise

    def tell(self, orders: list[Message]) -> None:
        self._orders.write(json.dumps(orders, default=dataclasses.astuple).encode() + b"\n")
        self._orders.flush()

    def fetch(self, seconds: float) -> list[Message]:
        poll = select.poll()  # not `select`, which knows the first 1024 files only
        poll.register(self._messages, select.POLLIN)
        if not poll.poll(seconds * 1000):
            return []
        data = os.read(self._messages.fileno(), 1 << 20)
        if not data:
            raise ClusterError("the process that speaks to Ray has ended")
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [tuple(message) for line in lines for message in json.loads(line)]

    def close(self) -> None:
        """End the child, and what it has started."""
        with contextlib.suppress(OSError):  # it has ended before it could read the last order
            self._orders.close()
        self._messages.close()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_joined(self) -> None:
        heard: list[Message] = []
        deadline = time.monotonic() + JOIN_SECONDS
        while not heard:
            if time.monotonic() > deadline:
                raise ClusterError(SILENT)
            heard = self.fetch(1.0)
        if heard[0][0] != "joined":
            raise ClusterError(heard[0][1])


def orders_of(lines: Iterator[bytes]) -> Iterator[list[Message]]:
    """What the server tells its child, as it was before it was written as JSON."""
    for line in lines:
        yield [_order(*order) for order in json.loads(line)]


def _order(kind: str, *what: Any) -> Message:
    if kind != "start":
        return (kind, *what)
    attempt, (sim, params, source), budget, *rest = what
    return (kind, attempt, Job(sim, tuple(map(tuple, params)), source), Budget(*budget), *rest)


def _next_bridge(first: list[Bridge], command: Sequence[str]) -> Bridge:
    return first.pop() if first else Bridge(command)


def _search_path() -> str:
    inherited = os.environ.get("PYTHONPATH")
    return os.pathsep.join([str(PACKAGES), inherited] if inherited else [str(PACKAGES)])
