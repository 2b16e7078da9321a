"""Reading decks for others: in child processes with limits, kept until one of the files changes.

A deck that is bad, slow or huge becomes a document without slides whose `fault` says why, and the
others go on. Nobody who asks for all decks waits for the slowest: what is not read within a moment
is shown as "being read".
"""

import atexit
import os
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from engine.deck.schema.deck_json import DeckJson
from engine.deck.source.textfile import times
from engine.deck.without_slides import unreadable
from engine.guard import Child, Limits, Refused
from sims import spec

LIMITS = Limits(cpu_seconds=15.0, clock_seconds=45.0)  # Lecture 1 takes 1.5 s of processor time
GLANCE_SECONDS = 1.0  # how long somebody waits who asks for all decks
RETRY_SECONDS = 60.0  # before a deck is tried again when the machine may have been to blame
BEING_READ = "This lecture is being read. Reload the page in a moment."

Stamps = dict[str, tuple[int, int]]  # of every file that a deck draws on: time and size


class Answer(TypedDict):
    """What the child sends."""

    document: DeckJson
    stamps: Stamps


def read(path: str) -> Answer:
    """In the child: the document of a deck, and the state of the files that it was made from."""
    from engine.deck.document import drawn_on, load  # a tenth of a second that no parent needs

    file = Path(path)
    while True:
        fails = "fault" in load(file)
        files = (path,) if fails else (path, *drawn_on(file))
        before = times(files)
        document = load(file)  # from memory, unless a file has changed since `before`
        if times(files) == before:
            return {"document": document, "stamps": dict(zip(files, before, strict=True))}


@dataclass
class _Kept:
    """A document, and what it holds for."""

    document: DeckJson
    stamps: Stamps
    sims: object
    try_again_at: float = float("inf")  # on the monotonic clock

    def is_fresh(self) -> bool:
        if time.monotonic() > self.try_again_at or self.sims != spec.stamp():
            return False
        return times(tuple(self.stamps)) == tuple(map(tuple, self.stamps.values()))


class Reader:
    """Reads decks with a few child processes; may be used by any number of threads."""

    def __init__(self, limits: Limits = LIMITS, num_children: int = 3) -> None:
        self._limits = limits
        self._kept: dict[Path, _Kept] = {}
        self._asked: dict[Path, tuple[Future[DeckJson], ThreadPoolExecutor]] = {}
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._children: list[Child] = []
        # A deck that somebody opens does not wait behind those that are read ahead.
        self._now = ThreadPoolExecutor(num_children - 1, "decks")
        self._ahead = ThreadPoolExecutor(1, "decks-ahead")
        atexit.register(self.close)

    def document(self, path: Path) -> DeckJson:
        """The document of a deck as it is on disk now; the same object until a file changes.

        Raises FileNotFoundError when there is no such file.
        """
        if not os.path.lexists(path):
            raise FileNotFoundError(f"there is no file {path.name}")
        return self._future(path, self._now).result()

    def glance(self, paths: Iterable[Path]) -> dict[Path, DeckJson]:
        """The documents of many decks; one that is not read in a moment is said to be read."""
        asked = {path: self._future(path, self._ahead) for path in paths if os.path.lexists(path)}
        wait(asked.values(), timeout=GLANCE_SECONDS)
        return {
            path: self._stand_in(path)
            if future.cancelled() or not future.done()
            else future.result()
            for path, future in asked.items()
        }

    def at_hand(self, path: Path) -> DeckJson | None:
        """The document as it was last read, which may be older than the file."""
        kept = self._kept.get(path)
        return kept.document if kept else None

    def files(self, path: Path) -> tuple[str, ...]:
        """The files that a deck was made from when it was last read."""
        kept = self._kept.get(path)
        return tuple(kept.stamps) if kept else (str(path),)

    def is_reading(self, path: Path) -> bool:
        """Whether the deck is being read, or waits for it."""
        asked, _ = self._asked.get(path, (None, None))
        return asked is not None and not asked.done()

    def close(self) -> None:
        """End the child processes."""
        for pool in (self._now, self._ahead):
            pool.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.kill()

    def _stand_in(self, path: Path) -> DeckJson:
        """What was there before an edit, or a sentence."""
        kept = self._kept.get(path)
        return kept.document if kept else unreadable(path, BEING_READ, "Wait for it.")

    def _future(self, path: Path, pool: ThreadPoolExecutor) -> "Future[DeckJson]":
        kept = self._kept.get(path)
        if kept and kept.is_fresh():
            done: Future[DeckJson] = Future()
            done.set_result(kept.document)
            return done
        with self._lock:
            asked, queue = self._asked.get(path, (None, pool))
            if (
                asked
                and not asked.done()
                and not (queue is not pool is self._now and asked.cancel())
            ):
                return asked
            future = pool.submit(self._read, path)
            self._asked[path] = future, pool
            return future

    def _read(self, path: Path) -> DeckJson:
        kept = self._kept.get(path)
        if kept and kept.is_fresh():  # by somebody who asked just before
            return kept.document
        sims, stamps = spec.stamp(), times((str(path),))
        try:
            found = self._child().ask(str(path))
            made = _Kept(found["document"], found["stamps"], sims)
        except Refused as error:
            document = unreadable(path, f"This lecture cannot be read: {error}.", "Split it.")
            made = _Kept(document, {str(path): stamps[0]}, sims)
            if error.may_pass:
                made.try_again_at = time.monotonic() + RETRY_SECONDS
        if kept and kept.document == made.document:
            made.document = kept.document  # other files may have changed: the slides are the same
        self._kept[path] = made
        return made.document

    def _child(self) -> Child:
        """The child of this thread."""
        child = getattr(self._mine, "child", None)
        if child is None:
            child = self._mine.child = Child("engine.deck.reading:read", self._limits)
            self._children.append(child)
        return child
