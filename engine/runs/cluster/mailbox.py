"""What one process has to tell another, kept in order until it is fetched."""

import asyncio
import contextlib
import threading
from collections import deque
from typing import Any

Message = tuple[Any, ...]  # its kind, the attempt it is about, and what there is to say
MAX_FETCH = 4_000_000  # characters of frames handed over at once


class Mailbox:
    """Any thread puts messages in; one reader, in an event loop, fetches them in batches."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._lock = threading.Lock()
        self._waiter: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._is_closed = False

    def put(self, *message: Any) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._messages.append(message)
            if self._waiter:
                loop, arrived = self._waiter
                self._waiter = None
                with contextlib.suppress(RuntimeError):  # the loop is closed: nobody reads any more
                    loop.call_soon_threadsafe(arrived.set)

    def close(self) -> None:
        """Take in nothing more."""
        with self._lock:
            self._is_closed = True

    async def fetch(self, seconds: float) -> list[Message]:
        """All that is there, or the first that comes within `seconds`; perhaps nothing."""
        arrived = asyncio.Event()
        with self._lock:
            if not self._messages:
                self._waiter = (asyncio.get_running_loop(), arrived)
        if self._waiter:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(arrived.wait(), seconds)
        with self._lock:
            self._waiter = None
            return self._take()

    def _take(self) -> list[Message]:
        taken, size = [], 0
        while self._messages and size < MAX_FETCH:
            message = self._messages.popleft()
            taken.append(message)
            size += sum(map(len, message[2])) if message[0] == "frames" else 0
        return taken
