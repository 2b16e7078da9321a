"""Runs on a small Ray cluster beside worker processes alone: how long, how much memory, and one run
for all viewers of two servers. The clusters are on this machine.
"""

import asyncio
import contextlib
import importlib.metadata
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from _server import Server, server
from _viewers import Watcher

from engine.runs.cluster.engine import ClusterEngine, HubPlan
from engine.runs.cluster.start import start_ray
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

VIEWERS = 200
CLICKS = 15  # runs of which the first frame is timed
BRIEF = {"method": "ucb1", "num_pulls": 100}
PATIENCE = 60.0  # seconds; then the measurement has failed
CLOCK = """
import time
from dataclasses import dataclass
from sims.spec import param

@dataclass(frozen=True)
class Params:
    seed: int = param(0, low=0, high=1000)

def run(params):
    for step in range(300):
        time.sleep(0.01)
        yield {"step": step, "sent": time.time()}
"""


def measure() -> list[dict[str, Any]]:
    """Rows for the first frame, each later one, memory, and viewers of two servers."""
    try:
        importlib.metadata.version("ray")
    except importlib.metadata.PackageNotFoundError:
        raise RuntimeError("Ray is not installed here; `make bench` does that") from None
    with server("--workers", "2") as local, server("--workers", "2", "--runner", "ray") as alone:
        firsts = asyncio.run(_first_frames([local, alone]))
        time.sleep(15)  # idle workers load torch, on both sides
        memory = [_memory(local), _memory(alone)]
    ray = start_ray(None, workers=3)  # two CPUs for the servers, one for us
    address = ray.get_runtime_context().gcs_address
    try:
        return [
            _row("first frame of a warm run, s (median)", firsts[1], firsts[0], 0.3),
            *_latencies(address),
            _one_run_for_all(ray, address),
            _row("memory beside the server, MB", memory[1], memory[0], memory[0] + 600),
            _row("server and its cluster killed: workers gone, s", asyncio.run(_killed()), None, 3),
        ]
    finally:
        ray.shutdown()


async def _first_frames(servers: list[Server]) -> list[float]:
    """Median seconds to the first frame of each server; they take turns."""
    watchers = [Watcher(each.address) for each in servers]
    taken: list[list[float]] = [[] for _ in servers]
    for watcher in watchers:
        await watcher.open()
        await watcher.run("bandit", **BRIEF, seed=100)  # whatever is not up yet comes up
    for seed in range(CLICKS):
        for watcher, times in zip(watchers, taken, strict=True):
            times.append((await watcher.run("bandit", **BRIEF, seed=seed))["first"])
    for watcher in watchers:
        await watcher.close()
    return [statistics.median(times) for times in taken]


def _memory(running: Server) -> float:
    """MB that all processes below a server take, shared pages divided among those that share."""
    total = 0
    for process in psutil.Process(running.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / 2**20


async def _killed() -> float:
    """Seconds from the death of a server with a cluster of its own to that of its workers."""
    with server("--workers", "1", "--runner", "ray") as running:
        watcher = Watcher(running.address)
        await watcher.open()
        await watcher.run("bandit", **BRIEF)
        below = psutil.Process(running.pid).children(recursive=True)
        workers = [each for each in below if "engine.runs.workers.worker" in each.cmdline()]
        assert workers
        psutil.Process(running.pid).kill()
        start = time.perf_counter()
        _, alive = psutil.wait_procs(workers, PATIENCE)
        await watcher.close()
    return PATIENCE if alive else time.perf_counter() - start


def _latencies(address: str) -> list[dict[str, Any]]:
    """From a frame's making in the worker to its arrival in the runner, 100 frames a second."""
    shipped = spec.HERE
    with tempfile.TemporaryDirectory() as folder:
        spec.HERE = Path(folder) / "timed"
        spec.HERE.mkdir()
        (spec.HERE / "clock.py").write_text(CLOCK, encoding="utf-8")
        options = {"preload": [], "package": "timed", "path": [folder]}
        plan = HubPlan(workers=1, engine=options)
        ours = _delays(Runner(ClusterEngine(address, plan)))
        peers = _delays(Runner(LocalEngine(1, **options)))
        spec.HERE = shipped
    rows = zip((50, 95), (ours[9], ours[18]), (peers[9], peers[18]), (5, 20), strict=True)
    return [_row(f"worker to runner, p{p}, ms a frame", *figures) for p, *figures in rows]


def _delays(runner: Runner) -> list[float]:
    """Twentieths of the delays of 300 frames, in ms."""
    runner.submit("clock", {"seed": 1}).wait(PATIENCE)  # it is up
    run, arrived = runner.submit("clock", {"seed": 2}, watch=True), []

    def note() -> None:
        arrived.extend([time.time()] * (len(run.frames) - len(arrived)))

    run.listen(note)
    run.wait(PATIENCE)
    runner.close()
    sent = [json.loads(text)["sent"] for text in run.frames]
    pairs = zip(arrived, sent, strict=True)
    return statistics.quantiles([(here - there) * 1000 for here, there in pairs], n=20)


def _one_run_for_all(ray: Any, address: str) -> dict[str, Any]:
    """Viewers of two servers, who come one after another, ask for the same."""
    options = ("--workers", "2", "--runner", "ray", "--ray-address", address)
    with server(*options) as one, server(*options) as two:
        asyncio.run(_ask([one, two], 2, seed=1))  # it is up
        before = _num_started(ray)
        told = asyncio.run(_ask([one, two], VIEWERS, seed=2))
        started = _num_started(ray) - before
    whole = sum(each["state"] == "done" and each["frames"] == told[0]["frames"] for each in told)
    what = f"{VIEWERS} viewers of one job on two servers ({whole} saw all of it): runs"
    row = _row(what, started, None, 1)
    return row | {"ok": started == 1 and whole == VIEWERS}


async def _ask(servers: list[Server], viewers: int, seed: int) -> list[dict[str, Any]]:
    async def watch(number: int) -> dict[str, Any]:
        watcher = Watcher(servers[number % len(servers)].address)
        await asyncio.sleep(number * 0.01)
        await watcher.open()
        try:
            return await watcher.run("cartpole", seed=seed)
        finally:
            await watcher.close()

    return await asyncio.gather(*map(watch, range(viewers)))


def _num_started(ray: Any) -> int:
    """Runs that the hubs of the cluster have started."""
    hubs = [ray.get_actor(name) for name in ray.util.list_named_actors()]
    return sum(stats["started"] for stats in ray.get([hub.stats.remote() for hub in hubs]))


def _row(what: str, ours: float, peer: float | None, budget: float) -> dict[str, Any]:
    """`peer` is the same without Ray."""
    return {
        "what": f"Ray: {what}",
        "ours": round(ours, 3),
        "peer": "" if peer is None else f"{peer:.3g} without Ray",
        "ratio": "" if peer is None else round(ours / peer, 2),
        "budget": f"<= {budget:.3g}",
        "ok": ours <= budget,
    }
