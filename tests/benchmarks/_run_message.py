"""What one `run` message costs the thread in which all messages are handled: its processor time,
without the network, and without the unpacking of results, which other threads do."""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.app.socket import connection
from engine.app.socket.live import Live
from engine.runs.job import make_job
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from sims import spec

MESSAGES, ROUNDS = 200, 5
FRAMES = tuple(
    json.dumps({"step": step, "episodic_return": 1.5 * step, "observation": [0.1] * 4})
    for step in range(300)
)
SIM = "cartpole"


class NoEngine:
    """Runs nothing: every run is kept."""

    capacity = 1

    def bind(self, on_frames: Any, on_end: Any) -> None:
        """Nothing comes of it."""

    def start(self, *_: Any) -> None:
        raise AssertionError("a run that is kept is not started")

    def cancel(self, *_: Any) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing to end."""


class Visitor:
    """A socket whose messages have all arrived; it leaves when it has so many answers."""

    client = None
    scope: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, messages: list[str], answers: int) -> None:
        self._left, self._answers = list(reversed(messages)), answers
        self._is_answered = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._left:
            return {"type": "websocket.receive", "text": self._left.pop()}
        await self._is_answered.wait()
        return {"type": "websocket.disconnect"}

    async def send_text(self, text: str) -> None:
        self._answers -= 1
        if self._answers == 0:
            self._is_answered.set()

    async def close(self, code: int) -> None:
        raise AssertionError(f"the server closes the connection ({code})")


def cost() -> dict[str, float]:
    """Milliseconds of processor time per message: of results on the disk, and of those at hand."""
    connection.MESSAGES_AT_ONCE = connection.MAX_FOLLOWS = connection.SURE_FOLLOWS = 10**9
    spec.LOOK_EVERY = 0.1  # as in a server
    with tempfile.TemporaryDirectory() as folder:
        results = Results(Path(folder))
        for seed in range(MESSAGES):
            assert results.write(make_job(SIM, {"seed": seed}), FRAMES, {"seconds": 1.0})
        asked = [
            json.dumps({"type": "run", "tag": seed, "sim": SIM, "params": {"seed": seed}})
            for seed in range(MESSAGES)
        ]
        rounds = [asyncio.run(_rounds(results, asked)) for _ in range(ROUNDS)]
    disk, hand = zip(*rounds, strict=True)
    return {"on disk": statistics.median(disk), "at hand": statistics.median(hand)}


async def _rounds(results: Results, asked: list[str]) -> tuple[float, float]:
    engine: Any = NoEngine()
    runner = Runner(engine, results=results)
    server = Live(runner)
    each = 3 * len(asked)  # the run, its frames, its end
    first = await _time(server, asked, each), await _time(server, asked, each)
    await server.close()
    runner.close()
    return first


async def _time(server: Live, asked: list[str], answers: int) -> float:
    visitor: Any = Visitor(asked, answers)
    start = time.thread_time()
    await connection.Connection(server, visitor).serve()
    return 1000 * (time.thread_time() - start) / len(asked)
