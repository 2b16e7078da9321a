"""Simulations on a small Ray cluster on this machine: the same frames, ends and sentences as on
worker processes alone, one run for all servers, and nothing that outlives what it belongs to."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from engine.runs.cluster.engine import HUB_GONE, MACHINE_GONE, ClusterEngine, HubPlan
from engine.runs.job import Budget
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec
from tests.waiting import PATIENCE, is_gone, wait_for

from .conftest import RAY

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
OPTIONS = {"preload": [], "package": "faulty", "path": [str(HERE)], "memory_mb": 300}
NODE = {"node_ip_address": "127.0.0.1", "object_store_memory": 80_000_000}
PLAN = HubPlan(workers=2, engine=OPTIONS, limits={"grace": 0.2, "abandon_after": 2.0})


@pytest.fixture(scope="module")
def machines():
    """One cluster for the module, on the loopback device; its head has two CPUs.
    The simulations are the faulty ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spec, "HERE", HERE / "faulty")
        for name, value in RAY.items():
            patch.setenv(name, value)
        import ray
        from ray.cluster_utils import Cluster

        made = Cluster(initialize_head=True, head_node_args={**NODE, "num_cpus": 2})
        ray.init(made.address, namespace="practicum", log_to_driver=False)
        yield made
        ray.shutdown()
        made.shutdown()


@pytest.fixture(scope="module")
def address(machines):
    return machines.address


@pytest.fixture(scope="module")
def shared(address):
    runner = Runner(ClusterEngine(address, PLAN), grace=0.2)
    yield runner
    runner.close()


@pytest.fixture(scope="module")
def local(machines):
    runner = Runner(LocalEngine(2, **OPTIONS), grace=0.2)
    yield runner
    runner.close()


def workers():
    """The worker processes of all nodes of the cluster."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.cmdline()[:1] and process.cmdline()[0].startswith("ray::SharedRunner"):
                found |= {child.pid for child in process.children()}
    return found


def outcome(runner, sim, budget, **params):
    run = runner.submit(sim, params, watch=True, fresh=True, budget=budget)
    run.wait(PATIENCE)
    return run.state, run.message, run.frames


@pytest.mark.parametrize(
    ("sim", "params", "budget", "state", "told"),
    [
        ("ticks", {"num_steps": 50, "seed": 7}, Budget(), "done", ""),
        ("breaks", {"how": "raise"}, Budget(), "failed", "beta went below zero (ValueError"),
        ("breaks", {"how": "exit"}, Budget(), "failed", "SystemExit"),
        ("breaks", {"how": "nan"}, Budget(), "failed", "frames hold finite numbers"),
        ("breaks", {"how": "memory"}, Budget(), "failed", "more memory than a run may use"),
        ("fills", {"megabytes": 600}, Budget(), "failed", "more memory than a run may use"),
        ("fills", {"megabytes": 30}, Budget(), "done", ""),
        ("breaks", {"how": "os_exit"}, Budget(), "lost", "exit code 3"),
        ("breaks", {"how": "segfault"}, Budget(), "lost", "SIGSEGV"),
        ("hangs", {"how": "gil"}, Budget(seconds=0.5), "failed", "It ran for 0.5 seconds"),
    ],
)
def test_a_run_ends_as_it_does_without_ray(shared, local, sim, params, budget, state, told):
    ours = outcome(shared, sim, budget, **params)
    assert ours == outcome(local, sim, budget, **params)
    assert ours[0] == state
    assert told in ours[1]
    assert ours[2] or sim == "fills"


@pytest.mark.parametrize("how", ["python", "c", "gil", "swallow", "generator_exit"])
def test_every_hang_ends_with_its_process_when_it_is_stopped(shared, how):
    run = shared.submit("hangs", {"how": how, "seed": 1}, watch=True)
    next(run.follow(start=1, timeout=PATIENCE))
    before = workers()
    shared.leave(run)
    assert run.wait(PATIENCE) == "cancelled"
    assert wait_for(lambda: any(map(is_gone, before)))
    assert sum(map(is_gone, before)) == 1
    after = shared.submit("ticks", {"num_steps": 3, "seed": 1}, fresh=True)
    assert after.wait(PATIENCE) == "done"


def test_a_second_server_joins_the_run_of_the_first(shared, address):
    """A process of its own, as another replica is, watches the run that is under way here."""
    params = {"num_steps": 400, "delay": 0.01, "seed": 3}
    ours = shared.submit("ticks", params, watch=True)
    next(ours.follow(start=5, timeout=PATIENCE))
    before = hub_stats()["started"]
    told, _ = second_server(address, params).communicate(timeout=PATIENCE)
    assert ours.wait(PATIENCE) == "done"
    assert json.loads(told) == {"state": "done", "frames": ours.frames}
    assert len(ours.frames) == 400
    assert hub_stats()["started"] == before


def test_a_server_that_is_killed_leaves_its_run_to_be_cancelled(shared, address):
    """Ray tells the hub, where the run waits two seconds for somebody else to watch it."""
    theirs = second_server(address, {"num_steps": 10_000, "delay": 0.02, "seed": 5})
    assert wait_for(lambda: hub_stats()["running"] == 1)
    theirs.kill()
    theirs.communicate()
    assert wait_for(lambda: hub_stats()["running"] == 0)


def second_server(address, params):
    """Has one run made, and prints how it ended."""
    command = [sys.executable, "-c", SECOND_SERVER, address, json.dumps(params)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


SECOND_SERVER = f"""
import json, sys
from pathlib import Path
from engine.runs.cluster.engine import ClusterEngine, HubPlan
from engine.runs.runner import Runner
from sims import spec

spec.HERE = Path({str(HERE / "faulty")!r})
plan = HubPlan(**{vars(PLAN)!r})
runner = Runner(ClusterEngine(sys.argv[1], plan))
run = runner.submit("ticks", json.loads(sys.argv[2]), watch=True)
print(json.dumps({{"state": run.wait({PATIENCE}), "frames": run.frames}}))
runner.close()
"""


def hub_stats():
    import ray

    return ray.get(ray.get_actor(PLAN.hub_name).stats.remote())


def test_a_hub_that_dies_loses_its_runs_and_the_next_order_makes_another(shared):
    import ray

    run = shared.submit("ticks", {"num_steps": 10_000, "delay": 0.02}, watch=True)
    next(run.follow(timeout=PATIENCE))
    before = workers()
    ray.kill(ray.get_actor(PLAN.hub_name))
    assert run.wait(PATIENCE) == "lost"
    assert run.message == HUB_GONE
    after = shared.submit("ticks", {"num_steps": 3, "seed": 8}, watch=True)
    assert after.wait(PATIENCE) == "done"
    assert wait_for(lambda: all(map(is_gone, before)))  # its nodes went with it


def test_a_machine_that_goes_loses_its_run_and_the_others_finish(machines, shared):
    second = machines.add_node(**NODE, num_cpus=1)
    assert wait_for(lambda: hub_stats()["capacity"] == 3)
    params = {"num_steps": 300, "delay": 0.02}
    runs = [shared.submit("ticks", {**params, "seed": seed}, watch=True) for seed in range(3)]
    for run in runs:
        next(run.follow(timeout=PATIENCE))  # both machines are at work
    machines.remove_node(second, allow_graceful=False)
    assert sorted(run.wait(PATIENCE) for run in runs) == ["done", "done", "lost"]
    (lost,) = (run for run in runs if run.state == "lost")
    assert lost.message == MACHINE_GONE
    again = shared.submit("ticks", {"num_steps": 5, "seed": 9}, watch=True)
    assert again.wait(PATIENCE) == "done"
    assert hub_stats()["capacity"] == 2


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.mark.parametrize("token", [None, "of-another-cluster-" * 2])
def test_without_the_clusters_token_a_server_is_refused_in_one_line(address, token, tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path)}  # where Ray keeps a token of its own
    del environment["RAY_AUTH_TOKEN"], environment["RAY_AUTH_MODE"]
    if token:
        environment |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token}
    options = ["--port", str(unused_port()), "--runner", "ray", "--ray-address", address]
    shown = subprocess.run(
        [sys.executable, "-m", "engine.cli", "serve", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert shown.returncode == 2
    assert len(shown.stderr.strip().splitlines()) == 1
    assert "does not take the token of this server" in shown.stderr
    assert "RAY_AUTH_TOKEN" in shown.stderr
