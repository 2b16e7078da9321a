"""Viewers come, flip, run something, and go, for twenty minutes: does anything grow without end?
And do five hostile ones among fifty slow down the others?

Memory of the server and of its workers is sampled all the while. What is meant to fill up (kept
runs, sessions that may come back) is full by half time; the slope is that of the second half.
"""

import asyncio
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from _server import server
from _viewers import Reader, Watcher
from websockets import WebSocketException

PROGRAM = str(Path(__file__).with_name("_hostile.py"))
VIEWERS, HOSTILE = 45, 5  # at a time; all at one address
MOST_MS = 50.0  # of a flip, for 95 in 100
MINUTES = 20.0
SAMPLE = 5.0  # seconds
SIMS = ("bandit", "cartpole", "reward_model")
# What measures as less cannot be told in ten minutes from who happens to be there at the moment. A
# kilobyte or a file lost at each visit would be 2 MB or 2,000 files an hour.
MOST_PER_HOUR = 30.0  # MB
MOST_FILES_PER_HOUR = 60.0


def measure(minutes: float = MINUTES) -> list[dict[str, Any]]:
    """Rows for slopes of memory, and for what the viewers saw."""
    with server("--workers", "1") as running:
        time.sleep(5)  # the lectures are rendered in the background after the start
        soak = Soak(running.address, psutil.Process(running.pid))
        asyncio.run(soak.run(60 * minutes))
    return soak.rows()


class Soak:
    """The viewers of one soak, and the samples taken meanwhile."""

    def __init__(self, address: str, process: psutil.Process) -> None:
        self.address = address
        self.process = process
        self.samples: list[tuple[float, float, float, int, int]] = []
        self.visits = 0
        self.ends: dict[str, int] = {}
        self.latencies: list[float] = []
        self.faults: list[str] = []

    async def run(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        sampler = asyncio.create_task(self._sample(until))
        seats = [self._seat(seed, until) for seed in range(VIEWERS)]
        hostile = [
            subprocess.Popen([sys.executable, PROGRAM, self.address, str(kind), str(seconds)])
            for kind in range(HOSTILE)
        ]
        try:
            await asyncio.gather(*seats)
        finally:
            for one in hostile:
                one.kill()
                one.wait()
        await sampler

    async def _seat(self, seed: int, until: float) -> None:
        """One viewer after another on the same chair."""
        dice = random.Random(seed)
        while time.perf_counter() < until:
            try:
                await self._visit(dice)
            except (OSError, TimeoutError, AssertionError, WebSocketException) as error:
                self.faults.append(repr(error))
                await asyncio.sleep(1)

    async def _visit(self, dice: random.Random) -> None:
        self.visits += 1
        reader = Reader(self.address, dice.randrange(2**30))
        watcher = Watcher(self.address)
        await reader.open()
        await watcher.open()
        reading = asyncio.create_task(reader.read(time.perf_counter() + dice.uniform(8, 30)))
        await asyncio.sleep(dice.uniform(0, 5))
        stop_after = dice.choice((60.0, 60.0, 0.2))  # every third changes its mind
        told = await watcher.run(dice.choice(SIMS), stop_after, seed=dice.randrange(60))
        self.ends[told["state"]] = self.ends.get(told["state"], 0) + 1
        await reading
        self.latencies += reader.latencies
        await watcher.close()
        await reader.close()

    async def _sample(self, until: float) -> None:
        start = time.perf_counter()
        while time.perf_counter() < until:
            workers = 0.0
            for child in self.process.children(recursive=True):
                try:
                    workers += child.memory_info().rss / 2**20
                except psutil.NoSuchProcess:  # it ended between the list and the look
                    continue
            rss = self.process.memory_info().rss / 2**20
            counts = self.process.num_fds(), self.process.num_threads()
            self.samples.append((time.perf_counter() - start, rss, workers, *counts))
            await asyncio.sleep(SAMPLE)

    def rows(self) -> list[dict[str, Any]]:
        half = [sample for sample in self.samples if sample[0] > self.samples[-1][0] / 2]
        hours = [sample[0] / 3600 for sample in half]
        columns = list(zip(*half, strict=True))
        slopes = [statistics.linear_regression(hours, column).slope for column in columns[1:]]
        bad = sum(count for end, count in self.ends.items() if end not in ("done", "cancelled"))
        minutes = self.samples[-1][0] / 60
        p95 = statistics.quantiles(self.latencies, n=20)[-1] * 1000
        first, last = self.samples[0], self.samples[-1]
        return [
            _row(f"server: MB an hour, 2nd half of {minutes:.0f} min", slopes[0], MOST_PER_HOUR),
            _row("workers: MB an hour, same time", slopes[1], MOST_PER_HOUR),
            _row("open files: more an hour", slopes[2], MOST_FILES_PER_HOUR),
            _row("threads: more an hour", slopes[3], 10),
            _row("server: MB at the start", first[1]),
            _row("server: MB at half time", half[0][1]),
            _row("server: MB at the end", last[1]),
            _row("workers: MB together, at the end", last[2]),
            _row("visits", self.visits),
            _row(f"runs ({', '.join(f'{n} {end}' for end, n in self.ends.items())}): bad", bad, 0),
            _row("visits that broke off", len(self.faults), 0),
            _row(f"flips ({len(self.latencies)}): p95 ms", p95, MOST_MS),
        ]


def _row(what: str, ours: float, most: float | None = None) -> dict[str, Any]:
    budget = "" if most is None else f"<= {most:g}"
    ok = most is None or ours <= most
    return {
        "what": what,
        "ours": round(ours, 2),
        "peer": "",
        "ratio": "",
        "budget": budget,
        "ok": ok,
    }
