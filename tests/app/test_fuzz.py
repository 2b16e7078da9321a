"""Random addresses and messages: the server answers each of them and goes on."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient

from engine.app.socket import connection
from engine.app.socket.live import Live
from engine.app.socket.protocol import ServerMessage
from engine.runs.job import clamp_params
from engine.runs.runner import Runner
from sims import spec
from tests import fuzzing

FOLDER = Path(__file__).parents[1] / "runs"
OURS = ("api/decks", "api/web/x", "api/source", "api/recorded", "api/search", "files", "overview")
STREAMLITS = (
    "",
    "static",
    "media",
    "component",
    "_stcore",
    "_stcore/bidi-components",
    "app/static",
)
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "X")
# Up to names that no file system takes, alone and with an ending that is looked for.
names = some.text(max_size=60) | some.builds(
    lambda name, times, ending: name * times + ending,
    some.text(min_size=1, max_size=3),
    some.integers(min_value=80, max_value=400),
    some.sampled_from(["", ".js", ".svg", ".jsonl.gz", ".json", "/x.png"]),
)
pytestmark = pytest.mark.fuzz


@fuzzing.examples(120)
@given(some.sampled_from(OURS + STREAMLITS), names, some.sampled_from(METHODS))
@example("files", "a" * 300 + ".svg", "GET")
@example("files", "assets/" + "a" * 300 + "/x.svg", "GET")
@example("api/web/x", "a" * 300, "GET")
@example("api/recorded", "a" * 300 + ".jsonl.gz", "GET")
@example("api/source", "a" * 300, "GET")
@example("api/decks", "a" * 300 + "/x.json", "GET")
@example("static", "a" * 300, "GET")
@example("files", "../" * 12 + "etc/passwd", "GET")
@example("files", "%00", "GET")
@example("api/recorded", "\x00", "GET")
@example("api/search", "?q=" + "a" * 5000, "GET")
def test_no_address_makes_the_server_fail(
    client: TestClient, start: str, rest: str, method: str
) -> None:
    quoted = quote(rest, safe="/?=.")
    answer = client.request(method, f"/{start}/{quoted}", follow_redirects=False)
    assert answer.status_code < 500
    assert "Traceback" not in answer.text
    assert str(FOLDER.parent.parent) not in answer.text  # no path of this machine


anything = fuzzing.anything | some.just(fuzzing.SLOT)
messages = some.fixed_dictionaries(
    {"type": some.sampled_from(["run", "follow", "stop", "check"]) | anything},
    optional={
        "tag": anything,
        "sim": some.just("ticks") | anything,
        "params": some.dictionaries(
            some.sampled_from(["num_steps", "seed", "delay", "mode", "x"]), anything, max_size=3
        )
        | anything,
        "run": anything,
        "start": anything,
        "fresh": anything,
        "budget": some.fixed_dictionaries({}, optional={"seconds": anything, "memory": anything})
        | anything,
    },
)


def strict(text: str) -> dict[str, Any]:
    """JSON as a browser reads it, which knows no NaN."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    message = json.loads(text, parse_constant=refuse)
    msgspec.convert(message, ServerMessage)  # nothing is sent that is not declared
    return message


class NoEngine:
    """Takes jobs and runs none of them: these tests are about words."""

    capacity = 1

    def bind(self, on_frames: Any, on_end: Any) -> None:
        self._on_end = on_end

    def start(self, attempt: str, job: Any, budget: Any = None) -> None:
        """Nothing comes of it."""

    def cancel(self, attempt: str, grace: float) -> None:
        self._on_end(attempt, "cancelled", "", "", {})

    def close(self) -> None:
        """Nothing to end."""


@fuzzing.examples(120)
@given(some.lists(messages, min_size=1, max_size=12), some.sampled_from(fuzzing.RAW))
@example([{"type": "run", "sim": fuzzing.SLOT}], '"\\ud800"')
@example([{"type": "check", "sim": "ticks", "params": {"seed": fuzzing.SLOT}}], "9" * 60_000)
@example([{"type": "run", "tag": fuzzing.SLOT, "sim": "ticks"}], "NaN")
def test_no_message_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch, sent: list[Any], raw: str
) -> None:
    monkeypatch.setattr(spec, "HERE", FOLDER / "faulty")
    monkeypatch.setattr(connection, "MESSAGES_AT_ONCE", 1e9)
    # Hypothesis moves the recursion limit of this process, and a parser of Python source that works
    # in the server's thread meanwhile gives up: so the sources are read before.
    spec.names()
    runner = Runner(NoEngine())
    app = Starlette(routes=[WebSocketRoute("/api/live", Live(runner).endpoint)])
    try:
        with TestClient(app) as client, client.websocket_connect("/api/live") as visitor:
            for message in sent:
                visitor.send_text(fuzzing.as_text(message, raw)[: connection.MAX_MESSAGE])
            visitor.send_json({"type": "check", "tag": "the last", "sim": "ticks"})
            while (answer := strict(visitor.receive_text())).get("tag") != "the last":
                assert answer["type"] in ("run", "state", "error", "checked", "frames")
            assert answer["type"] == "checked"
    finally:
        runner.close()


@fuzzing.examples(120)
@given(some.sampled_from(["cartpole", "overoptimization", "next_token"]), some.data())
def test_whatever_an_address_says_becomes_allowed_values(sim: str, data: some.DataObject) -> None:
    fields = spec.fields(sim)
    names = some.sampled_from([field.name for field in fields])
    raw = data.draw(some.dictionaries(names, fuzzing.anything, max_size=5))
    params, notes = clamp_params(sim, raw)
    assert spec.check(sim, params) == params  # a simulation would take them as they are
    assert list(params) == [field.name for field in fields]
    assert all(note.endswith(".") for note in notes)
