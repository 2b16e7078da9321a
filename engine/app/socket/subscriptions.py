"""The runs that one viewer follows, and what to tell that viewer next.

Lives in an event loop and sends nothing itself: its owner is woken by `wake()` when there is news,
and then takes messages with `next_text` until there is none.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass

from engine.runs.feed import Feed, Feeds
from engine.runs.run import ENDED, Run


@dataclass
class Follow:
    """How far the viewer is with one run."""

    feed: Feed
    wake: Callable[[], None]
    next_frame: int = 0
    told: tuple[str, int, int] | None = None  # the state and place that the viewer knows
    num_requests: int = 1  # two blocks of one page may show the same run


class Following:
    """Every run that was begun is watched (counted as a viewer of it) until its end is told."""

    def __init__(self, feeds: Feeds, wake: Callable[[], None]) -> None:
        self._feeds = feeds
        self._wake_owner = wake
        self._follows: dict[str, Follow] = {}
        self._due: dict[str, None] = {}  # runs with news, in order of arrival

    def __len__(self) -> int:
        return len(self._follows)

    @property
    def has_news(self) -> bool:
        return bool(self._due)

    def begin(self, run: Run, start: int) -> Follow:
        """Follow a run, watched by the caller already, from frame `start`; if it is followed
        already, begin again there."""
        follow = self._follows.get(run.id)
        if follow:
            run.unwatch()  # one viewer counts once
            follow.num_requests += 1
            follow.next_frame = start
        else:
            wake = functools.partial(self._on_tick, run.id)
            follow = self._follows[run.id] = Follow(self._feeds.join(run, wake), wake, start)
        self._on_tick(run.id)
        return follow

    def end(self, run_id: str) -> Run | None:
        """Take back one `begin`; the run to leave (still watched) when that was the last."""
        follow = self._follows.get(run_id)
        if follow is None:
            return None
        follow.num_requests -= 1
        return self._drop(run_id) if follow.num_requests == 0 else None

    def end_all(self) -> None:
        """Let go of every run; each waits a while for its viewer to come back."""
        for run_id in list(self._follows):
            self._drop(run_id).unwatch()

    def next_text(self) -> str | None:
        """The next message about the run whose news is oldest, or None if that has no more."""
        run_id = next(iter(self._due))
        del self._due[run_id]
        follow = self._follows[run_id]
        feed = follow.feed
        if feed.state not in ENDED and follow.told != feed.place:
            follow.told = feed.place
            self._due[run_id] = None  # behind the others: a long replay does not hold them up
            return json.dumps(feed.status())
        if follow.next_frame < feed.end:
            follow.next_frame, text = feed.batch(follow.next_frame)
            self._due[run_id] = None
            return text
        if feed.state in ENDED:
            self._drop(run_id).unwatch()
            return json.dumps(feed.status())
        return None

    def _on_tick(self, run_id: str) -> None:
        self._due[run_id] = None
        self._wake_owner()

    def _drop(self, run_id: str) -> Run:
        follow = self._follows.pop(run_id)
        self._feeds.leave(follow.feed, follow.wake)
        self._due.pop(run_id, None)
        return follow.feed.run
