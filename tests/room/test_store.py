"""What a store promises: its tables, that nothing acknowledged is lost, and its sentences."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from engine.room import polls, rooms
from engine.room.faults import RoomError, StoreAway
from engine.room.store import Store
from engine.room.tables import metadata, votes
from tests.room.voters import POLL, cast_all

ROOT = Path(__file__).resolve().parents[2]


def test_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.reading() as connection:
        assert not compare_metadata(MigrationContext.configure(connection), metadata)


def test_a_store_is_opened_again_with_what_it_holds(store: Store, url: str) -> None:
    room, token = rooms.open_room(store, "overview")
    again = Store(url)
    assert rooms.find(again, room.code) == room
    assert rooms.is_presenter(again, room.code, token)
    again.close()


def test_no_token_is_in_the_store(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    member = rooms.join(store, room.code, nickname="Ada")
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert token not in str(row)
                assert member.token not in str(row)


def test_votes_of_several_processes_and_threads_are_all_there(store: Store, url: str) -> None:
    """The small version of `practicum bench room`, which casts 16,000."""
    room, _ = rooms.open_room(store, "overview")
    assert cast_all(url, room.code, processes=2, threads=4, votes=16) == 128
    assert [one.counts for one in polls.tallies(store, room.code)] == 8 * [{"yes": 16}]


def test_kill_9_loses_no_vote_that_was_acknowledged(store: Store, url: str) -> None:
    room, _ = rooms.open_room(store, "overview")
    command = [sys.executable, "-m", "tests.room.voters", url, room.code, "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as voter:
        assert voter.stdout is not None
        acknowledged = [voter.stdout.readline().strip() for _ in range(40)]
        os.kill(voter.pid, signal.SIGKILL)
        acknowledged += voter.stdout.read().split("\n")[:-1]  # the last may be half a line
    with store.reading() as connection:
        given = connection.execute(select(votes.c.participant, votes.c.block))
        kept = {f"{person}:{block}" for person, block in given}
    assert len(set(acknowledged)) >= 40
    assert set(acknowledged) <= kept


def test_a_store_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, whatever its name says" * 30)
    for given, words in (
        (f"sqlite:///{tmp_path}/text", "not a database"),
        (f"sqlite:///{tmp_path}/text/rooms.sqlite", "cannot be opened"),
        ("mysql://localhost/rooms", "SQLite or PostgreSQL, not in mysql"),
        ("rooms.sqlite", "is not a store; write sqlite:"),
        ("postgresql+psycopg://me:secret@127.0.0.1:1/rooms", "refused"),
    ):
        with pytest.raises(RoomError, match=words) as told:
            Store(given)
        assert "secret" not in str(told.value)
        assert "\n" not in str(told.value)


def test_a_store_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rooms.sqlite"
    store = Store(url)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(RoomError, match="newer version of Practicum"):
        Store(url)


def test_a_store_that_goes_away_is_no_fault_of_the_visitor(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/rooms.sqlite")
    room, _ = rooms.open_room(store, "overview")
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE participants RENAME TO elsewhere"))
    with pytest.raises(StoreAway):
        rooms.join(store, room.code)
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO participants"))
    member = rooms.join(store, room.code)
    polls.vote(store, room.code, member.id, POLL, "yes")
