"""How soon an exported site shows a slide and its live figure on a slow line, and what it sends:

    python tests/benchmarks/site.py ROUNDS SITE... [--slide ID]...

1.6 Mbit/s and 150 ms, as Chromium emulates them, with an empty cache, from a host that compresses
as GitHub Pages does. Sites take turns, so that two versions are compared under the same load.
"""

import argparse
import functools
import gzip
import http.server
import shutil
import statistics
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

LINE = {
    "offline": False,
    "latency": 150,  # ms
    "downloadThroughput": 1.6e6 / 8,  # bytes a second
    "uploadThroughput": 0.75e6 / 8,
}
PACKED = {".js", ".css", ".html", ".svg"}
LONGEST = 60_000  # ms
WATCH = """(() => {
  const times = (window.practicumTimes = {})
  const look = () => {
    const now = performance.now()
    const slide = document.querySelector("section[data-slide][aria-current='true']")
    if (document.getElementById("first-slide")) times.copy ??= now
    if (slide) times.slide ??= now
    const drawn = ".live-plot .trace, .live-plot .js-line, .live-plot .bars"
    if (slide?.querySelector(drawn)) times.figure ??= now
    if (!times.figure) requestAnimationFrame(look)
  }
  look()
})()"""
SHOWN = "(what) => window.practicumTimes && window.practicumTimes[what]"


class Host(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, compressed."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        found = path.is_file()
        self.send_response(200 if found else 404)
        body = packed(path) if found else b""
        self.send_header("content-type", self.guess_type(str(path)))
        if found and path.suffix in PACKED:
            self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@functools.cache
def packed(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.compress(body, 6) if path.suffix in PACKED else body


def visit(browser: Browser, address: str, what: str) -> dict[str, float]:
    """Milliseconds until the copy of the first slide, the slide and its figure; KB until `what`."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    session = context.new_cdp_session(page)
    sent = [0.0]

    def add(event: Any) -> None:
        sent[0] += event["encodedDataLength"] / 1000

    session.on("Network.loadingFinished", add)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    page.add_init_script(WATCH)
    page.goto(address, wait_until="commit")
    page.wait_for_function(SHOWN, arg=what, timeout=LONGEST)
    times = {**page.evaluate("window.practicumTimes"), "KB": sent[0]}
    context.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int)
    parser.add_argument("site", type=Path, nargs="+")
    parser.add_argument("--lecture", default="overview")
    parser.add_argument("--slide", action="append", help="the title slide is ''")
    chosen = parser.parse_args()
    hosts = {site: _host(site) for site in chosen.site}
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for slide in chosen.slide or ["", "watch-it-write", "tokens-live"]:
            found: dict[Path, list[dict[str, float]]] = {site: [] for site in hosts}
            for _ in range(chosen.rounds):
                for site, port in hosts.items():
                    address = f"http://127.0.0.1:{port}/{chosen.lecture}.html?slide={slide}"
                    what = "figure" if slide else "slide"
                    found[site].append(visit(browser, address, what))
            for site, times in found.items():
                names = dict.fromkeys(name for one in times for name in one)
                row = {n: statistics.median(one.get(n, LONGEST) for one in times) for n in names}
                print(
                    f"{slide or 'title'} {site}:", {n: round(v) for n, v in row.items()}, flush=True
                )
        browser.close()


def _host(site: Path) -> int:
    handler = functools.partial(Host, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


if __name__ == "__main__":
    main()
