"""Masks and means of token losses, by hand."""

import math

import pytest
import torch

from sims import losses

EOS, PAD = 9, 0


@pytest.mark.parametrize("pad", [PAD, EOS])
def test_the_mask_holds_the_first_eos_even_when_padding_is_eos(pad: int) -> None:
    tokens = torch.tensor([[3, 4, EOS, pad, pad], [EOS, pad, pad, pad, pad], [1, 2, 3, 4, EOS]])
    assert losses.completion_mask(tokens, EOS).sum(-1).tolist() == [3, 1, 5]
    assert losses.completion_mask(tokens, EOS)[0].tolist() == [1, 1, 1, 0, 0]


def test_truncated_answers_leave_sum_and_denominator() -> None:
    tokens = torch.tensor([[3, EOS, PAD], [5, 6, 7]])
    assert losses.completion_mask(tokens, EOS).tolist() == [[1, 1, 0], [1, 1, 1]]
    mask = losses.completion_mask(tokens, EOS, drop_truncated=True)
    assert mask.tolist() == [[1, 1, 0], [0, 0, 0]]
    token_losses = torch.tensor([[2.0, 4.0, 99.0], [7.0, 7.0, 7.0]])
    assert losses.aggregate(token_losses, mask, "answer").item() == 3
    assert losses.aggregate(token_losses, mask, "batch").item() == 3


@pytest.mark.parametrize(
    ("over", "expected"), [("answer", 3.0), ("batch", 2.0), ("constant", 8 / 6)]
)
def test_three_means_of_a_short_and_a_long_answer(over: str, expected: float) -> None:
    """Losses 5 | 1, 1, 1: answers average (5 + 1) / 2, tokens 8 / 4, and 8 / (2 x 3)."""
    token_losses = torch.tensor([[5.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    mask = torch.tensor([[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    assert losses.aggregate(token_losses, mask, over, 3).item() == pytest.approx(expected)


def test_what_is_masked_cannot_spoil_the_mean() -> None:
    token_losses = torch.tensor([[1.0, math.inf]], requires_grad=True)
    loss = losses.aggregate(token_losses, torch.tensor([[1.0, 0.0]]))
    loss.backward()
    assert loss.item() == 1
    assert token_losses.grad is not None
    assert token_losses.grad.tolist() == [[1, 0]]
    nothing = losses.aggregate(torch.ones(2, 3), torch.zeros(2, 3), "answer")
    assert nothing.item() == 0


def test_an_unknown_mean_is_named() -> None:
    with pytest.raises(ValueError, match="'tokens'"):
        losses.aggregate(torch.ones(1, 1), torch.ones(1, 1), "tokens")
