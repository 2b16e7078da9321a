"""Every way to start the server and every proxy before it shows the same slides, with live runs.

`streamlit run` (from another folder) stands behind a proxy that strips a path prefix of which it
was never told, `practicum serve --base-path` behind one that keeps it. Both proxies are HAProxy
(apt-get install haproxy), which answers 404 to every path outside its prefix.
"""

import contextlib
import http.server
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.app.addresses import free_port

from .conftest import LIGHT

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
STRIPPED, KEPT = "/kurs%20%C3%BC", "/user/x/y"
SHOWN = "section[data-slide][aria-current='true']"
SLOW = 60_000  # ms
PROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 2m
listen strips
    bind 127.0.0.1:{strips}
    http-request return status 404 unless {{ path_reg ^/kurs%20%C3%BC(/|$) }}
    http-request replace-path ^/kurs%20%C3%BC/?(.*) /\\1
    server one 127.0.0.1:{streamlit}
listen keeps
    bind 127.0.0.1:{keeps}
    http-request return status 404 unless {{ path_reg ^/user/x/y(/|$) }}
    server one 127.0.0.1:{practicum}
"""


@contextlib.contextmanager
def started(command: Sequence[str], health: str, cwd: Path, **more: str) -> Iterator[None]:
    """A process that has a health check; it and its children end with the test."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environment = os.environ | {"PRACTICUM_CACHE": folder} | more
        with log.open("wb") as file:
            process = subprocess.Popen(
                command, cwd=cwd, env=environment, stdout=file, stderr=file, start_new_session=True
            )
        try:
            deadline = time.monotonic() + 120
            while not answers(health):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def answers(address: str) -> bool:
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(address, timeout=30).status == 200
    return False


@pytest.fixture(scope="module")
def framing() -> Iterator[int]:
    """The port of somebody else's web server, whose page shows the slide that it is asked for."""

    class Framing(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            slide = self.path.partition("?")[2]
            self.wfile.write(f"<iframe src='{slide}' width=1200 height=680></iframe>".encode())

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Framing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    names = ("streamlit", "practicum", "strips", "keeps")
    return {name: free_port(19100 + 50 * k + os.getpid() % 40) for k, name in enumerate(names)}


@pytest.fixture(scope="module")
def streamlit(ports: dict[str, int]) -> Iterator[str]:
    port = str(ports["streamlit"])
    main = str(ROOT / "engine" / "app" / "main.py")
    bound = ["--server.port", port, "--server.address", "127.0.0.1"]
    command = [str(BIN / "streamlit"), "run", main, *bound]
    with started(command, f"http://127.0.0.1:{port}/api/health", Path(tempfile.gettempdir())):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def practicum(ports: dict[str, int], framing: int) -> Iterator[str]:
    port = str(ports["practicum"])
    options = ["--port", port, "--base-path", KEPT, "--allow-origin", f"http://localhost:{framing}"]
    command = [sys.executable, *LIGHT, "serve", *options]
    with started(command, f"http://127.0.0.1:{port}/api/health", ROOT):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def proxies(ports: dict[str, int], streamlit: str, practicum: str) -> Iterator[dict[str, str]]:
    """The two outer addresses."""
    haproxy = shutil.which("haproxy")
    assert haproxy, "these tests need HAProxy: apt-get install haproxy"
    outer = {
        "strips": f"http://127.0.0.1:{ports['strips']}{STRIPPED}",
        "keeps": f"http://127.0.0.1:{ports['keeps']}{KEPT}",
    }
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as config:
        config.write(PROXY.format(**ports))
        config.flush()
        with started([haproxy, "-db", "-f", config.name], f"{outer['keeps']}/api/health", ROOT):
            yield outer


def expect_a_walk_through(page: Page, outer: str) -> None:
    """What a reader does, from the address as somebody would type it: without the last slash."""
    asked: list[str] = []
    page.on("websocket", lambda line: asked.append(line.url.replace("ws:", "http:")))
    page.goto(outer)
    page.get_by_role("link", name="Open the lecture").first.click(timeout=SLOW)
    shown = page.locator(SHOWN)
    expect(shown).to_have_attribute("data-slide", "title", timeout=SLOW)
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("ArrowRight")
    expect(shown).not_to_have_attribute("data-slide", "title")

    page.goto(f"{outer}/overview/?slide=tokens")  # with a slash too many
    picture = shown.locator("img").first
    expect(picture).to_be_visible(timeout=SLOW)
    page.wait_for_function(f'document.querySelector("{SHOWN} img").naturalWidth > 0')

    page.goto(f"{outer}/overview?slide=watch-it-learn")
    panel = shown.locator(".live")
    expect(panel.locator(".live-state")).to_contain_text("Recorded on", timeout=SLOW)
    panel.locator(".live-run").click()
    expect(panel.locator(".live-state")).to_contain_text("Finished", timeout=SLOW)
    with page.context.expect_page() as opened:
        page.keyboard.press("p")
    expect(opened.value.locator(".presenter")).to_be_visible(timeout=SLOW)
    assert opened.value.url.startswith(f"{outer}/overview?view=presenter")

    page.goto(f"{outer}/overvieww")
    expect(page.get_by_text("Did you mean 'overview'?")).to_be_visible(timeout=SLOW)
    page.goto(f"{outer}/references")
    cited = page.locator(".works .cited a").first
    expect(cited).to_be_visible(timeout=SLOW)
    assert str(cited.evaluate("link => link.href")).startswith(f"{outer}/overview?slide=")
    outside = [url for url in asked if not url.startswith((f"{outer}/", "data:", "blob:"))]
    assert outside == []
    assert {f"{outer}/api/live", f"{outer}/_stcore/stream"} <= set(asked)


@pytest.mark.parametrize("name", ["strips", "keeps"])
def test_a_proxy_may_serve_the_lectures_below_a_path(
    page: Page, proxies: dict[str, str], name: str
) -> None:
    expect_a_walk_through(page, proxies[name])


def test_a_page_of_an_allowed_origin_frames_a_live_slide_and_no_other_does(
    browser: Browser, practicum: str, framing: int
) -> None:
    slide = f"{practicum}{KEPT}/overview?slide=watch-it-learn"
    page = browser.new_page()
    page.goto(f"http://localhost:{framing}/?{slide}")  # another site, so no cookie of ours is sent
    panel = page.frame_locator("iframe").locator(SHOWN).locator(".live")
    panel.locator(".live-run").click(timeout=SLOW)
    expect(panel.locator(".live-state")).to_contain_text("Finished", timeout=SLOW)

    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://127.0.0.1:{framing}/?{slide}")
    assert page.frame_locator("iframe").locator(SHOWN).count() == 0

    dial = """url => new Promise(done => {
        const line = new WebSocket(url)
        line.onopen = () => done("open")
        line.onerror = () => done("refused")
    })"""
    sockets = [practicum.replace("http", "ws") + path for path in ("/api/live", "/_stcore/stream")]
    assert [page.evaluate(dial, url) for url in sockets] == ["refused", "refused"]
    page.goto(f"http://localhost:{framing}/")
    assert [page.evaluate(dial, url) for url in sockets] == ["open", "open"]
    page.close()


def test_uvicorn_serves_the_same() -> None:
    port = str(free_port(19300 + os.getpid() % 40))
    command = [sys.executable, "-m", "uvicorn", "engine.app.main:app", "--port", port]
    below = {"STREAMLIT_SERVER_BASE_URL_PATH": "kurs"}
    with started(command, f"http://127.0.0.1:{port}/api/health", ROOT, **below):
        for path in ("", "overview", "kurs/overview", "kurs/api/claims", "kurs/_stcore/health"):
            assert answers(f"http://127.0.0.1:{port}/{path}")
