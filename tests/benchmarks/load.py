"""Readers who each flip every two seconds, over real Streamlit sessions, and viewers who run.

Every reader is a websocket client that speaks Streamlit's protocol as the browser does: it opens
the lecture, then reports a slide through the stage component. The server is held to one core; the
clients take from the other, so what they measure is theirs and the server's time together.
"""

import asyncio
import contextlib
import os
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
from _run_message import cost
from _scene import scene
from _server import Server, server
from _viewers import Reader, Watcher
from _visit import figures, visits

READERS = (10, 100, 300)
BUDGET_FOR = 100  # readers
SECONDS = 12.0
FOLLOWERS = 200
IN_LINE = 30


@dataclass
class Reading:
    """What came of so many readers: seconds of each flip, CPU seconds of the server, and bytes."""

    latencies: list[float]
    cpu: float
    num_bytes: int
    grown: int  # memory of the server with all of them there, over that before

    @property
    def per_flip(self) -> tuple[float, float]:
        """CPU milliseconds and bytes."""
        flips = len(self.latencies)
        return self.cpu / flips * 1000, self.num_bytes / flips


def measure() -> list[dict[str, Any]]:
    """Rows for latency, CPU and memory under load, and the largest library list of the server."""
    with server() as running:
        live = scene(running.address, running.pid)
        first, again = visits(running.address, running.pid)
    rows = [row for count in READERS for row in _readers(count)]
    with _one_core() as running, _readers_beside(running, BUDGET_FOR):
        shown = figures(running.address)
    slowest = max(shown, key=lambda name: shown[name])
    rows += [
        _row(f"flip to recorded figure, {BUDGET_FOR} readers, median ms",
             statistics.median(shown.values()), 300),
        _row(f"the slowest of {len(shown)} ({slowest}), ms", shown[slowest]),
    ]  # fmt: skip
    with _one_core() as running:
        rows += asyncio.run(_followers(running, psutil.Process(running.pid)))
    with _one_core() as running:
        rows += asyncio.run(_queue(running.address))
        libraries = {entry.path for entry in psutil.Process(running.pid).memory_maps()}
    torch = sum("torch" in path for path in libraries)
    message = cost()
    return [
        *rows,
        _row("a `run` of what is kept on disk, CPU of the event loop, ms", message["on disk"], 0.3),
        _row("the same, of what is in memory", message["at hand"], 0.3),
        _row("a visit with an empty browser cache, KB", first.kilobytes),
        _row("the same, CPU of the server, ms", first.cpu),
        _row("a visit of a reader who has the unchanging files, KB", again.kilobytes),
        _row("the same, CPU of the server, ms", again.cpu),
        _row("torch libraries mapped in the server", torch, 0),
        _row("live scene: first frame after the click, s", live["first"], 0.2),
        _row("live scene: share of a core of the server, one viewer", live["core"], 0.01),
        _row("slider to redrawn exact curve, ms", live["slider"], 100),
        _row("live scene: frames drawn a second", live["fps"], 60, least=55),
    ]


@contextlib.contextmanager
def _one_core() -> Iterator[Server]:
    """A server with one worker, whose own process has one core."""
    with server("--workers", "1") as running:
        time.sleep(5)  # the lectures are rendered in the background after the start
        psutil.Process(running.pid).cpu_affinity([max(os.sched_getaffinity(0))])
        yield running


def _readers(count: int) -> list[dict[str, Any]]:
    with _one_core() as running:
        found = asyncio.run(_read(running.address, psutil.Process(running.pid), count))
    is_held = count == BUDGET_FOR
    cpu, num_bytes = found.per_flip
    what = f"{count} readers: settled slide to finished run"
    flips = len(found.latencies)
    rows = [
        _row(
            f"{what}, p95 ms ({flips} flips)", _p95(found.latencies) * 1000, 25 if is_held else None
        ),
        _row("the same, median ms", statistics.median(found.latencies) * 1000),
        _row("the same, CPU of the server, ms", cpu, 5),
    ]
    if is_held:
        rows += [
            _row("the same, bytes there and back", num_bytes, 4096),
            _row("memory of a session, MB", found.grown / count / 2**20, 0.3),
        ]
    return rows


async def _read(address: str, process: psutil.Process, count: int) -> Reading:
    before = process.memory_info().rss
    readers = [Reader(address, seed) for seed in range(count)]
    lines = [Watcher(address) for _ in range(count)]  # every page has one, whether it runs or not
    for visitor in (*lines, *readers):
        await visitor.open()
    await asyncio.sleep(1)
    start = sum(process.cpu_times()[:2])
    until = time.perf_counter() + SECONDS
    await asyncio.gather(*(reader.read(until) for reader in readers))
    cpu = sum(process.cpu_times()[:2]) - start
    grown = process.memory_info().rss - before
    for visitor in (*lines, *readers):
        await visitor.close()
    latencies = [latency for reader in readers for latency in reader.latencies]
    return Reading(latencies, cpu, sum(reader.num_bytes for reader in readers), grown)


@contextlib.contextmanager
def _readers_beside(running: Server, count: int) -> Iterator[None]:
    """So many readers flip as long as this lasts."""
    is_over = threading.Event()

    async def read(seed: int) -> None:
        reader = Reader(running.address, seed)
        await reader.open()
        while not is_over.is_set():
            await reader.read(time.perf_counter() + 4)
        await reader.close()

    async def read_all() -> None:
        await asyncio.gather(*(read(seed) for seed in range(count)))

    thread = threading.Thread(target=lambda: asyncio.run(read_all()))
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


async def _followers(running: Server, process: psutil.Process) -> list[dict[str, Any]]:
    """So many viewers ask for the same job at once."""
    watchers = [Watcher(running.address) for _ in range(FOLLOWERS)]
    for watcher in watchers:
        await watcher.open()
    await watchers[0].run("rlhf", seed=1)  # its worker has imported what it needs
    start = sum(process.cpu_times()[:2])
    told = await asyncio.gather(*(watcher.run("rlhf", seed=2) for watcher in watchers))
    cpu = sum(process.cpu_times()[:2]) - start
    for watcher in watchers:
        await watcher.close()
    most = max(each["frames"] for each in told)
    lack = sum(each["state"] != "done" or each["frames"] != most for each in told)
    ends = sorted(each["end"] for each in told)
    return [
        _row(f"{FOLLOWERS} viewers of one job: runs", len({each["run"] for each in told}), 1),
        _row(f"the same, viewers without each of the {most} frames", lack, 0),
        _row("the same, first frame after the click, p95 s", _p95([t["first"] for t in told])),
        _row("the same, median s", statistics.median(each["first"] for each in told)),
        _row("the same, end for the last after that for the first, s", ends[-1] - ends[0]),
        _row("the same, CPU of the server, ms a viewer", cpu / FOLLOWERS * 1000),
    ]


async def _queue(address: str) -> list[dict[str, Any]]:
    """More jobs than workers, each of another viewer; then one viewer with far too many."""
    watchers = [Watcher(address) for _ in range(IN_LINE)]
    for watcher in watchers:
        await watcher.open()
    await watchers[0].run("cartpole", seed=99)
    runs = (watcher.run("cartpole", seed=seed) for seed, watcher in enumerate(watchers))
    told = sorted(await asyncio.gather(*runs), key=lambda each: each["position"])
    await asyncio.gather(*(watcher.close() for watcher in watchers))
    last, bad = told[-1], sum(each["state"] != "done" for each in told)
    place = f"position {last['position']}, about {last['wait']} s"
    greedy = Watcher(address)
    await greedy.open()
    sentence = await greedy.refusal("cartpole", most=100)
    await greedy.close()
    return [
        _row(f"{IN_LINE} jobs, 1 worker: not done", bad, 0),
        _row(f"the last was told '{place}'; waited s", last["first"]),
        _row(f"too many of one viewer: '{sentence}'; not refused", int(not sentence), 0),
    ]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _row(
    what: str, ours: float, budget: float | None = None, least: float | None = None
) -> dict[str, Any]:
    words, ok = "", True
    if budget is not None:
        words = f"<= {budget}" if least is None else f"{budget}"
        ok = ours <= budget if least is None else ours >= least
    shown = {"what": what, "ours": round(ours, 3), "peer": "", "ratio": ""}
    return shown | {"budget": words, "ok": ok}
