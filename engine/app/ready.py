"""Answers that stay as they are while their files do, kept in memory: scripts and pictures.

A first visit asks for a hundred of them, and the whole way to each (routes, threads, compressing)
takes ten times as long as to send it. Nothing is made here: an answer is recorded as the layers
below give it, once a browser may keep it too, and given again while the files that it could be made
of are untouched. Our own modules have addresses that name their content, so an answer that was
right for one stays so. Whatever else a request asks (a part, a newer version) goes the whole way.
"""

import functools
import os
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.app import pictures, web_files
from engine.app.lectures import library

MOST = 32_000_000  # bytes of all answers; a visit to lecture 1 needs 3 million
EACH = 4_000  # bytes of an answer besides its body and its address: headers, paths, stamps
LARGEST = 2_000_000  # bytes of one
OURS = "/api/web/"  # then the version
KEPT = ("/static/", "/files/", OURS)
STREAMLIT = Path(st.__file__).parent / "static"
# Requests with one of these want another answer than the whole file.
CONDITIONS = {b"range", b"if-range", b"if-match", b"if-none-match", b"if-modified-since"}
CONDITIONS |= {b"if-unmodified-since"}

Stamp = tuple[int, ...] | None  # what differs when a file was written; None: there is no file
Key = tuple[str, bytes, bool, Path]  # path, query, whether gzip is taken, the lectures' folder


@dataclass(frozen=True)
class _Kept:
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    files: tuple[Path, ...]  # where the file may lie: the first one that is there counts
    stamps: tuple[Stamp, ...]


class Ready:
    """Gives the answers that are ready, and records those that will be."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._packed = GZipMiddleware(app, 1000, 6)
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()  # the one asked for last at the end
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (key := _key(scope)):
            return await self.app(scope, receive, send)
        kept = self._kept.get(key)
        if kept and kept.stamps == _stamps(kept.files):
            self._kept.move_to_end(key)
            return await _give(kept, send)
        files = _files(key[0])
        if files is None:
            return await self.app(scope, receive, send)
        stamps = _stamps(files)  # before they are read: what is written meanwhile is seen next time
        recording = _Recording(send)
        # Streamlit compresses the pictures, but none of its own files.
        way = self._packed if key[0].startswith("/static/") else self.app
        await way(scope, receive, recording)
        if recording.is_complete and _names_what_is_there(key[0]):
            self._keep(key, _Kept(tuple(recording.headers), recording.body, files, stamps))

    def _keep(self, key: Key, kept: _Kept) -> None:
        """Keep an answer instead of those that were not asked for the longest."""
        if old := self._kept.pop(key, None):
            self._size -= _size(key, old)
        self._kept[key] = kept
        self._size += _size(key, kept)
        while self._size > MOST:
            self._size -= _size(*self._kept.popitem(last=False))


def _size(key: Key, kept: _Kept) -> int:
    """Bytes of an answer: a short file may be asked for with any number of long queries."""
    return EACH + len(key[0]) + len(key[1]) + len(kept.body)


class _Recording:
    """Takes an answer down while it is sent; one that a browser may keep is sent in one piece."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None  # held back until the length is known
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.is_complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_kept(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self.headers = _whole(self._start, len(self.body))
                self.is_complete = len(self.body) <= LARGEST
                await self._send({**self._start, "headers": list(self.headers)})
                await self._send({"type": "http.response.body", "body": self.body})
            elif len(self.body) > LARGEST:
                await self._send(self._start)
                await self._send({**message, "body": self.body})
                self._start, self.body = None, b""


async def _give(kept: _Kept, send: Send) -> None:
    start = {"type": "http.response.start", "status": 200, "headers": list(kept.headers)}
    await send(start)
    await send({"type": "http.response.body", "body": kept.body})


def _key(scope: Scope) -> Key | None:
    """What an answer depends on; None for a request whose answer is made anew each time."""
    path: str = scope["path"]
    if scope["method"] != "GET" or not path.startswith(KEPT) or _is_odd(path):
        return None
    is_packed = False
    for name, value in scope["headers"]:
        if name in CONDITIONS:
            return None
        is_packed = is_packed or (name == b"accept-encoding" and b"gzip" in value)
    return path, scope.get("query_string", b""), is_packed, library().folder


def _is_odd(path: str) -> bool:
    """Whether a path may lead out of its folder (on Windows to another machine): the layers below
    judge it, and until then nobody looks whether such a file is there."""
    has_odd_part = any(part in ("", ".", "..") for part in path[1:].split("/"))
    return has_odd_part or any(mark in path for mark in "\\:\0")


def _files(path: str) -> tuple[Path, ...] | None:
    """The files that the answer to a path can be made of; none where it names its content, None for
    a path that is never answered here."""
    if path.startswith("/static/"):
        return _streamlit().get(path)
    if path.startswith(OURS):
        return ()
    return pictures.candidates(path.removeprefix("/files/"), library())


@functools.cache
def _streamlit() -> dict[str, tuple[Path, ...]]:
    """Each file of Streamlit's page by its address: looked up, and never made of an address."""
    found = (path for path in (STREAMLIT / "static").rglob("*") if path.is_file())
    return {f"/{path.relative_to(STREAMLIT).as_posix()}": (path,) for path in found}


def _names_what_is_there(path: str) -> bool:
    """Whether the version in the address of a module of ours is that of the files, also after they
    have been read; true of other addresses."""
    rest = path.removeprefix(OURS)
    return rest == path or rest.partition("/")[0] == web_files.version(look=True)


def _stamps(files: Iterable[Path]) -> tuple[Stamp, ...]:
    return tuple(map(_stamp, files))


def _stamp(path: Path) -> Stamp:
    try:
        found = os.stat(path)
    except (OSError, ValueError):  # none there, or none can have that name
        return None
    # The first two: a link that leads elsewhere. The last: a file put back to its former time.
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _may_be_kept(start: Message) -> bool:
    headers = MutableHeaders(raw=list(start["headers"]))
    is_for_all = "set-cookie" not in headers and "max-age" in headers.get("cache-control", "")
    return start["status"] == 200 and is_for_all


def _whole(start: Message, length: int) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that is sent in one piece."""
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-length"] = str(length)
    if "content-encoding" in headers and "accept-ranges" in headers:
        # Parts are cut from the file, and not from its compressed form: no two may be put together.
        del headers["accept-ranges"]
        headers["etag"] = f"W/{headers['etag'].removeprefix('W/')}"
    return headers.raw
