"""Votes and labels: one for each participant and question, changeable until it is closed."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.room import rooms, words
from engine.room.faults import RoomError
from engine.room.store import Store, now
from engine.room.tables import labels, polls, votes

LONGEST = 180  # characters of a block's id in a key
MOST_WORDS = 40  # characters of an answer in words
SIDES = ("L", "R", "=")  # the left one is better, the right one, neither
Change = Literal["open", "close", "reveal", "hide", "again", "clear", "remove"]


@dataclass(frozen=True)
class Poll:
    """A question of the deck, with its `options` (a vote) or its `pairs` (labels)."""

    block: str
    kind: Literal["vote", "label"]
    content: Mapping[str, Any]

    @property
    def options(self) -> list[str]:
        return list(self.content.get("options", ()))

    def checked(self, choice: str) -> str:
        """An answer as it is kept. RoomError for one that the question does not take."""
        if (kind := self.content.get("answer", "choice")) == "words":
            if not (said := words.plain(choice, MOST_WORDS)):
                raise RoomError("Write a word or two.")
            return said
        if kind == "number":
            return _number(choice, self.content["low"], self.content["high"])
        if choice not in self.options:
            raise RoomError(
                "This is not an answer to the question. It may have been edited: look again."
            )
        return choice

    @property
    def num_pairs(self) -> int:
        return int(self.content.get("num_pairs", len(self.content.get("pairs", ()))))

    @property
    def key(self) -> str:
        """Its name in the store: an edit that asks something else counts from the beginning, and
        what was given before is kept under the name before."""
        asked = [self.kind, self.content.get("question"), self.content.get("pairs")]
        text = json.dumps(asked, sort_keys=True)
        return f"{self.block[:LONGEST]}~{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Tally:
    """How a question stands: votes by option, or labels by pair and side."""

    key: str  # of its Poll
    kind: str
    round: int
    is_open: bool
    is_revealed: bool
    num_people: int  # who have given a vote, or a label
    counts: dict[str, int]  # of each option; of each pair and side: "0L", "0R", "0=", "1L", …
    earlier: dict[str, int]  # of each option, in the round before


def vote(
    store: Store, code: str, person: str, poll: Poll, choice: str, asked_in: int | None = None
) -> None:
    """Keep a vote; an earlier one of this person is replaced. It is stored when this returns, and
    `rooms.note` tells other servers: one row that every vote writes would have them wait in line.
    RoomError for one that was given in another round than the one that is asked now."""
    choice = poll.checked(choice)
    with store.writing() as connection:
        row = _open_poll(connection, code, person, poll)
        if asked_in is not None and asked_in != row["round"]:
            raise RoomError("This question was asked again meanwhile. Answer it once more.")
        key = {"room": row["room"], "block": poll.key, "round": row["round"]}
        _put(connection, votes, key | {"participant": person}, choice)


def label(store: Store, code: str, person: str, poll: Poll, pair: int, choice: str) -> None:
    """Keep which one of a pair this person takes for the better; as `vote`."""
    if choice not in SIDES or not 0 <= pair < poll.num_pairs:
        raise RoomError("This is not a label of a pair that is shown. Look at it again.")
    with store.writing() as connection:
        row = _open_poll(connection, code, person, poll)
        key = {"room": row["room"], "block": poll.key, "pair": pair, "participant": person}
        _put(connection, labels, key, choice)


def change(store: Store, code: str, token: str, poll: Poll, what: Change, choice: str = "") -> None:
    """Open or close a question, show or hide its results, ask it again, clear its answers, or
    remove all answers that say `choice`."""
    with store.writing() as connection:
        is_look = what in ("reveal", "hide")  # at what was given before the room was closed
        room = rooms.as_presenter(connection, code, token, may_be_closed=is_look)["id"]
        row = _row(connection, room, poll)
        mine = (polls.c.room == room) & (polls.c.block == poll.key)
        if what == "clear":
            for table in (votes, labels):
                given = (table.c.room == room) & (table.c.block == poll.key)
                connection.execute(delete(table).where(given))
            values: dict[str, Any] = {"is_open": True, "is_revealed": False, "round": 0}
        elif what == "remove":
            given = (votes.c.room == room) & (votes.c.block == poll.key)
            connection.execute(delete(votes).where(given & (votes.c.choice == choice)))
            values = {}
        elif what == "again":
            values = {"round": row["round"] + 1, "is_open": True, "is_revealed": False}
        elif what in ("open", "close"):
            values = {"is_open": what == "open"}
        else:
            values = {"is_revealed": what == "reveal"}
        if values:
            connection.execute(update(polls).where(mine).values(**values))
        rooms.touch(connection, code)


def tallies(store: Store, code: str) -> list[Tally]:
    """All questions that were put to a room, as they stand."""
    with store.reading() as connection:
        room = rooms.known(connection, code)["id"]
        found = connection.execute(select(polls).where(polls.c.room == room)).mappings().all()
        return [_tally(connection, row) for row in found]


def given(store: Store, code: str, person: str) -> dict[str, dict[str, str]]:
    """What one participant has answered: by key, a choice for each pair, or for "" (a vote)."""
    found: dict[str, dict[str, str]] = {}
    with store.reading() as connection:
        room = rooms.known(connection, code)["id"]
        now_asked = (votes.c.block == polls.c.block) & (votes.c.round == polls.c.round)
        mine = (votes.c.participant == person) & (votes.c.room == room) & (polls.c.room == room)
        asked = select(votes.c.block, votes.c.choice).where(mine, now_asked)
        for block, choice in connection.execute(asked):
            found[block] = {"": choice}
        mine = (labels.c.participant == person) & (labels.c.room == room)
        for block, pair, choice in connection.execute(
            select(labels.c.block, labels.c.pair, labels.c.choice).where(mine)
        ):
            found.setdefault(block, {})[str(pair)] = choice
    return found


def ratings(store: Store, code: str, poll: Poll) -> list[str]:
    """What each rater has said of the pairs, a letter for each pair, "." where they said nothing.
    In the order of random ids, so that nobody is known by their place."""
    with store.reading() as connection:
        mine = (labels.c.room == rooms.known(connection, code)["id"]) & (labels.c.block == poll.key)
        asked = select(labels.c.participant, labels.c.pair, labels.c.choice).where(mine)
        found: dict[str, dict[int, str]] = {}
        for person, pair, choice in connection.execute(asked.order_by(labels.c.participant)):
            found.setdefault(person, {})[pair] = choice
    places = range(poll.num_pairs)
    return ["".join(said.get(place, ".") for place in places) for said in found.values()]


def _open_poll(connection: Connection, code: str, person: str, poll: Poll) -> RowMapping:
    room = rooms.open_now(connection, code)
    rooms.as_participant(connection, room, person)
    row = _row(connection, room, poll)
    if not row["is_open"]:
        raise RoomError("This question is closed: no vote counts any more.")
    return row


def _row(connection: Connection, room: int, poll: Poll) -> RowMapping:
    """The row of a question, made when it is the first that anybody says of it."""
    mine = (polls.c.room == room) & (polls.c.block == poll.key)
    row = connection.execute(select(polls).where(mine)).mappings().first()
    content = dict(poll.content)
    if row is None:
        start = {"round": 0, "is_open": True, "is_revealed": False}
        new = {"room": room, "block": poll.key, "kind": poll.kind, "content": content, **start}
        connection.execute(_insert(connection, polls).values(**new).on_conflict_do_nothing())
        row = connection.execute(select(polls).where(mine)).mappings().one()
    elif row["content"] != content:  # the deck was edited
        connection.execute(update(polls).where(mine).values(kind=poll.kind, content=content))
    return row


def _put(connection: Connection, table: Table, key: dict[str, Any], choice: str) -> None:
    what = {"choice": choice, "given_at": now()}
    statement = _insert(connection, table).values(**key, **what)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=what))


def _insert(connection: Connection, table: Table) -> Any:
    is_sqlite = connection.dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _tally(connection: Connection, row: RowMapping) -> Tally:
    is_vote = row["kind"] == "vote"
    table = votes if is_vote else labels
    mine = (table.c.room == row["room"]) & (table.c.block == row["block"])
    earlier: Counter[str] = Counter()
    if is_vote:
        before = mine & (votes.c.round == row["round"] - 1)
        earlier.update(connection.execute(select(votes.c.choice).where(before)).scalars())
        mine &= votes.c.round == row["round"]
    found = connection.execute(select(table).where(mine)).mappings().all()
    named = (one["choice"] if is_vote else f"{one['pair']}{one['choice']}" for one in found)
    people = len({one["participant"] for one in found})
    state = (row["is_open"], row["is_revealed"])
    counts = (dict(Counter(named)), dict(earlier))
    return Tally(row["block"], row["kind"], row["round"], *state, people, *counts)


def _number(text: str, low: float, high: float) -> str:
    """A number from `low` to `high`, as it is kept: the same number is the same text."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise RoomError(f"Answer with a number from {low:g} to {high:g}.")
    return f"{value:.6g}"
