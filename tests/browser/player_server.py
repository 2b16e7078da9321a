"""A tiny server for the pages that test live blocks: our own files, Plotly and the type faces."""

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import streamlit

from engine.app.web_files import PLOTLY

ROOT = Path(__file__).resolve().parents[2]
MEDIA = Path(streamlit.__file__).parent / "static" / "static" / "media"
FACES = {
    "sans": "SourceSansVF-Upright*",
    "serif": "SourceSerifVariable-Roman*",
    "mono": "SourceCodeVF-Upright*",
}
SOURCE = b'{"html": "<span class=\\"k\\">def</span> run(params): ...", "file": "sims/cartpole/__init__.py", "beside": {"ppo.py": "# PPO", "reinforce.py": "# REINFORCE"}}'


class Handler(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        name = path.split("?")[0]
        if name == "/plotly.min.js":
            return str(PLOTLY)
        if name.startswith("/fonts/"):
            return str(next(MEDIA.glob(FACES[name.removeprefix("/fonts/")])))
        return super().translate_path(path)

    def do_GET(self) -> None:
        if not self.path.startswith("/api/source/"):
            with contextlib.suppress(ConnectionError):  # the page has been closed meanwhile
                super().do_GET()
            return None
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(SOURCE)
        return None

    def end_headers(self) -> None:
        self.send_header("cache-control", "max-age=3600")  # of a page's 90 files, for the next test
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: requests are no part of a test's report."""


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Serve the project's folder; the address of the harness page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tests/browser/player_harness.html"
    finally:
        server.shutdown()
        server.server_close()
