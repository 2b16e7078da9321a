"""Several trainings in step."""

from itertools import islice, pairwise

import pytest
import torch

from sims.arithmetic import base_model
from sims.arithmetic.scaling import measured, points
from sims.arithmetic.trainer import Settings, train

torch.set_num_threads(1)


@pytest.mark.parametrize("num_steps", [1, 5, 64, 100, 128])
def test_points_are_even_in_the_logarithm(num_steps: int) -> None:
    found = points(num_steps)
    assert found[0] == 0
    assert found[-1] == num_steps
    assert found == sorted(set(found))
    ratios = [after / before for before, after in pairwise(found[5:-1])]
    assert all(1.2 < ratio < 1.7 for ratio in ratios)


def test_trainings_side_by_side_are_those_of_each_alone() -> None:
    base, _ = base_model.load("sums")
    settings = Settings(num_prompts=4, group_size=4)
    both = list(measured(base, settings, 3, [7, 8]))
    alone = [list(measured(base, settings, 3, [seed])) for seed in (7, 8)]
    assert [point.num_rollouts for point in both] == [0, 16, 32, 48]
    for point, first, second in zip(both, *alone, strict=True):
        assert point.accuracy == (first.accuracy + second.accuracy) / 2
        assert point.flops == (first.flops + second.flops) / 2
        assert point.low < point.accuracy < point.high


def test_compute_is_that_of_the_tokens_written() -> None:
    base, _ = base_model.load("sums")
    settings = Settings(num_prompts=4, group_size=4)
    *_, last = measured(base, settings, 3, [7])
    batches = islice(train(base.copy(), settings, torch.Generator().manual_seed(7)), 3)
    tokens = sum(batch.num_tokens for batch in batches)
    assert last.flops == 8 * base.num_weights() * tokens
