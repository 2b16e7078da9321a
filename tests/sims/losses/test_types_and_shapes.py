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
    "bradley-terry": lambda: losses.bradley_terry_loss(COLUMN, ROW),
    "dpo": lambda: losses.dpo_loss(ROW, ROW, COLUMN, ROW, 0.1),
    "ipo": lambda: losses.ipo_loss(ROW, COLUMN, ROW, COLUMN, 0.1),
    "simpo": lambda: losses.simpo_loss(ROW, ROW, COLUMN, ROW, 2.0),
    "kto": lambda: losses.kto_loss(ROW, ROW, COLUMN > 0, 0.0, 0.1),
    "orpo": lambda: losses.orpo_loss(-ROW, -COLUMN, 0.1),
    "k1": lambda: losses.kl_k1(COLUMN, ROW),
    "k2": lambda: losses.kl_k2(ROW, COLUMN),
    "k3": lambda: losses.kl_k3(COLUMN, ROW),
    "the KL of tokens in the reward of an answer": lambda: losses.kl_in_reward(
        ROW, SQUARE, SQUARE, 0.1
    ),
    "baseline": lambda: losses.reinforce_advantages(ROW, COLUMN),
    "a mask of answers": lambda: losses.aggregate(SQUARE, ROW, "batch"),
    "a mask of answers, ppo": lambda: losses.ppo_clip_loss(SQUARE, SQUARE, SQUARE, 0.2, ROW),
    "gae": lambda: losses.gae(COLUMN, ROW, ROW, 0 * ROW, 0.9, 0.9),
}


@pytest.mark.parametrize("name", BROADCAST)
def test_shapes_that_would_be_spread_over_each_other_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="shape"):
        BROADCAST[name]()


# what is asked -> what a user reads
REFUSED = {
    "k1, k2, k3": lambda: losses.kl_loss(ROW, ROW, "k4"),
    "beta": lambda: losses.ipo_loss(ROW, ROW, ROW, ROW, 0.0),
    "K >= 2": lambda: losses.rloo_advantages(torch.tensor(1.0)),
}


@pytest.mark.parametrize("said", REFUSED)
def test_a_wrong_choice_is_a_sentence(said: str) -> None:
    with pytest.raises(ValueError, match=said):
        REFUSED[said]()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_means_of_half_precision_count_every_token(dtype: torch.dtype) -> None:
    """A float16 ends at 65,504, which is fewer than 64 answers of 2,048 tokens."""
    ones, forties = torch.ones(64, 2048, dtype=dtype), torch.full((2048,), 40.0, dtype=dtype)
    for way in ("answer", "batch", "constant"):
        assert losses.aggregate(ones, ones, way, 2048) == 1
    assert losses.masked_mean(forties, torch.ones(2048)) == 40
    assert losses.masked_mean(torch.ones(1001, dtype=dtype), torch.ones(1001)) == 1


@pytest.mark.parametrize(
    ("scale", "dtype"), [(1e30, torch.float32), (1e-25, torch.float32), (1e4, torch.float16)]
)
def test_advantages_at_any_scale(scale: float, dtype: torch.dtype) -> None:
    """Of 6, 6 and 5 the mean is 17/3 and the deviation the square root of 2/9."""
    rewards = torch.tensor([6 * scale, 6 * scale, 5 * scale], dtype=dtype)
    right = torch.tensor([0.5**0.5, 0.5**0.5, -(2**0.5)])
    for made in (losses.grpo_advantages(rewards, eps=0.0), losses.normalise(rewards)):
        torch.testing.assert_close(made.float(), right, rtol=5e-3, atol=0)


def test_good_and_bad_may_be_numbers() -> None:
    zero, labels = torch.zeros(3), torch.tensor([1, 0, 1])
    right = losses.kto_loss(zero, zero, labels > 0, 0.0, 0.1, 2.0)
    assert losses.kto_loss(zero, zero, labels, 0.0, 0.1, 2.0) == right
    assert losses.kto_loss(zero, zero, labels.float(), 0.0, 0.1, 2.0) == right


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
