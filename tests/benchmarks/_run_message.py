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
PAUSE = 0.003  # seconds: about as long as a result is read
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

    def __init__(self, messages: list[str], answers: int, pause: float) -> None:
        self._left, self._answers, self._pause = list(reversed(messages)), answers, pause
        self._is_answered = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._left:
            if self._pause:
                await asyncio.sleep(self._pause)
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
    """Milliseconds of processor time per message: of results on the disk, and of those at hand.

    The thread sleeps while a result is read, and what it needs is in no cache of the processor when
    it wakes. So the third figure is for messages that come after a pause: docs/decisions/0048.
    """
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
    names = ("on disk", "at hand", "at hand, after a pause")
    return dict(zip(names, map(statistics.median, zip(*rounds, strict=True)), strict=True))


async def _rounds(results: Results, asked: list[str]) -> tuple[float, float, float]:
    engine: Any = NoEngine()
    runner = Runner(engine, results=results)
    server = Live(runner)
    each = 3 * len(asked)  # the run, its frames, its end
    disk, hand = await _time(server, asked, each), await _time(server, asked, each)
    paused = await _time(server, asked, each, PAUSE) - await _time_of_pauses(len(asked))
    await server.close()
    runner.close()
    return disk, hand, paused


async def _time(server: Live, asked: list[str], answers: int, pause: float = 0.0) -> float:
    visitor: Any = Visitor(asked, answers, pause)
    start = time.thread_time()
    await connection.Connection(server, visitor).serve()
    return 1000 * (time.thread_time() - start) / len(asked)


async def _time_of_pauses(number: int) -> float:
    """What the pauses cost by themselves."""
    start = time.thread_time()
    for _ in range(number):
        await asyncio.sleep(PAUSE)
    return 1000 * (time.thread_time() - start) / number
