"""Every kind of abuse of the live socket, and what one visitor may take of it."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from engine.app.socket import connection
from engine.app.socket import live as live_module
from tests.waiting import PATIENCE, wait_for

from .messages import RUNS, SLOW, until


class Buffered:
    """A connection all of whose messages have arrived already."""

    client = None
    scope = {}  # noqa: RUF012

    def __init__(self, name, num_messages, order):
        self.name, self.left, self.order = name, num_messages, order

    async def receive(self):
        if not self.left:
            return {"type": "websocket.disconnect"}
        self.left -= 1
        self.order.append(self.name)
        return {"type": "websocket.receive", "text": '{"type": "check", "sim": "ticks"}'}

    async def send_text(self, text):
        pass


def test_a_visitor_who_reads_nothing_is_let_go(live, monkeypatch):
    """Else each of its messages, and the connection, would be held for as long as it likes."""

    class Stuck(Buffered):
        async def receive(self):
            return await super().receive() if self.left else await asyncio.Event().wait()

        async def send_text(self, text):
            await asyncio.Event().wait()

    monkeypatch.setattr(connection, "SEND_SECONDS", 0.05)

    async def serve():
        visitor: Any = Stuck("one", 1, [])
        await asyncio.wait_for(connection.Connection(live, visitor).serve(), PATIENCE)

    asyncio.run(serve())
    assert live.num_connections == 0


def test_a_full_buffer_holds_up_no_other_connection(live):
    order = []

    async def serve_all():
        visitors: list[Any] = [Buffered("one", 50, order), Buffered("two", 1, order)]
        await asyncio.gather(*(connection.Connection(live, each).serve() for each in visitors))

    asyncio.run(serve_all())
    assert order.index("two") < 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Messages are JSON objects"),
        ("[1]", "Messages are JSON objects"),
        ("[" * 50_000, "Messages are JSON objects"),
        ('{"type": "rnu"}', "No message 'rnu'. Did you mean 'run'?"),
        ('{"type": ["run"]}', "'type' must be a text"),
        ('{"type": "run"}', "'sim' must be a name"),
        ('{"type": "run", "sim": "ticks", "params": [1]}', "'params' an object"),
        ('{"type": "run", "sim": "tick"}', "Did you mean 'ticks'?"),
        ('{"type": "run", "sim": "../spec"}', "no simulation '../spec'"),
        ('{"type": "run", "sim": "ticks", "params": {"sede": 1}}', "Did you mean 'seed'?"),
        ('{"type": "run", "sim": "ticks", "budget": 3}', "'budget' is {seconds: number"),
        ('{"type": "run", "sim": "ticks", "budget": {"seconds": "x"}}', "'budget' is {seconds"),
        ('{"type": "run", "sim": "ticks", "budget": {"seconds": -1}}', "above 0"),
        ('{"type": "run", "sim": "ticks", "budget": {"memory": 1e400}}', "1e400 is not a finite"),
        ('{"type": "check", "tag": NaN, "sim": "ticks"}', "NaN is not a finite number."),
        ('{"type": "check", "tag": [1], "sim": "ticks"}', "'tag' must be a text or a number."),
        ('{"type": "follow", "run": {}}', "'run' must be a text or a number."),
        ('{"type": ' + "[" * 900 + "]" * 900 + "}", "'type' must be a text or a number."),
        ('{"type": "follow", "run": "x", "start": -1}', "number of the first frame"),
        ('{"type": "follow", "run": "x", "start": "0"}', "number of the first frame"),
    ],
)
def test_a_bad_message_is_answered_and_costs_nothing_else(connect, text, told):
    with connect() as visitor:
        visitor.send_text(text)
        reply = visitor.receive_json()
        assert reply["type"] == "error"
        assert told in reply["message"]
        visitor.send_json({"type": "check", "sim": "ticks"})
        assert visitor.receive_json()["type"] == "checked"


def test_an_error_carries_the_tag_of_what_caused_it(connect):
    with connect() as visitor:
        visitor.send_json({"type": "run", "tag": "t9", "sim": "nothing"})
        assert visitor.receive_json()["tag"] == "t9"
        visitor.send_bytes(b"\x00\x01")
        assert visitor.receive_json()["message"].startswith("Messages are JSON")


def test_a_message_too_deep_to_be_answered_is_refused_with_its_tag(connect, monkeypatch):
    def clamp(*_):
        raise RecursionError

    monkeypatch.setattr(connection, "clamp_params", clamp)
    with connect() as visitor:
        visitor.send_json({"type": "check", "tag": "t9", "sim": "ticks"})
        refused = visitor.receive_json()
    assert refused == {
        "type": "error",
        "message": "This message is nested too deeply.",
        "tag": "t9",
    }


def test_a_message_too_large_ends_the_connection(connect):
    with connect() as visitor:
        visitor.send_text("x" * (connection.MAX_MESSAGE + 1))
        with pytest.raises(WebSocketDisconnect) as caught:
            visitor.receive_json()
    assert caught.value.code == 1009


def test_a_flood_is_first_refused_and_then_ended(connect, monkeypatch):
    monkeypatch.setattr(connection, "MESSAGES_AT_ONCE", 5)
    monkeypatch.setattr(connection, "MESSAGES_PER_SECOND", 0.001)
    monkeypatch.setattr(connection, "MAX_REFUSED", 10)
    with connect() as visitor:
        for _ in range(30):
            visitor.send_json({"type": "check", "sim": "ticks"})
        messages = []
        while not messages or messages[-1]["type"] != "websocket.close":
            messages.append(visitor.receive())
    assert messages.pop()["code"] == 1008
    kinds = [json.loads(message["text"])["type"] for message in messages]
    assert kinds[:5] == ["checked"] * 5
    assert set(kinds[5:]) == {"error"}
    refused = json.loads(messages[-1]["text"])
    assert refused["message"] == "Too many messages at once. Wait a moment."


def test_one_connection_may_follow_so_many_runs(connect, monkeypatch):
    monkeypatch.setattr(connection, "MAX_FOLLOWS", 2)
    with connect() as visitor:
        for seed in range(3):
            visitor.send_json({"type": "run", "sim": "ticks", "params": SLOW | {"seed": seed}})
        error = until(visitor, lambda message: message["type"] == "error")[-1]
    assert error["message"] == "You follow 2 runs already. Stop some first."


def test_an_address_may_follow_so_many_runs_and_each_connection_some(connect, monkeypatch):
    monkeypatch.setattr(connection, "SURE_FOLLOWS", 1)
    monkeypatch.setattr(connection, "MAX_FOLLOWS_AT_ADDRESS", 3)
    with connect() as one, connect() as two:
        for seed in range(4):
            one.send_json({"type": "run", "sim": "ticks", "params": SLOW | {"seed": seed}})
        one.send_json({"type": "check", "sim": "ticks"})
        errors = [m for m in until(one, lambda m: m["type"] == "checked") if m["type"] == "error"]
        two.send_json({"type": "run", "sim": "ticks", "params": SLOW | {"seed": 0}})
        assert two.receive_json()["type"] == "run"
        more = {"type": "run", "tag": "more", "sim": "ticks", "params": SLOW | {"seed": 1}}
        two.send_json(more)
        errors += until(two, lambda m: m.get("tag") == "more")[-1:]
    sentence = "Too many runs are followed from your address. Stop some first."
    assert [error["message"] for error in errors] == [sentence, sentence]


def test_too_many_connections_are_asked_to_come_later(connect, monkeypatch, live):
    monkeypatch.setattr(live_module, "MAX_CONNECTIONS", 1)
    with connect():
        assert wait_for(lambda: live.num_connections == 1)
        with pytest.raises(WebSocketDisconnect) as caught, connect():
            pass
    assert caught.value.code == 1013


def test_closing_says_goodbye_to_everybody(client, connect, live):
    with connect() as visitor:
        assert wait_for(lambda: live.num_connections == 1)
        client.portal.call(live.close)
        with pytest.raises(WebSocketDisconnect) as caught:
            visitor.receive_json()
    assert caught.value.code == 1001


def test_the_live_socket_needs_neither_streamlit_nor_torch():
    code = "import sys, engine.app.socket.live, engine.runs.workers.local; print(*sys.modules)"
    root = str(RUNS.parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "engine.app.socket.live" in loaded
    assert not loaded & {"streamlit", "torch", "pandas", "numpy"}
