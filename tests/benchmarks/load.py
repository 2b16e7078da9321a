"""A hundred readers who each flip every two seconds, over real Streamlit sessions.

Every reader is a websocket client that speaks Streamlit's protocol as the browser does: it opens
the lecture, then reports a slide through the stage component. The server is held to one core.
"""

import asyncio
import os
import statistics
import time
from typing import Any

import psutil
from _scene import scene
from _server import server
from _viewers import Reader

READERS = 100
SECONDS = 20.0


def measure() -> list[dict[str, Any]]:
    """Rows for latency, CPU and memory under load, and the largest library list of the server."""
    with server() as running:
        live = scene(running.address, running.pid)
    with server("--workers", "1") as running:
        process = psutil.Process(running.pid)
        time.sleep(5)  # the lectures are rendered in the background after the start
        process.cpu_affinity([max(os.sched_getaffinity(0))])
        before = process.memory_info().rss
        latencies, cpu = asyncio.run(_lecture(running.address, process))
        grown = process.memory_info().rss - before
        libraries = {entry.path for entry in process.memory_maps()}
    runs = len(latencies)
    p95 = statistics.quantiles(latencies, n=20)[-1] * 1000
    torch = sum("torch" in path for path in libraries)
    return [
        _row(f"{READERS} readers: settled slide to finished run, p95 ms ({runs} runs)", p95, 25),
        _row("the same, median ms", statistics.median(latencies) * 1000, 25),
        _row("CPU of the server, ms a run", cpu / runs * 1000, 5),
        _row("memory of a session, MB", grown / READERS / 2**20, 0.3),
        _row("torch libraries mapped in the server", torch, 0),
        _row("live scene: first frame after the click, s", live["first"], 0.2),
        _row("live scene: share of a core of the server, one viewer", live["core"], 0.01),
        _row("slider to redrawn exact curve, ms", live["slider"], 100),
        _row("live scene: frames drawn a second", live["fps"], 60, least=55),
    ]


async def _lecture(address: str, process: psutil.Process) -> tuple[list[float], float]:
    readers = [Reader(address, seed) for seed in range(READERS)]
    for reader in readers:
        await reader.open()
    await asyncio.sleep(1)
    start = sum(process.cpu_times()[:2])
    until = time.perf_counter() + SECONDS
    await asyncio.gather(*(reader.read(until) for reader in readers))
    cpu = sum(process.cpu_times()[:2]) - start
    for reader in readers:
        await reader.close()
    return [latency for reader in readers for latency in reader.latencies], cpu


def _row(what: str, ours: float, budget: float, least: float | None = None) -> dict[str, Any]:
    words, ok = (f"<= {budget}", ours <= budget) if least is None else (f"{budget}", ours >= least)
    return {
        "what": what,
        "ours": round(ours, 3),
        "peer": "",
        "ratio": "",
        "budget": words,
        "ok": ok,
    }
