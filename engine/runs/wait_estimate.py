"""How long a run will wait: from what such runs took recently, what runs now, and who is ahead.

An estimate, and said as one ("about 20 s"): parameters differ, and a run may be stopped before its
end. It never says "now" while the line does not move.
"""

import heapq
import math
import statistics
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from engine.runs.run import Run

GUESS = 10.0  # seconds, before any run has ended here: what a block may take by default
RECENT = 9  # runs whose median counts
OVERDUE = 1.25  # a run past its time is expected to take a quarter more than it has had


class Estimates:
    """Knows how many seconds the last runs of each simulation took, and the last ones of any."""

    def __init__(self) -> None:
        self._of_sim: dict[str, deque[float]] = {}
        self._of_any: deque[float] = deque(maxlen=RECENT)

    def note(self, sim: str, seconds: float) -> None:
        """A run of `sim` has come to its end after so many seconds."""
        self._of_sim.setdefault(sim, deque(maxlen=RECENT)).append(seconds)
        self._of_any.append(seconds)

    def expect(self, sim: str, at_most: float | None = None) -> float:
        """Seconds that a run of `sim` will take; `at_most` is its budget, if it has one."""
        known = self._of_sim.get(sim) or self._of_any
        expected = statistics.median(known) if known else GUESS
        return min(expected, at_most or math.inf)

    def waits(
        self, running: Iterable[Run], waiting: Iterable[Run], capacity: int, now: float
    ) -> list[float]:
        """Seconds until each of those in line starts; `now` is on the clock of `started_at`."""
        lefts = [left(self._expect_run(run), now - run.started_at) for run in running]
        return list(starts(lefts, map(self._expect_run, waiting), capacity))

    def _expect_run(self, run: Run) -> float:
        return self.expect(run.job.sim, run.budget.seconds)


def left(expected: float, elapsed: float) -> float:
    """Seconds until a run ends that was expected to take `expected` and has had `elapsed`."""
    return max(expected, OVERDUE * elapsed) - elapsed


def starts(lefts: Sequence[float], ahead: Iterable[float], capacity: int) -> Iterator[float]:
    """Seconds until each of those in line starts.

    `lefts` is what the running ones still need, `ahead` what those in line will take, in order;
    whenever one of `capacity` workers is free, the next in line starts.
    """
    capacity = max(1, capacity)
    running = sorted(lefts)[-capacity:]  # more than capacity, when a machine has gone: those first
    free_at = [0.0] * (capacity - len(running)) + running  # sorted, so a heap already
    for seconds in ahead:
        start = heapq.heappop(free_at)
        yield start
        heapq.heappush(free_at, start + seconds)


def coarse(seconds: float) -> int:
    """Whole seconds, never 0, upwards to a step that suits an estimate: viewers hear when it
    changes, and a long wait does not need every second."""
    step = next((step for limit, step in ((10, 1), (60, 5), (180, 15)) if seconds <= limit), 60)
    return max(1, math.ceil(seconds / step) * step)


def in_words(seconds: float) -> str:
    """`about 20 s`, `about 3 min`: as the page says it (`about` in format.js)."""
    rough = coarse(seconds)
    return f"about {rough} s" if rough < 120 else f"about {round(rough / 60)} min"
