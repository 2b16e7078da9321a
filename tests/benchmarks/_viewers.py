"""Viewers without a browser: they speak to the server as the page does, and measure its answers."""

import asyncio
import json
import random
import time
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PACE = 2.0  # seconds between the flips of one reader
PATIENCE = 60.0  # seconds; a server that is silent for so long has failed


class Reader:
    """One browser with the lecture open, as far as Streamlit can tell."""

    def __init__(self, address: str, seed: int) -> None:
        self.address = address
        self.random = random.Random(seed)
        self.latencies: list[float] = []  # seconds from a settled slide to the end of its run
        self.num_bytes = 0  # of all flips, there and back
        self.socket: ClientConnection
        self._received = 0  # bytes

    async def open(self) -> None:
        url = self.address.replace("http", "ws") + "/_stcore/stream"
        self.socket = await connect(
            url,
            origin=self.address,  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
        )
        message = BackMsg()
        message.rerun_script.page_name = "overview"
        await self.socket.send(message.SerializeToString())
        self.component = self.fragment = self.page = ""
        while (kind := await self._receive()) != "script_finished":
            assert kind != "socket closed"
        assert self.component, "the lecture page has no stage"
        assert self.fragment

    async def read(self, until: float) -> None:
        """Flip every PACE seconds, from a moment of its own on, until then on `perf_counter`."""
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
            sent = message.SerializeToString()
            before = self._received
            start = time.perf_counter()
            await self.socket.send(sent)
            while await self._receive() != "script_finished":
                pass
            self.num_bytes += len(sent) + self._received - before
            self.latencies.append(time.perf_counter() - start)
            await asyncio.sleep(max(0.0, PACE - (time.perf_counter() - start)))

    async def close(self) -> None:
        await self.socket.close()

    async def _receive(self) -> str:
        data = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        data = data if isinstance(data, bytes) else data.encode()
        self._received += len(data)
        message = ForwardMsg.FromString(data)
        element = message.delta.new_element.bidi_component
        if element.id:
            self.component = element.id
            self.fragment = message.delta.fragment_id
            self.page = message.metadata.active_script_hash
        return message.WhichOneof("type") or ""


class Watcher:
    """The live socket of one page."""

    def __init__(self, address: str) -> None:
        self.url = address.replace("http", "ws") + "/api/live"
        self.socket: ClientConnection

    async def open(self) -> None:
        self.socket = await connect(self.url, max_size=None)

    async def close(self) -> None:
        await self.socket.close()

    async def run(self, sim: str, stop_after: float = PATIENCE, **params: Any) -> dict[str, Any]:
        """One run, followed to its end or stopped: `state`, `run`, `frames` (how many), `first`
        and `end` (seconds from the asking; `first` is 0 when none came), and the place in the queue
        that was told first: `position` (0: it did not wait) and `wait` in seconds."""
        start = time.perf_counter()
        await self._send(type="run", tag="t", sim=sim, params=params)
        told: dict[str, Any] = {"state": "", "run": "", "frames": 0, "first": 0.0, "message": ""}
        told |= {"position": 0, "wait": 0}
        is_stopped = False
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            taken = time.perf_counter() - start
            if message["type"] == "run":
                told |= {name: message[name] for name in ("run", "position", "wait")}
            elif message["type"] == "frames":
                told["first"] = told["first"] or taken
                told["frames"] += len(message["frames"])
            ended = message.get("state") in ("done", "failed", "cancelled", "lost")
            if message["type"] == "error" or (message["type"] == "state" and ended):
                told |= {"state": message.get("state", "refused"), "end": taken}
                return told | {"message": message.get("message", "")}
            if taken > stop_after and not is_stopped:
                is_stopped = True
                await self._send(type="stop", run=told["run"])

    async def refusal(self, sim: str, most: int) -> str:
        """Ask for so many runs at once; the sentence that refuses one of them, or ""."""
        for seed in range(most):
            await self._send(type="run", tag=seed, sim=sim, params={"seed": seed, "gamma": 0.9})
        for _ in range(most):
            message = {"type": ""}
            while message["type"] not in ("run", "error"):
                message = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            if message["type"] == "error":
                return message["message"]
        return ""

    async def _send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))
