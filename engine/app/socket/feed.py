"""One run as an event loop sees it: paced news, and each batch of frames written once for all.

Followers are plain callbacks in the loop, not threads or tasks. A tick takes a snapshot of the run
and wakes them; those who keep up ask for the same batch and share its text, and a slow one gets
several batches in one at its next turn.
"""

import asyncio
from collections.abc import Callable

from engine.app.socket.protocol import StateChanged, frames_text
from engine.runs.run import ENDED, UNWATCHED, Run, State

PACE = 0.08  # seconds between two ticks; curves are redrawn 8 times a second at most
PACE_PER_FOLLOWER = 0.0005  # 200 followers get 6 messages a second each, not 12
MAX_BATCH_BYTES = 1_000_000


class Feed:
    """Follow `run` from the thread of `loop`; all of it but `_on_change` belongs to the loop."""

    def __init__(self, run: Run, loop: asyncio.AbstractEventLoop) -> None:
        self.run = run
        self._loop = loop
        self.wakes: set[Callable[[], None]] = set()  # called at every tick, which has news
        self._is_called = False  # a call into the loop is on its way already
        self._timer: asyncio.TimerHandle | None = None
        self._next_tick = 0.0  # on the loop's clock
        self._written: dict[int, tuple[int, str]] = {}  # start -> end and text of a batch
        run.listen(self._on_change)  # before the look, so that nothing falls between the two
        self._look()

    def close(self) -> None:
        """Stop listening; the feed is of no use after this."""
        self.run.unlisten(self._on_change)
        if self._timer:
            self._timer.cancel()

    def batch(self, start: int) -> tuple[int, str]:
        """The message with the frames from `start` to the end of the snapshot, and where it ends
        (sooner if it would be longer than about MAX_BATCH_BYTES)."""
        known = self._written.get(start)
        if known and (known[0] == self.end or len(known[1]) >= MAX_BATCH_BYTES):
            return known
        frames = self.run.batch(start, MAX_BATCH_BYTES)[: self.end - start]
        stop = start + len(frames)
        text = frames_text(self.run.id, start, frames)
        if len(self._written) > 8:
            self._written.clear()
        self._written[start] = (stop, text)
        return stop, text

    def status(self) -> StateChanged:
        """The state message of the snapshot."""
        if self.state == "queued":
            return StateChanged(self.run.id, self.state, self.position, self.wait)
        sentence = self.run.message if self.state in ENDED else ""
        reason = "unwatched" if sentence == UNWATCHED else ""
        return StateChanged(self.run.id, self.state, message=sentence, reason=reason)

    @property
    def place(self) -> tuple[State, int, int]:
        """State, position and wait: what a viewer is told again when any of it changes."""
        return self.state, self.position, self.wait

    def _look(self) -> None:
        run = self.run
        self.state: State = run.state
        self.position, self.wait = run.position, run.starts_in
        self.end = len(self.run.frames)  # after the state: nothing is added once a run has ended

    def _on_change(self) -> None:
        if self._is_called:
            return
        self._is_called = True
        try:
            self._loop.call_soon_threadsafe(self._on_news)
        except RuntimeError:  # the loop is closed: the server is ending
            self.run.unlisten(self._on_change)

    def _on_news(self) -> None:
        self._is_called = False
        wait = max(0.0, self._next_tick - self._loop.time())
        if self._timer is None and wait and not self.run.has_ended:
            self._timer = self._loop.call_later(wait, self._tick)
        elif self._timer is None or self.run.has_ended:
            self._tick()  # the first news after a pause and the end do not wait

    def _tick(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._next_tick = self._loop.time() + PACE + PACE_PER_FOLLOWER * len(self.wakes)
        self._look()
        for wake in tuple(self.wakes):
            wake()


class Feeds:
    """The feeds of one event loop: one for each run that somebody follows there."""

    def __init__(self) -> None:
        self._by_id: dict[str, Feed] = {}

    def join(self, run: Run, wake: Callable[[], None]) -> Feed:
        """The feed of `run`, which calls `wake()` at every tick from now on."""
        if run.id not in self._by_id:
            self._by_id[run.id] = Feed(run, asyncio.get_running_loop())
        feed = self._by_id[run.id]
        feed.wakes.add(wake)
        return feed

    def leave(self, feed: Feed, wake: Callable[[], None]) -> None:
        feed.wakes.discard(wake)
        if not feed.wakes and self._by_id.pop(feed.run.id, None):
            feed.close()
