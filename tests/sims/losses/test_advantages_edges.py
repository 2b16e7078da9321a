"""Equal rewards give exactly 0 at any scale, and what lies behind an end stays there."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from sims import advantages, losses
from sims.cartpole import rollout

SCALES = (1.0, 1e-8, 1e8, -3e4)
MAKERS = {
    "normalise": losses.normalise,
    "grpo": lambda rewards: losses.grpo_advantages(rewards, eps=0.0),
    "unbiased grpo": lambda rewards: losses.grpo_advantages(rewards, eps=0.0, unbiased=True),
    "dr_grpo": losses.dr_grpo_advantages,
    "rloo": losses.rloo_advantages,
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("maker", MAKERS)
def test_equal_rewards_give_exactly_zero(maker: str, dtype: torch.dtype, scale: float) -> None:
    """Seven times 0.35: the mean is not 0.35 in either type, and its error is not a signal."""
    equal = torch.full((3, 7), 0.35, dtype=dtype) * scale
    assert (MAKERS[maker](equal) == 0).all()


@pytest.mark.parametrize("maker", MAKERS)
def test_rewards_that_differ_by_rounding_alone_are_equal(maker: str) -> None:
    sums = torch.tensor([[0.1 + 0.2, 0.3, 0.1 + 0.1 + 0.1]], dtype=torch.float64)
    assert sums.unique().numel() > 1
    assert (MAKERS[maker](sums) == 0).all()
    assert losses.zero_std_rate(sums).item() == 1


@pytest.mark.parametrize("scale", SCALES)
def test_a_constant_group_does_not_touch_its_neighbours(scale: float) -> None:
    rewards = scale * torch.tensor([[0.35] * 4, [1.0, 2.0, 6.0, 3.0]], dtype=torch.float64)
    spread = math.sqrt((4 + 1 + 9 + 0) / 4)  # about the mean of 3
    expected = math.copysign(1, scale) * np.array([-2, -1, 3, 0]) / spread
    for maker in ("normalise", "grpo"):
        found = MAKERS[maker](rewards).numpy()
        assert (found[0] == 0).all()
        assert found[1] == pytest.approx(expected)


@pytest.mark.parametrize("dtype", [torch.bool, torch.int64, torch.int8])
@pytest.mark.parametrize("maker", MAKERS)
def test_rewards_may_be_right_or_wrong_or_counts(maker: str, dtype: torch.dtype) -> None:
    rewards = torch.tensor([[1, 0, 0, 1], [1, 1, 1, 1]], dtype=dtype)
    found = MAKERS[maker](rewards)
    assert torch.equal(found, MAKERS[maker](rewards.float()))
    assert (found[1] == 0).all()
    assert losses.zero_std_rate(rewards).item() == 0.5
    assert losses.reinforce_advantages(rewards, 0.5).tolist()[0] == [0.5, -0.5, -0.5, 0.5]


def test_a_group_of_one() -> None:
    one = torch.tensor([[0.35]])
    assert losses.grpo_advantages(one, unbiased=True).tolist() == [[0]]
    assert losses.dr_grpo_advantages(one).tolist() == [[0]]
    assert losses.normalise(one).tolist() == one.tolist()  # left alone: its sign still says enough


def test_padding_does_not_change_normalised_advantages() -> None:
    real = torch.tensor([[1.0, 2.0, 6.0]])
    padded = torch.tensor([[1.0, math.nan, 2.0, 6.0, -math.inf], [math.nan] * 5])
    mask = torch.tensor([[1, 0, 1, 1, 0], [0, 0, 0, 0, 0]])
    found = losses.normalise(padded, mask)
    assert found[0][mask[0] > 0].tolist() == losses.normalise(real)[0].tolist()
    assert (found[mask == 0] == 0).all()
    assert losses.normalise(torch.tensor([5.0, math.nan]), torch.tensor([1, 0])).tolist() == [5, 0]


# ---- GAE: one for NumPy and torch -------------------------------------------------------------


def with_torch(rows: list[np.ndarray], gamma: float, lam: float) -> np.ndarray:
    rewards, values, after, terminated, truncated = (torch.from_numpy(row) for row in rows)
    return losses.gae(rewards, values, terminated, truncated, gamma, lam, next_values=after).numpy()


def time_first(rows: list[np.ndarray], gamma: float, lam: float) -> np.ndarray:
    rewards, values, after, terminated, truncated = (row.T for row in rows)
    return rollout.gae(rewards, values, after, terminated, terminated | truncated, gamma, lam).T


def plain(rows: list[np.ndarray], gamma: float, lam: float) -> np.ndarray:
    return advantages.gae(*rows, gamma=gamma, gae_lambda=lam)


@pytest.mark.parametrize("ours", [with_torch, time_first, plain])
@pytest.mark.parametrize("is_cut", [False, True])
def test_nan_behind_an_end_stays_behind_it(ours, is_cut: bool) -> None:
    """Three steps, an end, and rubbish; by hand, with gamma 1/2, lambda 1/2 and V = 1, 2, 3.

    Terminated: deltas 1 + 1 - 1, 1 + 3/2 - 2, 1 - 3 = 1, 1/2, -2. Cut with V = 4 ahead: the last is
    1 + 2 - 3 = 0. Each advantage is its delta plus a quarter of the next one.
    """
    nan, no, yes = math.nan, False, True
    rows = [
        np.array([[1.0, 1, 1, nan, 5]]),
        np.array([[1.0, 2, 3, nan, nan]]),
        np.array([[2.0, 3, 4 if is_cut else nan, nan, nan]]),
        np.array([[no, no, not is_cut, no, yes]]),
        np.array([[no, no, is_cut, no, no]]),
    ]
    last = 0.0 if is_cut else -2.0
    expected = [1 + (0.5 + last / 4) / 4, 0.5 + last / 4, last]
    assert ours(rows, 0.5, 0.5)[0, :3] == pytest.approx(expected)


def test_nan_behind_the_end_of_a_completion_needs_no_next_values() -> None:
    values = torch.tensor([[0.5, 0.4, 0.3, math.nan]])
    terminated = torch.tensor([[0, 0, 1, 0]])
    truncated = torch.tensor([[0, 0, 0, 0]])
    rewards = torch.tensor([[0, 0, 1, 0]])  # whole numbers, ends as 0 and 1
    with pytest.raises(ValueError, match="next_values"):  # the padding itself is not an end
        losses.gae(rewards, values, terminated, truncated, 1.0, 1.0)
    terminated[0, 3] = 1
    found = losses.gae(rewards, values, terminated, truncated, 1.0, 1.0)
    assert found[0, :3].tolist() == pytest.approx([0.5, 0.6, 0.7])


def test_the_three_agree_on_random_experience() -> None:
    rng = np.random.default_rng(4)
    rewards, values, after = rng.normal(size=(3, 5, 40))
    terminated, cut = rng.random((2, 5, 40)) < 0.1
    rows = [rewards, values, after, terminated, cut]
    first = plain(rows, 0.9, 0.8)
    assert with_torch(rows, 0.9, 0.8) == pytest.approx(first, abs=1e-14)
    assert time_first(rows, 0.9, 0.8) == pytest.approx(first, abs=1e-14)


def test_gae_keeps_the_type_of_the_values() -> None:
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        row: Tensor = torch.ones(3, dtype=dtype)
        end = torch.tensor([False, False, True])
        assert losses.gae(row, row, end, ~end & end, 0.9, 0.9).dtype == dtype
