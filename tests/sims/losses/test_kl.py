"""KL estimators against sums over a vocabulary of seven."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from sims import losses
from tests.sims.losses.numeric import double, gradient, slopes

LOGITS = double([0.9, -0.3, 0.1, 1.2, -1.0, 0.4, 0.0])
REF = torch.log_softmax(double([0.0, 0.5, -0.4, 0.2, 0.3, -0.8, 1.0]), 0)


def kl_by_sum(p: np.ndarray, q: np.ndarray) -> float:
    return float(sum(a * math.log(a / b) for a, b in zip(p, q, strict=True)))


@pytest.mark.parametrize(("name", "is_exact"), [("k1", True), ("k2", False), ("k3", True)])
def test_the_mean_of_k1_and_k3_is_the_kl_and_k3_is_never_negative(
    name: str, is_exact: bool
) -> None:
    logp = torch.log_softmax(LOGITS, 0)
    each = losses.KL_ESTIMATORS[name](logp, REF)
    true = kl_by_sum(logp.exp().numpy(), REF.exp().numpy())
    assert true > 0.3
    assert ((logp.exp() * each).sum().item() == pytest.approx(true)) == is_exact
    assert (each >= 0).all() == (name != "k1")


def test_k3_does_not_cancel_near_zero() -> None:
    """e^z - 1 - z is z^2 / 2 there; the naive form in float32 is 0 or negative."""
    z = 1e-4
    found = losses.kl_k3(torch.tensor([0.0]), torch.tensor([z]))
    assert found.item() == pytest.approx(z * z / 2, rel=1e-3)


def expected_kl_gradient(name: str, weighted: bool) -> np.ndarray:
    """The mean gradient of kl_loss over samples of the policy itself."""
    probs = torch.softmax(LOGITS, 0)
    old = torch.log_softmax(LOGITS, 0)[:, None] if weighted else None

    def loss(theta: Tensor) -> Tensor:
        logp = torch.log_softmax(theta, 0)[:, None]
        return (probs * losses.kl_loss(logp, REF[:, None], name, old)).sum()

    return gradient(loss, LOGITS).numpy()


def true_kl_gradient(forward: bool) -> np.ndarray:
    def kl(theta: Tensor) -> Tensor:
        p, q = torch.softmax(theta, 0).numpy(), REF.exp().numpy()
        return double(kl_by_sum(q, p) if forward else kl_by_sum(p, q))

    return slopes(kl, LOGITS).numpy()


@pytest.mark.parametrize(("name", "forward"), [("k2", False), ("k3", True)])
def test_in_the_loss_k2_follows_the_kl_and_k3_the_forward_kl(name: str, forward: bool) -> None:
    found = expected_kl_gradient(name, weighted=False)
    assert found == pytest.approx(true_kl_gradient(forward), abs=1e-8)
    assert found != pytest.approx(true_kl_gradient(not forward), abs=1e-3)


def test_in_the_loss_k1_does_nothing() -> None:
    assert expected_kl_gradient("k1", weighted=False) == pytest.approx(np.zeros(7), abs=1e-12)


@pytest.mark.parametrize("name", ["k1", "k3"])
def test_the_ratio_mends_the_gradient(name: str) -> None:
    found = expected_kl_gradient(name, weighted=True)
    assert found == pytest.approx(true_kl_gradient(forward=False), abs=1e-8)


def test_k1_in_the_reward_climbs_the_rlhf_objective() -> None:
    rewards, beta = double([0.5, 1.0, -1.0, 0.0, 2.0, 0.3, 0.1]), 0.7
    probs = torch.softmax(LOGITS, 0)

    def loss(theta: Tensor) -> Tensor:
        logp = torch.log_softmax(theta, 0)
        scored = losses.kl_in_reward(rewards, logp, REF, beta)
        return (probs * losses.policy_gradient_loss(logp[:, None], scored[:, None])).sum()

    def objective(theta: Tensor) -> Tensor:
        p = torch.softmax(theta, 0)
        return p @ rewards - beta * kl_by_sum(p.numpy(), REF.exp().numpy())

    assert gradient(loss, LOGITS) == pytest.approx(-slopes(objective, LOGITS), abs=1e-8)


def test_token_rewards_put_the_score_on_the_last_real_token() -> None:
    logprobs, ref = -torch.rand(2, 4).double(), -torch.rand(2, 4).double()
    mask = double([[0, 1, 1, 0], [1, 1, 1, 1]])  # 0 on a prompt's token and on padding
    rewards = double([2.0, -1.0])
    found = losses.kl_in_token_rewards(rewards, logprobs, ref, 0.5, mask)
    free = losses.kl_in_token_rewards(0 * rewards, logprobs, ref, 0.5, mask)
    assert (found - free).tolist() == [[0, 0, 2, 0], [0, 0, 0, -1]]
    whole = [(x * mask).sum(-1) for x in (logprobs, ref)]
    assert found.sum(-1) == pytest.approx(losses.kl_in_reward(rewards, *whole, 0.5))
