"""A real server and a real Chromium for every test in this folder.

A missing browser is a failure here, never a skip: what these tests hold can be shown no other way.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    WebError,
    expect,
    sync_playwright,
)

from engine.app.addresses import free_port
from engine.app.socket import protocol

from . import player_server
from .one_browser import LAPTOP, Session, forgotten, inside

ROOT = Path(__file__).resolve().parents[2]
LIGHT = (str(Path(__file__).with_name("light_server.py")),)
LAST = "http://last.invalid/"
# The second is for a test that lets requests wait.
ASK = """url => Promise.race([
  new Promise((fail) => Object.assign(new Image(), { onerror: fail, src: url })),
  new Promise((pass) => setTimeout(pass, 1000)),
]).then(() => null)"""
WAITED = r"Timeout \d+ms exceeded|with timeout \d+ms|the state never came"
expect.set_options(timeout=45_000)  # ms until a test gives up on a state; nothing measures time


@contextlib.contextmanager
def serving(folder: Path, *options: str, how: Sequence[str] = LIGHT) -> Iterator[str]:
    """Run `practicum serve` on a folder of decks; the address of the running server."""
    port = free_port(18500 + os.getpid() % 400)
    command = [sys.executable, *how, "serve", "--port", str(port)]
    cache = tempfile.mkdtemp()  # runs of other days must not answer for today's
    server = subprocess.Popen(
        [*command, "--lectures", str(folder), *options],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        env=os.environ
        | {"PRACTICUM_CACHE": cache, "PRACTICUM_STORE": f"sqlite:///{cache}/rooms.sqlite"},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):  # two minutes: a busy machine imports slowly
            if server.poll() is not None:
                assert server.stderr is not None
                raise AssertionError(f"the server ended: {server.stderr.read().decode()}")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api/health", timeout=1)
                break
            time.sleep(0.1)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate(timeout=60)
        shutil.rmtree(cache)


@pytest.fixture(scope="session")
def lecture_server() -> Iterator[str]:
    """The lectures of this project, on the server as it is for a lecturer."""
    with serving(ROOT / "lectures", how=("-m", "engine.cli")) as address:
        yield address


@pytest.fixture(scope="session")
def serve() -> Callable[..., contextlib.AbstractContextManager[str]]:
    """`serve(folder)` runs a server of its own on other decks."""
    return serving


@pytest.fixture(scope="session")
def publish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], str]]:
    """`publish("keys", text)` puts a deck beside those of other files, on a server that they share;
    the address of the lecture. Who edits a deck or counts lectures takes `serve`."""
    folder = tmp_path_factory.mktemp("decks")
    with contextlib.ExitStack() as stack:
        address = ""

        def publish(name: str, text: str) -> str:
            nonlocal address
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
            address = address or stack.enter_context(serving(folder))
            return f"{address}/{name}"

        yield publish


@pytest.fixture(scope="session")
def chromium() -> str:
    """The whole of Chromium, for tests of its settings."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "these tests need Chromium: apt-get install chromium"
    return found


@pytest.fixture(scope="session")
def _session(chromium: str) -> Iterator[Session]:
    """Chromium, without its windows where that is installed (apt-get install
    chromium-headless-shell): a page then takes half as much of a processor."""
    found = shutil.which("chromium-headless-shell") or chromium
    manager = sync_playwright()
    session = Session(manager.start(), found)
    asyncio._set_running_loop(None)
    yield session
    with inside(session.loop):
        session.browser().close()
        manager.__exit__()


@pytest.fixture(scope="module")
def playwright_of(_session: Session) -> Iterator[Playwright]:
    with inside(_session.loop):
        yield _session.playwright


@pytest.fixture(scope="module")
def browser(playwright_of: Playwright, _session: Session) -> Browser:
    """Files share its process; what a file sets in a context of its own is seen nowhere else."""
    return _session.browser()


@pytest.fixture(scope="module")
def warm(browser: Browser, _session: Session) -> BrowserContext:
    """Windows of visitors one after the other, who come to a full cache."""
    return _session.warm()


@pytest.fixture
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A laptop's windows that know nothing of those of another test.

    Tests of files that are marked `warm_cache` share the cache of a browser: a first
    visit asks the server for 170 files. What is said of a first visit or of a line that is down
    takes an empty cache, with `warm_cache(False)`.
    """
    marker = request.node.get_closest_marker("warm_cache")
    if marker and all(marker.args):
        shared = request.getfixturevalue("warm")
        with forgotten(shared):
            yield shared
    else:
        made = browser.new_context(viewport=LAPTOP)
        yield made
        made.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A laptop's window that fails the test on any error of a script or outside request."""
    shown = visitor.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    # None succeeds (FLAGS); to be told of the 170 that do takes a tenth of a processor's time.
    shown.on("requestfailed", lambda request: _outside(request.url, faults))
    yield shown
    if not shown.is_closed():  # once a last request has failed, those before it have too
        with contextlib.suppress(Error):
            shown.evaluate(ASK, LAST)
    assert not faults, faults


@pytest.fixture
def context(visitor: BrowserContext) -> Iterator[BrowserContext]:
    """Windows of one visitor, for a lecture and its presenter window; no script in them may fail."""
    visitor.set_default_timeout(45_000)
    faults: list[str] = []

    def note(error: WebError) -> None:
        faults.append(str(error.error))

    visitor.on("weberror", note)
    yield visitor
    visitor.remove_listener("weberror", note)
    assert not faults, faults


@pytest.fixture(scope="session")
def harness() -> Iterator[str]:
    """The address of a page that can show any one live block."""
    with player_server.serving() as url:
        yield url


@pytest.fixture(scope="module")
def board(browser: Browser, harness: str) -> Iterator[Page]:
    """That page, opened once for all tests of a file, which leave nothing on it that matters."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(harness)
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page
    context.close()
    assert not faults, faults


@pytest.fixture
def slide(page: Page, harness: str) -> Iterator[Page]:
    """That page, opened for one test: `player_page.show` puts a block on its slide. What was sent either way
    must be a message of the protocol, since the server in the page is a stand-in."""
    page.goto(harness)
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page
    if not page.is_closed() and page.evaluate("Boolean(window.harness)"):
        asked, said = page.evaluate(
            "[JSON.stringify(harness.server.log), JSON.stringify(harness.server.said)]"
        )
        msgspec.json.decode(asked, type=list[protocol.ClientMessage])
        msgspec.json.decode(said, type=list[protocol.ServerMessage])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One more try where a wait for the browser came to its end: a busy machine may be that slow.

    Whatever else a test finds wrong fails at once, for a second try would hide what goes wrong now
    and then. The report names every test that needed it.
    """
    folder = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[WAITED]))


def _outside(url: str, faults: list[str]) -> None:
    if not url.startswith((LAST, "http://127.0.0.1", "data:", "blob:", "ws://127.0.0.1", "file:")):
        faults.append(f"request to the outside: {url}")
