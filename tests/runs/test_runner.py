"""Sharing, replay, limits and forgetting; most of it on an engine that obeys the test."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.runs.job import Budget, make_job
from engine.runs.results.store import Results
from engine.runs.runner import QueueFull
from sims.spec import SpecError
from tests.waiting import PATIENCE


def frame(step):
    return f'{{"step":{step}}}'


def test_fifty_who_come_one_after_another_share_one_run(runner):
    def watch(number):
        time.sleep(number * 0.01)
        run = runner.submit("ticks", {"num_steps": 60, "delay": 0.005}, owner=f"viewer {number}")
        return list(run.follow(timeout=PATIENCE))

    with ThreadPoolExecutor(max_workers=50) as pool:
        collected = list(pool.map(watch, range(50)))
    assert runner.num_started == 1
    assert [each["step"] for each in collected[0]] == list(range(60))
    assert all(frames == collected[0] for frames in collected)


def test_equal_parameters_are_one_job_however_they_are_written(fake_runner, fake):
    runner = fake_runner()
    first = runner.submit("ticks", {"num_steps": 20, "scale": 1})
    assert runner.submit("ticks", {"scale": "1.0"}) is first  # num_steps is 20 by default
    assert runner.submit("ticks", {"seed": 1}) is not first
    assert fake.started[0][1].params[0] == ("num_steps", 20)


def test_a_late_comer_gets_every_frame_from_where_it_asks(fake_runner, fake):
    run = fake_runner().submit("ticks", {})
    fake.yields(run.id, [frame(0), frame(1)])
    follower = run.texts(start=1, timeout=PATIENCE)
    assert next(follower) == frame(1)
    fake.yields(run.id, [frame(2)])
    fake.ends(run.id, "done", "", "", {})
    assert list(follower) == [frame(2)]
    assert list(run.texts()) == [frame(0), frame(1), frame(2)]


def test_waiting_for_a_frame_in_vain_is_not_an_end(fake_runner):
    run = fake_runner().submit("ticks", {})
    with pytest.raises(TimeoutError, match="no frame of ticks"):
        next(run.texts(timeout=0.01))


def test_one_of_two_viewers_stops_and_the_run_goes_on(fake_runner, fake):
    runner = fake_runner()
    run = runner.submit("ticks", {}, owner="A", watch=True)
    assert runner.submit("ticks", {}, owner="B", watch=True) is run
    runner.leave(run)
    assert fake.cancelled == []
    fake.yields(run.id, [frame(0)])
    assert run.frames == [frame(0)]
    runner.leave(run)
    assert fake.cancelled == [run.id]
    fake.ends(run.id, "cancelled", "", "", {})
    assert run.state == "cancelled"


def test_who_is_stopped_hears_why(fake_runner, fake):
    runner = fake_runner()
    runs = [runner.submit("ticks", {"seed": seed}) for seed in range(2)]
    assert [run.state for run in runs] == ["running", "queued"]
    for run in runs:
        runner.stop(run, "The room is closed.")
    fake.ends(runs[0].id, "cancelled", "", "", {})
    assert {(run.state, run.message) for run in runs} == {("cancelled", "The room is closed.")}


def test_nobody_joins_a_run_that_is_being_stopped(fake_runner, fake):
    runner = fake_runner()
    run = runner.submit("ticks", {})
    runner.stop(run)
    again = runner.submit("ticks", {})
    assert again is not run
    assert again.state == "queued"
    fake.ends(run.id, "cancelled", "", "", {})
    assert run.message == "Stopped."
    assert again.state == "running"


@pytest.mark.parametrize("state", ["failed", "cancelled", "lost"])
def test_only_finished_runs_answer_later_requests(fake_runner, fake, state, caplog):
    runner = fake_runner()
    run = runner.submit("ticks", {})
    fake.ends(run.id, state, "a reason", "", {})
    again = runner.submit("ticks", {})
    assert again is not run
    fake.ends(again.id, "done", "", "", {})
    assert runner.submit("ticks", {}) is again
    assert runner.share(again.job) is again
    assert runner.get(run.id).message == "a reason"
    # The person who stops a run knows why; the other ends are news to the operator of the server.
    assert (f"ticks {state}: a reason" in caplog.text) is (state != "cancelled")


def test_a_run_beyond_its_limit_keeps_the_frames_up_to_it(fake_runner, fake):
    run = fake_runner(max_frames=2).submit("ticks", {})
    fake.yields(run.id, [frame(0), frame(1), frame(2)])
    assert run.frames == [frame(0), frame(1)]
    fake.ends(run.id, "cancelled", "", "", {})
    assert run.state == "failed"
    assert run.message.startswith("ticks yields more than 2 frames or ")


def test_a_run_ends_once(fake_runner, fake):
    run = fake_runner().submit("ticks", {})
    told = []
    run.listen(lambda: told.append(run.state))
    fake.ends(run.id, "done", "", "", {})
    fake.ends(run.id, "lost", "too late", "", {})
    fake.yields(run.id, [frame(0)])
    assert run.end("failed") is False
    assert (told, run.state, run.message, run.frames) == (["done"], "done", "", [])


def test_what_was_stopped_is_cancelled_even_if_it_finished_first(fake_runner, fake):
    runner = fake_runner()
    run = runner.submit("ticks", {})
    runner.stop(run)
    fake.yields(run.id, [frame(0)])
    fake.ends(run.id, "done", "", "", {})
    assert (run.state, run.frames) == ("cancelled", [])


def test_finished_runs_are_forgotten_the_longest_unused_first(fake_runner, fake):
    runner = fake_runner(keep_runs=2)
    runs = []
    for seed in range(2):
        runs.append(runner.submit("ticks", {"seed": seed}))
        fake.ends(runs[-1].id, "done", "", "", {})
    runner.submit("ticks", {"seed": 0})  # used again
    third = runner.submit("ticks", {"seed": 2})
    fake.ends(third.id, "done", "", "", {})
    assert [runner.get(run.id) for run in runs] == [runs[0], None]
    assert runner.submit("ticks", {"seed": 0}) is runs[0]


def test_finished_runs_are_forgotten_when_their_frames_take_too_much(fake_runner, fake):
    runner = fake_runner(keep_bytes=250)
    for seed in range(4):
        run = runner.submit("ticks", {"seed": seed})
        fake.yields(run.id, ["x" * 100])
        fake.ends(run.id, "done", "", "", {})
    assert runner.stats() == {"running": 0, "waiting": 0, "kept": 2, "bytes": 200, "started": 4}


def test_a_run_that_nobody_watches_is_cancelled(fake_runner, fake):
    runner = fake_runner(abandon_after=0.05)
    watched = runner.submit("ticks", {"seed": 1}, watch=True)
    left = runner.submit("ticks", {"seed": 2})
    deadline = time.monotonic() + PATIENCE
    while not left.has_ended and time.monotonic() < deadline:
        time.sleep(0.01)
    assert left.message == "Stopped, because nobody was watching."
    assert watched.state == "running"
    watched.unwatch()
    while not fake.cancelled and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fake.cancelled == [watched.id]


def test_an_edited_simulation_is_not_answered_from_memory(make_runner, tmp_path, monkeypatch):
    source = (
        "from dataclasses import dataclass\nfrom sims.spec import param\n"
        "@dataclass(frozen=True)\nclass Params:\n    seed: int = param(0)\n"
        "def run(params):\n    yield {'step': 0, 'value': VALUE}\n"
    )
    folder = tmp_path / "edited"
    folder.mkdir()
    monkeypatch.setattr("sims.spec.HERE", folder)
    runner = make_runner(limits={"package": "edited", "path": [str(tmp_path)]})
    for value in (1, 22):
        (folder / "one.py").write_text(source.replace("VALUE", str(value)), encoding="utf-8")
        run = runner.submit("one", {})
        assert [each["value"] for each in run.follow(timeout=PATIENCE)] == [value]
    assert runner.num_started == 2


@pytest.mark.parametrize(
    ("sim", "params", "told"),
    [
        ("tick", {}, "no simulation 'tick' in sims/. Did you mean 'ticks'?"),
        ("../ticks", {}, "no simulation '../ticks' in sims/. Did you mean 'ticks'?"),
        ("ticks", {"sede": 1}, "ticks has no parameter 'sede'. Did you mean 'seed'?"),
        ("ticks", {"seed": 5000}, "above its greatest value 1000"),
        ("ticks", {"scale": "inf"}, "scale is 'inf', but must be a number"),
    ],
)
def test_bad_requests_are_refused_in_words(fake_runner, sim, params, told):
    with pytest.raises(SpecError) as caught:
        fake_runner().submit(sim, params)
    assert told in str(caught.value)


def test_after_closing_nothing_starts(fake_runner, fake):
    runner = fake_runner()
    running, waiting = (runner.submit("ticks", {"seed": seed}) for seed in (1, 2))
    runner.close()
    assert running.has_ended
    assert (waiting.state, waiting.message) == ("cancelled", "The server was stopped.")
    with pytest.raises(QueueFull, match=r"^The server is being stopped\.$"):
        runner.submit("ticks", {"seed": 3})


def test_nobody_joins_a_run_that_may_take_less_than_theirs(fake_runner, fake):
    runner = fake_runner()
    short = runner.submit("ticks", {}, "a", budget=Budget(0.4))
    mine = runner.submit("ticks", {}, "b")
    assert mine is not short
    assert runner.submit("ticks", {}, "c", budget=Budget(5.0)) is mine
    assert runner.submit("ticks", {}, "a", budget=Budget(0.4)) is mine


def test_budgets_that_neither_holds_the_other_are_each_joined(fake_runner):
    runner = fake_runner()
    short, small = Budget(seconds=5.0), Budget(memory_mb=100)
    runs = [runner.submit("ticks", {}, str(n), budget=(short, small)[n % 2]) for n in range(6)]
    assert len(set(runs)) == 2
    assert runs[0] is runs[2] is runs[4]


def test_who_asks_anew_sets_nothing_aside_for_others(fake_runner, fake):
    runner = fake_runner()
    kept = runner.submit("ticks", {}, "a")
    fake.ends(kept.id, "done", "", "", {})
    fresh = runner.submit("ticks", {}, "b", fresh=True, budget=Budget(0.4))
    assert fresh is not kept
    assert runner.submit("ticks", {}, "c") is kept
    assert runner.submit("ticks", {}, "d", fresh=True, budget=Budget(0.4)) is fresh
    fake.ends(fresh.id, "failed", "It ran for 0.4 seconds, which is the limit.", "", {})
    assert runner.submit("ticks", {}, "c") is kept
    again = runner.submit("ticks", {}, "b", fresh=True)
    fake.ends(again.id, "done", "", "", {})
    assert runner.submit("ticks", {}, "c") is again  # the newest that is whole


def test_a_fresh_run_hides_no_result_that_is_kept_on_disk(fake_runner, fake, tmp_path):
    results = Results(tmp_path)
    results.write(make_job("ticks", {}), [frame(0)], {"seconds": 1.0})
    runner = fake_runner(results=results)
    fresh = runner.submit("ticks", {}, "a", fresh=True, budget=Budget(0.4))
    assert not runner.is_at_hand(make_job("ticks", {}))
    theirs = runner.submit("ticks", {}, "b")
    assert (theirs.state, theirs.frames) == ("done", [frame(0)])
    assert fresh.state == "running"
    assert runner.is_at_hand(make_job("ticks", {}))


def test_a_run_that_another_was_started_beside_is_still_abandoned(fake_runner, fake):
    runner = fake_runner(abandon_after=0.05)
    short = runner.submit("ticks", {}, "a", budget=Budget(0.4))
    runner.submit("ticks", {}, "b", watch=True)
    deadline = time.monotonic() + PATIENCE
    while not fake.cancelled and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fake.cancelled == [short.id]
