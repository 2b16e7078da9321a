"""Waiting for what another process or thread does: for a state, never for a fixed time."""

import time
from collections.abc import Callable

import psutil

PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time


def wait_for(condition: Callable[[], object]) -> bool:
    """True as soon as it holds; a test that waits in vain fails."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return True


def is_gone(pid: int) -> bool:
    """Whether a process has ended. In a container without init nobody asks how an orphan has
    ended, and it stays listed."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
