"""Held-out problems are different ones, disjoint from training, and intervals count each once."""

import pytest
import torch

from sims.arithmetic import tasks
from sims.arithmetic.estimators import wilson
from sims.test_time_scaling import Params, run


def prompts(task: str, difficulty: int, count: int, held_out: bool) -> list[tuple[int, ...]]:
    generator = torch.Generator().manual_seed(0)
    size = tasks.size_of(task, difficulty)
    found = tasks.draw(task, size, count, generator, held_out=held_out)
    assert len(found.prompts) == count
    return [tuple(row) for row in found.prompts.tolist()]


@pytest.mark.parametrize("difficulty", [1, 2, 3])
@pytest.mark.parametrize("task", tasks.TASKS)
def test_held_out_problems_are_different_ones_where_there_are_enough(
    task: str, difficulty: int
) -> None:
    """Few are there of additions of one digit (100 in all) and of two-digit expressions (300)."""
    asked = prompts(task, difficulty, 256, held_out=True)
    few = difficulty == 1 and task != "sums"
    if not few:
        assert len(set(asked)) == 256
    times = {asked.count(one) for one in set(asked)}
    assert max(times) - min(times) <= 1  # each as often as any other
    assert not set(asked) & set(prompts(task, difficulty, 2_000, held_out=False))


def test_all_held_out_problems_of_a_small_task_are_found() -> None:
    digits = torch.cartesian_prod(torch.arange(10), torch.arange(10))
    every = torch.empty(100, 4, dtype=torch.int64)
    every[:, 0], every[:, 2] = tasks.ZERO + digits[:, 0], tasks.ZERO + digits[:, 1]
    every[:, 1], every[:, 3] = tasks.ID["+"], tasks.ID["="]
    expected = {tuple(row) for row in every[tasks.is_held_out(every)].tolist()}
    assert set(prompts("additions", 1, 256, held_out=True)) == expected
    assert len(expected) < 20


def test_an_interval_counts_each_problem_once() -> None:
    params = Params(task="additions", difficulty=1, num_problems=100, num_samples=1)
    frame = next(run(params))
    distinct = len(set(prompts("additions", 1, 100, held_out=True)))
    assert (frame["low"], frame["high"]) == pytest.approx(wilson(frame["accuracy"], distinct))
