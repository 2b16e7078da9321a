"""The losses of PPO against the formulas of the paper, and what may receive a gradient."""

import numpy as np
import pytest
import torch

from sims import losses
from tests.sims.losses.numeric import double, gradient


@pytest.mark.parametrize(
    ("advantage", "ratio", "pushed"),
    [(1, 1.3, False), (1, 0.7, True), (-1, 0.7, False), (-1, 1.3, True), (1, 1.1, True)],
)
def test_clipping_is_one_sided(advantage: float, ratio: float, pushed: bool) -> None:
    old, now = torch.zeros(1), torch.log(torch.tensor([ratio]))
    advantages = torch.tensor([float(advantage)])
    slope = gradient(lambda lp: losses.ppo_clip_loss(lp, old, advantages, 0.2), now)
    assert slope.item() == pytest.approx(-advantage * ratio if pushed else 0)
    assert losses.clip_rate(now, old, advantages, 0.2).item() == float(not pushed)


def test_ppo_loss_is_the_textbook_formula() -> None:
    rng = np.random.default_rng(3)
    now, old, advantages = rng.normal(size=(3, 40)) * 0.4
    ratio = np.exp(now) / np.exp(old)
    expected = -np.minimum(ratio * advantages, np.clip(ratio, 0.9, 1.1) * advantages).mean()
    found = losses.ppo_clip_loss(double(now), double(old), double(advantages), 0.1)
    assert found.item() == pytest.approx(expected)


def test_at_the_first_update_the_ratio_is_1_and_ppo_is_the_policy_gradient() -> None:
    logprobs, advantages = torch.randn(50) * 20, torch.randn(50)
    assert (losses.importance_ratio(logprobs, logprobs) == 1).all()
    ppo = gradient(lambda lp: losses.ppo_clip_loss(lp, logprobs, advantages, 0.2), logprobs)
    plain = gradient(lambda lp: losses.policy_gradient_loss(lp, advantages), logprobs)
    assert ppo == pytest.approx(plain)


@pytest.mark.parametrize(("value", "expected"), [(1.0, 16.0), (2.0, 14.44), (9.0, 23.04)])
def test_clipped_value_loss_takes_the_worse_of_two(value: float, expected: float) -> None:
    """Return 5, old value 1, clip 0.2: from 2.0 the clipped 1.2 is (3.8)^2 off, more than 9."""
    args = double([value]), double([5.0])
    plain = losses.value_loss(*args)
    assert plain.item() == pytest.approx((value - 5) ** 2)
    clipped = losses.value_loss(*args, double([1.0]), 0.2)
    assert clipped.item() == pytest.approx(max((value - 5) ** 2, expected if value < 9 else 14.44))


def test_value_loss_wants_both_or_neither() -> None:
    with pytest.raises(ValueError, match="give both"):
        losses.value_loss(torch.ones(2), torch.ones(2), torch.ones(2))


def test_constants_get_no_gradient() -> None:
    leaves = [torch.randn(4, requires_grad=True) for _ in range(3)]
    live = torch.randn(4, requires_grad=True)
    old, advantages, ref = leaves
    total = losses.ppo_clip_loss(live, old, advantages, 0.2)
    total = total + losses.kl_loss(live, ref, "k3", old) + losses.policy_gradient_loss(live, ref)
    total = total + losses.dpo_loss(live, live * 2, ref, ref, 0.1)[0]
    total.backward()
    assert live.grad is not None
    assert all(leaf.grad is None for leaf in leaves)
    assert not losses.rloo_advantages(live).requires_grad
    assert not losses.kl_in_reward(live, live, ref, 0.1).requires_grad
