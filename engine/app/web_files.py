"""What runs in the browser, as files below /api/web: modules, style sheets and Plotly.

An address is looked up in the list of these files and never made into a path, so nothing beside
them can be asked for.
"""

import functools
import gzip
import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.paths import ASSETS, WEB

KINDS = {".js": "text/javascript", ".css": "text/css"}
# The look of a slide, in the order in which its parts override each other.
THEME = ("theme.css", "theme/layouts.css", "theme/elements.css", "theme/page.css")
PLOTLY = ASSETS / "vendor" / "plotly.min.js"  # made by `make plotly`
# The style sheets of a slide with its claims, in their order.
SLIDE_SHEETS = (
    *THEME,
    "styles/stage.css",
    "styles/drawers.css",
    "styles/small_windows.css",
    "styles/live.css",
    "styles/claims.css",
)

LOOK_EVERY = 0.0  # seconds; a server, which says the version in each page, sets more

Listing = tuple[tuple[str, str, int], ...]  # address, path and time of change of each file
_seen = (0.0, "")  # when, and the version


@dataclass(frozen=True)
class WebFile:
    body: bytes  # compressed with gzip
    kind: str  # media type
    version: str  # of all files together


def version(*, look: bool = False) -> str:
    """Names what everything under /api/web holds: the same on every server of one version. A look
    at all the files costs 2 ms; LOOK_EVERY says how old it may be, unless `look` asks for one now.
    """
    global _seen
    now = time.monotonic()
    if look or not _seen[1] or now - _seen[0] >= LOOK_EVERY:
        _seen = (now, _hash_of(_listing()))
    return _seen[1]


def find(address: str) -> WebFile | None:
    """The file at an address below /api/web/{version}/; None when there is none."""
    files = _listing()
    for name, path, changed in files:
        if name == address:
            kind = KINDS[os.path.splitext(name)[1]]
            return WebFile(_gzipped(path, changed), kind, _hash_of(files))
    return None


def names() -> list[str]:
    """The address of every file."""
    return [name for name, _, _ in _listing()]


def text(address: str) -> str:
    """The text of the module at an address. LookupError when there is none."""
    for name, path, _ in _listing():
        if name == address:
            return Path(path).read_text(encoding="utf-8")
    raise LookupError(f"there is no module {address}")


def _listing() -> Listing:
    beside = {PLOTLY.name: PLOTLY, **{name: ASSETS / name for name in THEME}}
    listed = ((name, str(path), path.stat().st_mtime_ns) for name, path in beside.items())
    return (*listed, *_below(str(WEB), ""))


def _below(folder: str, address: str) -> Iterator[tuple[str, str, int]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                yield from _below(entry.path, f"{address}{entry.name}/")
            elif os.path.splitext(entry.name)[1] in KINDS and entry.is_file():
                yield address + entry.name, entry.path, entry.stat().st_mtime_ns


@functools.lru_cache(maxsize=4)
def _hash_of(files: Listing) -> str:
    digest = hashlib.sha256()
    for name, path, _ in files:
        digest.update(f"\n{name}\n".encode())
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:16]


@functools.lru_cache(maxsize=128)
def _gzipped(path: str, _changed: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 6, mtime=0)
