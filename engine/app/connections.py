"""What uvicorn lacks for a server that strangers reach, whichever way it was started.

It has no time limit for a request that never ends, and its limit for a message is 16 MB or more,
as Streamlit's outgoing messages may have to be large. Streamlit makes uvicorn's settings itself, so
both are added to uvicorn's own classes here, and so is a limit of connections per address. It makes
the socket, too, in a way that leaves Nagle's algorithm on: the body of an answer then waits for the
browser's receipt of its headers, which takes 40 ms. asyncio writes a line for each of the thousands
of connections that it cannot accept when files run out. And a closed terminal (SIGHUP) ends the
server at once, without a word to its visitors.
"""

import asyncio
import contextlib
import errno
import functools
import logging
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from engine import portable
from engine.app.gate import is_trusted
from engine.app.visitors import network

REQUEST_SECONDS = 20.0  # for the first line, the headers and the body of a request
LOOK_EVERY = 1.0  # seconds between two looks at the unfinished requests
MAX_MESSAGE = 256_000  # bytes of an incoming message: 64,000 characters of at most four
# Of one address that speak HTTP: a browser keeps six to a server, and 200 people may sit behind one
# address; the rest is for those that are about to close. Sockets are counted by `visitors.py`.
MAX_CONNECTIONS = 2_000
MOST_FILES = 65_536  # that this process has open at a time
LOG_EVERY = 60.0  # seconds between two lines about the same trouble
HTTPTOOLS = "uvicorn.protocols.http.httptools_impl"
OUT_OF_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
log = logging.getLogger("practicum.web")
_open: WeakSet[Any] = WeakSet()  # connections that speak HTTP
_num_open: Counter[str] = Counter()  # by address; corrected at each look at the unfinished requests
TOO_MANY = b"Too many connections are open at your address. Close some pages, and try again.\n"
REFUSAL = (
    b"HTTP/1.1 429 Too Many Requests\r\ncontent-type: text/plain\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(TOO_MANY), TOO_MANY)
)


@contextlib.asynccontextmanager
async def guarded() -> AsyncGenerator[None, None]:
    """For the lifespan of an app: everything of this module holds inside."""
    _teach_uvicorn()
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(handler(before))
    sweeping = asyncio.create_task(_sweep())
    try:
        with _hangup_as_end():
            yield
    finally:
        sweeping.cancel()
        loop.set_exception_handler(before)


def allow_many_files() -> None:
    """Let this process open as many files as its user may, where the usual limit is 1,024.

    A reader takes five (Streamlit's session three, and two sockets): measured, the server fails at
    the 250th.
    """
    portable.allow_many_files(MOST_FILES)


def handler(before: Any = None) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """An exception handler that says once that files have run out. asyncio itself pauses then: it
    tries to accept again after a second."""
    said_at = -LOG_EVERY

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal said_at
        error = context.get("exception")
        if "accept" in context["message"] and getattr(error, "errno", None) in OUT_OF_FILES:
            if time.monotonic() - said_at >= LOG_EVERY:
                said_at = time.monotonic()
                log.error("No further connection is accepted for now: %s.", error)
        elif before:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    return handle


@functools.cache
def _teach_uvicorn() -> None:
    _after_connecting(H11Protocol, _count)
    with contextlib.suppress(ImportError):  # httptools is an extra, and quicker
        _after_connecting(import_module(HTTPTOOLS).HttpToolsProtocol, _count)
    _after_connecting(WebSocketsSansIOProtocol, _limit)


def _after_connecting(kind: Any, work: Callable[[Any], None]) -> None:
    made = kind.connection_made

    @functools.wraps(made)
    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        work(self)

    kind.connection_made = connection_made


def _count(protocol: Any) -> None:
    """Note a connection, and refuse it when its address has too many. A trusted proxy speaks for
    many, and must count for itself."""
    _send_at_once(protocol.transport)
    address = _address(protocol)
    if address:
        _num_open[address] += 1
    if address and _num_open[address] > MAX_CONNECTIONS:
        protocol.transport.write(REFUSAL)
        protocol.transport.close()
    else:
        _open.add(protocol)


def _send_at_once(transport: Any) -> None:
    """Let no answer wait for the receipt of what was sent before it (Nagle's algorithm)."""
    found = transport.get_extra_info("socket")
    if found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _address(protocol: Any) -> str:
    """Whom a connection counts for; "" for a trusted proxy, and for this machine."""
    peer = protocol.transport.get_extra_info("peername")
    is_counted = isinstance(peer, tuple) and not is_trusted({"client": (peer[0], 1)})
    return network(peer[0]) if is_counted else ""


def _limit(protocol: Any) -> None:
    """Close a socket at the announcement of too long a message, before any of it is kept."""
    known = protocol.conn.max_message_size
    protocol.conn.max_message_size = min(known or MAX_MESSAGE, MAX_MESSAGE)


async def _sweep() -> None:
    """Close connections whose request has not come to its end in time."""
    since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = [each for each in _open if not each.transport.is_closing()]
        _num_open.clear()
        _num_open.update(filter(None, map(_address, now)))
        for protocol in [each for each in now if each.loop is loop]:
            if protocol.transport.get_protocol() is not protocol:  # it is a socket now
                _open.discard(protocol)
            elif not _is_unfinished(protocol):
                since.pop(protocol, None)
            elif loop.time() - since.setdefault(protocol, loop.time()) >= REQUEST_SECONDS:
                protocol.transport.abort()
                _open.discard(protocol)


def _is_unfinished(protocol: Any) -> bool:
    cycle = protocol.cycle
    if cycle is None:
        return True
    is_idle = protocol.timeout_keep_alive_task is not None  # uvicorn closes it after five seconds
    return not is_idle if cycle.response_complete else cycle.more_body


@contextlib.contextmanager
def _hangup_as_end() -> Iterator[None]:
    """Let SIGHUP end the server as SIGTERM does, but not under `nohup`, which has it ignored."""
    number = getattr(signal, "SIGHUP", None)  # Windows has none
    is_main = threading.current_thread() is threading.main_thread()
    if number is None or not is_main or signal.getsignal(number) is not signal.SIG_DFL:
        yield
        return
    signal.signal(number, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL)
