"""Who sits in the rooms of this server, and what they are told.

A room's state is in the store; a message to its followers is always the whole of a part of it, so
a person who comes late, comes back or misses one is told the same as all others. Other servers may
share the store: the number of a room says that it has changed, and is looked at ten times a
second.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import msgspec

from engine.app.rooms.deck_polls import polls_of
from engine.app.socket import protocol
from engine.app.socket.room_protocol import (
    Asked,
    Place,
    PollState,
    RoomAct,
    RoomAsked,
    RoomLost,
    RoomNews,
    RoomPointed,
    RoomPolls,
    RoomQuestions,
)
from engine.room import polls, questions, rooms
from engine.room.faults import RoomError, StoreAway
from engine.room.rooms import Room
from engine.room.store import Store

LOOK_EVERY = 0.1  # seconds between two looks at the numbers of the rooms
PACE = 0.15  # seconds between two tellings of votes: they come by the hundred
THREADS = 4
HANDED_OVER = "Somebody else presents in this room now."
MOST_COUNTS = 400  # different answers of a question that are told: the most frequent ones
Answer = TypeVar("Answer")
log = logging.getLogger("practicum.rooms")


class Listener(Protocol):
    """A connection, as a room sees it."""

    address: str

    def say_text(self, text: str) -> None: ...


@dataclass
class Seat:
    """One connection in a room, as its presenter or as a participant."""

    listener: Listener
    code: str
    lecture: str
    key: str = ""
    person: str = ""


@dataclass
class Told:
    """A room of this server: who sits there, and what they were told last."""

    lecture: str
    seats: list[Seat] = field(default_factory=list)
    number: int = 0
    texts: dict[str, str] = field(default_factory=dict)  # the last message of each part
    news: tuple[Place | None, int, bool] | None = None  # what the last ones say beside the number
    is_due: bool = False  # a look at the store is on its way
    has_given: bool = False  # something was stored that other servers have not heard of
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)  # one at a time, in their order


class Hub:
    """The rooms in which somebody sits; all of it belongs to one event loop."""

    def __init__(self, open_store: Callable[[], Store] = Store) -> None:
        self._open_store = open_store
        self._store: Store | None = None
        self._opening = asyncio.Lock()
        self._threads = ThreadPoolExecutor(THREADS, "practicum-rooms")
        self._rooms: dict[str, Told] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None

    async def work(self, task: Callable[..., Answer], *given: Any) -> Answer:
        """Do `task(store, …)` in a thread. Raises what it raises, and StoreAway."""
        return await self._in_thread(task, await self._opened(), *given)

    async def enter(self, seat: Seat) -> None:
        """Let a seat hear of its room from now on, and of how it stands."""
        told = self._rooms.setdefault(seat.code, Told(seat.lecture))
        told.seats.append(seat)
        for text in told.texts.values():
            seat.listener.say_text(text)
        self.given(seat.code)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    def leave(self, seat: Seat) -> None:
        told = self._rooms.get(seat.code)
        if told is None or seat not in told.seats:
            return
        told.seats.remove(seat)
        if not told.seats:
            del self._rooms[seat.code]

    def moved(self, room: Room) -> None:
        """Tell a move at once; everything else waits for its turn."""
        told = self._rooms.get(room.code)
        if told and room.number > told.number:
            told.number = room.number  # a look from before is worth nothing from now on
            if told.news:
                self._tell_news(told, _news(room, told.news[1]))
        self.changed(room.code)

    def given(self, code: str) -> None:
        """Somebody has joined, voted or labelled: tell it, to other servers too."""
        if told := self._rooms.get(code):
            told.has_given = True
        self.changed(code)

    async def hand_over(self, seat: Seat) -> str:
        """A new key for the room of a seat, which has it then. No look at the room goes on
        meanwhile: it would take the seat for one whose key is gone."""
        told = self._rooms.get(seat.code)
        async with told.looking if told else contextlib.nullcontext():
            seat.key = await self.work(rooms.hand_over, seat.code, seat.key)
        return seat.key

    def ask(self, seat: Seat, asked: RoomAct) -> int:
        """Pass an action on to the other pages that hold the same key; how many there are."""
        told = self._rooms.get(seat.code)
        others = [
            one for one in (told.seats if told else ()) if one.key == seat.key and one is not seat
        ]
        what = RoomAsked(asked.action, seat.code, asked.block, asked.name, asked.value)
        for one in others:
            one.listener.say_text(protocol.text(what))
        return len(others)

    def point(self, seat: Seat, x: float, y: float) -> None:
        """Tell all others where the presenter points; who comes later has missed it."""
        told = self._rooms.get(seat.code)
        text = protocol.text(RoomPointed(seat.code, x, y))
        for one in told.seats if told else ():
            if one is not seat:
                one.listener.say_text(text)

    def changed(self, code: str) -> None:
        """Something was stored: look at the room soon, once for all that comes until then."""
        told = self._rooms.get(code)
        if told and not told.is_due:
            told.is_due = True
            self._start(self._refresh(code, told))

    async def close(self) -> None:
        for task in [*self._tasks, *([self._looking] if self._looking else [])]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._store:
            self._store.close()

    async def _opened(self) -> Store:
        async with self._opening:
            if self._store is None:
                self._store = await self._in_thread(self._open_store)
            return self._store

    async def _in_thread(self, task: Callable[..., Answer], *given: Any) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, task, *given)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _refresh(self, code: str, told: Told) -> None:
        """Tell the seats of a room what has changed in it."""
        if told.texts:
            await asyncio.sleep(PACE)
        async with told.looking:
            told.is_due = False
            try:
                if has_given := told.has_given:
                    told.has_given = False
                    await self.work(rooms.note, code)
                keys = {seat.key for seat in told.seats if seat.key}
                number, lost, news, parts = await self.work(_parts, code, told.lecture, keys)
            except StoreAway as error:
                told.has_given = told.has_given or has_given
                log.warning("the store does not answer: %s", error)
                await asyncio.sleep(1)
                return self.changed(code)
            except RoomError:  # deleted meanwhile
                return
            if number < told.number:  # moved meanwhile: the next look is on its way
                return
            told.number = number
            self._tell_news(told, news)
            for name, text in parts.items():
                self._tell(told, name, text)
            self._dismiss(code, told, lost)

    def _dismiss(self, code: str, told: Told, keys: set[str]) -> None:
        """Tell the pages that hold one of these keys that they move the room no more."""
        text = protocol.text(RoomLost(code, HANDED_OVER))
        for seat in told.seats:
            if seat.key and seat.key in keys:
                seat.key = ""
                seat.listener.say_text(text)

    def _tell_news(self, told: Told, news: RoomNews) -> None:
        """Every vote has a number of its own: alone it is no news, and a place may be long."""
        if told.news != (said := (news.place, news.people, news.closed)):
            told.news = said
            self._tell(told, "news", protocol.text(news))

    def _tell(self, told: Told, name: str, text: str) -> None:
        if told.texts.get(name) == text:
            return
        told.texts[name] = text
        for seat in told.seats:
            seat.listener.say_text(text)

    async def _look(self) -> None:
        """What other servers have stored: as long as anybody sits in a room here."""
        while self._rooms:
            with contextlib.suppress(StoreAway, RoomError):
                found = await self.work(rooms.numbers, list(self._rooms))
                for code, number in found.items():
                    if (told := self._rooms.get(code)) and number > told.number:
                        self.moved(await self.work(rooms.find, code))
            await asyncio.sleep(LOOK_EVERY)


def _parts(
    store: Store, code: str, lecture: str, keys: set[str]
) -> tuple[int, set[str], RoomNews, dict[str, str]]:
    """The number of a room, which of the keys hold it no more, and what says how it stands."""
    room = rooms.find(store, code)
    blocks = {poll.key: poll.block for poll in asked_now(lecture)}
    told = RoomPolls(
        code,
        [_poll(one, blocks[one.key]) for one in polls.tallies(store, code) if one.key in blocks],
    )
    asked = RoomQuestions(code, [_asked_one(one) for one in questions.shown(store, code)])
    parts = {"polls": protocol.text(told), "questions": protocol.text(asked)}
    lost = rooms.lost(store, code, keys) if keys else set()
    return room.number, lost, _news(room, rooms.people(store, code)), parts


def asked_now(lecture: str) -> Iterator[polls.Poll]:
    """The questions of a lecture; none when its deck is gone."""
    with contextlib.suppress(LookupError):
        yield from polls_of(lecture)


def _news(room: Room, people: int) -> RoomNews:
    place = msgspec.convert(room.place, type=Place) if room.place else None
    return RoomNews(room.code, room.number, place, people, room.is_closed)


def _poll(tally: polls.Tally, block: str) -> PollState:
    shown = (tally.counts, tally.earlier) if tally.is_revealed else ({}, {})
    counts, earlier = (dict(Counter(one).most_common(MOST_COUNTS)) for one in shown)
    state = (tally.round, tally.is_open, tally.is_revealed)
    answered: Counter[str] = Counter()
    for what, count in tally.counts.items() if tally.kind == "label" else ():
        answered[what[:-1]] += count  # without its side
    return PollState(block, *state, tally.num_people, counts, answered, earlier)


def _asked_one(one: questions.Question) -> Asked:
    return Asked(one.id, one.slide, one.text, one.nickname, one.votes, one.is_answered)
