"""Half precision, shapes that would be spread over each other, no end, no batch at all."""

import pytest
import torch

from sims import losses


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("gap", [-100.0, 100.0])
def test_half_precision_stays_finite(dtype: torch.dtype, gap: float) -> None:
    zero = torch.zeros(1, dtype=dtype)
    for estimate in losses.KL_ESTIMATORS.values():
        logp = torch.tensor([gap], dtype=dtype, requires_grad=True)
        made = estimate(logp, zero)
        assert made.isfinite().all()
        assert torch.autograd.grad(made.sum(), logp)[0].isfinite().all()
    for sign in (-1.0, 1.0):
        logp = torch.tensor([gap], dtype=dtype, requires_grad=True)
        made = losses.ppo_clip_loss(logp, zero, zero + sign, 0.2)
        assert made.isfinite()
        assert torch.autograd.grad(made, logp)[0].isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_loses_no_nats(dtype: torch.dtype) -> None:
    """5,000 tokens of -3.7 nats: a sum in bfloat16 is 60 nats off, as much as any margin."""
    tokens = torch.full((1, 5000), -3.7, dtype=dtype)
    exact = 5000 * tokens[0, 0].double().item()
    assert losses.sum_logprobs(tokens, torch.ones(1, 5000)).item() == pytest.approx(exact, abs=0.01)
    near = torch.tensor([0.001], dtype=dtype)
    small = near.double().item()
    assert losses.kl_k3(-near, 0 * near).item() == pytest.approx(small**2 / 2, rel=0.01)
    assert (losses.normalise(torch.full((7,), 0.35, dtype=dtype)) == 0).all()


COLUMN, ROW, SQUARE = torch.ones(3, 1), torch.ones(3), torch.ones(3, 3)
BROADCAST = {
    "critic": lambda: losses.value_loss(COLUMN, ROW),
    "old values": lambda: losses.value_loss(ROW, ROW, COLUMN, 0.2),
    "ppo": lambda: losses.ppo_clip_loss(COLUMN, COLUMN, ROW, 0.2),
    "one for each answer": lambda: losses.ppo_clip_loss(SQUARE, SQUARE, ROW, 0.2),
    "old log-probs": lambda: losses.ppo_clip_loss(SQUARE, ROW, SQUARE, 0.2),
    "reinforce": lambda: losses.policy_gradient_loss(SQUARE, ROW),
    "gae": lambda: losses.gae(COLUMN, ROW, ROW, 0 * ROW, 0.9, 0.9),
}


@pytest.mark.parametrize("name", BROADCAST)
def test_shapes_that_would_be_spread_over_each_other_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="shape"):
        BROADCAST[name]()


def test_a_tokenizer_may_have_no_end() -> None:
    tokens = torch.tensor([[3, 7, 4]])
    for ends in (None, [], set(), torch.tensor([], dtype=torch.long)):
        assert losses.completion_mask(tokens, ends).tolist() == [[1, 1, 1]]
        assert losses.completion_mask(tokens, ends, drop_truncated=True).sum() == 0
    assert losses.completion_mask(tokens, {7, 9}).tolist() == [[1, 1, 0]]


def test_nothing_in_nothing_out() -> None:
    nothing, groups = torch.empty(0), torch.empty(0, 4)
    for maker in (losses.normalise, losses.grpo_advantages, losses.rloo_advantages):
        assert maker(groups).shape == groups.shape
    assert losses.normalise(nothing).shape == nothing.shape
    assert losses.grpo_advantages(torch.empty(2, 0)).shape == (2, 0)
    assert losses.gae(nothing, nothing, nothing, nothing, 0.9, 0.9).shape == nothing.shape
    for way in ("answer", "batch", "constant"):
        assert losses.aggregate(torch.empty(2, 0), torch.empty(2, 0), way, 3) == 0
