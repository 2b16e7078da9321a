"""Processes of a test: started, waited for, and ended with all that they have started."""

import contextlib
import os
import subprocess
import urllib.request
from pathlib import Path

import psutil

from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]


def wait_for_start(process, is_ready, log):
    wait_for(lambda: is_ready() or process.status() == psutil.STATUS_ZOMBIE)
    assert process.status() != psutil.STATUS_ZOMBIE, log.read_text()


def open_health(port):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5)


def answers(port):
    with contextlib.suppress(OSError):
        return open_health(port).status == 200
    return False


def descendants(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


@contextlib.contextmanager
def running(command, log, folder=ROOT, **environment):
    """A process that writes to `log`; it and all that it has started end with the test."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=file, env=os.environ | environment
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        below = descendants(process.pid)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(3)
        for each in [*below, process]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        process.wait()
