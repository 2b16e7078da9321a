"""Advantages against their definitions: leave-one-out, groups, GAE."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from sims import losses
from tests.sims.losses.numeric import double, gradient, slopes


def test_rloo_leaves_each_one_out() -> None:
    rewards = [1.0, 4.0, -2.0, 0.5]
    expected = [r - (sum(rewards) - r) / 3 for r in rewards]
    assert losses.rloo_advantages(double(rewards)).tolist() == pytest.approx(expected)


def test_rloo_of_one_sample_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"K is 1: use K >= 2"):
        losses.rloo_advantages(torch.ones(4, 1))


@pytest.mark.parametrize("baseline", [None, 0.37, 5.0])
def test_expected_reinforce_step_is_the_true_gradient_for_any_baseline(
    baseline: float | None,
) -> None:
    logits, rewards = double([0.3, -0.2, 0.5]), double([0.2, 0.5, 0.8])
    probs = torch.softmax(logits, 0)

    def expected_loss(theta: Tensor) -> Tensor:
        logp = torch.log_softmax(theta, 0)[:, None]  # one sample a row, each weighted by pi
        advantages = losses.reinforce_advantages(rewards, baseline)[:, None]
        return (probs * losses.policy_gradient_loss(logp, advantages)).sum()

    true = slopes(lambda theta: torch.softmax(theta, 0) @ rewards, logits)
    assert gradient(expected_loss, logits) == pytest.approx(-true, abs=1e-8)


def test_expected_rloo_step_is_the_true_gradient() -> None:
    """Every group of two answers, weighted by its probability: RLOO has no bias."""
    logits, rewards = double([0.3, -0.2, 0.5]), double([0.2, 0.5, 0.8])
    probs = torch.softmax(logits, 0)
    groups = torch.tensor(list(itertools.product(range(3), repeat=2)))
    weights = probs[groups].prod(-1)

    def expected_loss(theta: Tensor) -> Tensor:
        logp = torch.log_softmax(theta, 0)[groups]
        advantages = losses.rloo_advantages(rewards[groups])
        return (weights * losses.policy_gradient_loss(logp, advantages)).sum()

    true = slopes(lambda theta: torch.softmax(theta, 0) @ rewards, logits)
    assert gradient(expected_loss, logits) == pytest.approx(-true, abs=1e-8)


def test_grpo_divides_by_the_deviation_of_g_not_g_minus_1() -> None:
    two = double([0.0, 1.0])
    assert losses.grpo_advantages(two, eps=0).tolist() == pytest.approx([-1, 1])
    root_half = math.sqrt(0.5)
    unbiased = losses.grpo_advantages(two, eps=0, unbiased=True)
    assert unbiased.tolist() == pytest.approx([-root_half, root_half])


@pytest.mark.parametrize("right", [1, 3, 7])
def test_grpo_on_right_and_wrong_depends_on_the_success_rate_alone(right: int) -> None:
    p = right / 8
    found = losses.grpo_advantages(double([1.0] * right + [0.0] * (8 - right)), eps=0)
    assert found[0].item() == pytest.approx(math.sqrt((1 - p) / p))
    assert found[-1].item() == pytest.approx(-math.sqrt(p / (1 - p)))


@pytest.mark.parametrize("value", [0.0, 0.1, 1e7])
def test_equal_rewards_carry_no_gradient_at_all(value: float) -> None:
    equal = torch.full((2, 7), value)  # 0.1 seven times has a mean that is not 0.1
    assert (losses.grpo_advantages(equal, eps=0) == 0).all()
    assert (losses.dr_grpo_advantages(equal) == 0).all()
    mixed = torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0], [0.1, 0.1]])
    assert losses.zero_std_rate(mixed).item() == 0.75


def test_dr_grpo_is_rloo_up_to_a_constant() -> None:
    rewards = torch.randn(3, 5).double()
    ratio = losses.rloo_advantages(rewards) / losses.dr_grpo_advantages(rewards)
    assert ratio.numpy() == pytest.approx(np.full((3, 5), 5 / 4))


def lambda_returns(
    rewards: np.ndarray, values: np.ndarray, next_values: np.ndarray, gamma: float, lam: float
) -> np.ndarray:
    """GAE from its definition: the lambda-weighted mean of all n-step advantages of an episode."""
    length, advantages = len(rewards), np.zeros(len(rewards))
    for t in range(length):
        n_step = []
        for n in range(1, length - t + 1):
            paid = sum(gamma**i * rewards[t + i] for i in range(n))
            n_step.append(paid + gamma**n * next_values[t + n - 1] - values[t])
        weights = [(1 - lam) * lam**i for i in range(len(n_step) - 1)] + [lam ** (len(n_step) - 1)]
        advantages[t] = np.dot(weights, n_step)
    return advantages


@pytest.mark.parametrize(("terminated", "truncated"), [(True, False), (False, True), (True, True)])
def test_gae_is_the_mean_of_n_step_advantages_of_each_episode(
    terminated: bool, truncated: bool
) -> None:
    """Two episodes in one rollout: the first ends (one way or both) at index 3."""
    rng = np.random.default_rng(2)
    rewards, values, reached = rng.normal(size=(3, 7))
    inside = [0, 1, 2, 4, 5]  # there the state reached is the next one
    reached[inside] = values[[t + 1 for t in inside]]
    ends = np.array([False] * 3 + [True] + [False] * 3)
    flags = torch.tensor(ends & terminated), torch.tensor(ends & truncated)
    rows = double(rewards), double(values)
    found = losses.gae(*rows, *flags, 0.9, 0.8, next_values=double(reached))
    if terminated:  # V of the end is 0, also when time ran out on the same step
        reached[3] = 0
    parts = [
        lambda_returns(rewards[part], values[part], reached[part], 0.9, 0.8)
        for part in (slice(0, 4), slice(4, 7))
    ]
    assert found.numpy() == pytest.approx(np.concatenate(parts))


def test_gae_of_one_whole_completion_needs_no_next_values() -> None:
    """gamma = lambda = 1: the return that is left, minus V."""
    rewards, values = double([[0.1, -0.2, 1.0]]), double([[0.5, 0.4, 0.3]])
    last = torch.tensor([[False, False, True]])
    found = losses.gae(rewards, values, last, torch.zeros_like(last), 1.0, 1.0)
    assert found.tolist()[0] == pytest.approx([0.9 - 0.5, 0.8 - 0.4, 1.0 - 0.3])


@pytest.mark.parametrize("cut", [1, 2])
def test_gae_will_not_guess_the_value_behind_a_cut(cut: int) -> None:
    no = torch.zeros(3, dtype=torch.bool)
    truncated = no.clone()
    truncated[cut] = True
    with pytest.raises(ValueError, match="next_values"):
        losses.gae(torch.ones(3), torch.ones(3), no, truncated, 0.9, 0.9)


def test_normalise_leaves_a_single_advantage_alone() -> None:
    assert losses.normalise(torch.tensor([3.0])).tolist() == [3.0]
    found = losses.normalise(double([1.0, 2.0, 6.0])).numpy()
    assert (found.mean(), found.std()) == (pytest.approx(0), pytest.approx(1))
