"""DPO, IPO, SimPO, KTO and ORPO against closed forms, enumeration and finite differences."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from sims import losses
from tests.sims.losses.numeric import double, gradient, slopes

LN2 = math.log(2)


PAIRS = tuple(-torch.rand(4, 6, generator=torch.Generator().manual_seed(0)).double() * 5)


def test_dpo_starts_at_ln_2_with_rewards_0() -> None:
    chosen, rejected = torch.randn(9) * 30, torch.randn(9) * 30
    loss, *rewards = losses.dpo_loss(chosen, rejected, chosen, rejected, 0.1)
    assert loss.item() == pytest.approx(LN2, abs=1e-7)
    assert all((reward == 0).all() for reward in rewards)


def test_dpo_by_hand() -> None:
    """beta 0.5, ratios pi/pi_ref of 2 and 1/3: sigmoid(0.5 ln 6) = sqrt6 / (1 + sqrt6)."""
    policy = torch.log(double([0.4])), torch.log(double([0.1]))
    ref = torch.log(double([0.2])), torch.log(double([0.3]))
    loss, chosen, rejected = losses.dpo_loss(*policy, *ref, 0.5)
    assert loss.item() == pytest.approx(-math.log(math.sqrt(6) / (1 + math.sqrt(6))))
    assert chosen.item() == pytest.approx(0.5 * math.log(2))
    assert rejected.item() == pytest.approx(-0.5 * math.log(3))


def test_dpo_gradient_pulls_the_two_apart_by_the_same_amount() -> None:
    chosen, rejected, ref_chosen, ref_rejected = PAIRS
    beta = 0.7
    up = gradient(lambda c: losses.dpo_loss(c, rejected, ref_chosen, ref_rejected, beta)[0], chosen)
    down = gradient(
        lambda r: losses.dpo_loss(chosen, r, ref_chosen, ref_rejected, beta)[0], rejected
    )
    margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected)).numpy()
    expected = -beta / (1 + np.exp(margin)) / 6  # -beta sigmoid(r_l - r_w), mean of 6 pairs
    assert up.numpy() == pytest.approx(expected)
    assert down.numpy() == pytest.approx(-expected)


def test_dpo_minimum_on_all_pairs_is_the_tilted_reference() -> None:
    """With every pair weighted by its Bradley-Terry probability, the loss has its minimum at
    pi* = pi_ref exp(r / beta) / Z: no step from there lowers it.
    """
    rng = np.random.default_rng(1)
    reward, ref, beta = rng.normal(size=5), rng.dirichlet(np.ones(5)), 0.6
    star = ref * np.exp(reward / beta)
    star /= star.sum()
    pairs = [(w, k) for w in range(5) for k in range(5) if w != k]
    weights = double([1 / (1 + math.exp(reward[k] - reward[w])) for w, k in pairs])
    win, lose = (torch.tensor(side) for side in zip(*pairs, strict=True))
    log_ref = double(np.log(ref))

    def loss(logits: Tensor) -> Tensor:
        logp = torch.log_softmax(logits, 0)
        single = [x[:, None] for x in (logp[win], logp[lose], log_ref[win], log_ref[lose])]
        return (weights * losses.dpo_loss(*single, beta)[0]).sum()

    assert slopes(loss, double(np.log(star))) == pytest.approx(np.zeros(5), abs=1e-8)
    assert abs(slopes(loss, double(np.log(ref)))).max() > 0.01


def test_ipo_stops_at_its_margin() -> None:
    beta = 0.25  # margin 1 / (2 beta) = 2
    at_margin = [double([v]) for v in (-1.0, -4.0, -2.0, -3.0)]  # h = 1 - (-1) = 2
    assert losses.ipo_loss(*at_margin, beta).item() == pytest.approx(0)
    beyond = [double([0.0]), *at_margin[1:]]  # h = 3, so further apart costs again
    assert losses.ipo_loss(*beyond, beta).item() == pytest.approx(1)


def test_simpo_is_per_token_and_has_a_margin() -> None:
    chosen, rejected = double([-6.0]), double([-4.0])
    lengths = torch.tensor([6]), torch.tensor([2])  # -1 and -2 a token
    loss = losses.simpo_loss(chosen, rejected, *lengths, beta=2.0, target_margin=0.5)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-(2 * (-1 + 2) - 0.5))))


def test_simpo_survives_an_empty_answer() -> None:
    empty = torch.zeros(1, requires_grad=True)
    lengths = torch.tensor([0]), torch.tensor([3])
    loss = losses.simpo_loss(empty, torch.tensor([-3.0]), *lengths, beta=2.0)
    loss.backward()
    assert torch.isfinite(loss)
    assert empty.grad is not None
    assert torch.isfinite(empty.grad).all()


def test_kto_pushes_good_up_and_bad_down_from_the_reference_point() -> None:
    policy, ref = double([-1.0, -2.0]), double([-1.5, -3.0])
    good = torch.tensor([True, False])
    found = losses.kto_loss(policy, ref, good, 0.3, 2.0, desirable_weight=1.2)
    first = 1.2 * (1 - 1 / (1 + math.exp(-2 * (0.5 - 0.3))))
    second = 1 - 1 / (1 + math.exp(-2 * (0.3 - 1.0)))
    assert found.item() == pytest.approx((first + second) / 2)
    push = gradient(lambda p: losses.kto_loss(p, ref, good, 0.3, 2.0), policy)
    assert push[0] < 0 < push[1]
    # a KL estimate below 0 is sampling noise, and counts as 0
    below, zero = (losses.kto_loss(policy, ref, good, kl, 2.0) for kl in (-4.0, 0.0))
    assert below.item() == zero.item()


def test_orpo_by_hand() -> None:
    """p = 0.5 and 0.2 a token: odds 1 and 1/4, so sigmoid(ln 4) = 0.8."""
    chosen, rejected = torch.log(double([0.5])), torch.log(double([0.2]))
    loss = losses.orpo_loss(chosen, rejected, 0.3)
    assert loss.item() == pytest.approx(LN2 - 0.3 * math.log(0.8))


def test_orpo_is_finite_where_the_model_is_certain() -> None:
    chosen = torch.zeros(1, requires_grad=True)  # p = 1
    losses.orpo_loss(chosen, torch.tensor([-80.0]), 0.1).backward()
    assert chosen.grad is not None
    assert torch.isfinite(chosen.grad).all()


@pytest.mark.parametrize("name", ["dpo", "ipo", "orpo", "simpo", "kto"])
def test_gradients_equal_finite_differences(name: str) -> None:
    chosen, rejected, ref_chosen, ref_rejected = PAIRS
    lengths, even = torch.arange(1, 7), torch.arange(6) % 2 == 0
    loss = {
        "dpo": lambda c: losses.dpo_loss(c, rejected, ref_chosen, ref_rejected, 0.4)[0],
        "ipo": lambda c: losses.ipo_loss(c, rejected, ref_chosen, ref_rejected, 0.4),
        "orpo": lambda c: losses.orpo_loss(c, rejected, 0.4),
        "simpo": lambda c: losses.simpo_loss(c, rejected, lengths, lengths, 2.0, 0.5),
        "kto": lambda c: losses.kto_loss(c, ref_chosen, even, 0.2, 0.4),
    }[name]
    assert gradient(loss, chosen) == pytest.approx(slopes(loss, chosen), abs=1e-8)
