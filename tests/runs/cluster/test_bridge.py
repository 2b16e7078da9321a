"""The child process that stands between the server and a cluster; here it is a short script."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from engine.runs.cluster import bridge as bridge_module
from engine.runs.cluster.bridge import Bridge, ClusterError, Plan, orders_of, portable
from engine.runs.job import Budget, Job, make_job
from engine.runs.results.store import source_hash

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
JOIN = "import sys, json\nprint('[[\"joined\"]]', flush=True)\n"
ECHO = JOIN + "for line in sys.stdin:\n    print(line, end='', flush=True)\n"


@pytest.fixture
def make():
    made = []

    def make(script):
        made.append(Bridge([sys.executable, "-c", script]))
        return made[-1]

    yield make
    for bridge in made:
        bridge.close()


def fetch(bridge):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if heard := bridge.fetch(0.5):
            return heard
    raise AssertionError("nothing came")


def test_orders_arrive_as_they_were_given(make):
    job = Job("ticks", (("num_steps", 3), ("scale", 1.0), ("mode", "plain")), "source")
    orders = [
        ("start", "a", job, Budget(2.5, None), "viewer", True),
        ("cancel", "a", 0.2),
        ("bye",),
    ]
    bridge = make(ECHO)
    bridge.tell(orders)
    (line,) = [json.dumps(message).encode() for message in [fetch(bridge)]]
    assert list(orders_of(iter([line]))) == [orders]


def test_messages_that_come_in_pieces_are_put_together(make):
    message = "['frames', 'a', ['x' * 300_000]]"
    bridge = make(JOIN + f"print(json.dumps([{message}]), flush=True)\nsys.stdin.read()")
    assert fetch(bridge) == [("frames", "a", ["x" * 300_000])]
    assert bridge.fetch(0.01) == []


def test_a_child_that_ends_is_an_error_not_silence(make):
    bridge = make(JOIN)
    with pytest.raises(ClusterError, match="the process that speaks to Ray has ended"):
        fetch(bridge)


def test_telling_a_child_that_has_ended_raises(make):
    bridge = make(JOIN)
    bridge._process.wait(PATIENCE)
    with pytest.raises(OSError, match="Broken pipe"):
        bridge.tell([("hello",)])


def test_a_refusal_is_the_sentence_of_the_child():
    script = 'print(\'[["refused", "no cluster, because"]]\', flush=True)'
    with pytest.raises(ClusterError, match=r"^no cluster, because$"):
        Bridge([sys.executable, "-c", script])


def test_a_child_that_never_answers_is_given_up_and_ended(monkeypatch):
    monkeypatch.setattr(bridge_module, "JOIN_SECONDS", 0.0)
    before = set(psutil.Process().children())
    with pytest.raises(ClusterError, match="Ray does not answer"):
        Bridge([sys.executable, "-c", "import sys; sys.stdin.read()"])
    assert set(psutil.Process().children()) == before


def test_closing_ends_the_child(make):
    bridge = make(ECHO)
    bridge.close()
    assert bridge._process.returncode == 0


def test_equal_plans_share_a_hub_and_others_do_not():
    plans = [Plan(2), Plan(2), Plan(1), Plan(2, {"memory_mb": 1}), Plan(2, environment={"A": "b"})]
    assert len({plan.hub_name for plan in plans}) == 4


def test_a_job_on_its_way_is_known_by_the_text_of_its_source():
    job = make_job("ticks", {})
    assert portable(job) == Job("ticks", job.params, source_hash("ticks"))
    assert portable(job).source != job.source  # which goes by dates


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def serve(*options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "engine.cli", "serve", "--port", str(unused_port()), *options],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def assert_one_line(shown, told):
    assert shown.returncode == 2
    assert len(shown.stderr.strip().splitlines()) == 1
    assert told in shown.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--ray-address", "127.0.0.1:6379"], "--ray-address is for --runner ray"),
        (["--runner", "ray", "--ray-address", "head"], "write it as HOST:PORT"),
        (["--runner", "ray", "--ray-address", "127.0.0.1:99999"], "write it as HOST:PORT"),
        (["--runner", "ray", "--ray-address", "127.0.0.1:1"], "no Ray cluster answers"),
        (["--workers", "0"], "--workers 0: at least one is needed"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(options, told):
    assert_one_line(serve(*options), told)


def test_without_ray_the_line_says_how_to_get_it(tmp_path):
    (tmp_path / "ray.py").write_text("raise ImportError", encoding="utf-8")
    shown = serve("--runner", "ray", PYTHONPATH=str(tmp_path))
    assert_one_line(shown, "pip install 'ray>=2.60'")


def test_a_port_of_something_else_is_no_cluster():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer():
            line, _ = listener.accept()
            with line:
                line.recv(4096)
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        shown = serve("--runner", "ray", "--ray-address", f"127.0.0.1:{port}")
    assert_one_line(shown, f"no Ray cluster answers at 127.0.0.1:{port}")
