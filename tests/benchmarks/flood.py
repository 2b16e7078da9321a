"""How soon the server answers others while sockets of one address send all that they may."""

import asyncio
import contextlib
import json
import statistics
import time
import urllib.request
from typing import Any

import psutil
import websockets
from _rows import at_most
from _run_message import cost
from _server import server

SOCKETS = (0, 5, 20)
SECONDS = 8.0
PER_SECOND = 50  # what one connection may send
MOST_MS = 250.0
MOST_MESSAGE_MS = 0.3  # of processor time
RUN = json.dumps({"type": "run", "sim": "bandit", "params": {}})


def measure() -> list[dict[str, Any]]:
    """What a message costs where all are handled; for each number of sockets the slowest answer in
    ms; and the memory after a message of 150 MB to each of both sockets."""
    costs = [
        at_most(f"run message, result {where}: ms of the event loop", took, MOST_MESSAGE_MS)
        for where, took in cost().items()
    ]
    with server("--workers", "1") as served:
        live = f"ws{served.address.removeprefix('http')}/api/live"
        asyncio.run(_finish_one(live))
        rows = []
        for number in SOCKETS:
            times = asyncio.run(_answers(served.address, live, number))
            what = f"{number} sockets, {len(times)} answers, "
            rows.append(at_most(f"{what}median ms", 1000 * statistics.median(times), MOST_MS))
            rows.append(at_most(f"{what}slowest ms", 1000 * max(times), MOST_MS))
        before = _megabytes(served.pid)
        for path in ("/api/live", "/_stcore/stream"):
            asyncio.run(_send_without_end(live.replace("/api/live", path)))
        rows.append(at_most("MB more after endless messages", _megabytes(served.pid) - before, 20))
    return costs + rows


async def _finish_one(live: str) -> None:
    """Have the run kept, so that each later request is answered from memory."""
    async with websockets.connect(live) as socket:
        await socket.send(RUN)
        while json.loads(await socket.recv()).get("state") != "done":
            pass


async def _answers(address: str, live: str, number: int) -> list[float]:
    floods = [asyncio.create_task(_flood(live)) for _ in range(number)]
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        await asyncio.to_thread(_ask, f"{address}/api/health")
        times.append(time.perf_counter() - start)
        await asyncio.sleep(0.05)
    await asyncio.gather(*floods)
    return times


def _ask(address: str) -> None:
    urllib.request.urlopen(address, timeout=60).read()


async def _flood(live: str) -> None:
    with contextlib.suppress(websockets.ConnectionClosed):
        async with websockets.connect(live) as socket:
            reading = asyncio.create_task(_read(socket))
            for _ in range(int(SECONDS * PER_SECOND)):
                await socket.send(RUN)
                await asyncio.sleep(1 / PER_SECOND)
            reading.cancel()


async def _read(socket: Any) -> None:
    with contextlib.suppress(websockets.ConnectionClosed):
        async for _ in socket:
            pass


async def _send_without_end(address: str) -> None:
    async def parts() -> Any:
        for _ in range(150):
            yield "x" * 1_000_000

    with contextlib.suppress(websockets.ConnectionClosed, OSError):
        async with websockets.connect(address) as socket:
            await socket.send(parts())
            await socket.recv()


def _megabytes(pid: int) -> float:
    return psutil.Process(pid).memory_info().rss / 1e6
