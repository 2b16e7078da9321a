"""What simulations, servers and machines can do wrong: how soon it is over, and who notices.

The simulations are those of tests/runs/faulty. Each row of worker processes has its like on a Ray
cluster of two machines on the loopback device, where Ray is installed.
"""

import contextlib
import importlib.metadata
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from _server import ROOT

from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

RUNS = ROOT / "tests" / "runs"
OPTIONS: dict[str, Any] = {"preload": [], "package": "faulty", "path": [str(RUNS)]}
PATIENCE = 60.0  # seconds; then the measurement has failed
HANGS = ("python", "c", "gil", "swallow", "generator_exit")
LIMITS = {"max_waiting_per_owner": 200, "grace": 1.0}
Seconds = float


def measure() -> list[dict[str, Any]]:
    """A row for each fault and engine: seconds to its end, and what the next job notices."""
    logging.getLogger("practicum").setLevel(logging.CRITICAL)  # every fault is meant
    shipped, spec.HERE = spec.HERE, RUNS / "faulty"
    sys.path[:0] = [str(ROOT)]  # for the server of the tests
    try:
        rows = [_killed_server("worker processes", how) for how in ("python", "gil")]
        runner = Runner(LocalEngine(2, **OPTIONS), **LIMITS)
        rows += _faults("worker processes", runner)
        runner.close()
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version("ray")
            rows += _on_ray()
    finally:
        spec.HERE = shipped
    return rows


def _faults(engine: str, runner: Runner) -> list[dict[str, Any]]:
    """The rows that any engine can be held to."""
    runner.submit("ticks", {"num_steps": 1, "seed": 999}).wait(PATIENCE)  # it is up
    rows = [_breaks(runner, "raise", "failed", 0.5, 0.1)]
    for how in ("os_exit", "segfault"):
        time.sleep(3.0)  # the spare is back
        rows.append(_breaks(runner, how, "lost", 0.5, 0.2))
    rows += [_hangs(runner, how) for how in HANGS]
    rows += [_fills(runner), _crowd(runner), _turns(runner)]
    return [{**row, "what": f"{engine}: {row['what']}"} for row in rows]


def _breaks(runner: Runner, how: str, state: str, budget: Seconds, most: Seconds) -> dict[str, Any]:
    run = runner.submit("breaks", {"how": how}, fresh=True)
    next(run.follow(start=4, timeout=PATIENCE))  # the last sound frame
    start = time.perf_counter()
    ended = run.wait(PATIENCE) == state and len(run.frames) == 5
    taken = time.perf_counter() - start
    first = _next_job(runner)
    what = f"{how} at frame 5: {run.state}, {len(run.frames)} frames, {_then(first, most)}"
    return _row(what, taken, budget, ended and first <= most)


def _hangs(runner: Runner, how: str) -> dict[str, Any]:
    run = runner.submit("hangs", {"how": how}, fresh=True)
    next(run.follow(start=1, timeout=PATIENCE))
    before = _workers()
    start = time.perf_counter()
    runner.stop(run)
    state = run.wait(PATIENCE)
    taken = time.perf_counter() - start
    first = _next_job(runner)
    is_gone = _wait(lambda: len(before - _workers()) == 1)
    what = f"hang ({how}), stopped: {state}, process {'gone' if is_gone else 'ALIVE'}, "
    return _row(
        what + _then(first, 2.0), taken, 1.5, state == "cancelled" and is_gone and first < 2
    )


def _fills(runner: Runner) -> dict[str, Any]:
    start = time.perf_counter()
    run = runner.submit("fills", {"megabytes": 3000}, fresh=True)
    state = run.wait(PATIENCE)
    taken = time.perf_counter() - start
    first = _next_job(runner)
    is_told = state == "failed" and "more memory than a run may use" in run.message
    what = f"3 GB where 2 are allowed: {state}, {_then(first, 0.2)}"
    return _row(what, taken, 2.0, is_told and first <= 0.2)


def _crowd(runner: Runner) -> dict[str, Any]:
    """Fifty who come one after another while the run goes on."""
    before, seen, runs = _started(runner), [], set()

    def watch() -> None:
        run = runner.submit("ticks", {"num_steps": 150, "delay": 0.01, "seed": 77}, watch=True)
        runs.add(run)
        seen.append(list(run.texts(timeout=PATIENCE)))
        run.unwatch()

    threads = [threading.Thread(target=watch) for _ in range(50)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
        time.sleep(0.03)
    for thread in threads:
        thread.join(PATIENCE)
    taken = time.perf_counter() - start
    are_equal = len(seen) == 50 and all(texts == seen[0] for texts in seen) and len(seen[0]) == 150
    num_started = _started(runner) - before
    what = f"50 viewers of one job: {num_started} run, frames {'equal' if are_equal else 'DIFFER'}"
    return _row(what, taken, 5.0, are_equal and num_started == len(runs) == 1)


def _started(runner: Runner) -> int:
    return runner.stats()["started"]


def _turns(runner: Runner) -> dict[str, Any]:
    """A hundred jobs of one viewer, then one of another."""
    brief = {"num_steps": 8, "delay": 0.01}
    many = [runner.submit("ticks", {**brief, "seed": k}, "A", watch=True) for k in range(100)]
    ended: list[int] = []  # of the hundred, when the one has ended

    def count() -> None:
        if one.has_ended:
            ended.append(sum(run.has_ended for run in many))

    start = time.perf_counter()
    one = runner.submit("ticks", {**brief, "seed": 500}, "B", watch=True)
    one.listen(count)
    _wait(lambda: bool(one.position) or one.state != "queued")
    position, before = one.position, sum(run.has_ended for run in many)  # it stands in line now
    one.wait(PATIENCE)
    taken = time.perf_counter() - start
    for run in many:
        run.wait(PATIENCE)
    passed = ended[0] - before
    what = f"1 job after 100 of another: position {position}, {passed} of them ended meanwhile"
    return _row(what, taken, 2.0, position <= 2 and passed < 5)


def _killed_server(engine: str, how: str, *server_of: str) -> dict[str, Any]:
    """kill -9 of `practicum serve` while a worker hangs."""
    from tests.app import faulty_server

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(faulty_server.serving(folder, *server_of))
        visitor = stack.enter_context(server.visit())
        visitor.send(f'{{"type": "run", "sim": "hangs", "params": {{"how": "{how}"}}}}')
        while '"step":1' not in str(visitor.recv(timeout=PATIENCE)):
            pass
        workers = server.workers()
        start = time.perf_counter()
        server.kill()
        is_over = _wait(lambda: not any(map(_is_alive, workers)))
        taken = time.perf_counter() - start
    return _row(
        f"{engine}: server killed, a worker hangs ({how}): workers gone", taken, 3.0, is_over
    )


def _on_ray() -> list[dict[str, Any]]:
    """The same on a cluster of two machines, and what is left when one of them goes."""
    os.environ["RAY_AUTH_MODE"] = "disabled"  # it listens to this machine alone
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # that is: to listen to 127.0.0.1
    from ray.cluster_utils import Cluster

    from engine.runs.cluster.engine import ClusterEngine, HubPlan

    node = {"node_ip_address": "127.0.0.1", "object_store_memory": 80_000_000, "num_cpus": 2}
    machines = Cluster(initialize_head=True, head_node_args=node)
    plan = HubPlan(workers=2, engine=OPTIONS, limits=LIMITS)
    runner = Runner(ClusterEngine(machines.address, plan), **LIMITS)
    try:
        rows = [*_faults("Ray", runner), _lost_machine(runner, machines, node)]
    finally:
        runner.close()
        machines.shutdown()
    script = str(ROOT / "tests" / "app" / "ray_server.py")
    return [*rows, _killed_server("Ray", "gil", script, "--runner", "ray")]


def _lost_machine(runner: Runner, machines: Any, node: dict[str, Any]) -> dict[str, Any]:
    second = machines.add_node(**node)
    time.sleep(10.0)  # the hub looks for machines now and then
    slow = {"num_steps": 300, "delay": 0.02}
    runs = [runner.submit("ticks", {**slow, "seed": k}, watch=True) for k in range(700, 704)]
    for run in runs:
        next(run.follow(timeout=PATIENCE))
    start = time.perf_counter()
    machines.remove_node(second, allow_graceful=False)
    _wait(lambda: any(run.has_ended for run in runs))
    taken = time.perf_counter() - start
    states = sorted(run.wait(PATIENCE) for run in runs)
    first = _next_job(runner)
    what = f"Ray: one of 2 machines killed: {' '.join(states)}, {_then(first, 1.0)}"
    return _row(what, taken, 6.0, states == ["done", "done", "lost", "lost"] and first <= 1.0)


def _next_job(runner: Runner) -> Seconds:
    """Seconds until the first frame of a job that anybody asks for now."""
    start = time.perf_counter()
    run = runner.submit("ticks", {"num_steps": 3}, fresh=True)
    next(run.follow(timeout=PATIENCE))
    taken = time.perf_counter() - start
    run.wait(PATIENCE)
    return taken


def _then(first: Seconds, most: Seconds) -> str:
    return f"next job's first frame after {first:.3f} s (<= {most:g})"


def _workers() -> set[int]:
    """The worker processes that this process has, and those of its cluster."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if "engine.runs.workers.worker" in child.cmdline():
                found.add(child.pid)
    return found


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def _wait(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def _row(what: str, seconds: Seconds, budget: Seconds, is_right: bool) -> dict[str, Any]:
    return {"what": what, "ours": round(seconds, 3), "peer": "", "ratio": "",
            "budget": f"<= {budget:g} s", "ok": is_right and seconds <= budget}  # fmt: skip
