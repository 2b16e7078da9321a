"""Who waits for a worker: in which order, and how many of one viewer, one address and in all."""

import pytest

from engine.runs.runner import QueueFull
from tests.waiting import PATIENCE


def test_a_hundred_jobs_of_one_owner_hold_nobody_up(make_runner):
    runner = make_runner(max_waiting_per_owner=200)
    ended = []
    ours = [
        runner.submit("ticks", {"seed": seed, "num_steps": 2, "delay": 0.002}, owner="A")
        for seed in range(100)
    ]
    theirs = runner.submit("ticks", {"seed": 500, "num_steps": 2, "delay": 0.002}, owner="B")
    assert theirs.position <= 2
    for run in [*ours, theirs]:
        run.listen(lambda run=run: ended.append(run.id) if run.has_ended else None)
        if run.has_ended and run.id not in ended:
            ended.append(run.id)
    for run in ours:
        assert run.wait(PATIENCE) == "done"
    assert ended.index(theirs.id) < ended.index(ours[4].id)


def test_positions_follow_the_turns_of_the_owners(fake_runner, fake):
    runner = fake_runner()
    running = runner.submit("ticks", {"seed": 0}, owner="A")
    a1, a2 = (runner.submit("ticks", {"seed": seed}, owner="A") for seed in (1, 2))
    b1, b2 = (runner.submit("ticks", {"seed": seed}, owner="B") for seed in (3, 4))
    assert [run.position for run in (running, a1, b1, a2, b2)] == [0, 1, 2, 3, 4]
    runner.stop(a1)
    assert [run.position for run in (b1, a2, b2)] == [2, 1, 3]
    fake.ends(running.id, "done", "", "", {})
    assert [run.state for run in (a2, b1, b2)] == ["running", "queued", "queued"]
    assert [run.position for run in (a2, b1, b2)] == [0, 1, 2]


def test_the_queue_is_bounded_for_each_owner_and_in_all(fake_runner):
    runner = fake_runner(max_waiting=3, max_waiting_per_owner=2)
    for seed in range(3):  # one runs, two wait
        runner.submit("ticks", {"seed": seed}, owner="A")
    with pytest.raises(QueueFull, match="Runs of yours that wait: 2"):
        runner.submit("ticks", {"seed": 3}, owner="A")
    runner.submit("ticks", {"seed": 4}, owner="B")
    with pytest.raises(QueueFull, match="3 runs are waiting already"):
        runner.submit("ticks", {"seed": 5}, owner="C")
    assert runner.submit("ticks", {"seed": 4}, owner="C").state == "queued"  # joins B's


def num_taken(runner, owner, seeds):
    """How many runs of an owner were taken before one was refused."""
    for count, seed in enumerate(seeds):
        try:
            runner.submit("ticks", {"seed": seed}, owner)
        except QueueFull:
            return count
    raise AssertionError("none was refused")


def test_one_address_closes_the_queue_to_nobody_and_a_class_behind_one_fits(fake_runner):
    runner = fake_runner()
    seeds = iter(range(1001))
    runner.submit("ticks", {"seed": next(seeds)}, "x")  # runs
    for pupil in range(400):  # behind one address, each with one run
        assert runner.submit("ticks", {"seed": next(seeds)}, f"10.0.0.1#{pupil}").position
    with pytest.raises(QueueFull, match="at your address: 400, as many as one address may"):
        runner.submit("ticks", {"seed": next(seeds)}, "10.0.0.1#late")
    assert runner.submit("ticks", {"seed": next(seeds)}, "10.0.0.2#new").position


def test_the_connections_of_one_visitor_leave_places_at_their_address(fake_runner):
    runner = fake_runner()
    seeds = iter(range(1001))
    taken = [num_taken(runner, f"10.0.0.1#{n}", seeds) for n in range(20)]
    assert taken == [65, 64, 64, 64, 44, *[1] * 15]  # one runs; then one each
    with pytest.raises(QueueFull, match="wait: 44, as many as one viewer may now"):
        runner.submit("ticks", {"seed": next(seeds)}, "10.0.0.1#4")
    for pupil in range(85):
        assert runner.submit("ticks", {"seed": next(seeds)}, f"10.0.0.1#pupil {pupil}").position
