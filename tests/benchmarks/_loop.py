"""What a `run` message costs the event loop, which all visitors of a server share."""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.app.socket.live import Connection, Live
from engine.runs.job import make_job
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from sims import spec

MESSAGES = 60  # of one connection; it may send 200 at once
ROUNDS = 5
FRAMES = [f'{{"step":{step},"reward":1.0}}' for step in range(100)]


class _NoEngine:
    """Everything that is asked for is kept already."""

    capacity = 0

    def bind(self, *_: Any) -> None: ...

    def start(self, *_: Any) -> None: ...

    def cancel(self, *_: Any) -> None: ...

    def close(self) -> None: ...


class _Socket:
    """A connection whose messages have all arrived; it waits for the last answer."""

    client = None

    def __init__(self, texts: list[str]) -> None:
        self._texts = iter(texts)
        self._left = len(texts)
        self._is_over = asyncio.Event()

    async def receive(self) -> dict[str, str]:
        if (text := next(self._texts, None)) is not None:
            return {"type": "websocket.receive", "text": text}
        await self._is_over.wait()
        return {"type": "websocket.disconnect"}

    async def send_text(self, text: str) -> None:
        self._left -= text.startswith('{"type":"state"')
        if not self._left:
            self._is_over.set()


def run_message() -> tuple[float, float]:
    """CPU milliseconds of the loop's thread for a `run` of what is kept on disk, and in memory:
    the reply, 100 frames and the end. The median of several rounds."""
    spec.LOOK_EVERY = 0.1  # as in a server
    disk, memory = [], []
    try:
        with tempfile.TemporaryDirectory() as folder:
            results = Results(Path(folder))
            for seed in range(MESSAGES):
                results.write(make_job("cartpole", {"seed": seed}), FRAMES, {"seconds": 1.0})
            for _ in range(ROUNDS):
                runner = Runner(_NoEngine(), results=results)
                disk.append(asyncio.run(_cost(runner)))
                memory.append(asyncio.run(_cost(runner)))
                runner.close()
    finally:
        spec.LOOK_EVERY = 0.0
    return statistics.median(disk), statistics.median(memory)


async def _cost(runner: Runner) -> float:
    messages = [
        json.dumps({"type": "run", "sim": "cartpole", "params": {"seed": seed}})
        for seed in range(MESSAGES)
    ]
    connection = Connection(Live(runner), _Socket(messages))  # type: ignore[arg-type]
    start = time.thread_time()
    await connection.serve()
    return (time.thread_time() - start) / MESSAGES * 1000


if __name__ == "__main__":
    print(*run_message())
