"""The tables of the store. A change here needs a migration beside `migrations/versions`.

Nothing of a person is kept but a random id, the hash of a random token and a nickname, if they
gave one. Times are those of the server, in seconds since 1970: the clock of a phone may be wrong.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

MOST_NAME, MOST_CHOICE, MOST_BLOCK, MOST_TEXT = 40, 300, 200, 300  # characters

metadata = MetaData()


def _room(**options: Any) -> Column[int]:
    return Column("room", Integer, ForeignKey("rooms.id", ondelete="CASCADE"), **options)


def _person(**options: Any) -> Column[str]:
    key = ForeignKey("participants.id", ondelete="CASCADE")
    return Column("participant", String(32), key, **options)


rooms = Table(
    "rooms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(8), nullable=False, unique=True),
    Column("lecture", String(200), nullable=False),
    Column("token_hash", String(64), nullable=False),  # of the presenter's token
    Column("number", Integer, nullable=False),  # grows with every change: other servers look at it
    Column("place", JSON, nullable=False),  # where the presenter is: what followers are told
    Column("opened_at", Float, nullable=False),
    Column("used_at", Float, nullable=False),
    Column("closed_at", Float),
)

participants = Table(
    "participants",
    metadata,
    Column("id", String(32), primary_key=True),
    _room(nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, index=True),
    Column("nickname", String(MOST_NAME), nullable=False),
    Column("joined_at", Float, nullable=False),
)

# A question of the deck that was put to the room: a `vote` block, or a `label` block.
polls = Table(
    "polls",
    metadata,
    _room(primary_key=True),
    Column("block", String(MOST_BLOCK), primary_key=True),
    Column("kind", String(8), nullable=False),  # vote, label
    Column("content", JSON, nullable=False),  # the question with its options or pairs
    Column("round", Integer, nullable=False),  # 0; one more each time it is put again
    Column("is_open", Boolean, nullable=False),
    Column("is_revealed", Boolean, nullable=False),
)


def _of_poll() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["room", "block"], ["polls.room", "polls.block"], ondelete="CASCADE"
    )


# Their primary keys let nobody vote twice.
votes = Table(
    "votes",
    metadata,
    Column("room", Integer, primary_key=True),
    Column("block", String(MOST_BLOCK), primary_key=True),
    Column("round", Integer, primary_key=True),
    _person(primary_key=True),
    Column("choice", String(MOST_CHOICE), nullable=False),  # the text of the option
    Column("given_at", Float, nullable=False),
    _of_poll(),
)

labels = Table(
    "labels",
    metadata,
    Column("room", Integer, primary_key=True),
    Column("block", String(MOST_BLOCK), primary_key=True),
    Column("pair", Integer, primary_key=True),  # its place in the block, from 0
    _person(primary_key=True),
    Column("choice", String(1), nullable=False),  # L, R or =
    Column("given_at", Float, nullable=False),
    _of_poll(),
)

questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    _room(nullable=False, index=True),
    _person(nullable=False),
    Column("slide", String(MOST_BLOCK), nullable=False),
    Column("text", Text, nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("is_answered", Boolean, nullable=False),
    Column("is_removed", Boolean, nullable=False),
)

upvotes = Table(
    "upvotes",
    metadata,
    Column("question", Integer, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    _person(primary_key=True),
)
