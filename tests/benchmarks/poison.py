"""How soon pages answer over a folder of bad decks, with junk beside the simulations, and how long
`practicum check` takes over such a folder with thirty formulas that take all that one may take."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _rows import at_most
from _server import ROOT, server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

sys.path.append(str(ROOT))
from tests import poison

MOST_SECONDS, MOST_CHECK_SECONDS = 2.0, 60.0
HOSTILE_FORMULAS = 30
LEFT_OUT = (".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "build")


def measure() -> list[dict[str, Any]]:
    """A row for each page at its first visit and at later ones, and for `check`."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "practicum"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        poison.junk(root / "sims")
        lectures = Path(folder) / "course" / "lectures"
        poison.make(lectures)
        with server("--workers", "1", "--lectures", str(lectures), root=root) as served:
            rows = _pages(served.address)
        return [*rows, *_check(lectures)]


def _pages(address: str) -> list[dict[str, Any]]:
    asked: dict[str, Callable[[], Any]] = {
        "home": lambda: asyncio.run(_page(address, "")),
        "search": lambda: _fetch(f"{address}/api/search?q=proxy"),
        "claims": lambda: asyncio.run(_page(address, "claims")),
        "a good lecture": lambda: asyncio.run(_page(address, "good")),
        "its slides": lambda: _fetch(f"{address}/api/decks/good/0.json"),
        "a run": lambda: _fetch(f"{address}/api/source/bandit"),
    }
    rows = []
    for visit in ("first", "second", "third"):
        for name, ask in asked.items():
            start = time.perf_counter()
            ask()
            took = time.perf_counter() - start
            rows.append(at_most(f"{name}, {visit} visit: s", took, MOST_SECONDS))
    return rows


def _check(lectures: Path) -> list[dict[str, Any]]:
    poison.formulas(lectures, HOSTILE_FORMULAS)
    bad = {path.name for path in lectures.glob("*.md")} - {"good.md", "bib-broken.md"}
    start = time.perf_counter()
    command = [sys.executable, "-m", "engine.cli", "check", str(lectures)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    unnamed = sum(f"{name}:" not in done.stdout for name in bad)
    tracebacks = (done.stdout + done.stderr).count("Traceback")
    return [
        at_most(f"check of {len(bad) + 2} decks: s", took, MOST_CHECK_SECONDS),
        at_most("bad decks that it does not name", unnamed, 0),
        at_most("tracebacks", tracebacks, 0),
    ]


def _fetch(address: str) -> None:
    urllib.request.urlopen(address, timeout=120).read()


async def _page(address: str, name: str) -> None:
    """One page of Streamlit's, until all of it has been sent."""
    url = address.replace("http", "ws") + "/_stcore/stream"
    options: dict[str, Any] = {"origin": address, "subprotocols": ["streamlit"], "max_size": None}
    async with connect(url, **options) as socket:
        message = BackMsg()
        message.rerun_script.page_name = name
        await socket.send(message.SerializeToString())
        kind = ""
        while kind != "script_finished":
            data = await asyncio.wait_for(socket.recv(), 120)
            assert isinstance(data, bytes)
            kind = ForwardMsg.FromString(data).WhichOneof("type") or ""
