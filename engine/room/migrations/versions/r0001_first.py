"""The first tables: rooms, who sits in them, and what they say."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rooms",
        Column("id", Integer(), nullable=False),
        Column("code", String(length=8), nullable=False),
        Column("lecture", String(length=200), nullable=False),
        Column("token_hash", String(length=64), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("place", JSON(), nullable=False),
        Column("opened_at", Float(), nullable=False),
        Column("used_at", Float(), nullable=False),
        Column("closed_at", Float(), nullable=True),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("code"),
    )
    op.create_table(
        "participants",
        Column("id", String(length=32), nullable=False),
        Column("room", Integer(), nullable=False),
        Column("token_hash", String(length=64), nullable=False),
        Column("nickname", String(length=40), nullable=False),
        Column("joined_at", Float(), nullable=False),
        ForeignKeyConstraint(["room"], ["rooms.id"], ondelete="CASCADE"),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_participants_room", "participants", ["room"], unique=False)
    op.create_index("ix_participants_token_hash", "participants", ["token_hash"], unique=False)
    op.create_table(
        "polls",
        Column("room", Integer(), nullable=False),
        Column("block", String(length=200), nullable=False),
        Column("kind", String(length=8), nullable=False),
        Column("content", JSON(), nullable=False),
        Column("round", Integer(), nullable=False),
        Column("is_open", Boolean(), nullable=False),
        Column("is_revealed", Boolean(), nullable=False),
        ForeignKeyConstraint(["room"], ["rooms.id"], ondelete="CASCADE"),
        PrimaryKeyConstraint("room", "block"),
    )
    op.create_table(
        "labels",
        Column("room", Integer(), nullable=False),
        Column("block", String(length=200), nullable=False),
        Column("pair", Integer(), nullable=False),
        Column("participant", String(length=32), nullable=False),
        Column("choice", String(length=1), nullable=False),
        Column("given_at", Float(), nullable=False),
        ForeignKeyConstraint(["participant"], ["participants.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["room", "block"], ["polls.room", "polls.block"], ondelete="CASCADE"),
        PrimaryKeyConstraint("room", "block", "pair", "participant"),
    )
    op.create_table(
        "questions",
        Column("id", Integer(), nullable=False),
        Column("room", Integer(), nullable=False),
        Column("participant", String(length=32), nullable=False),
        Column("slide", String(length=200), nullable=False),
        Column("text", Text(), nullable=False),
        Column("asked_at", Float(), nullable=False),
        Column("is_answered", Boolean(), nullable=False),
        Column("is_removed", Boolean(), nullable=False),
        ForeignKeyConstraint(["participant"], ["participants.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["room"], ["rooms.id"], ondelete="CASCADE"),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_questions_room", "questions", ["room"], unique=False)
    op.create_table(
        "votes",
        Column("room", Integer(), nullable=False),
        Column("block", String(length=200), nullable=False),
        Column("round", Integer(), nullable=False),
        Column("participant", String(length=32), nullable=False),
        Column("choice", String(length=300), nullable=False),
        Column("given_at", Float(), nullable=False),
        ForeignKeyConstraint(["participant"], ["participants.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["room", "block"], ["polls.room", "polls.block"], ondelete="CASCADE"),
        PrimaryKeyConstraint("room", "block", "round", "participant"),
    )
    op.create_table(
        "upvotes",
        Column("question", Integer(), nullable=False),
        Column("participant", String(length=32), nullable=False),
        ForeignKeyConstraint(["participant"], ["participants.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["question"], ["questions.id"], ondelete="CASCADE"),
        PrimaryKeyConstraint("question", "participant"),
    )
