"""Rooms, their presenters and participants."""

import pytest

from engine.room import polls, rooms, words
from engine.room.faults import RoomError
from engine.room.store import Store
from tests.room.voters import POLL


def test_only_the_token_moves_a_room_and_every_move_has_a_number(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    moved = rooms.move(store, room.code, token, {"slide": "title", "step": 2})
    assert moved.place == {"slide": "title", "step": 2}
    assert moved.number > room.number
    assert rooms.numbers(store, [room.code, "ZZZZZ"]) == {room.code: moved.number}
    for wrong in ("", "guess", rooms.join(store, room.code).token):
        with pytest.raises(RoomError, match="Only the presenter"):
            rooms.move(store, room.code, wrong, {"slide": "else"})
    assert rooms.find(store, room.code) == moved


def test_a_room_that_was_handed_over_has_one_driver(store: Store) -> None:
    room, first = rooms.open_room(store, "overview")
    second = rooms.hand_over(store, room.code, first)
    assert not rooms.is_presenter(store, room.code, first)
    rooms.move(store, room.code, second, {"slide": "title"})
    with pytest.raises(RoomError, match="somebody else may hold it"):
        rooms.move(store, room.code, first, {"slide": "else"})


def test_a_closed_room_takes_nobody_and_keeps_everything(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    member = rooms.join(store, room.code)
    polls.vote(store, room.code, member.id, POLL, "yes")
    rooms.close(store, room.code, token)
    with pytest.raises(RoomError, match="closed"):
        rooms.join(store, room.code)
    with pytest.raises(RoomError, match="closed"):
        polls.vote(store, room.code, member.id, POLL, "no")
    with pytest.raises(RoomError, match="closed"):
        rooms.move(store, room.code, token, {})
    assert polls.tallies(store, room.code)[0].counts == {"yes": 1}


def test_who_comes_back_is_the_same_participant(store: Store) -> None:
    room, _ = rooms.open_room(store, "overview")
    first = rooms.join(store, room.code, nickname="  Ada\n<b>Lovelace</b> " + "x" * 99)
    assert first.nickname == ("Ada <b>Lovelace</b> " + "x" * 99)[:40]
    assert rooms.join(store, room.code, first.token) == first
    assert rooms.join(store, room.code, first.token, "Grace").nickname == "Grace"
    assert rooms.join(store, room.code, "a token of another room").id != first.id
    assert rooms.join(store, room.code).id != rooms.join(store, room.code).id
    assert rooms.people(store, room.code) == 4


@pytest.mark.parametrize("nickname", ["\0\0", "\ud83d", "\u202eevil\u200b", "🦊" * 60, "'; DROP"])
def test_an_absurd_nickname_is_made_plain(store: Store, nickname: str) -> None:
    room, _ = rooms.open_room(store, "overview")
    member = rooms.join(store, room.code, nickname=nickname)
    assert len(member.nickname) <= 40
    assert not set(member.nickname) & set("\0\ud83d\u202e\u200b")


def test_a_code_is_read_as_people_type_it() -> None:
    code = words.new_code()
    assert words.as_code(f" {code[:2].lower()} - {code[2:]}") == code
    assert not set(words.LETTERS) & set("AEIOUL01")
    for wrong in ("", "ABCD", "ABCDEFG", "é" * 5, "💥"):
        with pytest.raises(RoomError, match="letters and digits, such as"):
            words.as_code(wrong)
    with pytest.raises(RoomError, match="There is no room"):
        rooms.find(Store("sqlite://"), "BBBBB")


def test_old_rooms_are_deleted_with_all_that_is_theirs(store: Store) -> None:
    old, token = rooms.open_room(store, "overview")
    new, _ = rooms.open_room(store, "overview")
    member = rooms.join(store, old.code)
    polls.vote(store, old.code, member.id, POLL, "yes")
    with store.writing() as connection:
        rooms.touch(connection, old.code)
        connection.execute(rooms.rooms.update().values(used_at=rooms.rooms.c.used_at - 86_400 * 31))
        rooms.touch(connection, new.code)
    assert rooms.prune(store, 30) == [old.code]
    assert [room.code for room in rooms.every(store)] == [new.code]
    rooms.remove(store, new.code)
    with store.reading() as connection:
        for table in rooms.rooms.metadata.sorted_tables:
            assert connection.execute(table.select()).first() is None, table.name
    assert not rooms.is_presenter(store, old.code, token)
