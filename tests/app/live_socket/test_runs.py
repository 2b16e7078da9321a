"""Runs over the live socket: every message of the protocol, and who sees what."""

import json
import threading

from engine.app.socket import connection
from engine.runs.job import make_job
from engine.runs.results.store import Results
from tests.waiting import PATIENCE, wait_for

from .messages import RUNS, SLOW, is_end, steps, until


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


def test_who_follows_a_run_watches_it_and_it_goes_on_for_them(connect, runner):
    with connect() as one, connect() as two:
        one.send_json({"type": "run", "sim": "ticks", "params": SLOW})
        run_id = one.receive_json()["run"]
        two.send_json({"type": "follow", "run": run_id})
        seen = steps(until(two, lambda message: message["type"] == "frames"))
        assert runner.get(run_id).watchers == 2
        one.send_json({"type": "stop", "run": run_id})
        assert until(one, is_end)[-1]["state"] == "cancelled"
        assert steps(until(two, lambda message: message["type"] == "frames"))[0] == len(seen)
        assert runner.get(run_id).state == "running"


def test_a_run_is_of_the_connection_that_asked_and_of_its_address(connect, runner):
    """Connections take turns in the queue, and those of an address share its places there."""
    with connect() as one, connect() as two:
        owners = []
        for seed, visitor in enumerate((one, two)):
            visitor.send_json({"type": "run", "sim": "ticks", "params": SLOW | {"seed": seed}})
            owners.append(runner.get(visitor.receive_json()["run"]).owner)
    assert len(set(owners)) == 2
    assert {owner.partition("#")[0] for owner in owners} == {"testclient"}


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
    assert str(RUNS) not in json.dumps(messages)


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
    monkeypatch.setattr(connection, "BEAT_SECONDS", 0.05)
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
