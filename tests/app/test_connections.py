"""Requests that never end, messages that are too long, no files left, a closed terminal: uvicorn as
Streamlit starts it, with what `connections.py` adds."""

import asyncio
import contextlib
import errno
import logging
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from engine.app import connections
from engine.app.connections import MAX_MESSAGE, guarded
from engine.paths import ROOT
from tests.waiting import PATIENCE, wait_for


async def greet(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def slow(request: Request) -> PlainTextResponse:
    await asyncio.sleep(1.5)
    return PlainTextResponse("late")


async def take(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    with contextlib.suppress(Exception):
        while True:
            await websocket.send_text(str(len(await websocket.receive_text())))


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
    async with guarded():
        yield


APP = Starlette(
    routes=[
        Route("/", greet),
        Route("/slow", slow),
        Route("/take", take, methods=["POST"]),
        WebSocketRoute("/echo", echo),
    ],
    lifespan=lifespan,
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server whose patience with a request is half a second, with a socket as Streamlit makes
    it: not told to be TCP's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "REQUEST_SECONDS", 0.5)
        patch.setattr(connections, "LOOK_EVERY", 0.1)
        server = uvicorn.Server(
            uvicorn.Config(APP, port=0, ws="websockets-sansio", log_level="error")
        )
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def ends(port: int, *parts: bytes) -> bytes:
    """Send the parts of a request, and then drop by drop more; what came back at the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as visitor:
        heard = b""
        for part in parts:
            visitor.sendall(part)
        visitor.settimeout(0.1)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                try:
                    more = visitor.recv(65_536)
                    if not more:
                        return heard
                    heard += more
                    visitor.sendall(b"x")
                except (ConnectionResetError, BrokenPipeError):
                    return heard
                continue
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                visitor.sendall(b"x")
    raise AssertionError("the connection is still open")


@pytest.mark.parametrize("path", ["/", "/echo"])
def test_nothing_waits_for_the_receipt_of_what_was_sent_before(port: int, path: str) -> None:
    """With Nagle's algorithm the second packet is 40 ms late: the body of an answer behind its
    headers, a frame of a run behind another message. A socket keeps what its connection had."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as visitor:
        wait_for(lambda: accepted_from(visitor))
        [transport] = accepted_from(visitor)
        upgrade = UPGRADE if path == "/echo" else b""
        visitor.sendall(b"GET %s HTTP/1.1\r\nhost: localhost\r\n%s\r\n" % (path.encode(), upgrade))
        assert visitor.recv(12) == (b"HTTP/1.1 101" if upgrade else b"HTTP/1.1 200")
        accepted = transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def accepted_from(visitor: socket.socket) -> list[asyncio.Transport]:
    """The server's end of a connection."""
    ends = [protocol.transport for protocol in connections._open]
    return [one for one in ends if one.get_extra_info("peername") == visitor.getsockname()]


UPGRADE = (
    b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


def test_the_usual_limit_of_open_files_is_raised() -> None:
    usual, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        connections.allow_many_files()
        raised, same = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, hard))
    assert same == hard
    assert raised == min(hard, connections.MOST_FILES) or hard == resource.RLIM_INFINITY
    assert raised > 256


GREETING = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GE",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nx-a: ",
        GREETING + b"GET / HTTP/1.1\r\nx: ",
    ],
)
def test_a_request_that_never_ends_is_ended(port: int, start: bytes) -> None:
    heard = ends(port, start)
    assert heard.count(b"hello") == start.count(GREETING)


def test_a_body_that_never_ends_is_ended(port: int) -> None:
    head = b"POST /take HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\nx"
    assert ends(port, head) == b""


def test_an_answer_may_take_its_time(port: int) -> None:
    request = b"GET /slow HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as visitor:
        visitor.sendall(request)
        heard = b""
        while more := visitor.recv(65_536):
            heard += more
    assert heard.endswith(b"late")


def test_headers_have_a_limit(port: int) -> None:
    head = b"GET / HTTP/1.1\r\nhost: localhost\r\n" + b"x-a: " + b"a" * 1_000_000
    assert b"hello" not in ends(port, head)


def test_a_socket_may_be_silent_for_longer(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/echo") as visitor:
        time.sleep(1.5)
        visitor.send("x" * (MAX_MESSAGE - 1))
        assert visitor.recv(timeout=PATIENCE) == str(MAX_MESSAGE - 1)


def test_an_address_has_so_many_connections(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not counted are those of a trusted proxy, as this machine is by default."""
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 2)
    monkeypatch.setattr(connections, "REQUEST_SECONDS", PATIENCE)

    def status() -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as visitor:
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                visitor.sendall(GREETING)
            return visitor.recv(65_536).partition(b"\r\n")[0]

    address = ("127.0.0.1", port)
    with contextlib.ExitStack() as held:
        for _ in range(2):
            held.enter_context(socket.create_connection(address, timeout=PATIENCE))
        assert status() == b"HTTP/1.1 200 OK"
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
        wait_for(lambda: sum(connections._num_open.values()) == 2)
        assert status() == b"HTTP/1.1 429 Too Many Requests"
    wait_for(lambda: not connections._num_open)
    assert status() == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("is_in_pieces", [False, True])
def test_a_message_is_refused_before_it_is_kept(port: int, is_in_pieces: bool) -> None:
    """Also one that never ends: of its pieces, only so many are taken."""
    part = "x" * (MAX_MESSAGE // 4)
    with connect(f"ws://127.0.0.1:{port}/echo") as visitor:
        with contextlib.suppress(ConnectionClosed):  # it is closed while we send
            visitor.send([part] * 100 if is_in_pieces else part * 5)
        with pytest.raises(ConnectionClosed) as caught:
            visitor.recv(timeout=PATIENCE)
        said = caught.value.rcvd
        # Only while we are still sending pieces may the system throw the reason away with them.
        assert (said is None and is_in_pieces) or (said is not None and said.code == 1009)


def test_no_files_left_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    passed: list[str] = []
    handle = connections.handler(lambda _, context: passed.append(context["message"]))
    loop = asyncio.new_event_loop()
    text = "socket.accept() out of system resource"
    with caplog.at_level(logging.ERROR):
        for number in [errno.EMFILE, errno.ENFILE] * 1_000:
            handle(loop, {"message": text, "exception": OSError(number, "Too many open files")})
        handle(loop, {"message": "something else", "exception": OSError(errno.EMFILE, "no")})
    loop.close()
    assert len(caplog.records) == 1
    assert "No further connection is accepted for now" in caplog.text
    assert passed == ["something else"]


SERVER = """
import contextlib, signal, sys, uvicorn
from starlette.applications import Starlette
from engine.app.connections import guarded

@contextlib.asynccontextmanager
async def lifespan(app):
    try:
        async with guarded():
            print("ready", flush=True)
            yield
    finally:
        print("farewell", flush=True)

# Stated, for these tests may run under nohup themselves.
signal.signal(signal.SIGHUP, signal.SIG_IGN if sys.argv[1:] else signal.SIG_DFL)
uvicorn.run(Starlette(lifespan=lifespan), port=0, log_level="critical")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
def test_a_closed_terminal_ends_the_server_as_a_wish_to_end_does() -> None:
    def ended(*arguments: str) -> tuple[list[str], int]:
        command = [sys.executable, "-c", SERVER, *arguments]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        assert server.stdout
        lines = [server.stdout.readline().strip()]
        server.send_signal(signal.SIGHUP)
        if arguments:  # under nohup
            time.sleep(0.5)
            lines.append("on" if server.poll() is None else "off")
            server.send_signal(signal.SIGTERM)
        lines += server.communicate(timeout=PATIENCE)[0].split()
        return lines, server.returncode

    assert ended() == (["ready", "farewell"], -signal.SIGTERM)
    assert ended("nohup") == (["ready", "on", "farewell"], -signal.SIGTERM)
