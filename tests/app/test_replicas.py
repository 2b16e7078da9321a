"""Servers on Ray as they are deployed: two replicas behind the proxy of engine/deploy/haproxy.cfg,
and one with a cluster of its own. Needs `haproxy` (apt-get install haproxy)."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
import yaml
from websockets.sync.client import connect

from engine import cli
from engine.app.addresses import free_port
from tests.app.processes import (
    ROOT,
    answers,
    descendants,
    open_health,
    running,
    wait_for_start,
)
from tests.waiting import PATIENCE, wait_for

DEPLOY = ROOT / "engine" / "deploy"
SERVER = [sys.executable, str(Path(__file__).with_name("ray_server.py")), "serve"]
ENDED = ("done", "failed", "cancelled", "lost")
RAYS = ("raylet", "ray::SharedRunner")


class Browser:
    """Keeps its cookie, as a browser does, and speaks to the live socket as the page does."""

    def __init__(self, port):
        self.port = port
        self.cookie = re.match(r"practicum=\w+", open_health(port).headers["Set-Cookie"]).group()

    def visit(self):
        headers = {"Cookie": self.cookie}
        origin = f"http://127.0.0.1:{self.port}"
        return connect(
            f"ws://127.0.0.1:{self.port}/api/live", additional_headers=headers, origin=origin
        )


def hear(socket, is_last):
    """Messages up to the first for which `is_last` holds."""
    heard = []
    while not heard or not is_last(heard[-1]):
        heard.append(json.loads(socket.recv(PATIENCE)))
    return heard


def ask(socket, **params):
    """Ask for a run; its id."""
    message = {"type": "run", "tag": 1, "sim": "ticks", "params": params}
    socket.send(json.dumps(message))
    return hear(socket, lambda message: message["type"] in ("run", "error"))[-1]["run"]


def follow(socket, run):
    socket.send(json.dumps({"type": "follow", "run": run, "start": 0}))


def rest(socket):
    """The state in which a run ends, and the steps of the frames that came until then."""
    heard = hear(socket, lambda message: message.get("state") in ENDED)
    frames = [frame for each in heard if each["type"] == "frames" for frame in each["frames"]]
    return heard[-1]["state"], [frame["step"] for frame in frames]


def wait_for_frames(socket):
    hear(socket, lambda message: message["type"] == "frames")


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="ray-") as short:  # paths of sockets may not be long
        yield Path(short)


@pytest.fixture(scope="module")
def cluster():
    """The address of a Ray cluster of this machine alone."""
    return f"127.0.0.1:{free_port(18400 + os.getpid() % 100)}"


@pytest.fixture(scope="module")
def ray_head(cluster, folder):
    """The process that it hangs on."""
    port = cluster.partition(":")[2]
    log = folder / "cluster.log"
    ray = [str(Path(sys.executable).with_name("ray")), "start", "--head", "--block"]
    options = {
        "port": port,
        "node-ip-address": "127.0.0.1",
        "num-cpus": 2,
        "include-dashboard": "false",
        "object-store-memory": 80_000_000,
        "min-worker-port": 0,  # any that is free; else Ray takes all from 10002 to 19999
        "max-worker-port": 0,
        "temp-dir": folder / "ray",
    }
    command = [*ray, *(f"--{name}={value}" for name, value in options.items())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", "of-this-test-" * 3)
        patch.setenv("RAY_memory_monitor_refresh_ms", "0")  # whatever else runs here
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # that is: to listen to 127.0.0.1
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        with running(command, log) as process:
            wait_for_start(process, lambda: "Ray runtime started" in log.read_text(), log)
            yield process


@pytest.fixture(scope="module")
def replicas(cluster, ray_head, folder):
    """Two servers by their names in haproxy.cfg, each with its port."""
    with contextlib.ExitStack() as stack:
        made = {}
        for name in ("one", "two"):
            port = free_port(18500 + 100 * len(made) + os.getpid() % 100)
            options = ["--port", str(port), "--runner", "ray", "--ray-address", cluster]
            log = folder / f"{name}.log"
            cache = str(folder / name)  # each its own: what ran is known to the cluster only
            made[name] = (
                stack.enter_context(running([*SERVER, *options], log, PRACTICUM_CACHE=cache)),
                port,
            )
        for name, (process, port) in made.items():
            wait_for_start(process, lambda port=port: answers(port), folder / f"{name}.log")
        yield made


@pytest.fixture(scope="module")
def proxy(replicas, folder):
    port = free_port(18700 + os.getpid() % 100)
    (_, one), (_, two) = replicas.values()
    places = {"REPLICA_1": f"127.0.0.1:{one}", "REPLICA_2": f"127.0.0.1:{two}"}
    command = ["haproxy", "-db", "-f", str(DEPLOY / "haproxy.cfg")]
    log = folder / "proxy.log"
    with running(command, log, LISTEN=f"127.0.0.1:{port}", **places) as process:
        wait_for_start(process, lambda: answers(port), log)
        yield port


def num_started(address):
    """How many runs the hub of the two servers has started."""
    code = (
        "import ray, sys\n"
        f"ray.init(address={address!r}, namespace='practicum', log_to_driver=False)\n"
        "(hub,) = ray.util.list_named_actors()\n"
        "print(ray.get(ray.get_actor(hub).stats.remote())['started'])\n"
    )
    command = [sys.executable, "-c", code]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_browser_stays_with_its_replica(proxy):
    first, second = Browser(proxy), Browser(proxy)
    assert {first.cookie, second.cookie} == {"practicum=one", "practicum=two"}
    with first.visit() as socket:
        run = ask(socket, num_steps=5, seed=1)
        assert rest(socket) == ("done", [0, 1, 2, 3, 4])
    for _ in range(4):  # whatever the proxy's turns are
        with first.visit() as again:
            follow(again, run)
            assert rest(again) == ("done", [0, 1, 2, 3, 4])
    with second.visit() as stranger:  # its replica has never heard of that run
        follow(stranger, run)
        assert rest(stranger) == ("lost", [])


def test_a_run_that_browsers_of_both_ask_for_is_started_once_and_outlives_a_replica(
    proxy, cluster, replicas
):
    browsers = {browser.cookie: browser for browser in (Browser(proxy), Browser(proxy))}
    params = {"num_steps": 400, "delay": 0.02, "seed": 2}
    with browsers["practicum=one"].visit() as one, browsers["practicum=two"].visit() as two:
        ask(one, **params)
        wait_for_frames(one)
        before = num_started(cluster)
        ask(two, **params)
        wait_for_frames(two)
        replicas["one"][0].send_signal(signal.SIGKILL)
        with contextlib.suppress(Exception):  # whatever the proxy says to it, its line ends
            rest(one)
        wait_for(lambda: answers(proxy))
        with browsers["practicum=one"].visit() as moved:  # its cookie names the dead replica
            ask(moved, **params)
            assert rest(moved) == ("done", list(range(400)))
        assert rest(two)[0] == "done"
    assert num_started(cluster) == before


def test_the_servers_outlive_their_cluster(replicas, ray_head):
    _, port = replicas["two"]
    with connect(f"ws://127.0.0.1:{port}/api/live") as socket:
        ask(socket, num_steps=1000, delay=0.05, seed=3)
        wait_for_frames(socket)
        for process in [*descendants(ray_head.pid), ray_head]:
            process.kill()
        assert rest(socket)[0] == "lost"
        ask(socket, num_steps=1, seed=4)
        assert rest(socket)[0] == "lost"
    assert answers(port)


@pytest.fixture(scope="module")
def alone(folder):
    """A server with a cluster of its own, and its port."""
    port = free_port(18800 + os.getpid() % 100)
    log = folder / "alone.log"
    options = ["--port", str(port), "--runner", "ray", "--workers", "1"]
    with running([*SERVER, *options], log, PRACTICUM_CACHE=str(folder / "alone")) as server:
        wait_for_start(server, lambda: answers(port), log)
        yield server, port


def test_a_cluster_of_its_own_is_for_this_machine_and_whoever_has_its_token(alone):
    heard, modes = set(), set()
    for process in [alone[0], *descendants(alone[0].pid)]:
        connections = process.net_connections("tcp")
        heard |= {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}
        if process.name() in ("gcs_server", "raylet"):
            environment = process.environ()
            modes.add((environment["RAY_AUTH_MODE"], len(environment["RAY_AUTH_TOKEN"]) >= 32))
    assert heard
    assert heard <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    assert modes == {("token", True)}


def test_a_server_that_is_killed_takes_its_own_cluster_along(alone):
    server, port = alone
    with connect(f"ws://127.0.0.1:{port}/api/live") as socket:
        socket.send(json.dumps({"type": "run", "sim": "hangs", "params": {"how": "gil"}}))
        wait_for_frames(socket)
        ours = [process for process in descendants(server.pid) if is_ours(process)]
        assert len(ours) == 4  # hub, node, its worker and the spare
        rays = [one for one in descendants(server.pid) if one.name().startswith(RAYS)]
        assert len(rays) == 3  # the raylet, hub and node: the child ends their group at once
        assert len({os.getpgid(one.pid) for one in rays}) == 1
        server.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(ours, PATIENCE)
    assert alive == []


def is_ours(process):
    """Runs our code; Ray's own helpers go a little later."""
    line = " ".join(process.cmdline())
    return "engine.runs.workers.worker" in line or line.startswith("ray::SharedRunner")


def test_what_the_recipe_starts_is_what_the_command_line_takes():
    recipe = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    commands = [service.get("command", "") for service in recipe["services"].values()]
    served = [command.partition("practicum ")[2].strip('" ') for command in commands]
    assert len(set(filter(None, served))) == 1  # equal options: the same hub
    assert cli.parser().parse_args(next(filter(None, served)).split()).runner == "ray"
    config = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{(\w+)\}", config))
    assert wanted == set(recipe["services"]["proxy"]["environment"])
