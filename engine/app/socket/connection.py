"""One visitor of the live socket: what is asked, what is refused, and what is sent back."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect

from engine.app.socket import messages, protocol
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
from engine.runs.job import clamp_params, job_of
from engine.runs.runner import QueueFull
from sims import spec
from sims.spec import SpecError

if TYPE_CHECKING:
    from engine.app.socket.live import Live

MAX_MESSAGE = 64_000  # characters; a run with all its parameters is about 500
MAX_FOLLOWS = 100  # runs that one connection may follow at a time
# Every connection may follow that many; more while those of its address follow few enough: 20 runs
# for each of a class of 200 behind one address (whose sockets and messages `visitors.py` counts).
SURE_FOLLOWS, MAX_FOLLOWS_AT_ADDRESS = 20, 4_000
ADDRESS = "practicum.address"  # in the scope: whom a connection counts for
MESSAGES_PER_SECOND, MESSAGES_AT_ONCE = 50.0, 200.0
MAX_REFUSED = 1_000  # messages over that rate before the connection is closed
MAX_UNSENT = 1_000  # messages waiting for a visitor who does not read them
SEND_SECONDS = 30.0
BEAT_SECONDS = 5.0  # a page that hears nothing for longer (SILENCE_MS in line.js) dials again

Answer = TypeVar("Answer")
POLICY_VIOLATION, TOO_BIG = 1008, 1009


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
                await in_thread(spec.stamp)
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


async def in_thread(work: Callable[[], Answer], pool: ThreadPoolExecutor | None = None) -> Answer:
    """Do blocking work elsewhere. It is waited for even if the visitor leaves: what it has begun
    must be let go again."""
    with anyio.CancelScope(shield=True):
        return await asyncio.get_running_loop().run_in_executor(pool, work)
    raise AssertionError("nothing ends a shielded scope that has no deadline")
