"""What one address may do to the rooms of a server, and who may open one."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from engine.app.rooms import ALLOWED
from engine.app.rooms.desk import Desk
from engine.app.rooms.hub import Hub
from engine.app.rooms.limits import Bucket
from engine.app.socket.room_protocol import FromVisitor, RoomEnter, RoomOpen
from engine.room.store import Store


class Library:
    """One lecture without slides."""

    def paths(self) -> dict[str, Path]:
        return {"talk": Path("talk.md")}

    def at_hand(self, slug: str) -> Any:
        return {"slides": []}


class Phone:
    """A connection from an address."""

    def __init__(self, address: str) -> None:
        self.address, self.said = address, list[dict[str, Any]]()

    def say_text(self, text: str) -> None:
        self.said.append(json.loads(text))

    async def ask(self, desk: Desk, message: FromVisitor) -> dict[str, Any]:
        await desk.handle(self, message)
        return next(one for one in reversed(self.said) if one.get("tag") == message.tag)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for module in ("desk", "deck_polls"):
        monkeypatch.setattr(f"engine.app.rooms.{module}.library", Library)
    monkeypatch.setenv(ALLOWED, "")
    return Desk(Hub(lambda: Store(f"sqlite:///{tmp_path}/rooms.sqlite")))


OPEN = RoomOpen("talk", tag="open")


def test_rooms_are_opened_at_this_machine_alone_unless_it_is_allowed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tries() -> None:
        assert "opens no rooms" in (await Phone("10.0.0.7").ask(desk, OPEN))["message"]
        assert (await Phone("127.0.0.1").ask(desk, OPEN))["key"]
        monkeypatch.setenv(ALLOWED, "1")
        assert (await Phone("10.0.0.7").ask(desk, OPEN))["key"]
        await desk.close()

    asyncio.run(tries())


def test_who_guesses_codes_is_not_told_when_one_is_right(desk: Desk) -> None:
    desk._limits.missed = Bucket(per_second=1 / 3600, at_once=3)

    async def tries() -> None:
        presenter, here, elsewhere = Phone("127.0.0.1"), "10.0.0.7", Phone("10.0.0.8")
        room = await presenter.ask(desk, OPEN)
        enter = RoomEnter(room["room"], tag="enter")
        known = await Phone(here).ask(desk, enter)
        said = [await Phone(here).ask(desk, RoomEnter("ZZZZZ", tag="enter")) for _ in range(5)]
        assert ["Too many wrong codes" in one["message"] for one in said] == [0, 0, 0, 1, 1]
        assert "Too many wrong codes" in (await Phone(here).ask(desk, enter))["message"]
        person = RoomEnter(room["room"], person=known["person"], tag="enter")
        assert (await Phone(here).ask(desk, person))["person"] == known["person"]
        key = RoomEnter(room["room"], key=room["key"], tag="enter")
        assert (await Phone(here).ask(desk, key))["key"] == room["key"]
        assert (await elsewhere.ask(desk, enter))["person"]
        await desk.close()

    asyncio.run(tries())


def test_a_class_behind_one_address_joins_and_a_single_phone_does_not_join_for_ever() -> None:
    bucket = Bucket(per_second=0.2, at_once=400)
    assert all(bucket.take("school", 0.0) for _ in range(400))
    assert not any(bucket.take("school", 1.0) for _ in range(1000))
    assert bucket.take("elsewhere", 1.0)
    assert bucket.take("school", 6.0)  # refusals have cost nothing
    assert not bucket.take("school", 6.0)
