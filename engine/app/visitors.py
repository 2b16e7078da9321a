"""How much one address may take of the server: sockets, and messages a second on each kind.

A class sits behind one address (a school's router), so the numbers are those of a class of 200, in
which each has three tabs open, each tab two sockets (Streamlit's and ours), all press Run at once,
and all flip a slide at once. Nobody is refused a message for what a neighbour sends: the messages
of an address wait in turn, one of each socket, and a socket that waits is not read.

Behind a trusted proxy the address is the one that the proxy forwards (`gate.py`); behind another
all visitors are one address. An IPv6 visitor is a whole /64, which is what one is given.
"""

import asyncio
import functools
import ipaddress
import math
from collections import Counter
from dataclasses import dataclass, field

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from engine.app.gate import forwarded, is_trusted
from engine.app.socket.connection import ADDRESS

MAX_SOCKETS = 1_200  # per address: 200 people, 3 tabs, 2 sockets
MOST_PACED = 4_096  # addresses whose last messages are remembered
TRY_LATER = 1013


@dataclass
class Pace:
    """`per_second` messages in the long run, and `at_once` after a silence."""

    per_second: float
    at_once: int
    _due: dict[str, float] = field(default_factory=dict)  # when an address has used up its share

    def wait(self, address: str, now: float) -> float:
        """Take the next place in the row of `address`: seconds until its message is handled."""
        if len(self._due) > MOST_PACED:
            self._due = {name: due for name, due in self._due.items() if due > now}
        earliest = now - (self.at_once - 1) / self.per_second
        due = max(self._due.get(address, -math.inf), earliest)
        self._due[address] = due + 1 / self.per_second
        return max(0.0, due - now)


def paces() -> dict[str, Pace]:
    """By the path of a socket: ours takes 10 messages of each of 200 at once, then one a second of
    each; Streamlit's, of which each runs a script, 4 and one in five seconds."""
    return {"/api/live": Pace(200.0, 2_000), "/_stcore/stream": Pace(40.0, 800)}


class Visitors:
    """Counts the sockets of each address, and lets their messages in at its pace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._paces = paces()
        self._sockets: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)
        address = address_of(scope)
        if self._sockets[address] >= MAX_SOCKETS:
            return await _refuse(WebSocket(scope, receive, send))
        self._sockets[address] += 1
        pace = self._paces.get(scope["path"], self._paces["/_stcore/stream"])
        try:
            scope = {**scope, ADDRESS: address}
            await self.app(scope, functools.partial(_in_turn, receive, pace, address), send)
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]


def address_of(scope: Scope) -> str:
    """Whom a request counts for: an IPv4 address, an IPv6 network, or "" for a local socket."""
    client = scope.get("client")
    name = client[0] if client else ""
    if client is None or client[1] != 0:  # else uvicorn has put the visitor in its proxy's place
        for hop in reversed(forwarded(scope, "for")):
            name = hop
            if not is_trusted({**scope, "client": (hop, 1)}):
                break
    return network(name)


@functools.lru_cache(maxsize=4_096)
def network(name: str) -> str:
    """Whom an IP address counts for: itself, or its IPv6 network."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


async def _in_turn(receive: Receive, pace: Pace, address: str) -> Message:
    message = await receive()
    if message["type"] == "websocket.receive":
        # Also when nothing is to wait for: a full buffer of one socket lets the others have a turn.
        await asyncio.sleep(pace.wait(address, asyncio.get_running_loop().time()))
    return message


async def _refuse(socket: WebSocket) -> None:
    sentence = "Too many pages are open at your address. Close some, and try again.\n"
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        return await socket.send_denial_response(PlainTextResponse(sentence, status_code=429))
    await socket.close(TRY_LATER)
