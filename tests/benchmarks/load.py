"""A hundred readers who each flip every two seconds, over real Streamlit sessions.

Every reader is a websocket client that speaks Streamlit's protocol as the browser does: it opens
the lecture, then reports a slide through the stage component. The server is held to one core.
"""

import asyncio
import json
import os
import random
import statistics
import time
from typing import Any

import psutil
from _scene import scene
from _server import server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

READERS = 100
SECONDS = 20.0
PACE = 2.0  # seconds between the flips of one reader


def measure() -> list[dict[str, Any]]:
    """Rows for latency, CPU and memory under load, and the largest library list of the server."""
    with server() as running:
        live = scene(running.address, running.pid)
    with server("--workers", "1") as running:
        process = psutil.Process(running.pid)
        time.sleep(5)  # the lectures are rendered in the background after the start
        process.cpu_affinity([max(os.sched_getaffinity(0))])
        address = running.address.replace("http", "ws") + "/_stcore/stream"
        before = process.memory_info().rss
        latencies, cpu = asyncio.run(_lecture(address, process))
        grown = process.memory_info().rss - before
        libraries = {entry.path for entry in process.memory_maps()}
    runs = len(latencies)
    p95 = statistics.quantiles(latencies, n=20)[-1] * 1000
    torch = sum("torch" in path for path in libraries)
    return [
        _row(f"{READERS} readers: settled slide to finished run, p95 ms ({runs} runs)", p95, 25),
        _row("the same, median ms", statistics.median(latencies) * 1000, 25),
        _row("CPU of the server, ms a run", cpu / runs * 1000, 5),
        _row("memory of a session, MB", grown / READERS / 2**20, 0.3),
        _row("torch libraries mapped in the server", torch, 0),
        _row("live scene: first frame after the click, s", live["first"], 0.2),
        _row("live scene: share of a core of the server, one viewer", live["core"], 0.01),
        _row("slider to redrawn exact curve, ms", live["slider"], 100),
        _row("live scene: frames drawn a second", live["fps"], 60, least=55),
    ]


async def _lecture(address: str, process: psutil.Process) -> tuple[list[float], float]:
    readers = [Reader(address, seed) for seed in range(READERS)]
    for reader in readers:
        await reader.open()
    await asyncio.sleep(1)
    start = sum(process.cpu_times()[:2])
    until = time.perf_counter() + SECONDS
    await asyncio.gather(*(reader.read(until) for reader in readers))
    cpu = sum(process.cpu_times()[:2]) - start
    for reader in readers:
        await reader.close()
    return [latency for reader in readers for latency in reader.latencies], cpu


class Reader:
    """One browser, as far as the server can tell."""

    def __init__(self, address: str, seed: int) -> None:
        self.address = address
        self.random = random.Random(seed)
        self.latencies: list[float] = []
        self.socket: ClientConnection

    async def open(self) -> None:
        origin = self.address.replace("ws", "http").split("/_stcore")[0]
        self.socket = await connect(
            self.address, origin=origin, subprotocols=["streamlit"], max_size=None
        )  # type: ignore[arg-type]
        message = BackMsg()
        message.rerun_script.page_name = "overview"
        await self.socket.send(message.SerializeToString())
        self.component = self.fragment = self.page = ""
        while (kind := await self._receive()) != "script_finished":
            assert kind != "socket closed"
        assert self.component, "the lecture page has no stage"
        assert self.fragment

    async def read(self, until: float) -> None:
        await asyncio.sleep(self.random.random() * PACE)
        flip = 0
        while time.perf_counter() < until:
            flip += 1
            message = BackMsg()
            rerun = message.rerun_script
            rerun.page_script_hash = self.page
            rerun.fragment_id = self.fragment
            state = rerun.widget_states.widgets.add()
            state.id = self.component
            state.json_value = json.dumps({"slide": f"slide-{flip}"})
            start = time.perf_counter()
            await self.socket.send(message.SerializeToString())
            while await self._receive() not in ("script_finished",):
                pass
            self.latencies.append(time.perf_counter() - start)
            await asyncio.sleep(max(0.0, PACE - (time.perf_counter() - start)))

    async def close(self) -> None:
        await self.socket.close()

    async def _receive(self) -> str:
        data = await self.socket.recv()
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        element = message.delta.new_element.bidi_component
        if element.id:
            self.component = element.id
            self.fragment = message.delta.fragment_id
            self.page = message.metadata.active_script_hash
        return message.WhichOneof("type") or ""


def _row(what: str, ours: float, budget: float, least: float | None = None) -> dict[str, Any]:
    words, ok = (f"<= {budget}", ours <= budget) if least is None else (f"{budget}", ours >= least)
    return {
        "what": what,
        "ours": round(ours, 3),
        "peer": "",
        "ratio": "",
        "budget": words,
        "ok": ok,
    }
