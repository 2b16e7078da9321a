"""The live socket: visitors ask for runs, and their frames come back as they are made.

One WebSocket per page, JSON text messages, all of them declared in `protocol`. A bad message gets
an error in words and costs nobody the connection; only too large or far too many messages do.
"""

import asyncio
import contextlib
import functools
import secrets
import socket
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect

from engine import portable
from engine.app.socket import messages, protocol
from engine.app.socket.feed import Feeds
from engine.app.socket.messages import BadMessage
from engine.app.socket.protocol import (
    Beat,
    Check,
    Checked,
    Follow,
    Refused,
    RunAsked,
    RunTaken,
    ServerMessage,
    StateChanged,
    Stop,
)
from engine.app.socket.subscriptions import Subscriptions
from engine.runs.job import Job, clamp_params, job_of
from engine.runs.run import Run
from engine.runs.runner import QueueFull, Runner
from sims import spec
from sims.spec import SpecError

if TYPE_CHECKING:
    from engine.app.rooms.desk import Desk

MAX_MESSAGE = 64_000  # characters; a run with all its parameters is about 500
MAX_FOLLOWS = 100  # runs that one connection may follow at a time
# Every connection may follow that many; more while those of its address follow few enough: 20 runs
# for each of a class of 200 behind one address (whose sockets and messages `visitors.py` counts).
SURE_FOLLOWS, MAX_FOLLOWS_AT_ADDRESS = 20, 4_000
MAX_CONNECTIONS = 5_000
MAX_READERS = 4  # threads that read kept results; more requests wait for one of them
ADDRESS = "practicum.address"  # in the scope: whom a connection counts for
MESSAGES_PER_SECOND, MESSAGES_AT_ONCE = 50.0, 200.0
MAX_REFUSED = 1_000  # messages over that rate before the connection is closed
MAX_UNSENT = 1_000  # messages waiting for a visitor who does not read them
MOST_FILES = 65_536
SEND_SECONDS = 30.0
BEAT_SECONDS = 5.0  # a page that hears nothing for longer (SILENCE_MS in line.js) dials again

Answer = TypeVar("Answer")
POLICY_VIOLATION, TOO_BIG, GOING_AWAY, TRY_LATER = 1008, 1009, 1001, 1013


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
        self._is_first = True
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
        if self._is_first:
            self._is_first = False
            send_without_delay()
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
        return await _in_thread(share, self._readers)

    async def desk(self) -> "Desk":
        """What answers for rooms. It needs the library of databases, which most servers never do:
        0.3 s and 20 MB that the first room pays."""
        if self._desk is None:
            made = await _in_thread(_desk)
            self._desk = self._desk or made
        return self._desk

    def leave_room(self, connection: "Connection") -> None:
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


class Connection:
    """One visitor. Whatever is sent goes through one task, so a reply precedes its frames."""

    def __init__(self, live: Live, websocket: WebSocket) -> None:
        self.live = live
        self._websocket = websocket
        client = websocket.client
        self.address: str = websocket.scope.get(ADDRESS) or (client.host if client else "")
        self._owner = f"{self.address}#{secrets.token_hex(8)}"  # whose turn it is in the queue
        self._is_closed = False  # by us: nothing may be sent after that
        self._sends_since: float | None = None  # on the loop's clock, while a message is under way
        self._news = asyncio.Event()
        self._outbox: deque[str] = deque()
        self._subscriptions = Subscriptions(live.feeds, self._news.set)
        self._tokens, self._filled_at, self._refused = MESSAGES_AT_ONCE, 0.0, 0

    async def serve(self) -> None:
        """Receive and send until the visitor leaves or breaks the limits."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send_all, tasks.cancel_scope)
                tasks.start_soon(self._end_when_stuck, tasks.cancel_scope)
                await self._receive_all()
                tasks.cancel_scope.cancel()
        finally:
            self._subscriptions.end_all()
            self.live.leave_room(self)

    @property
    def num_follows(self) -> int:
        return len(self._subscriptions)

    async def close(self, code: int) -> None:
        self._is_closed = True
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it has closed already
            await self._websocket.close(code)

    def say_text(self, text: str) -> None:
        self._outbox.append(text)
        self._news.set()

    def _say(self, message: ServerMessage) -> None:
        self.say_text(protocol.text(message))

    async def _receive_all(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is not None and len(text) > MAX_MESSAGE:
                return await self.close(TOO_BIG)
            if self._refused > MAX_REFUSED or len(self._outbox) > MAX_UNSENT:
                return await self.close(POLICY_VIOLATION)
            if self._is_too_fast():
                self._say(Refused("Too many messages at once. Wait a moment."))
            else:
                await self._handle(text)
            await asyncio.sleep(0)  # a buffer full of messages holds up no other connection

    def _is_too_fast(self) -> bool:
        now = asyncio.get_running_loop().time()
        refill = (now - self._filled_at) * MESSAGES_PER_SECOND
        self._tokens, self._filled_at = min(MESSAGES_AT_ONCE, self._tokens + refill), now
        if self._tokens < 1:
            self._refused += 1
            return True
        self._tokens -= 1
        return False

    async def _handle(self, text: str | None) -> None:
        """Answer one message; what is wrong with it becomes a sentence."""
        tag = None
        try:
            given = messages.parse(text)
            tag = messages.name_of(given, "tag")
            if spec.needs_look():  # at the disk, and that may be slow
                await _in_thread(spec.stamp)
            match messages.read(given):
                case RunAsked() as message:
                    await self._run(message)
                case Follow() as message:
                    self._follow(message)
                case Stop() as message:
                    self._stop(message)
                case Check(sim, params):
                    self._say(Checked(*clamp_params(sim, params), tag))
                case message:
                    await (await self.live.desk()).handle(self, message)
        except (BadMessage, SpecError, QueueFull) as error:
            self._say(Refused(str(error), tag))
        except RecursionError:  # read, and too deep to be written again
            self._say(Refused("This message is nested too deeply.", tag))

    async def _run(self, message: RunAsked) -> None:
        params, notes = clamp_params(message.sim, message.params)
        self._refuse_too_many()
        run = await self.live.share(
            job_of(message.sim, params),
            self._owner,
            watch=True,
            fresh=message.fresh,
            budget=messages.limits(message.budget),
        )
        subscription = self._subscriptions.begin(run, 0)
        subscription.told = subscription.feed.place
        state, position, wait = subscription.told
        about = messages.shown(run.about)
        self._say(RunTaken(run.id, params, notes, state, position, wait, about, message.tag))

    def _follow(self, message: Follow) -> None:
        self._refuse_too_many()
        run = self.live.runner.get(str(message.run), watch=True)
        if run is None:
            sentence = "This run is no longer stored. Run it again."
            self._say(StateChanged(message.run, "lost", message=sentence))
        else:
            self._subscriptions.begin(run, message.start).told = None

    def _stop(self, message: Stop) -> None:
        run_id = str(message.run)
        run = self._subscriptions.end(run_id)
        if run:  # else it has just ended, or was never this visitor's to stop
            self.live.runner.leave(run)
            self._say(StateChanged(run_id, "cancelled", message="Stopped."))

    def _refuse_too_many(self) -> None:
        if len(self._subscriptions) >= MAX_FOLLOWS:
            raise BadMessage(f"You follow {MAX_FOLLOWS} runs already. Stop some first.")
        if len(self._subscriptions) < SURE_FOLLOWS:
            return
        if self.live.num_follows(self.address) >= MAX_FOLLOWS_AT_ADDRESS:
            raise BadMessage("Too many runs are followed from your address. Stop some first.")

    async def _send_all(self, scope: anyio.CancelScope) -> None:
        """Send replies and news until the visitor is gone."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                if not self._news.is_set():
                    try:  # asyncio's own time limit: anyio's costs as much as the message
                        async with asyncio.timeout(BEAT_SECONDS):
                            await self._news.wait()
                    except TimeoutError:
                        self._say(Beat())
                self._news.clear()
                while self._outbox or self._subscriptions.has_news:
                    text = (
                        self._outbox.popleft() if self._outbox else self._subscriptions.next_text()
                    )
                    if text is not None and not self._is_closed:
                        self._sends_since = loop.time()
                        await self._websocket.send_text(text)
                        self._sends_since = None
        scope.cancel()

    async def _end_when_stuck(self, scope: anyio.CancelScope) -> None:
        """End the connection of a visitor who reads nothing for SEND_SECONDS.

        Looking now and then costs less than a time limit around each message.
        """
        loop = asyncio.get_running_loop()
        while self._sends_since is None or loop.time() - self._sends_since < SEND_SECONDS:
            await asyncio.sleep(SEND_SECONDS / 4)
        scope.cancel()


def _desk() -> "Desk":
    from engine.app.rooms.desk import Desk

    return Desk()


async def _in_thread(work: Callable[[], Answer], pool: ThreadPoolExecutor | None = None) -> Answer:
    """Do blocking work elsewhere. It is waited for even if the visitor leaves: what it has begun
    must be let go again."""
    with anyio.CancelScope(shield=True):
        return await asyncio.get_running_loop().run_in_executor(pool, work)
    raise AssertionError("nothing ends a shielded scope that has no deadline")


def send_without_delay() -> None:
    """Set TCP_NODELAY on every TCP socket of this process, and so on those it will accept.

    Streamlit opens its port in a way for which asyncio does not do that. Without it a second small
    message waits for the receipt of the first: measured, the first frame after 44 ms, not 12.
    """
    for number in portable.open_files():  # none on Windows: slower, and otherwise the same
        with contextlib.suppress(OSError):  # not TCP, or closed by now
            found = socket.socket(fileno=number)
            try:
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            finally:
                found.detach()  # its owner closes it, never we


def allow_many_files() -> None:
    """Let this process open as many files as its user may, where the usual limit is 1,024.

    A reader takes five (Streamlit's session three, and two sockets): measured, the server fails at
    the 250th.
    """
    portable.allow_many_files(MOST_FILES)
