"""Without a network everything works: server, pages, runs, browser in a namespace without routes.

Linux only: `unshare` makes the namespace, for root and for users who may make one of their own.
As a script this file is what happens in there; it prints what it saw.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
PORT = 8501  # a namespace has all ports to itself
ADDRESS = f"http://127.0.0.1:{PORT}"
OUTSIDE = "192.0.2.1"  # an address for examples, which nobody has
PATIENCE = 60.0
MOST = 200  # seconds
PAGES = ("", "overview", "references", "claims", "api/search?q=reward", "api/claims")
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
# Loaded by every Python process in there: notes each address that is not this machine's.
WATCH = """
import os, sys

def watch(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        host = args[1][0] if isinstance(args[1], tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if host and host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", b"127.0.0.1"):
        with open(os.environ["OUTSIDE"], "a") as file:
            file.write(f"{event} {host} by {sys.argv}\\n")

sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a visit in the namespace saw."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    (folder / "outside").touch()
    environment = os.environ | {
        "PYTHONPATH": f"{folder}:{ROOT}",
        "OUTSIDE": str(folder / "outside"),
        "PRACTICUM_CACHE": str(folder / "cache"),
    }
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", sys.executable, __file__],
        cwd=ROOT, capture_output=True, text=True, timeout=MOST + 30, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"outside": (folder / "outside").read_text()}


def test_there_is_no_way_out_in_there(seen: dict[str, Any]) -> None:
    assert seen["way_out"] == "Network is unreachable"


def test_every_page_is_served(seen: dict[str, Any]) -> None:
    assert seen["pages"] == dict.fromkeys(PAGES, 200)


def test_a_run_comes_to_its_end(seen: dict[str, Any]) -> None:
    state, num_frames = seen["run"]
    assert state == "done"
    assert num_frames > 1


def test_a_browser_shows_the_lecture_and_runs_a_block(seen: dict[str, Any]) -> None:
    assert seen["finished"].startswith("Finished at ")
    assert seen["faults"] == []
    assert seen["hosts"] == [f"127.0.0.1:{PORT}"]


def test_nobody_tries_to_reach_the_outside(seen: dict[str, Any]) -> None:
    tried = [line.split()[1] for line in seen["outside"].splitlines()]
    assert set(tried) == {OUTSIDE}  # tried by the visit itself: a blind watch would be noticed


def visit() -> dict[str, Any]:
    """All that a reader does, in a namespace without routes."""
    _raise_loopback()
    with _serving():
        return {"way_out": _try_outside(), "pages": _fetch(), "run": _run(), **_browse()}


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


@contextlib.contextmanager
def _serving() -> Iterator[None]:
    command = [sys.executable, "-m", "engine.cli", "serve", "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=sys.stderr)
    try:
        deadline = time.monotonic() + PATIENCE
        while server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{ADDRESS}/api/health", timeout=5)
                break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _try_outside() -> str:
    try:
        socket.create_connection((OUTSIDE, 80), timeout=5).close()
    except OSError as error:
        return str(error.strerror)
    return "there is one"


def _fetch() -> dict[str, int]:
    return {
        page: urllib.request.urlopen(f"{ADDRESS}/{page}", timeout=PATIENCE).status for page in PAGES
    }


def _run() -> list[Any]:
    """How a run of `bandit` ends, and after how many frames."""
    count = 0
    with connect(f"ws://127.0.0.1:{PORT}/api/live") as visitor:
        visitor.send(json.dumps({"type": "run", "sim": "bandit"}))
        while True:
            message = json.loads(visitor.recv(timeout=PATIENCE))
            count += len(message.get("frames", ()))
            if message["type"] == "state" and message["state"] != "running":
                return [message["state"], count]
            assert message["type"] != "error", message


def _browse() -> dict[str, Any]:
    """A slide with a live block in Chromium: how its run ends, and which hosts the page asked."""
    urls: list[str] = []
    faults: list[str] = []
    with sync_playwright() as play:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        assert found, "this test needs Chromium: apt-get install chromium"
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: urls.append(request.url))
        page.on("websocket", lambda line: urls.append(line.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{ADDRESS}/overview?slide=watch-it-learn")
        panel = page.locator("section[aria-current='true'] .live")
        panel.locator(".live-run").click(timeout=PATIENCE * 1000)
        ended = panel.locator(".live-state", has_text=re.compile("^Finished"))
        ended.wait_for(timeout=PATIENCE * 1000)
        finished = ended.inner_text()
        browser.close()
    hosts = {url.split("/")[2] for url in urls if url.startswith(("http", "ws"))}
    return {"finished": finished, "faults": faults, "hosts": sorted(hosts)}


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, signal.default_int_handler)  # so that the server is ended too
    signal.alarm(MOST)
    print(json.dumps(visit()))
