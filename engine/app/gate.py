"""One check of host and origin, before our sockets, Streamlit's and every page.

A browser names the page that sends a request (`Origin`) and the name under which it found this
server (`Host`), and no page can forge either. A page of another origin would otherwise use the
server with the reader's own rights, and so would one whose name its owner has pointed at this
machine. Streamlit's own check comes too late for that, and asks a host outside for this machine's
address while everybody waits: what passes here, it finds in order at once.
"""

import functools
import ipaddress
import logging
import os
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from engine.app import allowed

TRUSTED = "FORWARDED_ALLOW_IPS"  # uvicorn's variable, which it reads for the same purpose
LOOPBACK = "127.0.0.1,::1"
SHOWN = 100  # characters of what a visitor sent, in an answer or in the log
MOST_LOGGED = 50  # refused names: further ones are refused without a line
_DOT = re.compile(r"\.(:\d+)?$")
log = logging.getLogger("practicum.web")


class Gate:
    """Answers 403 to a host that is not ours and to pages of origins that are not allowed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._logged: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        sentence = next(_faults(scope), None)
        if sentence is None:
            return await self.app(_with_one_host(scope), receive, send)
        if sentence not in self._logged and len(self._logged) < MOST_LOGGED:
            self._logged.add(sentence)
            log.warning("refused: %s", sentence)
        refusal = PlainTextResponse(f"{sentence}\n", status_code=403)
        if scope["type"] == "http":
            return await refusal(scope, receive, send)
        socket = WebSocket(scope, receive, send)
        if "websocket.http.response" in scope.get("extensions", {}):
            return await socket.send_denial_response(refusal)
        await socket.close(1008)  # before `accept`: the visitor sees a 403


def is_trusted(scope: Scope) -> bool:
    """Whether the request came from a proxy whose `X-Forwarded-…` headers may be believed.

    Port 0 is uvicorn's mark: it has believed the peer already, and put the visitor in its place.
    """
    client = scope.get("client")
    return client is None or client[1] == 0 or _is_listed(client[0], os.environ.get(TRUSTED))


def as_trusted(text: str) -> str:
    """A list for `FORWARDED_ALLOW_IPS`; a ValueError names what is not an address in it."""
    for name in filter(None, (name.strip() for name in text.split(","))):
        try:
            if name != "*":
                ipaddress.ip_network(name, strict=False)
        except ValueError:
            sentence = f"{name} is not an IP address; write 10.0.0.7 or 10.0.0.0/8."
            raise ValueError(sentence) from None
    return text


def forwarded(scope: Scope, name: str) -> list[str]:
    """The values of `X-Forwarded-{name}`, when they come from a trusted proxy."""
    if not is_trusted(scope):
        return []
    values = Headers(scope=scope).getlist(f"x-forwarded-{name}")
    return [value.strip() for value in ",".join(values).split(",") if value.strip()]


@functools.lru_cache(maxsize=1024)
def _is_listed(peer: str, listed: str | None) -> bool:
    names = [name.strip() for name in (LOOPBACK if listed is None else listed).split(",")]
    if "*" in names or peer in names:
        return True
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # an IPv4 peer of an IPv6 socket
    return any((mapped or address) in network for network in _networks(names))


def _networks(names: list[str]) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    for name in names:
        try:
            yield ipaddress.ip_network(name, strict=False)
        except ValueError:
            continue


def _faults(scope: Scope) -> Iterator[str]:
    """What is wrong with the host or the origin of a request, in words."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    for host in filter(None, hosts):  # a program may send none (HTTP/1.0), a browser never
        if not allowed.is_own_host(host):
            name = allowed.host_name(host) or host
            yield (
                f"This server does not answer to the name {name[:SHOWN]!r}. Its operator can "
                f"allow that: --allow-host NAME, or {allowed.HOSTS}=NAME."
            )
    for origin in headers.getlist("origin"):  # none: no page, and a program could send any
        if not _is_own_page(origin, [*hosts, *forwarded(scope, "host")]):
            yield (
                f"Pages of {origin[:SHOWN]!r} may not use this server. Its operator can allow "
                f"that: --allow-origin ORIGIN, or {allowed.ORIGINS}=ORIGIN."
            )


def _is_own_page(origin: str, hosts: list[str]) -> bool:
    try:
        plain = allowed.as_origin(origin)
    except ValueError:
        return False  # `null`: a file, or a frame without rights
    scheme, _, netloc = plain.partition("://")
    port = ":443" if scheme == "https" else ":80"
    ours = (host.lower().removesuffix(port) for host in hosts)
    # "localhost." is the name in full; an origin is spelled without that dot
    return plain in allowed.origins() or netloc in {_DOT.sub(r"\1", host) for host in ours}


def _with_one_host(scope: Scope) -> Scope:
    """The request with the origin's host as its own, so that nobody need compare them again."""
    origin = Headers(scope=scope).get("origin")
    if origin is None:
        return scope
    host = (b"host", urlsplit(origin).netloc.encode("latin-1"))
    others = [pair for pair in scope["headers"] if pair[0] != b"host"]
    return {**scope, "headers": [host, *others]}
