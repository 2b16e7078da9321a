"""What the people in a room are told, without a socket."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.app.rooms.hub import Hub, Seat
from engine.room import rooms
from engine.room.store import Store


def test_followers_never_hear_of_an_older_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at the store that began before a move, and ends after it."""
    store = Store(f"sqlite:///{tmp_path}/rooms.sqlite")
    room, token = rooms.open_room(store, "talk")
    heard: list[Any] = []
    has_looked, has_moved = threading.Event(), threading.Event()
    count = rooms.people

    def people(*given: Any) -> int:
        has_looked.set()
        assert has_moved.wait(20)
        return count(*given)

    class Listener:
        address = ""

        def say_text(self, text: str) -> None:
            message = json.loads(text)
            if message["type"] == "room_news":
                heard.append(message["place"])

    async def follow() -> None:
        hub = Hub(lambda: store)
        await hub.enter(Seat(Listener(), room.code, "talk"))
        await asyncio.to_thread(has_looked.wait, 20)
        hub.moved(rooms.move(store, room.code, token, {"slide": "pairs", "step": 0}))
        has_moved.set()
        while not heard:
            await asyncio.sleep(0.01)
        await hub.close()

    monkeypatch.setattr("engine.app.rooms.hub.asked_now", lambda _lecture: [])
    monkeypatch.setattr("engine.room.rooms.people", people)
    asyncio.run(follow())
    assert [place and place["slide"] for place in heard] == ["pairs"]
