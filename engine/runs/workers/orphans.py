"""Processes that a simulation has started and left behind: found by a mark, and ended.

A worker's children live in its process group, and carry its mark in their environment wherever
they have moved to. The engine ends them whenever a worker ends. A guard, which is a process of its
own, does so for all workers of a server that was killed and could not.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from engine import portable

if TYPE_CHECKING:
    from psutil import Process

MARK = "PRACTICUM_WORKER"  # in the environment of a worker: POOL.NUMBER
ROUNDS = 20  # looks at all processes until none is left: one may fork while we look
LOOK_SECONDS = 1.0
WELL = b"."  # what a guard reads from an engine that has ended all of them itself


def end_group(leader: int) -> None:
    """End every process of a group, if the system has groups."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def end_marked(mark: str) -> int:
    """End every process of a worker (`POOL.NUMBER`) or of all workers of a pool (`POOL.`).

    Returns how many there were. A process that has cleared its environment and left its group too
    cannot be found.
    """
    try:
        import psutil  # 20 ms, which the start of a server need not wait for
    except ImportError:  # a system for which it is not made: the group is ended, if there is one
        return 0
    ended: set[int] = set()
    for _ in range(ROUNDS):
        found = [one for one in psutil.process_iter() if one.pid not in ended and _has(one, mark)]
        if not found:
            break
        for process in found:
            ended.add(process.pid)
            with contextlib.suppress(psutil.Error):
                process.kill()
    return len(ended)


def _has(process: "Process", mark: str) -> bool:
    """Whether the mark of a process is `mark`, or begins with it when that ends in a dot."""
    import psutil

    try:
        own = process.environ().get(MARK, "")
    except (psutil.Error, OSError, ValueError):  # gone, of another user, or not to be read
        return False
    return own.startswith(mark) if mark.endswith(".") else own == mark


class Guard:
    """A process that ends all workers of a pool, and theirs, when this process is gone."""

    def __init__(self, pool: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.runs.workers.orphans", pool, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            **portable.DETACHED,  # what ends the server's group leaves the guard
        )

    def close(self) -> None:
        """Dismiss it: nothing is left to guard."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(WELL)
            self._process.stdin.close()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def main() -> None:
    """Wait until the server has gone, then end what its workers have left."""
    pool, server = sys.argv[1], int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _wait_for_end(server) != WELL:
        time.sleep(LOOK_SECONDS / 10)  # the workers are about to end by themselves
        end_marked(f"{pool}.")


def _wait_for_end(server: int) -> bytes:
    """The server's last word: none when it was killed, even if a copy of it holds the pipe."""
    if sys.platform == "win32":  # `select` knows only sockets there
        return sys.stdin.buffer.read(1)
    while True:
        if select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
            return os.read(sys.stdin.fileno(), 1)
        if os.getppid() != server:
            return b""


if __name__ == "__main__":
    main()
