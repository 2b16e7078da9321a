"""Runs on a Ray cluster: the same worker processes, on all its machines, for several servers.

Ray starts our processes, carries what they say and tells us when a machine goes. It does not end
simulations: a soft `ray.cancel` leaves a call that holds the GIL running and makes a later forced
one useless (measured: 3 of 3), and without the soft one nothing but force is left. So each machine
has one actor (a Desk) whose own processes are ended by SIGKILL, as on one machine alone.

The only file that imports ray. It runs in a child of the server (bridge.py) and on the cluster.
"""

import contextlib
import functools
import importlib
import json
import logging
import os
import queue
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from engine.runs.cluster.bridge import ClusterError, Plan, orders_of
from engine.runs.cluster.desk import Desk
from engine.runs.cluster.desks import Desks, Found
from engine.runs.cluster.hub import Hub
from engine.runs.cluster.mailbox import Message
from engine.runs.cluster.remote import FETCH_SECONDS, Wire

NAMESPACE = "practicum"
MOST_WORKERS = 4  # of one machine, unless told otherwise
STORE_BYTES = 80_000_000  # Ray's least is 75 MB; frames are carried in messages, not in its store
TELL_SECONDS = 15.0  # an order is taken in a millisecond; the hub or its machine hangs
START_SECONDS = 60.0  # a new process imports what it needs
MARGIN_SECONDS = 15.0  # over the time that a fetch was to wait
IDLE_SECONDS = 600.0  # a hub that no server has spoken to for so long ends itself
KNOCK_SECONDS = 3.0
SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])  # how a server of HTTP/2, which Ray speaks, begins
HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS
HEAD = "node:__internal_head__"  # a resource that only the head of a cluster has


def main() -> None:
    """Speak for a server: its orders on standard input, what there is to tell it on output."""
    up = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else writes there
    address, plan = json.loads(sys.argv[1])
    try:
        start_ray(address, plan := Plan(**plan))
    except ClusterError as error:
        return _say(up, [("refused", str(error))])
    _say(up, [("joined",)])
    orders: queue.SimpleQueue[list[Message]] = queue.SimpleQueue()
    threading.Thread(target=_take, args=[orders, address is None], daemon=True).start()
    wire = _or_end(lambda: _open_hub(plan))
    _or_end(lambda: wire.tell(orders.get()))
    listen = functools.partial(_go_on, lambda: _say(up, wire.fetch(FETCH_SECONDS)))
    threading.Thread(target=listen, daemon=True).start()
    _go_on(lambda: _tell(wire, orders.get()))


def _take(orders: "queue.SimpleQueue[list[Message]]", is_own: bool) -> None:
    for batch in orders_of(sys.stdin.buffer):
        orders.put(batch)
    # The server is gone. A cluster of its own is in our group; Ray would take 3 s to end it.
    if is_own and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _go_on(step: Callable[[], object]) -> None:
    while True:
        _or_end(step)


def _or_end(call: Callable[[], Any]) -> Any:
    """What `call` returns. When it fails this process ends, which the server sees."""
    try:
        return call()
    except Exception as error:
        print(f"practicum: {error!r}"[:300], file=sys.stderr, flush=True)
        os._exit(1)


def _tell(wire: Wire, orders: list[Message]) -> None:
    wire.tell(orders)
    if ("bye",) in orders:
        import_ray().shutdown()
        os._exit(0)  # whatever the other threads are in the middle of


def _say(up: BinaryIO, messages: list[Message]) -> None:
    up.write(json.dumps(messages).encode() + b"\n")
    up.flush()


def start_ray(address: str | None, plan: Plan) -> None:
    """Join the cluster at `address`, or start one. Raises ClusterError."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is None or _host_of(address) in ("127.0.0.1", "localhost"):
        # Else Ray takes 127.0.0.1 for a mistake and listens to the whole network.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    if address:
        _knock(address)
        os.environ.setdefault("RAY_gcs_server_port_wait_time_s", "3")  # it is there: we knocked
    else:  # a token that nobody else has, and not one that Ray would leave in the home folder
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        # Ray would end a desk for what other programs take; our runs have limits of their own.
        os.environ.setdefault("RAY_memory_monitor_refresh_ms", "0")
    ray = import_ray()
    logging.getLogger("ray").setLevel(logging.ERROR)
    options: dict[str, Any] = {"address": address}
    if address is None:
        options = {
            "address": "local",
            "_node_ip_address": "127.0.0.1",
            "num_cpus": plan.workers or min(MOST_WORKERS, os.cpu_count() or 1),
            "object_store_memory": STORE_BYTES,
            "include_dashboard": False,
        }
    try:
        with _hushed():
            ray.init(**options, namespace=NAMESPACE, configure_logging=False, log_to_driver=False)
    except Exception as error:
        raise ClusterError(_why(error, address)) from error


class ActorWire:
    """Calls to an actor, whose first arguments are `names`."""

    def __init__(self, actor: Any, *names: str) -> None:
        self.actor: Any = actor
        self._names = names
        self._patience = START_SECONDS

    def tell(self, orders: list[Message]) -> None:
        self._get(self.actor.tell.remote(*self._names, orders), self._patience)
        self._patience = TELL_SECONDS

    def fetch(self, seconds: float) -> list[Message]:
        answer = self.actor.fetch.remote(*self._names, seconds)
        return self._get(answer, seconds + MARGIN_SECONDS)

    def close(self) -> None:
        self.actor = None  # Ray ends an actor that nobody holds, unless it is detached

    def _get(self, answer: Any, patience: float) -> Any:
        return import_ray().get(answer, timeout=patience)


class HubActor:
    """The hub as Ray sees it."""

    def __init__(self, plan: Plan) -> None:
        self._hub = Hub(Desks(functools.partial(_look, plan)), **plan.limits)
        threading.Thread(target=self._watch, daemon=True).start()

    async def tell(self, name: str, orders: list[Message]) -> None:
        self._hub.tell(name, orders)

    async def fetch(self, name: str, seconds: float) -> list[Message]:
        return await self._hub.fetch(name, seconds)

    async def stats(self) -> dict[str, int]:
        return self._hub.stats()

    def _watch(self) -> None:
        while time.monotonic() - self._hub.last_seen < IDLE_SECONDS:
            time.sleep(IDLE_SECONDS / 10)
        os._exit(0)


def hub_of(plan: Plan) -> Any:
    """The hub that all servers with this plan share: an actor that outlives them, on the head."""
    ray = import_ray()
    strategies = importlib.import_module("ray.util.scheduling_strategies")
    heads = [node["NodeID"] for node in ray.nodes() if node["Alive"] and HEAD in node["Resources"]]
    pinned = strategies.NodeAffinitySchedulingStrategy(heads[0], soft=False)
    return (
        ray.remote(HubActor)
        .options(
            name=plan.hub_name,
            namespace=NAMESPACE,
            lifetime="detached",
            get_if_exists=True,
            num_cpus=0,
            max_restarts=0,  # it would come back without its runs; the next order makes a new one
            scheduling_strategy=pinned,
        )
        .remote(plan)
    )


def _open_hub(plan: Plan) -> Wire:
    return ActorWire(hub_of(plan), secrets.token_hex(8))


def _look(plan: Plan) -> Found:
    """The machines of the cluster that have CPUs. Called in the hub."""
    found: dict[str, tuple[int, Callable[[], Wire]]] = {}
    for node in import_ray().nodes():
        cpus = int(node["Resources"].get("CPU", 0)) if node["Alive"] else 0
        size = min(cpus, plan.workers or MOST_WORKERS)
        if size:
            found[node["NodeID"]] = size, functools.partial(_open_desk, plan, node["NodeID"], size)
    return found


def _open_desk(plan: Plan, node: str, size: int) -> Wire:
    strategies = importlib.import_module("ray.util.scheduling_strategies")
    pinned = strategies.NodeAffinitySchedulingStrategy(node, soft=False)
    desk = import_ray().remote(Desk).options(num_cpus=size, scheduling_strategy=pinned)
    return ActorWire(desk.remote(size, plan.engine, plan.environment))


def import_ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise ClusterError("Ray is not installed here: pip install 'ray>=2.60'") from None


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Without standard error: Ray's native part writes to it what we say in one line."""
    before = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _host_of(address: str) -> str:
    return address.rpartition(":")[0]


def _knock(address: str) -> None:
    """Whether anything listens there: Ray itself tries for a minute."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ClusterError(f"--ray-address {address}: write it as HOST:PORT, as in 127.0.0.1:6379.")
    try:
        with contextlib.closing(socket.create_connection((host, int(port)), KNOCK_SECONDS)) as door:
            door.sendall(HELLO)
            answer = door.recv(len(SETTINGS))
    except OSError:
        answer = b""
    if answer[3:4] != SETTINGS[3:4] and not os.environ.get("RAY_USE_TLS"):
        raise ClusterError(
            f"no Ray cluster answers at {address}. Start one there (ray start --head --port {port})"
            " or leave --ray-address out."
        )


def _why(error: Exception, address: str | None) -> str:
    where = f"the Ray cluster at {address}" if address else "Ray"
    if "token" in f"{type(error)} {error} {error.__cause__}".lower():
        return (
            f"{where} does not take the token of this server, or it has none. Give it the "
            "cluster's: RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH."
        )
    reason = (str(error).strip() or type(error).__name__).split("\n")[0]
    return f"{where} cannot be {'joined' if address else 'started'}: {reason}"
