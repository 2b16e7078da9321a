"""Rooms over the live socket: a presenter, an audience, and two servers that share a store."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient

from engine.app.rooms import ALLOWED
from engine.app.rooms.desk import Desk
from engine.app.rooms.hub import Hub
from engine.app.socket import connection
from engine.app.socket.live import Live
from engine.room.faults import StoreAway
from engine.room.store import Store
from tests.app.room_visitors import DECK, Library, Visitor, at


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`serve()` starts a server on the one store of this test; its clients open sockets."""
    (tmp_path / "talk.md").write_text(DECK)
    made = Library(tmp_path / "talk.md")
    for module in ("desk", "deck_polls"):
        monkeypatch.setattr(f"engine.app.rooms.{module}.library", lambda: made)
    monkeypatch.setattr(connection, "BEAT_SECONDS", 60.0)
    monkeypatch.setattr("engine.app.rooms.hub.PACE", 0.01)
    monkeypatch.setenv(ALLOWED, "1")
    with ExitStack() as stack:

        def start() -> TestClient:
            live = Live()
            live._desk = Desk(Hub(lambda: Store(f"sqlite:///{tmp_path}/rooms.sqlite")))

            @asynccontextmanager
            async def lifespan(_app: Starlette) -> AsyncIterator[None]:
                yield
                await live.close()

            route = WebSocketRoute("/api/live", live.endpoint)
            app = Starlette(routes=[route], lifespan=lifespan)
            return stack.enter_context(TestClient(app))

        yield start


@pytest.fixture
def visit() -> Iterator[Any]:
    with ExitStack() as stack:
        yield lambda client: Visitor(client, stack)


def test_a_class_follows_votes_and_sees_the_results_when_they_are_shown(
    serve: Any, visit: Any
) -> None:
    client = serve()
    presenter, one, two = (visit(client) for _ in range(3))
    room = presenter.ask("open", lecture="talk", page="http://192.168.1.7:8501/")
    assert room["link"] == f"http://192.168.1.7:8501/room/{room['room']}"
    assert len(room["qr"]) == len(room["qr"][0]) >= 29
    entered = one.ask("enter", room=room["room"].lower(), name="Ada")
    assert (entered["lecture"], entered["key"], entered["given"]) == ("talk", "", {})
    presenter.ask("move", place={"slide": "vote", "step": 1})
    one.news(at("vote"))
    late = two.ask("enter", room=room["room"])
    assert two.news(lambda news: news["people"] == 2)["place"]["step"] == 1
    assert late["person"] != entered["person"]

    for person, choice in ((one, "no"), (one, "yes it is"), (two, "yes it is")):
        assert person.ask("vote", block="first", choice=choice)["type"] == "room_done"
    poll = one.poll(lambda poll: poll["people"] == 2)
    assert poll["counts"] == {}  # not before the presenter shows them
    presenter.ask("poll", block="first", change="reveal")
    assert one.poll(lambda poll: poll["revealed"])["counts"] == {"yes it is": 2}
    presenter.ask("poll", block="first", change="close")
    assert "closed" in one.ask("vote", block="first", choice="no")["message"]
    assert one.ask("vote", block="pairs", pair=0, choice="R")["type"] == "room_done"
    again = visit(client)
    back = again.ask("enter", room=room["room"], person=entered["person"])
    assert back["given"] == {"first": {"": "yes it is"}, "pairs": {"0": "R"}}
    assert back["person"] == entered["person"]


def test_a_restarted_server_has_the_room(serve: Any, visit: Any) -> None:
    room = (presenter := visit(serve())).ask("open", lecture="talk")
    presenter.ask("move", place={"slide": "pairs"})
    again = visit(serve())
    assert again.ask("enter", room=room["room"], key=room["key"])["key"] == room["key"]
    news = again.news(at("pairs"))
    assert news["place"] == {**PLACE, "slide": "pairs"}


PLACE = {"slide": "", "step": 0, "black": False, "ink": [], "zoom": [], "blocks": {}}


def test_two_servers_on_one_store_tell_the_same(serve: Any, visit: Any) -> None:
    presenter, follower = visit(serve()), visit(serve())
    room = presenter.ask("open", lecture="talk")
    follower.ask("enter", room=room["room"])
    presenter.ask("move", place={"slide": "vote"})
    news = follower.news(at("vote"))
    assert news["place"] == {**PLACE, "slide": "vote"}
    follower.ask("vote", block="first", choice="no")
    assert presenter.poll(lambda poll: poll["people"] == 1)["block"] == "first"


def test_only_the_key_moves_a_room_and_one_holds_it(serve: Any, visit: Any) -> None:
    client = serve()
    presenter, other, follower = (visit(client) for _ in range(3))
    room = presenter.ask("open", lecture="talk")
    follower.ask("enter", room=room["room"])
    for kind, fields in (
        ("move", {"place": {"slide": "x"}}), ("poll", {"block": "first", "change": "reveal"}),
        ("mark", {"question": 1, "mark": "removed"}), ("hand", {}), ("close", {}),
        ("point", {"x": 1, "y": 2}), ("act", {"action": "next"}),
    ):  # fmt: skip
        assert "Only the presenter" in follower.ask(kind, **fields)["message"]
    assert "Only the presenter" in other.ask("enter", room=room["room"], key="guess")["message"]
    new = presenter.ask("hand")["key"]
    other.ask("enter", room=room["room"], key=new)
    assert other.ask("move", place={"slide": "pairs"})["type"] == "room_done"
    third = visit(client)
    assert "somebody else" in third.ask("enter", room=room["room"], key=room["key"])["message"]
    taken = presenter.ask("hand")  # who has handed over knows the key, and takes it back
    assert taken["type"] == "room_done"
    told = other.heard.get("room_lost") or other.hear(lambda one: one["type"] == "room_lost")
    assert told["message"].startswith("Somebody else presents")  # unasked
    assert other.ask("move", place={"slide": "x"})["type"] == "room_lost"
    assert presenter.ask("move", place={"slide": "vote"})["type"] == "room_done"
    assert "room_lost" not in presenter.heard


def test_followers_see_where_the_presenter_points_and_what_was_drawn(
    serve: Any, visit: Any
) -> None:
    client = serve()
    presenter, follower, late = (visit(client) for _ in range(3))
    room = presenter.ask("open", lecture="talk")
    follower.ask("enter", room=room["room"])
    presenter.ask("point", x=250, y=-0.5)
    told = follower.hear(lambda one: one["type"] == "room_pointed")
    assert (told["x"], told["y"]) == (250, -0.5)
    drawn = {"slide": "vote", "ink": ["1,2 3,4"], "zoom": [0.1, 0.2, 2.0]}
    presenter.ask("move", place=drawn)
    late.ask("enter", room=room["room"])
    assert late.news(at("vote"))["place"] == {**PLACE, **drawn}


def test_labels_are_handed_out_without_names_to_be_learned_from(serve: Any, visit: Any) -> None:
    client = serve()
    presenter, one, two = (visit(client) for _ in range(3))
    room = presenter.ask("open", lecture="talk")
    assert presenter.ask("ratings", block="pairs")["labels"] == ""
    for person, labels in ((one, "L=R"), (two, "R")):
        person.ask("enter", room=room["room"], name="Ada")
        for pair, choice in enumerate(labels):
            person.ask("vote", block="pairs", pair=pair, choice=choice)
    rated = presenter.ask("ratings", block="pairs")
    assert rated["pairs"] == "0-1 1-2 3-4"  # one answer to two prompts is two answers
    assert sorted(rated["labels"].split("/")) == ["L=R", "R.."]
    assert rated["answers"].count("; ") == 4
    assert "no pairs" in presenter.ask("ratings", block="first")["message"]


def test_a_vote_counts_in_the_round_that_it_was_given_in(serve: Any, visit: Any) -> None:
    client = serve()
    presenter, phone = visit(client), visit(client)
    phone.ask("enter", room=presenter.ask("open", lecture="talk")["room"])
    assert phone.ask("vote", block="first", choice="no", round=0)["type"] == "room_done"
    presenter.ask("poll", block="first", change="again")
    late = phone.ask("vote", block="first", choice="no", round=0)
    assert late["message"].startswith("This question was asked again")
    assert phone.poll(lambda one: one["round"] == 1)["people"] == 0
    assert phone.ask("vote", block="first", choice="no", round=1)["type"] == "room_done"
    phone.poll(lambda one: one["round"] == 1 and one["people"] == 1)
    before = phone.heard["room_news"]
    phone.ask("vote", block="first", choice="yes it is", round=1)
    phone.ask("vote", block="first", choice="no", round=1)
    presenter.ask("poll", block="first", change="reveal")
    phone.poll(lambda one: one["revealed"])
    assert phone.heard["room_news"] == before  # a place may be long: votes do not repeat it
    presenter.ask("poll", block="first", change="hide")
    presenter.ask("poll", block="first", change="close")
    assert "closed" in phone.ask("vote", block="first", choice="yes it is", round=1)["message"]
    presenter.ask("close")
    assert presenter.ask("poll", block="first", change="reveal")["type"] == "room_done"
    assert presenter.poll(lambda one: one["revealed"])["counts"] == {"no": 1}
    assert "closed" in presenter.ask("poll", block="first", change="open")["message"]


def test_questions_come_from_the_audience(serve: Any, visit: Any) -> None:
    client = serve()
    presenter, one = visit(client), visit(client)
    room = presenter.ask("open", lecture="talk")
    one.ask("enter", room=room["room"], name="<b>Ada</b>")
    one.ask("ask", text="Why?", slide="vote")
    asked = presenter.hear(lambda heard: heard["type"] == "room_questions" and heard["questions"])
    [question] = asked["questions"]
    assert (question["text"], question["name"], question["votes"]) == ("Why?", "<b>Ada</b>", 1)
    presenter.ask("mark", question=question["id"], mark="removed")
    presenter.hear(lambda heard: heard["type"] == "room_questions" and not heard["questions"])


def test_each_fault_is_a_sentence_and_costs_nobody_the_connection(serve: Any, visit: Any) -> None:
    client = serve()
    one = visit(client)
    for kind, fields, words in (
        ("vote", {"block": "first", "choice": "no"}, "You are in no room"),
        ("enter", {"room": "ZZZZZ"}, "There is no room ZZZZZ"),
        ("enter", {"room": "💥"}, "5 letters and digits"),
        ("enter", {}, "missing required field `room`"),
        ("open", {"lecture": "nothing"}, "no such lecture"),
    ):
        assert words in one.ask(kind, **fields)["message"]
    room = one.ask("open", lecture="talk", page="javascript:alert(1)")
    assert room["link"] == ""
    assert "has no vote" in one.ask("vote", block="first", choice="no")["message"]
    assert "too long" in one.ask("move", place={"slide": "x" * 60_000})["message"]
    two = visit(client)
    two.ask("enter", room=room["room"])
    for fields, words in (
        ({"block": "first", "choice": "maybe"}, "not an answer"),
        ({"block": "first", "choice": "L", "pair": 0}, "not an answer"),
        ({"block": "pairs", "choice": "L"}, "not an answer"),
        ({"block": "pairs", "choice": "L", "pair": 7}, "not a label"),
        ({"block": "nowhere", "choice": "L"}, "not in the lecture"),
    ):
        assert words in two.ask("vote", **fields)["message"]
    one.ask("close")
    assert "closed" in two.ask("vote", block="first", choice="no")["message"]
    assert two.news(lambda news: news["closed"])


def test_what_the_store_cannot_take_now_is_to_be_sent_again(
    serve: Any, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve()
    presenter, one = visit(client), visit(client)
    room = presenter.ask("open", lecture="talk")
    one.ask("enter", room=room["room"])

    def away(*given: Any) -> None:
        raise StoreAway("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("engine.room.polls.vote", away)
        answer = one.ask("vote", block="first", choice="no")
        assert (answer["type"], "sent again" in answer["message"]) == ("room_later", True)
    assert one.ask("vote", block="first", choice="no")["type"] == "room_done"
