"""A room of 200 phones: how late a slide and a tap are, and whether any vote is lost.

With a PostgreSQL store (PRACTICUM_BENCH_POSTGRES) also on that, and with two servers on it behind
HAProxy."""

import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import websockets
from _server import ROOT, Server, port_of, server, wait_for

PHONES = int(os.environ.get("PRACTICUM_BENCH_PHONES", "200"))
FLIPS, EVERY = 20, 0.5  # slides, seconds
PROCESSES, THREADS = 4, 8
VOTES = int(os.environ.get("PRACTICUM_BENCH_VOTES", "16000"))
POSTGRES = "PRACTICUM_BENCH_POSTGRES"  # a store: postgresql+psycopg://user@host/database
Row = dict[str, Any]


def measure() -> list[Row]:
    """Rows of the stores (votes lost, votes a second), then those of a room that is served."""
    with tempfile.TemporaryDirectory() as folder:
        stores = {"SQLite": f"sqlite:///{folder}/rooms.sqlite"}
        if os.environ.get(POSTGRES):
            stores["PostgreSQL"] = os.environ[POSTGRES]
        rows = [row for name, url in stores.items() for row in _votes(name, url)]
        (Path(folder) / "talk.md").write_text(DECK, encoding="utf-8")
        for name, url in stores.items():
            with _serving(folder, url) as served:
                rows += asyncio.run(_class(name, served.address, [served]))
        if url := os.environ.get(POSTGRES):
            with (
                _serving(folder, url) as one,
                _serving(folder, url) as two,
                _proxy(one, two) as address,
            ):
                rows += asyncio.run(_class("two servers", address, [one, two]))
        return rows


def _serving(folder: str, store: str) -> contextlib.AbstractContextManager[Server]:
    return server("--room", "--store", store, "--lectures", folder, "--workers", "1")


@contextlib.contextmanager
def _proxy(one: Server, two: Server) -> Iterator[str]:
    """The address of HAProxy before two servers, as engine/deploy has it."""
    if not shutil.which("haproxy"):
        raise RuntimeError("two servers are measured behind HAProxy: apt-get install haproxy")
    port = port_of()
    places = {"LISTEN": f"127.0.0.1:{port}"}
    for name, each in (("REPLICA_1", one), ("REPLICA_2", two)):
        places[name] = each.address.removeprefix("http://")
    config = ROOT / "engine" / "deploy" / "haproxy.cfg"
    process = subprocess.Popen(
        ["haproxy", "-db", "-f", str(config)], env=os.environ | places, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(process, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


DECK = """\
# A

---

# B

```vote
id: first
question: Is it so?
options: ["yes", "no"]
```
"""


def _votes(name: str, url: str) -> list[Row]:
    """People join and give eight votes each, from processes of their own, as fast as they can."""
    from engine.room import polls, rooms
    from engine.room.store import Store

    store = Store(url)
    room, _ = rooms.open_room(store, "talk")
    each = VOTES // (PROCESSES * THREADS)
    command = [sys.executable, "-m", "tests.room.voters", url, room.code, str(each), str(THREADS)]
    start = time.perf_counter()
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(PROCESSES)
    ]
    acknowledged = sum(len(set(one.communicate()[0].split())) for one in started)
    took = time.perf_counter() - start
    kept = sum(one.counts["yes"] for one in polls.tallies(store, room.code))
    rooms.remove(store, room.code)
    store.close()
    lost = PROCESSES * THREADS * each - min(acknowledged, kept)
    what = f"{name}: {acknowledged} votes, {PROCESSES} processes x {THREADS} threads"
    return [
        _row(f"{what}: lost", lost, 0),
        {"what": f"{name}: votes a second", "ours": kept / took, "ok": True},
    ]


class Phone:
    """One page of a room: what it has heard, and when (seconds of the clock of this process)."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self.listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for text in self.socket:
            self.heard.append((time.perf_counter(), json.loads(text)))

    async def say(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a message; its answer."""
        tag = f"{kind}{time.perf_counter()}"
        await self.socket.send(json.dumps({"type": f"room_{kind}", "tag": tag, **fields}))
        return (await self.wait(lambda one: one.get("tag") == tag))[1]

    async def wait(self, wanted: Any) -> tuple[float, dict[str, Any]]:
        for _ in range(3000):
            for at, message in reversed(self.heard):
                if wanted(message):
                    return at, message
            await asyncio.sleep(0.01)
        raise RuntimeError("the room is silent")


async def _class(where: str, address: str, servers: list[Server]) -> list[Row]:
    live = f"ws{address.removeprefix('http')}/api/live"
    presenter = Phone(await websockets.connect(live))
    room = (await presenter.say("open", lecture="talk"))["room"]
    phones = [Phone(await websockets.connect(live)) for _ in range(PHONES)]
    for phone in phones:
        await phone.say("enter", room=room)
    late, share = await _flips(presenter, phones, [psutil.Process(one.pid) for one in servers])
    taps, all_after, counted = await _taps(presenter, phones)
    for page in (presenter, *phones):
        await page.socket.close()
    who = f"{where}: {PHONES} phones"
    return [
        _row(f"{who}: slide to follower, p95 ms", 1000 * _p95(late), 250),
        _row(f"{who}: share of a core, a slide every {EVERY:g} s", share, 0.15),
        _row(f"{who} vote within 5 s: tap to wall, p95 ms", 1000 * _p95(taps), 500),
        _row(f"{who} vote within 5 s: counted", counted, PHONES, is_least=True),
        _row(f"{where}: seconds from the last tap until all are drawn", all_after, 1),
    ]


async def _flips(
    presenter: Phone, phones: list[Phone], processes: list[psutil.Process]
) -> tuple[list[float], float]:
    """Seconds from a move to each phone, and the servers' share of a core meanwhile."""
    late: list[float] = []
    before, start = _busy(processes), time.perf_counter()
    for number in range(1, FLIPS + 1):
        said = time.perf_counter()
        await presenter.say("move", place={"slide": "b", "step": number})
        for phone in phones:
            at, _ = await phone.wait(lambda one, n=number: _step(one) == n)
            late.append(at - said)
            phone.heard.clear()
        await asyncio.sleep(max(0.0, said + EVERY - time.perf_counter()))
    return late, (_busy(processes) - before) / (time.perf_counter() - start)


def _busy(processes: list[psutil.Process]) -> float:
    """Seconds of a core that they have taken."""
    return sum(sum(one.cpu_times()[:2]) for one in processes)


def _step(message: dict[str, Any]) -> int:
    place = message.get("place") if message["type"] == "room_news" else None
    return place["step"] if place else -1


async def _taps(presenter: Phone, phones: list[Phone]) -> tuple[list[float], float, int]:
    """Seconds from each tap until the wall counts it, from the last one until all are counted, and
    how many are counted."""
    tapped: list[float] = []

    async def tap(phone: Phone, place: int) -> None:
        await asyncio.sleep(5 * place / len(phones))
        tapped.append(time.perf_counter())
        await phone.say("vote", block="first", choice="yes")

    await asyncio.gather(*(tap(phone, place) for place, phone in enumerate(phones)))
    end, _ = await presenter.wait(lambda one: _people(one) == len(phones))
    drawn = [(at, _people(one)) for at, one in presenter.heard if _people(one) >= 0]
    tapped.sort()
    late = [
        next(at for at, people in drawn if people > place) - tapped[place]
        for place in range(len(tapped))
    ]
    return late, end - tapped[-1], max(people for _, people in drawn)


def _people(message: dict[str, Any]) -> int:
    polls = message.get("polls") if message["type"] == "room_polls" else None
    return polls[0]["people"] if polls else -1


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _row(what: str, ours: float, limit: float, is_least: bool = False) -> Row:
    ok = ours >= limit if is_least else ours <= limit
    sign = ">=" if is_least else "<="
    return {"what": what, "ours": float(ours), "budget": f"{sign} {limit:g}", "ok": ok}
