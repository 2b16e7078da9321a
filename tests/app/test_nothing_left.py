"""`ps` after the end of a server, however it came: nothing of it is left.

(A cluster that the server has started is in `test_replicas.py`.)
"""

import contextlib
import json
import signal
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from websockets.sync.client import connect

from engine.app.addresses import free_port
from tests.app.processes import answers, descendants, running
from tests.waiting import PATIENCE, wait_for

DECK = "# A lecture\n\n$x^2$\n"
# What a server with a reader and a run has started, by what stands in its command line.
STARTED = ("engine.runs.workers.worker", "engine.runs.workers.orphans", "engine.guard", "katex.py")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[psutil.Process, int]]:
    """A server that has read a deck with a formula."""
    lectures, port = tmp_path / "lectures", free_port(8700)
    lectures.mkdir()
    (lectures / "talk.md").write_text(DECK, encoding="utf-8")
    options = ["--port", str(port), "--workers", "1", "--lectures", str(lectures)]
    command = [sys.executable, "-m", "engine.cli", "serve", *options]
    with running(command, tmp_path / "log", PRACTICUM_CACHE=str(tmp_path)) as process:
        wait_for(lambda: answers(port))
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/decks/talk/0.json", timeout=PATIENCE)
        yield process, port


def of_server(mark: Path) -> list[psutil.Process]:
    """Every process that has inherited the environment of a server with this cache, wherever it
    hangs in the tree of processes."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_alive = process.status() != psutil.STATUS_ZOMBIE
            if is_alive and process.environ().get("PRACTICUM_CACHE") == str(mark):
                found.append(process)
    return found


def lines(processes: list[psutil.Process]) -> list[str]:
    made = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            made.append(" ".join(process.cmdline()))
    return made


def has_all(running: list[str]) -> bool:
    return all(any(name in line for line in running) for name in STARTED)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left(
    server: tuple[psutil.Process, int], tmp_path: Path, ending: signal.Signals
) -> None:
    process, port = server
    with connect(f"ws://127.0.0.1:{port}/api/live") as socket:
        socket.send(json.dumps({"type": "run", "sim": "cartpole", "params": {"seed": 77}}))
        while json.loads(socket.recv(PATIENCE))["type"] != "frames":
            pass
        wait_for(
            lambda: all(any(one in line for line in lines(of_server(tmp_path))) for one in STARTED)
        )
        seen = [*descendants(process.pid), *of_server(tmp_path)]
        process.send_signal(ending)
    _, alive = psutil.wait_procs(set(seen), PATIENCE)
    assert lines(alive) == []
    assert lines(of_server(tmp_path)) == []
