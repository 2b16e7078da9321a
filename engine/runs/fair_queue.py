"""The runs that wait for a worker: their owners take turns, so that nobody is held up by another.

Not safe by itself: the runner holds its lock around every call.
"""

import itertools
from collections import deque

from engine.runs.run import Run


def address(owner: str) -> str:
    """Where an owner named `address#viewer` comes from; others are their own address."""
    return owner.partition("#")[0]


class Turns:
    """A queue for each owner, and whose turn is next."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Run]] = {}
        self._owners: deque[str] = deque()  # those with waiting runs; the next one first

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def of(self, owner: str) -> int:
        """How many runs of `owner` wait."""
        return len(self._queues.get(owner, ()))

    def at(self, place: str) -> int:
        """How many runs of all owners at one address wait."""
        return sum(len(queue) for owner, queue in self._queues.items() if address(owner) == place)

    def push(self, run: Run) -> None:
        if run.owner not in self._queues:
            self._queues[run.owner] = deque()
            self._owners.append(run.owner)
        self._queues[run.owner].append(run)

    def pop(self) -> Run:
        """The next run; its owner goes to the end of the line. Raises IndexError when none is."""
        owner = self._owners.popleft()
        queue = self._queues[owner]
        run = queue.popleft()
        if queue:
            self._owners.append(owner)
        else:
            del self._queues[owner]
        return run

    def remove(self, run: Run) -> None:
        """Take a run out, if it waits."""
        queue = self._queues.get(run.owner)
        if queue and run in queue:
            queue.remove(run)
            if not queue:
                del self._queues[run.owner]
                self._owners.remove(run.owner)

    def in_order(self) -> list[Run]:
        """Every waiting run, in the order in which the turns will reach it."""
        queues = [self._queues[owner] for owner in self._owners]
        rounds = itertools.chain.from_iterable(itertools.zip_longest(*queues))
        return [run for run in rounds if run]
