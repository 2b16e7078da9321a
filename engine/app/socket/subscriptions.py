"""The runs that one viewer follows, and what to tell that viewer next.

Lives in an event loop and sends nothing itself: its owner is woken by `wake()` when there is news,
and then takes messages with `next_text` until there is none.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from engine.app.socket import protocol
from engine.app.socket.feed import Feed, Feeds
from engine.runs.run import ENDED, Run, State


@dataclass
class Subscription:
    """How far the viewer is with one run."""

    feed: Feed
    wake: Callable[[], None]
    next_frame: int = 0
    told: tuple[State, int, int] | None = None  # the state and place that the viewer knows
    num_requests: int = 1  # two blocks of one page may show the same run


class Subscriptions:
    """Every run that was begun is watched (counted as a viewer of it) until its end is told."""

    def __init__(self, feeds: Feeds, wake: Callable[[], None]) -> None:
        self._feeds = feeds
        self._wake_owner = wake
        self._by_run: dict[str, Subscription] = {}
        self._due: dict[str, None] = {}  # runs with news, in order of arrival

    def __len__(self) -> int:
        return len(self._by_run)

    @property
    def has_news(self) -> bool:
        return bool(self._due)

    def begin(self, run: Run, start: int) -> Subscription:
        """Follow a run, watched by the caller already, from frame `start`; if it is followed
        already, begin again there."""
        subscription = self._by_run.get(run.id)
        if subscription:
            run.unwatch()  # one viewer counts once
            subscription.num_requests += 1
            subscription.next_frame = start
        else:
            wake = functools.partial(self._on_tick, run.id)
            subscription = self._by_run[run.id] = Subscription(
                self._feeds.join(run, wake), wake, start
            )
        self._on_tick(run.id)
        return subscription

    def end(self, run_id: str) -> Run | None:
        """Take back one `begin`; the run to leave (still watched) when that was the last."""
        subscription = self._by_run.get(run_id)
        if subscription is None:
            return None
        subscription.num_requests -= 1
        return self._drop(run_id) if subscription.num_requests == 0 else None

    def end_all(self) -> None:
        """Let go of every run; each waits a while for its viewer to come back."""
        for run_id in list(self._by_run):
            self._drop(run_id).unwatch()

    def next_text(self) -> str | None:
        """The next message about the run whose news is oldest, or None if that has no more."""
        run_id = next(iter(self._due))
        del self._due[run_id]
        subscription = self._by_run[run_id]
        feed = subscription.feed
        if feed.state not in ENDED and subscription.told != feed.place:
            subscription.told = feed.place
            self._due[run_id] = None  # behind the others: a long replay does not hold them up
            return protocol.text(feed.status())
        if subscription.next_frame < feed.end:
            subscription.next_frame, text = feed.batch(subscription.next_frame)
            self._due[run_id] = None
            return text
        if feed.state in ENDED:
            self._drop(run_id).unwatch()
            return protocol.text(feed.status())
        return None

    def _on_tick(self, run_id: str) -> None:
        self._due[run_id] = None
        self._wake_owner()

    def _drop(self, run_id: str) -> Run:
        subscription = self._by_run.pop(run_id)
        self._feeds.leave(subscription.feed, subscription.wake)
        self._due.pop(run_id, None)
        return subscription.feed.run
