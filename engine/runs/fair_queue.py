"""The runs that wait for a worker: their owners take turns, so that nobody is held up by another.

Not safe by itself: the runner holds its lock around every call.
"""

import itertools
from collections import deque
from collections.abc import Callable

from engine.runs.run import Run
from engine.runs.wait_estimate import in_words


class QueueFull(RuntimeError):
    """Too many runs are waiting; the message says what the viewer can do."""


def address(owner: str) -> str:
    """Where an owner named `address#viewer` comes from; others are their own address."""
    return owner.partition("#")[0]


class FairQueue:
    """A queue for each owner, and whose turn is next.

    It holds `max_waiting` runs, so many of one address and so many of one owner; the last quarter
    of the places is for owners without a waiting run, so that nobody alone fills the queue.
    """

    def __init__(
        self, max_waiting: int, max_waiting_per_owner: int, max_waiting_per_address: int
    ) -> None:
        self.max_waiting = max_waiting
        self.max_waiting_per_owner = max_waiting_per_owner
        self.max_waiting_per_address = max_waiting_per_address
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

    def refuse_too_many(self, owner: str, waits: Callable[[], list[float]]) -> None:
        """Raise QueueFull if one more run of `owner` may not wait, with what would help.

        `waits` gives the seconds until each waiting run starts, in their order.
        """
        mine, here = self.of(owner), self.at(address(owner))
        free = self.max_waiting - len(self)
        free_here = self.max_waiting_per_address - here
        if free <= 0:
            later = in_words(waits()[0])  # then the first of them starts, and there is room
            count = len(self)
            raise QueueFull(f"{count} runs are waiting already. Try again in {later}.")
        if free_here <= 0:
            later = in_words(waits()[0])
            limit = f"{here}, as many as one address may"
            raise QueueFull(f"Runs that wait at your address: {limit}. Try again in {later}.")
        is_scarce = free <= self.max_waiting // 4 or free_here <= self.max_waiting_per_address // 4
        if mine >= self.max_waiting_per_owner or (mine and is_scarce):
            order = [run.owner for run in self.in_order()]
            later = in_words(waits()[order.index(owner)])
            limit = f"{mine}, as many as one viewer may{' now' if is_scarce else ''}"
            raise QueueFull(f"Runs of yours that wait: {limit}. Stop some, or wait {later}.")

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
