"""The web server: Streamlit with our routes beside it, bound to this machine.

`serve` blocks until the reader stops it. Training never happens here: the runner's worker
processes do it, and this process must not import torch.
"""

import gc
import os
import socket
import threading
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from engine.app.lectures import Watcher, library, packed
from engine.app.live import Live, allow_many_files
from engine.app.routes import LostPages, routes
from engine.app.security import SafeHeaders
from engine.app.theme import STREAMLIT_THEME
from engine.runs.engines import Engine
from engine.runs.local import LocalEngine
from engine.runs.results import Results
from engine.runs.runner import Runner

PAGE = Path(__file__).parent / "page.py"
CONFIG: Mapping[str, Any] = {
    "server.headless": True,
    "server.fileWatcherType": "none",  # decks have their own watcher; torch must not be walked
    "server.enableWebsocketCompression": False,
    "server.websocketPingInterval": 10,  # a dead viewer is noticed in 20 s; by default in 60
    # Streamlit collects all garbage after every run otherwise, 20 to 150 ms with the GIL held.
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    "runner.fastReruns": True,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "global.developmentMode": False,
    **STREAMLIT_THEME,
}


def build(engine: Engine | None = None) -> st.App:
    """The ASGI application: pages, routes, runner and the watcher of the lectures."""
    runner = Runner(engine or local_engine(), results=Results())
    live = Live(runner)
    watcher = Watcher(lambda slug, digest: live.broadcast(_deck_changed(slug, digest)))

    @asynccontextmanager
    async def lifespan(app: st.App) -> AsyncGenerator[dict[str, Any], None]:
        watcher.start()
        threading.Thread(target=_warm, name="warm-up", daemon=True).start()
        try:
            yield {"runner": runner}
        finally:
            watcher.stop()
            await live.close()
            runner.close()

    middleware = [Middleware(SafeHeaders), Middleware(LostPages)]
    return st.App(PAGE, lifespan=lifespan, routes=routes(live), middleware=middleware)


def local_engine(num_workers: int | None = None) -> LocalEngine:
    """Worker processes on this machine. The first page comes before the first click: they start
    when it has been served."""
    workers = num_workers or max(1, min(4, os.cpu_count() or 1))
    return LocalEngine(num_workers=workers, start_after=2.0)


def serve(port: int, address: str, engine: Engine) -> None:
    """Serve the lectures until interrupted."""
    allow_many_files()
    options = {"server.port": port, "server.address": address}
    build(engine).run(config={**CONFIG, **options})


def free_port(port: int, address: str = "127.0.0.1") -> int:
    """`port` if nothing listens there, else the next one that is free (OSError when none is)."""
    for candidate in range(port, min(port + 200, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, candidate))
            except OSError:
                continue
            return candidate
    raise OSError(f"no free port from {port} to {port + 199}")


def _deck_changed(slug: str, digest: str) -> dict[str, str]:
    return {"type": "deck", "slug": slug, "hash": digest}


def _warm() -> None:
    """Render every lecture before the first reader asks, then exempt what is loaded from GC."""
    for slug in library().paths():
        packed(slug)
    gc.collect()
    gc.freeze()
