"""`practicum serve` over the simulations of tests/runs/faulty, and a wire to it, to be broken.

As a script it is that server; `Server` starts it, kills it and starts it again.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
from websockets.sync.client import ClientConnection, connect

from engine import cli
from engine.app import lectures, server
from engine.app.addresses import free_port
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

ROOT = Path(__file__).resolve().parents[2]
RUNS = ROOT / "tests" / "runs"
PATIENCE = 30.0  # seconds until a test gives up; nothing here measures time
ABANDON_AFTER = 3.0  # seconds, as the server is started here; else it is 30
DECK = """# Runs that take a while

---

<!-- id: first -->

## A slide with steps

```sim
sim: ticks
id: count
params: {num_steps: 150, delay: 0.05}
controls: [scale, seed]
chart: {x: step, y: value, x_label: steps}
```

<!-- step -->

- One

<!-- step -->

- Two
"""


class Server:
    """The server in a process of its own, on one port and with one cache as long as this lives;
    `script` and `options` may name another one like it."""

    def __init__(self, folder: Path, script: str = __file__, *options: str) -> None:
        (folder / "lectures").mkdir()
        (folder / "lectures" / "01-faulty.md").write_text(DECK, encoding="utf-8")
        self.folder = folder
        self._command = [sys.executable, script, "serve", *options]
        self.cache = folder / "cache"
        self.gate = folder / "gate"  # while it is not there, a run of `ticks` does not end
        self.gate.touch()
        self.port = free_port(19000 + os.getpid() % 400)
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        command = [*self._command, "--workers", "2", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--lectures", str(self.folder / "lectures")],
                cwd=ROOT, stdout=log, stderr=log, env=self.environment(),
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def environment(self) -> dict[str, str]:
        ours = {"PRACTICUM_CACHE": str(self.cache), "TICKS_GATE": str(self.gate)}
        return os.environ | ours | {"PYTHONPATH": str(ROOT)}

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def workers(self) -> list[int]:
        """Process numbers of its worker processes."""
        assert self.process
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child.pid for child in children if "engine.runs.workers.worker" in child.cmdline()]

    def visit(self, port: int | None = None) -> contextlib.AbstractContextManager[ClientConnection]:
        """A live socket to it, or to a relay at `port`."""
        return connect(f"ws://127.0.0.1:{port or self.port}/api/live", max_size=None)

    def log(self) -> str:
        """All that it has written."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.address}/api/health", timeout=5).status == 200
        return False


@contextlib.contextmanager
def serving(folder: Path, *how: str) -> Iterator[Server]:
    """A server that runs, and is stopped in the end."""
    server = Server(folder, *how)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Relay:
    """A port that leads to another. While it is "cut" nobody gets through; when it goes "silent"
    what is said is lost and nobody is told, for lines of that time for good."""

    def __init__(self, port: int) -> None:
        self.mode = "open"
        self._target = port
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every line, and each new one at once."""
        self.mode = "cut"
        for pair in self._pairs:
            _end(*pair)

    def silence(self) -> None:
        self.mode = "silent"

    def repair(self) -> None:
        """Let new lines through."""
        self.mode = "open"

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                self._lead(self._listener.accept()[0])

    def _lead(self, near: socket.socket) -> None:
        try:
            if self.mode == "cut":
                raise ConnectionRefusedError
            far = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            near.close()
            return
        self._pairs.append((near, far))
        for ends in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        is_lost = False
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                is_lost = is_lost or self.mode == "silent"
                if not is_lost:
                    other.sendall(data)
        if not is_lost or self.mode == "cut":
            _end(one, other)
        one.close()


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):  # it has ended already
            end.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    spec.HERE = RUNS / "faulty"
    options = {"package": "faulty", "path": [str(RUNS)], "preload": ()}
    LocalEngine.__init__.__kwdefaults__.update(options)  # type: ignore[attr-defined]
    Runner.__init__.__kwdefaults__["abandon_after"] = ABANDON_AFTER  # type: ignore[index]
    lectures.Reader = lambda: None  # type: ignore[misc, assignment]  # a child has other simulations
    settings = {**server.settings(), "server.websocketPingInterval": 1}
    server.settings = lambda: settings
    sys.exit(cli.main())
