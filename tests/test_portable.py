"""Without what Linux alone has, simulations run, are cancelled and end with their server."""

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from engine import portable
from engine.paths import PACKAGES
from tests.waiting import is_gone, wait_for

RUNS = Path(__file__).parent / "runs"
PATIENCE = 120.0  # seconds until a test gives up; nothing here measures time
CHILD = """
    import json, sys
    from engine import portable
    line = portable.take_line(json.loads(sys.argv[1]))
    line.sendall(line.recv(100).upper())
"""
SERVER = """
    import time
    from pathlib import Path
    from engine.runs.workers.local import LocalEngine
    from engine.runs.results.store import Results
    from engine.runs.runner import Runner
    from sims import spec
    spec.HERE = Path("faulty").resolve()
    engine = LocalEngine(1, package="faulty", path=["."], preload=())
    runner = Runner(engine, results=Results(Path("cache")))
    done = runner.submit("ticks", {"num_steps": 3})
    print(len(list(done.texts(timeout=100))), done.state, flush=True)
    slow = runner.submit("ticks", {"num_steps": 100_000, "delay": 0.005})
    next(slow.texts(timeout=100))
    runner.stop(slow)
    while not slow.has_ended:
        time.sleep(0.05)
    print(slow.state, flush=True)
    print(*engine.pids(), flush=True)
    runner.close()
    print("closed", flush=True)
"""


def bare(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script on a Python that lacks what tests/runs/bare takes away."""
    for name in ("faulty", "bare"):
        (folder / name).symlink_to(RUNS / name)
    search = os.pathsep.join([str(PACKAGES), str(RUNS / "bare")])
    command = [sys.executable, "-c", textwrap.dedent(code)]
    environment = os.environ | {"PYTHONPATH": search}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )


def test_a_simulation_runs_and_is_cancelled_where_all_of_it_is_missing(tmp_path: Path) -> None:
    shown = bare(SERVER, tmp_path)
    assert shown.returncode == 0, shown.stderr
    ran, cancelled, pids, closed = shown.stdout.splitlines()
    assert (ran, cancelled, closed) == ("3 done", "cancelled", "closed")
    wait_for(lambda: all(is_gone(int(pid)) for pid in pids.split()))


def test_the_server_and_the_command_line_start_there(tmp_path: Path) -> None:
    code = """
        import engine.cli, engine.app.main, engine.deck.markup.math, engine.runs.cluster.engine
        from engine import portable
        assert portable.resource is None
        portable.allow_many_files(100); portable.limit_memory(100); portable.limit_memory(0)
        portable.be_background(); portable.forget_peak()
        assert portable.peak_mb() == 0
        assert "katex" in engine.deck.markup.math.render("x^2", False).html
    """
    shown = bare(code, tmp_path)
    assert shown.returncode == 0, shown.stderr


@pytest.fixture(params=["inherited", "refused", "connection"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a child gets its end of the line."""
    if request.param == "connection":
        monkeypatch.delattr(os, "fork")
    if request.param == "refused":
        start = subprocess.Popen.__init__

        def refuse(self, *arguments, pass_fds=(), **options) -> None:
            assert not pass_fds, "pass_fds not supported on Windows."
            start(self, *arguments, **options)

        monkeypatch.setattr(subprocess.Popen, "__init__", refuse)
    return request.param


def start(code: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    options = {"env": os.environ | {"PYTHONPATH": str(PACKAGES)}, "stderr": subprocess.PIPE}
    command = [sys.executable, "-P", "-c", textwrap.dedent(code)]
    return portable.start_with_line(command, {"a": 1}, **options, **portable.DETACHED)


def test_a_child_has_a_line_to_its_parent(way: str) -> None:
    process, line = start(CHILD)
    with line, process:
        line.sendall(b"hello")
        assert line.recv(100) == b"HELLO"
        is_local = line.family == getattr(socket, "AF_UNIX", None)
        assert is_local == (way == "inherited")


def test_only_the_child_gets_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program of this machine that connects first is shown the door."""
    intruder: list[socket.socket] = []
    make = socket.create_server

    def listen(*arguments, **options) -> socket.socket:
        listener = make(*arguments, **options)
        intruder.append(socket.create_connection(listener.getsockname()))
        intruder[0].sendall(b"0" * 64)
        return listener

    monkeypatch.delattr(os, "fork")
    monkeypatch.setattr(socket, "create_server", listen)
    process, line = start(CHILD)
    line.settimeout(PATIENCE)
    with line, process, intruder[0]:
        line.sendall(b"hello")
        assert line.recv(100) == b"HELLO"
        assert intruder[0].recv(100) == b""  # closed


def test_a_child_that_ends_before_it_connects_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(OSError, match=r"did not connect \(exit code 3\)"):
        start("raise SystemExit(3)")
