"""What those who wait are told, held against what then happens on a clock that the test moves."""

import threading

import pytest

from engine.runs.job import Budget, make_job
from engine.runs.results.store import Results
from engine.runs.runner import QueueFull
from engine.runs.wait_estimate import GUESS, Estimates, coarse, in_words, left, starts


class Clock:
    """A monotonic clock that stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def history(runner, fake, clock, **seconds):
    """One ended run of each simulation, which took so long."""
    for sim, taken in seconds.items():
        run = runner.submit(sim, {"seed": 900})
        clock.now += taken
        fake.ends(run.id, "done", "", "", {})


@pytest.mark.parametrize("capacity", [1, 2, 3])
def test_a_run_starts_when_it_was_said_to(fake, fake_runner, clock, capacity) -> None:
    """Every run takes what its simulation took before; the clock jumps from end to end."""
    takes = {"ticks": 7.0, "prints": 3.0, "fills": 20.0}
    runner = fake_runner(clock=clock)
    history(runner, fake, clock, **takes)
    fake.capacity, begun = capacity, len(fake.started)
    sims = ["fills", "ticks", "prints", "ticks", "fills", "prints", "prints", "ticks"]
    runs = [runner.submit(sim, {"seed": seed}) for seed, sim in enumerate(sims)]
    start, said = clock.now, [run.starts_in for run in runs]
    ends_at = {run.id: clock.now + takes[run.job.sim] for run in runs[:capacity]}
    began_at = dict.fromkeys(ends_at, clock.now)
    while ends_at:
        first = min(ends_at, key=lambda run_id: ends_at[run_id])
        clock.now = ends_at.pop(first)
        fake.ends(first, "done", "", "", {})
        for attempt, job in fake.started[begun:]:
            if attempt not in began_at:
                began_at[attempt] = clock.now
                ends_at[attempt] = clock.now + takes[job.sim]
    assert said == [
        0 if began_at[run.id] == start else coarse(began_at[run.id] - start) for run in runs
    ]
    assert len(set(said)) > 3


def test_the_wait_gets_shorter_as_those_before_go_on(fake, fake_runner, clock) -> None:
    runner = fake_runner(clock=clock)
    history(runner, fake, clock, ticks=30.0)
    running = runner.submit("ticks", {"seed": 1}, watch=True)
    waiting = runner.submit("ticks", {"seed": 2}, watch=True)
    seen: list[int] = []
    waiting.listen(lambda: seen.append(waiting.starts_in))
    assert waiting.starts_in == 30
    for _ in range(5):
        clock.now += 6
        runner._renumber()
    assert [seconds for k, seconds in enumerate(seen) if seconds not in seen[:k]] == [
        25,
        20,
        15,
        6,
        8,
    ]
    assert (waiting.state, waiting.position) == ("queued", 1)
    fake.ends(running.id, "done", "", "", {})
    assert (waiting.state, waiting.position, waiting.starts_in) == ("running", 0, 0)


def test_nobody_has_to_ask_for_the_new_estimate(fake, fake_runner, clock) -> None:
    runner = fake_runner(clock=clock, abandon_after=0.05)
    history(runner, fake, clock, ticks=30.0)
    runner.submit("ticks", {"seed": 1}, watch=True)
    waiting = runner.submit("ticks", {"seed": 2}, watch=True)
    told = threading.Event()
    waiting.listen(told.set)
    clock.now += 12
    assert told.wait(20)
    assert waiting.starts_in == 20  # 18 s, in steps of 5


def test_before_anything_has_ended_it_is_a_guess_and_a_budget_bounds_it(fake_runner) -> None:
    runner = fake_runner()
    runner.submit("ticks", {"seed": 1})
    waiting = [runner.submit("ticks", {"seed": seed}, budget=Budget(4)) for seed in (2, 3)]
    assert [run.starts_in for run in waiting] == [10, 15]  # 10 and 10 + 4
    assert GUESS == 10


def test_a_simulation_that_never_ran_is_judged_by_the_others() -> None:
    estimates = Estimates()
    assert estimates.expect("new") == GUESS
    for seconds in (1.0, 2.0, 9.0):
        estimates.note("old", seconds)
    estimates.note("older", 40.0)
    assert estimates.expect("old") == 2.0
    assert estimates.expect("older") == 40.0
    assert estimates.expect("new") == 5.5  # the median of 1, 2, 9, 40
    assert estimates.expect("older", at_most=10.0) == 10.0


def test_only_what_came_to_its_end_says_how_long_it_takes(fake, fake_runner, clock) -> None:
    runner = fake_runner(clock=clock)
    history(runner, fake, clock, ticks=30.0)
    for state in ("failed", "cancelled", "lost"):
        run = runner.submit("ticks", {"seed": 5}, fresh=True)
        clock.now += 1
        fake.ends(run.id, state, "", "", {})
    runner.submit("ticks", {"seed": 6})
    assert runner.submit("ticks", {"seed": 7}).starts_in == 30


def test_a_run_past_its_time_is_not_said_to_end_now() -> None:
    assert left(10.0, 0.0) == 10.0
    assert left(10.0, 6.0) == 4.0
    assert left(10.0, 8.0) == 2.0
    assert left(10.0, 40.0) == 10.0
    assert all(left(10.0, elapsed / 10) >= 2.0 for elapsed in range(1000))


def test_more_runs_than_workers_or_none_at_all_still_give_an_answer() -> None:
    assert list(starts([5.0, 1.0, 3.0], [1.0, 1.0], capacity=1)) == [5.0, 6.0]
    assert list(starts([5.0, 1.0, 3.0], [1.0, 9.0], capacity=2)) == [3.0, 4.0]
    assert list(starts([], [4.0, 1.0], capacity=0)) == [0.0, 4.0]


@pytest.mark.parametrize(
    ("seconds", "shown", "words"),
    [
        (0.0, 1, "about 1 s"),
        (3.2, 4, "about 4 s"),
        (18.0, 20, "about 20 s"),
        (61.0, 75, "about 75 s"),
        (170.0, 180, "about 3 min"),
        (1000.0, 1020, "about 17 min"),
    ],
)
def test_an_estimate_is_no_more_exact_than_it_is(seconds, shown, words) -> None:
    assert coarse(seconds) == shown
    assert in_words(seconds) == words


def test_a_full_queue_says_how_long_to_wait(fake, fake_runner, clock) -> None:
    runner = fake_runner(clock=clock, max_waiting=3, max_waiting_per_owner=2)
    history(runner, fake, clock, ticks=40.0)
    runner.submit("ticks", {"seed": 0}, owner="B")
    runner.submit("ticks", {"seed": 1}, owner="B")
    for seed in (2, 3):
        runner.submit("ticks", {"seed": seed}, owner="A")
    clock.now += 22  # 18 s are left; then B's next starts, and 40 s later A's
    with pytest.raises(QueueFull, match=r"3 runs are waiting already. Try again in about 20 s\."):
        runner.submit("ticks", {"seed": 4}, owner="C")
    runner.queue.max_waiting = 9
    with pytest.raises(QueueFull, match=r"Stop some, or wait about 60 s\."):
        runner.submit("ticks", {"seed": 5}, owner="A")


def test_a_run_that_was_kept_says_how_long_such_runs_take(fake_runner, clock, tmp_path) -> None:
    results = Results(tmp_path)
    results.write(make_job("ticks", {"seed": 1}), ['{"step":0}'], {"seconds": 30.0})
    runner = fake_runner(clock=clock, results=results)
    assert runner.submit("ticks", {"seed": 1}).has_ended
    runner.submit("ticks", {"seed": 2})
    assert runner.submit("ticks", {"seed": 3}).starts_in == 30
