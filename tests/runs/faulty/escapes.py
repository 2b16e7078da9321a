"""Leaves its process, or something in it, in the way that `how` says; the frames are sound."""

import ctypes
import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from sims.spec import Frame, param

KEPT = []  # a pool that nothing holds ends its processes
SLEEP = [sys.executable, "-c", "import time; time.sleep(1000)"]


@dataclass(frozen=True)
class Params:
    how: str = param("fork")
    end: str = param("done", choices=("done", "exit", "hang", "hang_gil"))
    pids: str = param("", help="a file to which the numbers of all processes are written")
    seed: int = param(0, low=0, high=1000)


def run(params: Params) -> Iterator[Frame]:
    yield {"step": 0, "pid": 0}
    pid = escape(params.how)
    if params.pids:
        with open(params.pids, "a", encoding="utf-8") as file:
            file.write(f"{pid}\n")
    yield {"step": 1, "pid": pid}
    if params.end == "exit":
        os._exit(3)
    if params.end == "hang":
        time.sleep(10_000)
    if params.end == "hang_gil":
        ctypes.PyDLL(None).sleep(10_000)


def escape(how: str) -> int:
    """Do it; the number of the process that is left, 0 without one."""
    match how:
        case "fork":
            return os.fork() or wait()
        case "fork_and_go_on":  # the copy yields frames of its own
            return os.fork()
        case "fork_in_c":  # no hook of Python hears of it
            return ctypes.CDLL(None).fork() or wait()
        case "new_session":
            return os.fork() or os.setsid() or wait()
        case "pool":
            KEPT.append(multiprocessing.get_context("fork").Pool(2))
        case "subprocess":
            return subprocess.Popen(SLEEP).pid
        case "daemon":  # its own session, and its parent is gone
            made = subprocess.run(
                [sys.executable, "-c", f"import subprocess; print(subprocess.Popen({SLEEP}, "
                 "start_new_session=True, stdout=-3, stderr=-3).pid)"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            return int(made.stdout)
        case _:
            disturb(how)
    return 0


def disturb(how: str) -> None:
    """Leave something in the process itself: a thread, a setting, its files."""
    match how:
        case "thread":
            threading.Thread(target=time.sleep, args=[1000], daemon=True).start()
        case "threads_that_block_the_end":
            threading.Thread(target=time.sleep, args=[1000]).start()
        case "cwd":
            os.chdir("/")
        case "environment":
            os.environ["LEFT_BEHIND"] = "1"
        case "signals":
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN)
        case "alarm":
            signal.alarm(1)
        case "standard_files":
            for number in range(3):
                os.close(number)
        case "all_files":
            os.closerange(3, 1000)
        case "print":
            print("F {}", flush=True)
            print("E {}", file=sys.stderr, flush=True)
            os.write(1, b"F {}\n")
            ctypes.CDLL(None).puts(b"F {}")
            ctypes.CDLL(None).fflush(None)
        case "stdout":
            sys.stdout = sys.stderr = None  # type: ignore[assignment]
        case "read":
            sys.stdin.readline()
        case "gymnasium":  # which sets a variable of pygame's when it is imported
            importlib.import_module("gymnasium")


def wait() -> int:
    time.sleep(1000)
    os._exit(0)
