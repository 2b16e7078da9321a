"""Rooms: opened by a presenter, joined by participants, moved by the person who has its token."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from engine.room import words
from engine.room.faults import NotPresenter, RoomError
from engine.room.store import Store, now
from engine.room.tables import MOST_NAME, participants, rooms

MOST_PEOPLE = 5_000  # participants of one room
DAY = 24 * 3600.0  # seconds
CLOSED = "This room is closed. Its results stay with the presenter."
NOT_YOURS = "Only the presenter of this room can do that; somebody else may hold it now."


@dataclass(frozen=True)
class Room:
    """A room as the store has it; `place` is where its presenter is."""

    id: int
    code: str
    lecture: str
    number: int
    place: dict[str, Any]
    opened_at: float
    closed_at: float | None

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


@dataclass(frozen=True)
class Member:
    """One participant; `token` is what their own browser keeps."""

    id: str
    token: str
    nickname: str


def open_room(store: Store, lecture: str) -> tuple[Room, str]:
    """A new room for a lecture, and the presenter's token, which is kept nowhere else."""
    token, time = words.new_token(), now()
    for _ in range(20):  # a code may be taken
        code = words.new_code()
        new = {"code": code, "lecture": lecture, "token_hash": words.hash_of(token), "place": {}}
        times = {"number": 1, "opened_at": time, "used_at": time, "closed_at": None}
        with store.writing() as connection:
            if _by_code(connection, code) is None:
                connection.execute(insert(rooms).values(**new, **times))
                return _room(known(connection, code)), token
    raise RoomError("No code is free. Delete old rooms: practicum room prune.")


def find(store: Store, code: str) -> Room:
    """The room of a code, open or closed. RoomError when there is none."""
    with store.reading() as connection:
        return _room(known(connection, words.as_code(code)))


def every(store: Store) -> list[Room]:
    """All rooms, the newest first."""
    with store.reading() as connection:
        found = connection.execute(select(rooms).order_by(rooms.c.id.desc()))
        return [_room(row) for row in found.mappings()]


def numbers(store: Store, codes: list[str]) -> dict[str, int]:
    """Each room's number: one that has grown has changed."""
    if not codes:
        return {}
    asked = select(rooms.c.code, rooms.c.number).where(rooms.c.code.in_(codes))
    with store.reading() as connection:
        return {row.code: row.number for row in connection.execute(asked)}


def is_presenter(store: Store, code: str, token: str) -> bool:
    """Whether the token is the one that moves the room now."""
    with store.reading() as connection:
        row = _by_code(connection, code)
    return row is not None and secrets.compare_digest(row["token_hash"], words.hash_of(token))


def check_presenter(store: Store, code: str, token: str) -> None:
    """RoomError for a token that does not hold the room now."""
    if not is_presenter(store, code, token):
        raise NotPresenter(NOT_YOURS)


def lost(store: Store, code: str, tokens: Collection[str]) -> set[str]:
    """Those of the tokens that do not hold the room now: it was handed over."""
    with store.reading() as connection:
        holds = known(connection, code)["token_hash"]
    return {token for token in tokens if not secrets.compare_digest(holds, words.hash_of(token))}


def is_member(store: Store, code: str, token: str) -> bool:
    """Whether the token is one of a participant of this room."""
    mine = (rooms.c.code == code) & (participants.c.token_hash == words.hash_of(token))
    asked = select(participants.c.id).join(rooms).where(mine)
    with store.reading() as connection:
        return bool(token) and connection.execute(asked).first() is not None


def join(store: Store, code: str, token: str = "", nickname: str = "") -> Member:
    """The participant of a token, or a new one. A nickname is optional, and cut to its length."""
    name = words.plain(nickname, MOST_NAME)
    with store.writing() as connection:
        room = open_now(connection, code)
        mine = (participants.c.room == room) & (participants.c.token_hash == words.hash_of(token))
        known = connection.execute(select(participants).where(mine)).mappings().first()
        if known and token:
            if name and name != known["nickname"]:
                connection.execute(update(participants).where(mine).values(nickname=name))
            return Member(known["id"], token, name or known["nickname"])
        if _num_people(connection, room) >= MOST_PEOPLE:
            raise RoomError(f"This room is full: {MOST_PEOPLE} people have joined.")
        member = Member(secrets.token_hex(8), words.new_token(), name)
        new = {"id": member.id, "room": room, "nickname": name, "joined_at": now()}
        connection.execute(
            insert(participants).values(**new, token_hash=words.hash_of(member.token))
        )
        return member


def people(store: Store, code: str) -> int:
    """How many participants have joined a room."""
    with store.reading() as connection:
        return _num_people(connection, known(connection, code)["id"])


def move(store: Store, code: str, token: str, place: dict[str, Any]) -> Room:
    """Take the room to another place. RoomError for a token that does not hold it."""
    with store.writing() as connection:
        as_presenter(connection, code, token)
        touch(connection, code, place=place)
        return _room(known(connection, code))


def note(store: Store, code: str) -> None:
    """Something was given in a room: its number grows, so that every server tells its followers."""
    with store.writing() as connection:
        touch(connection, code)


def hand_over(store: Store, code: str, token: str) -> str:
    """A new token for the room; the one before holds nothing from now on."""
    new = words.new_token()
    with store.writing() as connection:
        as_presenter(connection, code, token)
        touch(connection, code, token_hash=words.hash_of(new))
    return new


def close(store: Store, code: str, token: str) -> None:
    """Nobody joins, votes or asks any more. What was given stays."""
    with store.writing() as connection:
        as_presenter(connection, code, token, may_be_closed=True)
        touch(connection, code, closed_at=now())


def remove(store: Store, code: str) -> None:
    """Delete a room with all that was given in it. RoomError when there is none."""
    with store.writing() as connection:
        room = known(connection, words.as_code(code))["id"]
        connection.execute(delete(rooms).where(rooms.c.id == room))


def prune(store: Store, days: float) -> list[str]:
    """Delete the rooms that nothing has happened in for so many days; their codes."""
    old = rooms.c.used_at < now() - days * DAY
    with store.writing() as connection:
        codes = list(connection.execute(select(rooms.c.code).where(old)).scalars())
        connection.execute(delete(rooms).where(old))
    return codes


def as_presenter(
    connection: Connection, code: str, token: str, may_be_closed: bool = False
) -> RowMapping:
    """The row of a room whose presenter asks; RoomError for anybody else."""
    row = known(connection, code)
    if not secrets.compare_digest(row["token_hash"], words.hash_of(token)):
        raise NotPresenter(NOT_YOURS)
    if row["closed_at"] is not None and not may_be_closed:
        raise RoomError("This room is closed. Open another one.")
    return row


def open_now(connection: Connection, code: str) -> int:
    """The id of a room that people may join and vote in. RoomError for a closed one."""
    row = known(connection, code)
    if row["closed_at"] is not None:
        raise RoomError(CLOSED)
    return row["id"]


def touch(connection: Connection, code: str, **changed: Any) -> None:
    """Note that a room has changed, so that every server tells its followers."""
    values = {"number": rooms.c.number + 1, "used_at": now(), **changed}
    connection.execute(update(rooms).where(rooms.c.code == code).values(**values))


def known(connection: Connection, code: str) -> RowMapping:
    """The row of a room. RoomError when there is none."""
    row = _by_code(connection, code)
    if row is None:
        raise RoomError(f"There is no room {code[:20]}. Look at the code on the wall again.")
    return row


def _by_code(connection: Connection, code: str) -> RowMapping | None:
    return connection.execute(select(rooms).where(rooms.c.code == code)).mappings().first()


def _num_people(connection: Connection, room: int) -> int:
    asked = select(func.count()).select_from(participants).where(participants.c.room == room)
    return connection.execute(asked).scalar_one()


def _room(row: RowMapping) -> Room:
    return Room(**{name: row[name] for name in Room.__dataclass_fields__})


def as_participant(connection: Connection, room: int, person: str) -> None:
    """RoomError for one who has not joined this room, or whose room was deleted."""
    mine = (participants.c.room == room) & (participants.c.id == person)
    if connection.execute(select(participants.c.id).where(mine)).first() is None:
        raise RoomError("You are not in this room any more. Join it again.")
