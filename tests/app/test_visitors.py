"""What one address may take, and that a class of 200 behind one fits."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from engine.app import visitors
from engine.app.gate import TRUSTED
from engine.app.visitors import Pace, Visitors, address_of, paces

CLASS = 200
Serve = Callable[[Scope, Receive, Send], Awaitable[None]]


def socket(path: str = "/api/live", peer: str = "203.0.113.9", port: int = 50_000) -> Scope:
    return {"type": "websocket", "path": path, "client": (peer, port), "headers": []}


def told(scope: Scope, *hops: str) -> Scope:
    return {**scope, "headers": [(b"x-forwarded-for", hop.encode()) for hop in hops]}


async def sent(app: Serve, scope: Scope) -> list[Message]:
    """What a socket hears that sends nothing."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    await app(scope, receive, send)
    return messages


def test_an_address_has_so_many_sockets_and_gets_them_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MAX_SOCKETS", 2)

    async def visit() -> None:
        leave = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await leave.wait()

        door = Visitors(app)
        inside = [asyncio.create_task(sent(door, socket())) for _ in range(2)]
        await asyncio.sleep(0)
        assert await asyncio.wait_for(sent(door, socket("/_stcore/stream")), 5) == [
            {"type": "websocket.close", "code": 1013, "reason": ""}
        ]
        other = asyncio.create_task(sent(door, socket(peer="203.0.113.10")))
        await asyncio.sleep(0)
        leave.set()
        assert await asyncio.gather(*inside, other) == [[], [], []]
        assert await sent(door, socket()) == []
        assert not door._sockets

    asyncio.run(visit())


def test_a_class_behind_one_address_fits() -> None:
    assert visitors.MAX_SOCKETS >= CLASS * 3 * 2
    live, streamlit = paces()["/api/live"], paces()["/_stcore/stream"]
    # All open the lecture, press Run five times and stop it: nobody waits.
    assert max(live.wait("room", 0.0) for _ in range(CLASS * 10)) < 1e-6
    assert max(streamlit.wait("room", 0.0) for _ in range(CLASS * 3)) < 1e-6
    # For an hour after that, each runs something every five seconds and flips every ten.
    waits = [live.wait("room", 1 + k / (CLASS / 5)) for k in range(CLASS * 720)]
    flips = [streamlit.wait("room", 1 + k / (CLASS / 10)) for k in range(CLASS * 360)]
    assert max(waits + flips) < 1e-6


def test_many_sockets_of_one_address_have_one_pace() -> None:
    pace = Pace(per_second=200.0, at_once=100)
    waits = [pace.wait("one", k / 1_000) for k in range(1_000)]  # 20 sockets, 50 a second each
    assert waits[:100] == [0.0] * 100
    assert waits[-1] == pytest.approx(900 / 200 - 0.999, abs=0.01)
    assert pace.wait("another", 1.0) == 0
    assert pace.wait("one", 100.0) == 0


def test_addresses_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_PACED", 10)
    pace = Pace(1.0, 1)
    for k in range(1_000):
        pace.wait(str(k), float(k))
    assert len(pace._due) <= 12


def test_a_full_buffer_lets_others_have_their_turn() -> None:
    """A thousand messages lie ready at one socket, so that nothing in it ever waits."""
    order: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(1_000):
            await receive()
            order.append("message")

    async def receive() -> Message:
        return {"type": "websocket.receive", "text": "{}"}

    async def other() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
            order.append("other")

    async def both() -> None:
        await asyncio.gather(Visitors(app)(socket(), receive, lambda _: asyncio.sleep(0)), other())

    asyncio.run(both())
    assert order.index("other") < 5
    assert [k for k, one in enumerate(order) if one == "other"][-1] < 50


def test_a_pair_of_sockets_waits_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that sends a lot does not keep its neighbour waiting for more than a place."""
    monkeypatch.setattr(visitors, "paces", lambda: {"/_stcore/stream": Pace(200.0, 1)})
    order: list[str] = []

    async def both() -> None:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            for _ in range(20 if scope["path"] == "/a" else 3):
                await receive()
                order.append(scope["path"])

        async def receive() -> Message:
            return {"type": "websocket.receive", "text": "{}"}

        door = Visitors(app)
        await asyncio.gather(
            *(door(socket(path), receive, lambda _: asyncio.sleep(0)) for path in ("/a", "/b"))
        )

    asyncio.run(both())
    assert [k for k, one in enumerate(order) if one == "/b"][-1] < 8


@pytest.mark.parametrize(
    ("scope", "address"),
    [
        (socket(), "203.0.113.9"),
        (told(socket(), "198.51.100.1"), "203.0.113.9"),  # a visitor may write what it likes
        (told(socket(peer="10.0.0.7"), "198.51.100.1"), "198.51.100.1"),
        (told(socket(peer="10.0.0.7"), "1.2.3.4, 198.51.100.1, 10.0.0.8"), "198.51.100.1"),
        (told(socket(peer="10.0.0.7"), "1.2.3.4", "198.51.100.1"), "198.51.100.1"),
        (told(socket(peer="198.51.100.1", port=0), "1.2.3.4, 198.51.100.1"), "198.51.100.1"),
        (socket(peer="10.0.0.7"), "10.0.0.7"),
        (socket(peer="2001:db8:1:2:3::4"), "2001:db8:1:2::/64"),
        (socket(peer="2001:db8:1:2::ffff"), "2001:db8:1:2::/64"),
        (socket(peer="::ffff:203.0.113.9"), "203.0.113.9"),
        ({**socket(), "client": None}, ""),
        (told(socket(peer="10.0.0.7"), "unknown"), "unknown"),
    ],
)
def test_whom_a_socket_counts_for(
    scope: Scope, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TRUSTED, "10.0.0.0/8")
    assert address_of(scope) == address
