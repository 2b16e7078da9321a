"""Starts the server of this checkout for a measurement."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and how long it took to answer (seconds)."""

    address: str
    pid: int
    answered_after: float


@contextlib.contextmanager
def server(*options: str, root: Path = ROOT) -> Iterator[Server]:
    """The server of a checkout, by default of this one."""
    port = port_of()
    command = [sys.executable, "-m", "engine.cli", "serve", "--port", str(port), *options]
    start = time.perf_counter()
    cache = tempfile.TemporaryDirectory()  # what an earlier run kept would be measured else
    process = subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PRACTICUM_CACHE": cache.name},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(process, address)
        yield Server(address, process.pid, time.perf_counter() - start)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        cache.cleanup()


def port_of() -> int:
    """A port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    """Until a process answers. RuntimeError when it does not start."""
    start = time.perf_counter()
    while not _answers(address):
        if process.poll() is not None or time.perf_counter() - start > 30:
            raise RuntimeError("the server did not start; run `practicum serve` to see why")
        time.sleep(0.01)


def _answers(address: str) -> bool:
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(f"{address}/api/health", timeout=1).status == 200
    return False
