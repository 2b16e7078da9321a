"""Streamlit's settings are the same however the server is started."""

import asyncio
import gc
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.web.server.app_discovery import discover_asgi_app

from engine.app import command, server
from engine.app.server import SETTINGS, local_engine, settings
from engine.runs.workers.local import LocalEngine

ROOT = Path(__file__).resolve().parents[2]
READ = """
import streamlit.config as config
{start}
print({{name: config.get_option(name) for name in {names!r}}})
"""


def test_streamlit_finds_the_app_without_running_anything() -> None:
    found = discover_asgi_app(ROOT / "engine" / "app" / "main.py")
    assert (found.is_asgi_app, found.import_string) == (True, "main:app")


def test_the_two_files_are_one() -> None:
    top = ROOT / ".streamlit" / "config.toml"
    assert top.read_bytes() == SETTINGS.read_bytes(), f"copy {SETTINGS} over {top}"


def test_every_setting_is_one_of_streamlits() -> None:
    known = config.get_config_options()
    assert [name for name in settings() if name not in known] == []


@pytest.mark.parametrize("folder", [ROOT, Path("/")], ids=["checkout", "elsewhere"])
def test_an_asgi_server_has_them_from_any_folder(folder: Path) -> None:
    code = READ.format(start="import engine.app.main", names=list(settings()))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{settings()}\n"


def test_importing_the_app_starts_nothing_and_takes_no_library_of_workers() -> None:
    code = (
        "import sys, threading, engine.app.main, psutil\n"
        "print(psutil.Process().children(), threading.active_count(), end=' ')\n"
        "slow = {'torch', 'transformers', 'gymnasium', 'pandas', 'sqlalchemy'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] 1 []\n"


def test_the_idle_workers_of_the_tests_servers_import_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their scripts change this default. Else each server that a test starts lets three workers
    import torch: ten seconds of a processor, and no other test would notice."""
    monkeypatch.delenv("PRACTICUM_MODEL", raising=False)
    monkeypatch.setitem(LocalEngine.__init__.__kwdefaults__, "preload", ())  # type: ignore[arg-type]
    engine = local_engine(1)
    engine.bind(lambda *_: None, lambda *_: None)
    engine.close()
    assert not engine._pool._may_warm


def test_a_lecture_that_is_deleted_while_it_is_read_ends_no_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first rendering of all lectures is nobody's request: there is no one to tell."""
    lecture = SimpleNamespace(slug="gone")
    found = SimpleNamespace(read=lambda: [(lecture, {"slides": [{}]})])
    monkeypatch.setattr(server, "library", lambda: found)
    monkeypatch.setattr(server.gc, "freeze", lambda: None)

    def packed(slug: str) -> None:
        asked.append(slug)
        raise LookupError(slug)

    asked: list[str] = []
    monkeypatch.setattr(server, "packed", packed)
    server._warm()
    assert asked == ["gone"]


def test_garbage_is_collected_from_the_first_answer_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before: what modules are made of is looked through in vain while they are imported."""
    is_on: list[bool] = []

    async def live() -> None:
        async with server.parts(lambda: local_engine(1))["lifespan"](None):
            is_on.append(gc.isenabled())

    def served(_chosen: object, _tell: object) -> int:
        is_on.append(gc.isenabled())
        asyncio.run(live())
        return 0

    monkeypatch.setattr(server, "_warm", lambda: None)
    monkeypatch.setattr(server.gc, "freeze", lambda: None)
    monkeypatch.setattr(command, "_serve", served)
    assert command.serve(SimpleNamespace()) == 0  # type: ignore[arg-type]
    assert (is_on, gc.isenabled()) == ([False, True], True)
