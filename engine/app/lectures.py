"""The lectures this server shows, packed once for every viewer.

The folder is `lectures/` of the project unless the environment names another in
`PRACTICUM_LECTURES` (the command line's `--lectures` sets it).
"""

import functools
import gzip
import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchfiles import watch

from engine.deck.library import Library
from engine.paths import ASSETS, CONTENT, LECTURES
from engine.runs import recorded

WATCHED = {".md", ".bib", ".yaml", ".css", ".csv", ".svg"}


@dataclass(frozen=True)
class Packed:
    """A deck as the browser fetches it: gzipped JSON, and the hash that names it for ever."""

    hash: str
    body: bytes


@functools.cache
def library() -> Library:
    """The one library of this process."""
    return Library(Path(os.environ.get("PRACTICUM_LECTURES") or LECTURES).resolve())


def packed(slug: str) -> Packed:
    """The deck `slug`, as it is on disk now. An unknown slug is a LookupError."""
    return _packer().pack(slug, library().document(slug))


class Packer:
    """Packs each version of a deck once; asking again for the same version costs nothing."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[dict[str, Any], int, Packed]] = {}

    def pack(self, slug: str, document: dict[str, Any]) -> Packed:
        last = self._last.get(slug)
        recordings = recorded.stamp()
        # The library hands out one object for one version.
        if last and last[0] is document and last[1] == recordings:
            return last[2]
        shown = document | {"slides": [_with_recordings(slide) for slide in document["slides"]]}
        raw = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
        made = Packed(hashlib.sha256(raw).hexdigest()[:16], gzip.compress(raw, 6, mtime=0))
        self._last[slug] = (document, recordings, made)
        return made


def _with_recordings(slide: dict[str, Any]) -> dict[str, Any]:
    """The slide, in which each block that a recorded run belongs to says where that is."""
    blocks = []
    for block in slide["blocks"]:
        data = block["data"]
        if block["kind"] == "sim" and data.get("fields"):
            path = recorded.path(data["sim"], data["params"])
            if path.is_file():
                where = f"api/recorded/{path.name}?{path.stat().st_mtime_ns}"
                block = block | {"data": data | {"recorded": where}}
        blocks.append(block)
    return slide | {"blocks": blocks}


@functools.cache
def _packer() -> Packer:
    return Packer()


class Watcher:
    """Calls `changed(slug, hash)` for every lecture whose slides differ after an edit on disk."""

    def __init__(self, changed: Callable[[str, str], None]) -> None:
        self._changed = changed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lectures", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        known: dict[str, str] = {}
        self._tell(known)
        folders = {library().folder, CONTENT, ASSETS}
        paths = [folder for folder in folders if folder.is_dir()]
        # A short debounce: an editor writes a file in several steps, a reader waits for one.
        for changes in watch(*paths, stop_event=self._stop, debounce=60, step=20):
            if any(Path(path).suffix in WATCHED for _, path in changes):
                self._tell(known)

    def _tell(self, known: dict[str, str]) -> None:
        """Report every lecture whose hash is not the known one, and know it from now on."""
        for slug in library().paths():
            try:
                digest = packed(slug).hash
            except (
                OSError,
                LookupError,
            ):  # renamed or deleted while we looked: its folder's next event comes
                logging.getLogger(__name__).info("%s cannot be read just now", slug)
                continue
            if known.get(slug, digest) != digest:
                self._changed(slug, digest)
            known[slug] = digest
