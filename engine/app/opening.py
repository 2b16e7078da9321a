"""`practicum open FILE`: one deck in the browser, with what lies beside it."""

import argparse
import contextlib
import os
import threading
import time
import webbrowser
from urllib.parse import quote
from urllib.request import urlopen

from engine.app import command
from engine.paths import named

PATIENCE = 60.0  # seconds that a server may take to start before nobody waits for it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `open`: a file, and those of `serve`."""
    parser.add_argument("file", type=named, metavar="FILE", help="the deck, a Markdown file")
    parser.add_argument("--no-browser", action="store_true", help="only print its address")
    command.add_arguments(parser)
    parser.set_defaults(call=open_file)


def open_file(chosen: argparse.Namespace) -> int:
    """Serve one deck until Ctrl-C, and open it."""
    from engine.cli import fail

    if chosen.lectures is not None:
        return fail("--lectures is for `practicum serve`; `open` shows one file.")
    if not os.path.isfile(chosen.file):
        return fail(f"there is no file {chosen.file}.")
    os.environ["PRACTICUM_LECTURES"] = str(chosen.file.resolve())
    return command.serve(chosen) if chosen.no_browser else command.serve(chosen, _show)


def _show(address: str) -> None:
    """Open the only lecture in the browser of this machine as soon as the server answers."""
    from engine.app.lectures import library

    (slug,) = library().paths()

    def wait() -> None:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with contextlib.suppress(OSError), urlopen(f"{address}/api/health", timeout=2):
                webbrowser.open(f"{address}/{quote(slug)}")
                return
            time.sleep(0.1)

    threading.Thread(target=wait, name="browser", daemon=True).start()
