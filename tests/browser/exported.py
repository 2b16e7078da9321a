"""The lectures as an exported site, from a folder (file://) and below a path of a web host."""

import contextlib
import functools
import http.server
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from .conftest import ROOT

BELOW = Path("a course") / "of ours"  # what a path of a host may look like


class Quiet(http.server.SimpleHTTPRequestHandler):
    """What `python -m http.server` is, without its log."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def exported() -> Iterator[tuple[str, str]]:
    """Our lectures as a site: its addresses in the folder and on a host, both with a / at the end."""
    with tempfile.TemporaryDirectory() as home:
        site = Path(home) / BELOW
        command = [sys.executable, "-m", "engine", "export", "site", str(site)]
        subprocess.run(command, check=True, cwd=ROOT)
        with http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=home)
        ) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            host = f"http://127.0.0.1:{server.server_port}/a%20course/of%20ours/"
            yield f"{site.as_uri()}/", host
            server.shutdown()
