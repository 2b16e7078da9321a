"""What a simulation has left behind in its worker process, for which the next one would pay.

A worker that is not as it was before a run is replaced. Libraries keep much else (caches, memory,
compiled code), which does not change what the next simulation computes.
"""

import gc
import locale
import os
import signal
import sys
import threading
import warnings
from typing import Any

from engine import portable

State = dict[str, Any]  # by what it is, in words
# Which set variables when they are first used; Gymnasium sets one of pygame's.
LIBRARIES = ("TORCH", "TRITON_", "KMP_", "PYGAME_")
UNTOUCHED = ("torch.float32", "cpu", True, False, False)  # torch's settings when it is imported
CONNECTION_CLOSED = 74  # exit code of a worker that cannot write to its parent any more


def state() -> State:
    """How this process is now: all that one simulation can change for the next."""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    return {
        "the working directory": portable.working_folder(),
        "the environment": _environment(),
        "handlers of signals": [_handler(number) for number in sorted(signal.valid_signals())],
        "a timer": _timer(),
        "standard input or output": [_file(number) for number in range(3)],
        "Python's input and output": (sys.stdin, sys.stdout, sys.stderr),
        "the path of imports": tuple(sys.path),
        "the limit of recursion": sys.getrecursionlimit(),
        "NumPy's handling of errors": numpy.geterr() if numpy else None,
        "torch's settings": _settings(torch) if torch else UNTOUCHED,
        "the handling of warnings": any(
            action == "error" and kind is Warning for action, _, kind, *_ in warnings.filters
        ),
        "the locale": locale.setlocale(locale.LC_ALL),
        "the collection of garbage": gc.isenabled(),
        "what traces each line": (sys.gettrace(), sys.getprofile()),
        "threads": frozenset(one.ident for one in threading.enumerate()),
    }


def left_behind(before: State) -> list[str]:
    """What is not as it was, in words; empty after a run that has cleaned up."""
    now = state()
    found = [what for what, value in before.items() if what != "threads" and now[what] != value]
    if more := len(now["threads"] - before["threads"]):
        found.append(_count(more, "thread"))
    if has_children():
        found.append("other processes")
    return found


def has_children() -> bool:
    """Whether this process has living child processes; those that have ended are forgotten."""
    if not hasattr(os, "waitid"):
        return False
    try:
        while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG):
            continue
    except ChildProcessError:
        return False
    return True


def _settings(torch: Any) -> tuple[Any, ...]:
    """What changes the results of all that follows, or whether it can learn at all."""
    return (
        str(torch.get_default_dtype()),
        str(torch.get_default_device()),
        torch.is_grad_enabled(),
        torch.are_deterministic_algorithms_enabled(),
        torch.is_anomaly_enabled(),
    )


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(LIBRARIES)}


def _handler(number: int) -> Any:
    try:
        return signal.getsignal(number)
    except (OSError, ValueError):
        return None


def _timer() -> bool:
    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def _file(number: int) -> tuple[int, int] | None:
    """Which file a number stands for; None when it is closed."""
    try:
        found = os.fstat(number)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}"
