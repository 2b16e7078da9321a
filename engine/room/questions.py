"""Questions from the audience: pinned to a slide, voted up, answered, or taken away."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, func, insert, select, update

from engine.room import rooms, words
from engine.room.faults import RoomError
from engine.room.store import Store, now
from engine.room.tables import MOST_TEXT, participants, questions, upvotes

MOST_OPEN = 5  # questions of one participant that wait for an answer
Mark = Literal["answered", "waiting", "removed"]


@dataclass(frozen=True)
class Question:
    """One question; `votes` counts its author and all who want it answered, too."""

    id: int
    slide: str
    text: str
    nickname: str
    votes: int
    is_answered: bool


def ask(store: Store, code: str, person: str, slide: str, text: str) -> int:
    """Keep a question; its number. The same one sent again is kept once."""
    text = words.plain(text, MOST_TEXT)
    if not text:
        raise RoomError("Write a question first.")
    with store.writing() as connection:
        room = rooms.open_now(connection, code)
        rooms.as_participant(connection, room, person)
        mine = (questions.c.room == room) & (questions.c.participant == person)
        same = select(questions.c.id).where(mine, questions.c.text == text)
        if (known := connection.execute(same).scalar()) is not None:
            return known
        waiting = mine & ~questions.c.is_answered & ~questions.c.is_removed
        count = select(func.count()).select_from(questions).where(waiting)
        if connection.execute(count).scalar_one() >= MOST_OPEN:
            raise RoomError(
                f"{MOST_OPEN} of your questions wait for an answer. Ask this one later."
            )
        new = {"room": room, "participant": person, "slide": slide, "text": text}
        marks = {"asked_at": now(), "is_answered": False, "is_removed": False}
        made = insert(questions).values(**new, **marks).returning(questions.c.id)
        number = connection.execute(made).scalar_one()
        connection.execute(insert(upvotes).values(question=number, participant=person))
        rooms.touch(connection, code)
    return number


def vote_up(store: Store, code: str, person: str, question: int, is_wanted: bool = True) -> None:
    """Want a question answered, or take that back."""
    with store.writing() as connection:
        room = rooms.open_now(connection, code)
        rooms.as_participant(connection, room, person)
        there = (questions.c.id == question) & (questions.c.room == room)
        if connection.execute(select(questions.c.id).where(there)).first() is None:
            raise RoomError("This question no longer exists.")
        mine = (upvotes.c.question == question) & (upvotes.c.participant == person)
        connection.execute(delete(upvotes).where(mine))
        if is_wanted:
            connection.execute(insert(upvotes).values(question=question, participant=person))
        rooms.touch(connection, code)


def mark(store: Store, code: str, token: str, question: int, what: Mark) -> None:
    """Say that a question is answered, or take it away: the presenter's."""
    with store.writing() as connection:
        room = rooms.as_presenter(connection, code, token)["id"]
        there = (questions.c.id == question) & (questions.c.room == room)
        values = {"is_answered": what == "answered", "is_removed": what == "removed"}
        connection.execute(update(questions).where(there).values(**values))
        rooms.touch(connection, code)


def shown(store: Store, code: str) -> list[Question]:
    """The questions of a room: those that wait first, and of these the most wanted."""
    with store.reading() as connection:
        room = rooms.known(connection, code)["id"]
        count = select(func.count()).where(upvotes.c.question == questions.c.id).scalar_subquery()
        columns = (questions.c.id, questions.c.slide, questions.c.text)
        asked = (
            select(*columns, participants.c.nickname, count.label("votes"), questions.c.is_answered)
            .join(participants, participants.c.id == questions.c.participant)
            .where(questions.c.room == room, ~questions.c.is_removed)
            .order_by(questions.c.is_answered, count.desc(), questions.c.id)
        )
        return [Question(**row) for row in connection.execute(asked).mappings()]
