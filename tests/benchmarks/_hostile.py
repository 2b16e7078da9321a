"""Visitors with ill will: each does one thing that costs the server most, again and again.

    python _hostile.py ADDRESS KIND SECONDS

A process each, so that the work of sending does not slow down whoever measures.
"""

import asyncio
import contextlib
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlsplit

import websockets
from websockets.asyncio.client import connect

RUN = {"type": "run", "sim": "bandit", "params": {}}
RATE = 50  # messages a second that one connection may send
TROUBLE = (OSError, TimeoutError, websockets.WebSocketException, asyncio.IncompleteReadError)


class Hostile:
    """One of them; `kind` counts through the ways."""

    def __init__(self, address: str, kind: int) -> None:
        self.address = address
        self.live = f"ws{address.removeprefix('http')}/api/live"
        self.dice = random.Random(kind)
        ways = (self.flood, self.send_without_end, self.ask_oddly, self.hold_open, self.run_oddly)
        self.way: Callable[[float], Awaitable[None]] = ways[kind % len(ways)]

    async def work(self, until: float) -> None:
        """Until then on `perf_counter`; what the server refuses is tried again."""
        while time.perf_counter() < until:
            with contextlib.suppress(*TROUBLE):
                await self.way(min(until, time.perf_counter() + 10))
            await asyncio.sleep(0.2)

    async def flood(self, until: float) -> None:
        """Kept runs at the allowed rate, from four connections that read little."""
        await asyncio.gather(*(self._flood(until) for _ in range(4)))

    async def _flood(self, until: float) -> None:
        async with connect(self.live) as socket:
            reading = asyncio.create_task(_read(socket))
            while time.perf_counter() < until:
                await socket.send(json.dumps(RUN))
                await asyncio.sleep(1 / RATE)
            reading.cancel()

    async def send_without_end(self, until: float) -> None:
        """A message of which the end never comes."""

        async def parts() -> Any:
            while time.perf_counter() < until:
                yield "x" * 100_000
                await asyncio.sleep(0)

        async with connect(self.live) as socket:
            await socket.send(parts())

    async def ask_oddly(self, until: float) -> None:
        """Long queries, addresses that lead elsewhere, bodies, foreign origins."""
        letter = self.dice.choice("a<[`*")
        asked = (
            f"/api/search?q={quote(letter * 5_000)}",
            f"/?lost={quote(letter * 5_000)}",
            f"/files/{'..%2f' * 30}etc/passwd",
            f"/api/source/{letter * 300}",
            f"/api/decks/{quote(letter * 3_000)}/x.json",
        )
        while time.perf_counter() < until:
            await asyncio.to_thread(_ask, self.address + self.dice.choice(asked))
            with contextlib.suppress(*TROUBLE):
                async with connect(self.live, origin="http://evil.example"):  # type: ignore[arg-type]
                    pass
            await asyncio.sleep(0.02)

    async def hold_open(self, until: float) -> None:
        """Requests of which the end never comes, a hundred at a time."""
        host, port = urlsplit(self.address).netloc.split(":")
        writers = []
        for _ in range(100):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"GET / HTTP/1.1\r\nhost: ")
            writers.append(writer)
        await asyncio.sleep(max(0.0, until - time.perf_counter()))
        for writer in writers:
            writer.close()

    async def run_oddly(self, until: float) -> None:
        """New runs with tiny budgets, runs anew, stops of others, and what is not a message."""
        async with connect(self.live) as socket:
            reading = asyncio.create_task(_read(socket))
            while time.perf_counter() < until:
                await socket.send(self.dice.choice(self._odd_messages()))
                await asyncio.sleep(1 / RATE)
            reading.cancel()

    def _odd_messages(self) -> tuple[str, ...]:
        seed = self.dice.randrange(10_000)
        return (
            json.dumps(RUN | {"fresh": True, "budget": {"seconds": 0.01}}),
            json.dumps(RUN | {"params": {"seed": seed, "num_steps": 10**9}, "fresh": True}),
            json.dumps({"type": "stop", "run": "x" * 16}),
            "[" * 3_000,
            '{"type": "check", "tag": NaN}',
            "9" * 5_000,
        )


async def _read(socket: Any) -> None:
    with contextlib.suppress(*TROUBLE):
        async for _ in socket:
            await asyncio.sleep(0)


def _ask(address: str) -> None:
    with contextlib.suppress(urllib.error.URLError, OSError, ValueError):
        urllib.request.urlopen(address, timeout=30).read()


if __name__ == "__main__":
    os.nice(10)  # in earnest they have machines of their own
    until = time.perf_counter() + float(sys.argv[3])
    asyncio.run(Hostile(sys.argv[1], int(sys.argv[2])).work(until))
