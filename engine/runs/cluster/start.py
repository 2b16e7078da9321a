"""Joining a Ray cluster, or starting one, with one sentence for each reason why that fails."""

import contextlib
import importlib
import logging
import os
import secrets
import socket
from typing import Any

from engine.runs.cluster.engine import ClusterError

NAMESPACE = "practicum"
MOST_WORKERS = 4  # of one machine, unless the command line says otherwise
STORE_BYTES = 80_000_000  # Ray's least is 75 MB
KNOCK_SECONDS = 3.0
SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])  # how a server of HTTP/2, which Ray speaks, begins
HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS
LOOPBACK = ("127.0.0.1", "localhost")


def start_ray(address: str | None, workers: int | None = None) -> Any:
    """Join the cluster at `address`, or start one with `workers` CPUs for this process alone.
    Returns the package. Raises ClusterError."""
    options: dict[str, Any] = {"address": address}
    settings = {"RAY_USAGE_STATS_ENABLED": "0"}
    if address is None or address.rpartition(":")[0] in LOOPBACK:
        # Else Ray takes 127.0.0.1 for a mistake and listens to the whole network.
        settings["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    if address:
        _knock(address)
        settings["RAY_gcs_server_port_wait_time_s"] = "3"  # it is there: we knocked
    else:  # a token that nobody else has, and not one that Ray would leave in the home folder
        settings |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        # Ray would end a node for what other programs take; our runs have limits of their own.
        settings["RAY_memory_monitor_refresh_ms"] = "0"
        # Its processes stay in the group of this one, which ends them all with itself (child.py).
        settings["RAY_process_group_cleanup_enabled"] = "0"
        options = {
            "address": "local",
            "_node_ip_address": LOOPBACK[0],
            "num_cpus": workers or min(MOST_WORKERS, os.cpu_count() or 1),
            "object_store_memory": STORE_BYTES,
            "include_dashboard": False,
        }
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError:
        raise ClusterError("Ray is not installed here: pip install 'ray>=2.60'") from None
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        ray.init(**options, namespace=NAMESPACE, configure_logging=False, log_to_driver=False)
    except Exception as error:
        raise ClusterError(_reason(error, address)) from error
    return ray


def _knock(address: str) -> None:
    """Raise ClusterError if nothing like Ray listens there: Ray itself tries for two minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ClusterError(f"--ray-address {address}: write it as HOST:PORT, as in 127.0.0.1:6379.")
    answer = b""
    with (
        contextlib.suppress(OSError),
        socket.create_connection((host, int(port)), KNOCK_SECONDS) as line,
    ):
        line.sendall(HELLO)
        answer = line.recv(len(SETTINGS))
    if answer[3:4] != SETTINGS[3:4] and not os.environ.get("RAY_USE_TLS"):
        raise ClusterError(
            f"no Ray cluster answers at {address}. Start one there (ray start --head --port {port})"
            " or leave --ray-address out."
        )


def _reason(error: Exception, address: str | None) -> str:
    where = f"the Ray cluster at {address}" if address else "Ray"
    if "token" in f"{type(error)} {error} {error.__cause__}".lower():
        return (
            f"{where} does not take the token of this server, or it has none. Give it the "
            "cluster's: RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH."
        )
    reason = (str(error).strip() or type(error).__name__).split("\n")[0]
    return f"{where} cannot be {'joined' if address else 'started'}: {reason}"
