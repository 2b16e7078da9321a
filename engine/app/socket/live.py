"""The live socket: visitors ask for runs, and their frames come back as they are made.

One WebSocket per page, JSON text messages, all of them declared in `protocol`. A bad message gets
an error in words and costs nobody the connection; only too large or far too many messages do.
"""

import asyncio
import contextlib
import functools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket

from engine.app.socket import protocol
from engine.app.socket.connection import Connection, in_thread
from engine.app.socket.feed import Feeds
from engine.app.socket.protocol import ServerMessage
from engine.runs.job import Job
from engine.runs.run import Run
from engine.runs.runner import Runner

if TYPE_CHECKING:
    from engine.app.rooms.desk import Desk

MAX_CONNECTIONS = 5_000
MAX_READERS = 4  # threads that read kept results; more requests wait for one of them
GOING_AWAY, TRY_LATER = 1001, 1013


class Live:
    """All connections of one server. `endpoint` is a Starlette WebSocket endpoint.

    Whose pages may connect was asked before (`gate.py`).
    """

    def __init__(self, runner: Runner | None = None) -> None:
        self._runner = runner
        self._connections: set[Connection] = set()
        self.feeds = Feeds()
        self._desk: Desk | None = None  # once somebody has asked for a room
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers = ThreadPoolExecutor(MAX_READERS, "practicum-readers")

    @property
    def runner(self) -> Runner:
        assert self._runner, "the runner starts with the server, before any visitor can come"
        return self._runner

    @runner.setter
    def runner(self, runner: Runner) -> None:
        self._runner = runner

    @property
    def num_connections(self) -> int:
        return len(self._connections)

    async def endpoint(self, websocket: WebSocket) -> None:
        """Serve one visitor until either side closes."""
        self._loop = asyncio.get_running_loop()
        if len(self._connections) >= MAX_CONNECTIONS:
            await websocket.close(TRY_LATER)
            return
        await websocket.accept()
        connection = Connection(self, websocket)
        self._connections.add(connection)
        try:
            await connection.serve()
        finally:
            self._connections.discard(connection)

    async def share(self, job: Job, owner: str, **options: Any) -> Run:
        """The runner's `share`. A kept result is read in a thread: a slow disk, and the unpacking,
        hold up the one who asked for it and nobody else."""
        share = functools.partial(self.runner.share, job, owner, **options)
        if options.get("fresh") or self.runner.is_at_hand(job):
            return share()
        return await in_thread(share, self._readers)

    async def desk(self) -> "Desk":
        """What answers for rooms. It needs the library of databases, which most servers never do:
        0.3 s and 20 MB that the first room pays."""
        if self._desk is None:
            made = await in_thread(_desk)
            self._desk = self._desk or made
        return self._desk

    def leave_room(self, connection: Connection) -> None:
        if self._desk:
            self._desk.leave(connection)

    def broadcast(self, message: ServerMessage) -> None:
        """Send `message` to every visitor; may be called from any thread."""
        if self._loop is None or self._loop.is_closed():
            return  # nobody has ever connected, or the server has ended
        text = protocol.text(message)
        with contextlib.suppress(RuntimeError):  # closed between the question and the call
            self._loop.call_soon_threadsafe(self._say_to_all, text)

    def num_follows(self, address: str) -> int:
        """How many runs are followed from one address."""
        return sum(one.num_follows for one in self._connections if one.address == address)

    async def close(self) -> None:
        """Close every connection, at the end of the server."""
        closing = [connection.close(GOING_AWAY) for connection in tuple(self._connections)]
        await asyncio.gather(*closing)
        if self._desk:
            await self._desk.close()
        self._readers.shutdown(wait=False, cancel_futures=True)

    def _say_to_all(self, text: str) -> None:
        for connection in tuple(self._connections):
            connection.say_text(text)


def _desk() -> "Desk":
    from engine.app.rooms.desk import Desk

    return Desk()
