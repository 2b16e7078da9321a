"""The live socket over a real runner: every message of the protocol, and every kind of abuse."""

import asyncio
import json
import resource
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from engine.app.socket import live as live_module
from engine.app.socket.live import Live
from engine.runs.job import make_job
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

FOLDER = Path(__file__).parents[1] / "runs"
SLOW = {"num_steps": 100_000, "delay": 0.01}
PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time


@pytest.fixture
def runner(monkeypatch):
    monkeypatch.setattr(spec, "HERE", FOLDER / "faulty")
    runner = Runner(LocalEngine(1, preload=(), package="faulty", path=[str(FOLDER)]), grace=0.3)
    yield runner
    runner.close()


@pytest.fixture
def live(runner, monkeypatch):
    monkeypatch.setattr(live_module, "BEAT_SECONDS", PATIENCE)  # on a busy machine, no beat between
    return Live(runner)


@pytest.fixture
def client(live):
    app = Starlette(routes=[WebSocketRoute("/api/live", live.endpoint)])
    with TestClient(app) as client:
        yield client


@pytest.fixture
def connect(client):
    return lambda **headers: client.websocket_connect("/api/live", headers=headers)


def until(visitor, wanted):
    """The messages up to the first for which `wanted` holds."""
    found = []
    while not found or not wanted(found[-1]):
        found.append(visitor.receive_json())
    return found


def is_end(message):
    return message["type"] == "state" and message["state"] not in ("queued", "running")


def steps(messages):
    batches = [each for each in messages if each["type"] == "frames"]
    return [frame["step"] for batch in batches for frame in batch["frames"]]


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_run_is_answered_then_its_frames_come_then_its_end(connect):
    with connect() as visitor:
        visitor.send_json({"type": "run", "tag": 7, "sim": "ticks", "params": {"num_steps": "30"}})
        reply = visitor.receive_json()
        assert reply["type"] == "run"
        assert (reply["tag"], reply["notes"], reply["state"]) == (7, [], "running")
        assert reply["params"]["num_steps"] == 30
        assert reply["params"]["mode"] == "plain"
        messages = until(visitor, is_end)
        assert steps(messages) == list(range(30))
        assert messages[-1] == {"type": "state", "run": reply["run"], "state": "done"}


def test_the_second_visitor_gets_the_same_run_from_its_start(connect, runner):
    with connect() as one, connect() as two:
        for visitor in (one, two):
            visitor.send_json({"type": "run", "sim": "ticks", "params": {"seed": 5}})
        first, second = until(one, is_end), until(two, is_end)
    assert first[0]["run"] == second[0]["run"]
    assert steps(first) == steps(second) == list(range(20))
    assert runner.num_started == 1


def test_a_value_out_of_bounds_is_clamped_and_said(connect):
    with connect() as visitor:
        visitor.send_json({"type": "run", "sim": "ticks", "params": {"seed": -3, "num_steps": 1}})
        reply = visitor.receive_json()
    assert reply["params"]["seed"] == 0
    assert reply["notes"] == ["seed is -3, below its least value 0. Using 0."]


def test_a_finished_run_is_replayed_and_run_again_for_who_asks(connect, runner):
    wanted = {"type": "run", "sim": "ticks", "params": {"num_steps": 3}}
    with connect() as visitor:
        visitor.send_json(wanted)
        first = until(visitor, is_end)[0]
        visitor.send_json(wanted)
        assert until(visitor, is_end)[0]["run"] == first["run"]
        visitor.send_json(wanted | {"fresh": True})
        again = until(visitor, is_end)
    assert again[0]["run"] != first["run"]
    assert steps(again) == [0, 1, 2]
    assert runner.num_started == 2


def test_a_run_of_an_earlier_day_says_so(connect, runner, tmp_path):
    runner.results = Results(tmp_path)
    job = make_job("ticks", {"num_steps": 2})
    runner.results.write(job, ['{"step": 0}', '{"step": 1}'], {"seconds": 4.0})
    with connect() as visitor:
        visitor.send_json({"type": "run", "sim": "ticks", "params": {"num_steps": 2}})
        messages = until(visitor, is_end)
    assert messages[0]["about"]["seconds"] == 4.0
    assert set(messages[0]["about"]) == {"date", "seconds", "versions"}
    assert steps(messages) == [0, 1]
    assert runner.num_started == 0


def test_a_result_on_a_slow_disk_holds_up_nobody_else(connect, runner, tmp_path, monkeypatch):
    disk_answers = threading.Event()
    runner.results = Results(tmp_path)
    monkeypatch.setattr(runner.results, "read", lambda job: disk_answers.wait(PATIENCE) and None)
    with connect() as one, connect() as two:
        one.send_json({"type": "run", "tag": 1, "sim": "ticks"})
        one.send_json({"type": "check", "tag": 2, "sim": "ticks"})
        two.send_json({"type": "check", "sim": "ticks"})
        assert two.receive_json()["type"] == "checked"
        two.send_json({"type": "run", "sim": "ticks", "params": {"seed": 3}, "fresh": True})
        assert two.receive_json()["type"] == "run"
        disk_answers.set()
        replies = [each for each in until(one, lambda m: m["type"] == "checked") if "tag" in each]
    assert [reply["tag"] for reply in replies] == [1, 2]


def test_a_visitor_who_leaves_during_a_look_at_the_disk_watches_nothing(
    connect, runner, tmp_path, monkeypatch
):
    disk_answers, is_asked = threading.Event(), threading.Event()
    runner.results = Results(tmp_path)

    def read(job):
        is_asked.set()
        disk_answers.wait(PATIENCE)

    monkeypatch.setattr(runner.results, "read", read)
    with connect() as visitor:
        visitor.send_json({"type": "run", "sim": "ticks", "params": SLOW})
        assert is_asked.wait(PATIENCE)
        threading.Timer(0.2, disk_answers.set).start()
    assert wait_for(lambda: runner.num_started == 1)
    run = runner.submit("ticks", SLOW)
    assert wait_for(lambda: run.watchers == 0)


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

    monkeypatch.setattr(live_module, "SEND_SECONDS", 0.05)

    async def serve():
        await asyncio.wait_for(live_module.Connection(live, Stuck("one", 1, [])).serve(), PATIENCE)

    asyncio.run(serve())
    assert live.num_connections == 0


def test_a_full_buffer_holds_up_no_other_connection(live):
    order = []

    async def serve_all():
        sockets = [Buffered("one", 50, order), Buffered("two", 1, order)]
        await asyncio.gather(*(live_module.Connection(live, each).serve() for each in sockets))

    asyncio.run(serve_all())
    assert order.index("two") < 5


def test_a_budget_is_kept_to(connect):
    with connect() as visitor:
        visitor.send_json(
            {"type": "run", "sim": "ticks", "params": SLOW, "budget": {"seconds": 0.3}}
        )
        end = until(visitor, is_end)[-1]
    assert end["state"] == "failed"
    assert "0.3 seconds" in end["message"]


def test_check_says_what_the_server_would_make_of_values(connect, runner):
    with connect() as visitor:
        visitor.send_json({"type": "check", "tag": "c", "sim": "ticks", "params": {"scale": "x"}})
        reply = visitor.receive_json()
    assert (reply["type"], reply["tag"]) == ("checked", "c")
    assert reply["params"]["scale"] == 1.0
    assert "must be a number" in reply["notes"][0]
    assert runner.num_started == 0


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


def test_stop_cancels_when_nobody_else_watches(connect, runner):
    with connect() as visitor:
        visitor.send_json({"type": "run", "sim": "ticks", "params": SLOW})
        run_id = visitor.receive_json()["run"]
        until(visitor, lambda message: message["type"] == "frames")
        visitor.send_json({"type": "stop", "run": run_id})
        end = until(visitor, is_end)[-1]
        assert (end["run"], end["state"]) == (run_id, "cancelled")
        assert runner.get(run_id).wait(PATIENCE) == "cancelled"


def test_stop_only_detaches_while_another_watches(connect, runner):
    with connect() as one, connect() as two:
        for visitor in (one, two):
            visitor.send_json({"type": "run", "sim": "ticks", "params": SLOW})
        run_id = one.receive_json()["run"]
        assert two.receive_json()["run"] == run_id
        one.send_json({"type": "stop", "run": run_id})
        assert until(one, is_end)[-1]["state"] == "cancelled"
        seen = steps(until(two, lambda message: message["type"] == "frames"))
        assert steps(until(two, lambda message: message["type"] == "frames"))[0] == len(seen)
        assert runner.get(run_id).state == "running"


def test_a_visitor_cannot_stop_the_run_of_another(connect, runner):
    with connect() as one, connect() as two:
        one.send_json({"type": "run", "sim": "ticks", "params": SLOW})
        run_id = one.receive_json()["run"]
        two.send_json({"type": "stop", "run": run_id})
        two.send_json({"type": "check", "sim": "ticks"})
        assert two.receive_json()["type"] == "checked"
        assert runner.get(run_id).state == "running"
        assert runner.get(run_id).watchers == 1


def test_after_a_reconnect_the_rest_comes_without_gap_or_repetition(connect, runner):
    job = {"num_steps": 60, "delay": 0.005}
    with connect() as visitor:
        visitor.send_json({"type": "run", "sim": "ticks", "params": job})
        run_id = visitor.receive_json()["run"]
        before = steps(until(visitor, lambda message: message["type"] == "frames"))
    assert wait_for(lambda: runner.get(run_id).watchers == 0)
    with connect() as visitor:
        visitor.send_json({"type": "follow", "run": run_id, "start": len(before)})
        messages = until(visitor, is_end)
    assert before + steps(messages) == list(range(60))
    assert messages[-1]["state"] == "done"


def test_following_what_is_no_longer_kept_says_so(connect):
    with connect() as visitor:
        visitor.send_json({"type": "follow", "tag": 1, "run": "gone", "start": 0})
        reply = visitor.receive_json()
    assert (reply["type"], reply["run"], reply["state"]) == ("state", "gone", "lost")
    assert reply["message"] == "This run is no longer stored. Run it again."


def test_a_fault_reaches_the_visitor_as_a_sentence(connect):
    with connect() as visitor:
        visitor.send_json({"type": "run", "sim": "breaks", "params": {"how": "raise"}})
        messages = until(visitor, is_end)
    assert steps(messages) == [0, 1, 2, 3, 4]
    assert messages[-1]["state"] == "failed"
    assert "beta went below zero" in messages[-1]["message"]
    assert str(FOLDER) not in json.dumps(messages)


def test_those_who_wait_are_told_their_place(connect):
    with connect() as one, connect() as two:
        one.send_json({"type": "run", "sim": "ticks", "params": SLOW})
        running = one.receive_json()["run"]
        two.send_json({"type": "run", "sim": "ticks", "params": {"seed": 9}})
        reply = two.receive_json()
        assert (reply["state"], reply["position"], reply["wait"]) == ("queued", 1, 10)
        later = until(two, lambda message: message.get("wait", 10) < 10)[-1]
        assert (later["type"], later["state"], later["position"]) == ("state", "queued", 1)
        one.send_json({"type": "stop", "run": running})
        messages = until(two, is_end)
    assert steps(messages) == list(range(20))


def test_a_full_queue_is_an_error_with_advice(connect, runner):
    runner.queue.max_waiting_per_owner = 1
    with connect() as visitor:
        for seed in range(3):
            job = {"type": "run", "tag": seed, "sim": "ticks", "params": SLOW | {"seed": seed}}
            visitor.send_json(job)
        error = until(visitor, lambda message: message["type"] == "error")[-1]
    assert error["tag"] == 2
    assert error["message"].startswith("Runs of yours that wait: 1, as many as one viewer may.")


def test_a_line_on_which_nothing_happens_beats(connect, live, monkeypatch):
    monkeypatch.setattr(live_module, "BEAT_SECONDS", 0.05)
    with connect() as visitor:
        assert [visitor.receive_json() for _ in range(2)] == [{"type": "beat"}] * 2
        visitor.send_json({"type": "check", "sim": "ticks"})
        assert until(visitor, lambda message: message["type"] != "beat")[-1]["type"] == "checked"


def test_broadcasts_come_from_any_thread_to_everybody(connect, live):
    live.broadcast({"type": "deck"})  # to nobody, before anybody has come
    with connect() as one, connect() as two:
        assert wait_for(lambda: live.num_connections == 2)
        news = {"type": "deck", "slug": "rlhf", "hash": "abc"}
        threading.Thread(target=live.broadcast, args=(news,)).start()
        assert one.receive_json() == two.receive_json() == news
    assert wait_for(lambda: live.num_connections == 0)


def test_a_message_too_large_ends_the_connection(connect):
    with connect() as visitor:
        visitor.send_text("x" * (live_module.MAX_MESSAGE + 1))
        with pytest.raises(WebSocketDisconnect) as caught:
            visitor.receive_json()
    assert caught.value.code == 1009


def test_a_flood_is_first_refused_and_then_ended(connect, monkeypatch):
    monkeypatch.setattr(live_module, "MESSAGES_AT_ONCE", 5)
    monkeypatch.setattr(live_module, "MESSAGES_PER_SECOND", 0.001)
    monkeypatch.setattr(live_module, "MAX_REFUSED", 10)
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


def test_one_connection_may_follow_so_many_runs(connect, monkeypatch):
    monkeypatch.setattr(live_module, "MAX_FOLLOWS", 2)
    with connect() as visitor:
        for seed in range(3):
            visitor.send_json({"type": "run", "sim": "ticks", "params": SLOW | {"seed": seed}})
        error = until(visitor, lambda message: message["type"] == "error")[-1]
    assert error["message"] == "You follow 2 runs already. Stop some first."


def test_an_address_may_follow_so_many_runs_and_each_connection_some(connect, monkeypatch):
    monkeypatch.setattr(live_module, "SURE_FOLLOWS", 1)
    monkeypatch.setattr(live_module, "MAX_FOLLOWS_AT_ADDRESS", 3)
    with connect() as one, connect() as two:
        for seed in range(4):
            one.send_json({"type": "run", "sim": "ticks", "params": SLOW | {"seed": seed}})
        one.send_json({"type": "check", "sim": "ticks"})
        errors = [m for m in until(one, lambda m: m["type"] == "checked") if m["type"] == "error"]
        two.send_json({"type": "run", "sim": "ticks", "params": SLOW | {"seed": 0}})
        assert two.receive_json()["type"] == "run"
    sentence = "Too many runs are followed from your address. Stop some first."
    assert [error["message"] for error in errors] == [sentence]


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


def test_small_messages_do_not_wait_for_a_receipt():
    def has_nodelay(sock):
        return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0

    pair = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener, pair[0], pair[1]:
        assert not has_nodelay(listener)
        live_module.send_without_delay()
        assert has_nodelay(listener)
        pair[0].send(b"still open")
        assert pair[1].recv(20) == b"still open"
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert has_nodelay(accepted)


def test_the_usual_limit_of_open_files_is_raised():
    usual, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        live_module.allow_many_files()
        raised, same = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, hard))
    assert same == hard
    assert raised == min(hard, live_module.MOST_FILES) or hard == resource.RLIM_INFINITY
    assert raised > 256


def test_the_live_socket_needs_neither_streamlit_nor_torch():
    import subprocess

    code = "import sys, engine.app.socket.live, engine.runs.workers.local; print(*sys.modules)"
    root = str(FOLDER.parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "engine.app.socket.live" in loaded
    assert not loaded & {"streamlit", "torch", "pandas", "numpy"}
