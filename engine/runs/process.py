"""One worker process as its parent sees it: start, talk to, end."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from engine.paths import PACKAGES
from engine.runs.run import State

TAIL = 8_000  # bytes kept of what the process last wrote to its standard error
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1"
    for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM", "RAYON")
}


class WorkerProcess:
    """A child started by `Popen`, which unlike multiprocessing never runs the page again that
    Streamlit has made `__main__`. POSIX only: the socket is handed down by its number.

    Must be started from a thread that lives as long as the child: Linux sends the child its
    "parent has died" signal when that thread ends.
    """

    def __init__(self, config: dict[str, Any], path: Sequence[str] = ()) -> None:
        self.socket, theirs = socket.socketpair()
        self.socket.setblocking(False)
        config = config | {"fd": theirs.fileno(), "parent": os.getpid(), "path": list(path)}
        inherited = os.environ.get("PYTHONPATH")
        search = os.pathsep.join([str(PACKAGES), inherited] if inherited else [str(PACKAGES)])
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "engine.runs.worker", json.dumps(config)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in the terminal is not for the workers
                env=os.environ | ONE_THREAD | {"PYTHONPATH": search},
            )
        assert self.process.stderr is not None
        self.stderr = self.process.stderr.fileno()
        os.set_blocking(self.stderr, False)
        self._buffer = b""
        self._tail = b""

        # What the engine's thread knows of it; nobody else reads or writes these.
        self.is_ready = False  # waits for a job
        self.is_warm = False  # has the heavy modules loaded
        self.is_warming = False
        self.has_started = False
        self.attempt: str | None = None
        self.kill_at: float | None = None  # a cancel is under way
        self.limit_at: float | None = None
        self.limit = ""  # in words, for whoever is told
        self.verdict: tuple[State, str] | None = None  # state and message when we end it

    @property
    def pid(self) -> int:
        return self.process.pid

    def send(self, **message: Any) -> bool:
        """Write one message; False when the process is gone or has long stopped reading."""
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:  # BlockingIOError included: 200 KB of unread jobs means that it hangs
            return False
        return True

    def receive(self) -> list[tuple[str, str]] | None:
        """The messages that have arrived as (kind, JSON text); None when the process is gone."""
        try:
            data = self.socket.recv(1 << 20)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            return None
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [(line[:1].decode(), line[2:].decode()) for line in lines]

    def read_errors(self) -> bytes | None:
        """Keep the end of its standard error; b"" at the end of that, None when all is read."""
        try:
            data = os.read(self.stderr, 1 << 16)
        except BlockingIOError:
            return None
        self._tail = (self._tail + data)[-TAIL:]
        return data

    def kill(self) -> None:
        self.process.kill()

    def finish(self) -> tuple[str, str]:
        """End it if it still lives; how it ended in words, and the end of its standard error."""
        try:
            code = self.process.wait(0.2)  # it closed its socket: it is about to be gone
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        while self.read_errors():
            pass
        self.socket.close()
        if self.process.stderr:
            self.process.stderr.close()
        return _in_words(code), self._tail.decode(errors="replace")


def _in_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"exit code {code}, {signal.Signals(-code).name}"
    return f"exit code {code}"
