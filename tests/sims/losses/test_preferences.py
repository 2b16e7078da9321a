"""Preference and SFT losses against closed forms."""

import math

import pytest
import torch

from sims import losses
from tests.sims.losses.numeric import double, gradient


@pytest.mark.parametrize(("gap", "margin"), [(0.0, 0.0), (1.5, 0.0), (-0.7, 0.0), (1.5, 1.5)])
def test_bradley_terry_is_minus_the_log_probability_of_the_winner(
    gap: float, margin: float
) -> None:
    loss = losses.bradley_terry_loss(double([3.0 + gap]), double([3.0]), margin)
    winner, loser = math.exp(gap - margin), 1.0  # e^{r_w} / (e^{r_w} + e^{r_l})
    assert loss.item() == pytest.approx(-math.log(winner / (winner + loser)), abs=1e-12)


def test_bradley_terry_does_not_see_a_constant_nor_overflow() -> None:
    chosen, rejected = double([0.3, -2.0]), double([0.1, 1.0])
    plain = losses.bradley_terry_loss(chosen, rejected)
    assert losses.bradley_terry_loss(chosen + 7, rejected + 7) == pytest.approx(plain.item())
    far = losses.bradley_terry_loss(torch.tensor([-1e4]), torch.tensor([1e4]))
    assert far.item() == pytest.approx(2e4)


def test_bradley_terry_gradient_is_the_probability_of_being_wrong() -> None:
    chosen, rejected = double([0.4]), double([1.1])
    found = gradient(lambda r: losses.bradley_terry_loss(r, rejected), chosen)
    assert found.item() == pytest.approx(-1 / (1 + math.exp(0.4 - 1.1)))  # -sigmoid(r_l - r_w)


def test_losses_keep_the_leading_axes() -> None:
    chosen, rejected = torch.randn(3, 5), torch.randn(3, 5)
    each = losses.bradley_terry_loss(chosen, rejected)
    alone = [losses.bradley_terry_loss(c, r) for c, r in zip(chosen, rejected, strict=True)]
    assert each == pytest.approx(torch.stack(alone))


def test_sft_loss_counts_the_answer_alone() -> None:
    logprobs = torch.log(double([[0.5, 0.25, 0.1], [0.2, 0.5, 0.5]]))
    mask = double([[0, 1, 1], [0, 1, 0]])
    expected = -(math.log(0.25) + math.log(0.1) + math.log(0.5)) / 3
    assert losses.sft_loss(logprobs, mask).item() == pytest.approx(expected)
