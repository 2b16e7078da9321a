"""What the web server is made of: Streamlit with our routes beside it.

`serve` blocks until the reader stops it. Training never happens here: the runner's worker
processes do it, and this process must not import torch.
"""

import contextlib
import gc
import logging
import os
import threading
import tomllib
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from engine.app import web_files
from engine.app.connections import allow_many_files, guarded
from engine.app.gate import Gate
from engine.app.lectures import library, packed
from engine.app.prefix import WithoutPrefix, WithPrefix
from engine.app.ready import Ready
from engine.app.requests import OnlyReading
from engine.app.routes import routes
from engine.app.security import SafeHeaders
from engine.app.site.lost import LostPages
from engine.app.site.start import Pages
from engine.app.socket.live import Live
from engine.app.socket.protocol import DeckChanged
from engine.app.the_runner import serve_with
from engine.app.visitors import Visitors
from engine.app.watcher import Watcher
from engine.runs.engine import AnyEngine
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from engine.runs.workers.local import HEAVY, LocalEngine
from sims import spec

PAGE = Path(__file__).parent / "page.py"  # beside SETTINGS: Streamlit looks for them there
SETTINGS = Path(__file__).parent / ".streamlit" / "config.toml"


# What a run of `--model` imports: two seconds that an idle worker has.
OF_A_MODEL = ("transformers.modeling_utils", "transformers.models.auto.modeling_auto")


def local_engine(num_workers: int | None = None) -> LocalEngine:
    """Worker processes on this machine. The first page comes before the first click: they start
    when it has been served."""
    workers = num_workers or max(1, min(4, os.cpu_count() or 1))
    has_model = bool(os.environ.get("PRACTICUM_MODEL"))
    options: dict[str, Any] = {"preload": (*HEAVY, *OF_A_MODEL)} if has_model else {}
    return LocalEngine(num_workers=workers, start_after=2.0, **options)


def parts(make_engine: Callable[[], AnyEngine] = local_engine) -> dict[str, Any]:
    """The arguments of `st.App` besides the page; nothing starts before the app's lifespan."""
    live = Live()

    @contextlib.asynccontextmanager
    async def lifespan(app: st.App) -> AsyncGenerator[dict[str, Any], None]:
        allow_many_files()
        # An edit is seen within that; visitors ask any number of times.
        spec.LOOK_EVERY = web_files.LOOK_EVERY = 0.1
        runner = live.runner = Runner(make_engine(), results=Results())
        serve_with(runner)
        watcher = Watcher(lambda slug, digest: live.broadcast(DeckChanged(slug, digest)))
        watcher.start()
        if not gc.isenabled():  # since `practicum serve` began
            gc.freeze()  # else the first visitor waits while all modules are looked through
            gc.enable()
        threading.Thread(target=_warm, name="warm-up", daemon=True).start()
        try:
            async with guarded():
                yield {"runner": runner}
        finally:
            watcher.stop()
            await live.close()
            serve_with(None)
            runner.close()
            spec.LOOK_EVERY = web_files.LOOK_EVERY = 0.0

    # The first sees all.
    checks = (SafeHeaders, Gate, WithoutPrefix, OnlyReading)
    layers = (*checks, Ready, Visitors, LostPages, Pages, WithPrefix)
    middleware = [Middleware(layer) for layer in layers]
    return {"lifespan": lifespan, "routes": routes(live), "middleware": middleware}


def build(engine: AnyEngine | None = None) -> st.App:
    """The ASGI application with an engine that is there already."""
    return st.App(PAGE, **parts(lambda: engine or local_engine()))


def serve(port: int, address: str, engine: AnyEngine, base: str = "") -> None:
    """Serve the lectures until interrupted; `base` is the path below which a proxy serves us."""
    options = {"server.port": port, "server.address": address, "server.baseUrlPath": base}
    # Streamlit read its settings when it was imported, and would advise to restart it for ours.
    logging.getLogger("streamlit.config").addFilter(
        lambda record: "option section was detected" not in record.getMessage()
    )
    # The command has printed every lecture's address already.
    build(engine).run(config={**settings(), **options, "logger.hideWelcomeMessage": True})


def settings() -> dict[str, Any]:
    """Streamlit's settings by their dotted names, from the file that it reads by itself when the
    script is started by it (`practicum serve` is a script elsewhere)."""
    return dict(_dotted(tomllib.loads(SETTINGS.read_text(encoding="utf-8"))))


def _dotted(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _warm() -> None:
    """Have every lecture read before the first reader asks, then exempt what is loaded from GC."""
    for lecture, document in library().read():
        if document["slides"]:
            with contextlib.suppress(LookupError, OSError):  # deleted meanwhile
                packed(lecture.slug)
    gc.unfreeze()
    gc.collect()
    gc.freeze()
