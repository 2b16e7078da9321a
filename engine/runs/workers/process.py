"""One worker process as its parent sees it: start, talk to, end."""

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine import portable
from engine.paths import PACKAGES, child_environment
from engine.runs.run import State
from engine.runs.workers import orphans

TAIL = 8_000  # bytes kept of what the process last wrote to its standard error
LAST_WORDS_SECONDS = 1.0  # for the end of standard error, which somebody else may still hold
CLOSED = (
    "It closed the connection of its worker process, so no more frames could be received. "
    "Close only files that the simulation has opened."
)
# On a busy machine a run waits for a processor. That is not counted, up to so many limits in all.
MOST_STRETCH = 4.0
LEAST_WAIT = 0.01  # seconds; less is no reason to look again
MOST_READS = 100  # of what is left in a socket that somebody may still write to
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1"
    for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM", "RAYON")
}
UNBUFFERED = {"PYTHONUNBUFFERED": "1"}  # what is printed is there when the process is killed


class WorkerProcess:
    """A child started by `Popen` that runs `module`; unlike multiprocessing, it never runs the page
    again that Streamlit has made `__main__`.

    Must be started from a thread that lives as long as the child: Linux sends the child its
    "parent has died" signal when that thread ends.

    The end of the socket is not the end of the process: a copy of it, which a simulation has made
    with `fork`, holds the socket too. So a thread waits for the process itself, ends all that it
    has left behind, and then calls `on_exit`. `mark` finds those that have left its group.
    """

    # What the engine's thread knows of it; nobody else reads or writes these.
    is_ready = False  # waits for a job
    is_warm = False  # has the heavy modules loaded
    is_warming = False
    has_started = False
    attempt: str | None = None
    sim = ""  # that runs, or has run last
    kill_at: float | None = None  # a cancel is under way
    limit_at: float | None = None
    longest_at = 0.0  # when the limit holds, however busy the machine is
    waited = 0.0  # for a processor, up to the last look
    limit = ""  # in words, for the message
    closed_at: float | None = None  # it has closed its socket and may be about to end
    verdict: tuple[State, str] | None = None  # state and message when we end it

    def __init__(
        self,
        config: dict[str, Any],
        path: Sequence[str] = (),
        *,
        mark: str = "",
        on_exit: Callable[["WorkerProcess"], None] = lambda worker: None,
        echo: bool = False,
        module: str = "engine.runs.workers.worker",
    ) -> None:
        self._echo = echo
        self.process, self.socket = portable.start_with_line(
            [sys.executable, "-P", "-m", module],
            config | {"parent": os.getpid(), "path": list(path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=child_environment() | ONE_THREAD | UNBUFFERED | {orphans.MARK: mark},
            # In a folder that was deleted torch cannot load its libraries.
            cwd=portable.working_folder() or PACKAGES,
            **portable.DETACHED,
        )
        self.socket.setblocking(False)
        self._buffer = b""
        self._tail = b""
        self.has_exited = False  # what it has started may still be there
        # A thread, because Windows cannot wait for a pipe and a socket at once.
        self._listener = threading.Thread(target=self._read_errors, daemon=True)
        self._listener.start()
        self._waiter = threading.Thread(target=self._wait, args=[mark, on_exit], daemon=True)
        self._waiter.start()

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

    def messages(self) -> Iterator[tuple[str, str]]:
        """Every message as it comes, until the process is gone."""
        self.socket.settimeout(None)
        while (messages := self.receive()) is not None:
            yield from messages

    def _read_errors(self) -> None:
        """In a thread: keep the end of its standard error, until nobody can write to that."""
        assert self.process.stderr is not None
        with self.process.stderr as pipe:
            while data := os.read(pipe.fileno(), 1 << 16):
                self._tail = (self._tail + data)[-TAIL:]
                if self._echo and sys.stderr:
                    sys.stderr.write(data.decode(errors="replace"))
                    sys.stderr.flush()

    def hold_to(self, seconds: float) -> None:
        """From now on it may compute for `seconds`."""
        now = time.monotonic()
        self.limit = f"{seconds:g} seconds"
        self.limit_at, self.longest_at = now + seconds, now + MOST_STRETCH * seconds
        self.waited = portable.waited_seconds(self.pid)

    def _may_go_on(self, now: float) -> bool:
        """Whether it has waited for a processor meanwhile: that time is not its own."""
        waited = portable.waited_seconds(self.pid)
        added, self.waited = waited - self.waited, waited
        self.limit_at = min(now + added, self.longest_at)
        return now + LEAST_WAIT < self.limit_at

    def due_at(self) -> float:
        """When `enforce` will have something to do (infinity: not by itself)."""
        limits = (self.kill_at, self.limit_at, self.closed_at)
        return min((at for at in limits if at is not None), default=math.inf)

    def enforce(self, now: float) -> None:
        """Kill it if it should have ended by `now`."""
        if self.kill_at is not None and now >= self.kill_at:
            self.verdict = ("cancelled", "")
        elif self.limit_at is not None and now >= self.limit_at:
            if self._may_go_on(now):
                return
            self.verdict = ("failed", f"It ran for {self.limit}, which is the limit.")
        elif self.closed_at is not None and now >= self.closed_at:
            self.verdict = self.verdict or (None if self.has_exited else ("lost", CLOSED))
        else:
            return
        self.kill_at = self.limit_at = self.closed_at = None
        self.kill()

    def kill(self) -> None:
        """End it and all of its group."""
        if self.process.returncode is None:
            orphans.end_group(self.pid)
        self.process.kill()

    def finish(self) -> tuple[str, str]:
        """End it if it still lives; how it ended in words, and the end of its standard error."""
        self._waiter.join(0.2)
        if self._waiter.is_alive():
            self.kill()
            self._waiter.join()
        self._listener.join(LAST_WORDS_SECONDS)
        self.socket.close()
        return _in_words(self.process.returncode), self._tail.decode(errors="replace")

    def _wait(self, mark: str, on_exit: Callable[["WorkerProcess"], None]) -> None:
        """In a thread: until the process has ended, and what it has started as well."""
        if hasattr(os, "waitid"):
            with contextlib.suppress(ChildProcessError):  # somebody else has waited for it
                # Not reaped yet, so its number is still its own while its group is ended.
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
                self.has_exited = True
                orphans.end_group(self.pid)
        self.process.wait()
        self.has_exited = True
        if mark:
            orphans.end_marked(mark)
        on_exit(self)


def _in_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"exit code {code}, {signal.Signals(-code).name}"
    return f"exit code {code}"
