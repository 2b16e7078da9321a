"""Padding changes no loss and no gradient, whatever it holds; extreme ratios stay finite."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from sims import losses

NAN, INF = math.nan, math.inf
RUBBISH = (-INF, NAN, INF, -1e30)
BUDGET = 7

Loss = Callable[..., Tensor]  # of (logp, old, ref, A, mask)


def clipped(logp: Tensor, old: Tensor, ref: Tensor, advantages: Tensor, mask: Tensor) -> Tensor:
    return losses.ppo_clip_objective(logp, old, advantages, 0.2, mask)


def over(way: str, terms: Loss) -> Loss:
    return lambda *args: losses.aggregate(terms(*args), args[-1], way, BUDGET).sum()


LOSSES: dict[str, Loss] = {
    "grpo": over("answer", clipped),
    "dapo": over("batch", clipped),
    "dr_grpo": over("constant", clipped),
    "k1": over("batch", lambda logp, old, ref, a, mask: losses.kl_k1(logp, ref)),
    "k2": over("answer", lambda logp, old, ref, a, mask: losses.kl_k2(logp, ref)),
    "k3": over("constant", lambda logp, old, ref, a, mask: losses.kl_k3(logp, ref)),
    "sft": lambda logp, old, ref, a, mask: losses.sft_loss(logp, mask),
    "ppo": lambda logp, old, ref, a, mask: losses.ppo_clip_loss(logp, old, a, 0.2, mask).sum(),
    "reinforce": lambda logp, old, ref, a, mask: losses.policy_gradient_loss(logp, a, mask).sum(),
    "critic": lambda logp, old, ref, a, mask: losses.value_loss(logp, a, mask=mask).sum(),
    "clipped critic": lambda logp, old, ref, a, mask: losses.value_loss(
        logp, a, old, 0.2, mask
    ).sum(),
    "sum": lambda logp, old, ref, a, mask: losses.sum_logprobs(logp, mask).sum(),
    "dpo": lambda logp, old, ref, a, mask: losses.dpo_loss(
        *losses.sum_logprobs(logp, mask)[:2].split(1),
        *losses.sum_logprobs(ref, mask)[:2].split(1),
        0.5,
    )[0],
    **{
        f"{name} in the loss": lambda logp, old, ref, a, mask, name=name: losses.kl_loss(
            logp, ref, name, old, mask
        ).sum()
        for name in losses.KL_ESTIMATORS
    },
}


def batch(width: int) -> tuple[list[Tensor], Tensor]:
    """logp, old, ref, A (4, 5 + width) and a mask; the fourth answer is masked out whole."""
    generator = torch.Generator().manual_seed(5)
    rows = [torch.randn(4, 5, generator=generator) for _ in range(4)]
    mask = (torch.arange(5) < torch.tensor([5, 3, 1, 0])[:, None]).float()
    padded = [torch.nn.functional.pad(row, (0, width)) for row in rows]
    return padded, torch.nn.functional.pad(mask, (0, width))


def value_and_slope(loss: Loss, rows: list[Tensor], mask: Tensor) -> tuple[float, Tensor]:
    logp = rows[0].clone().requires_grad_()
    made = loss(logp, *rows[1:], mask)
    (slope,) = torch.autograd.grad(made, logp)
    return made.item(), slope


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_columns_of_padding_change_no_loss_and_no_gradient(name: str, width: int) -> None:
    value, slope = value_and_slope(LOSSES[name], *batch(0))
    wider, wider_slope = value_and_slope(LOSSES[name], *batch(width))
    assert wider == pytest.approx(value, rel=1e-6)
    assert wider_slope[:, :5] == pytest.approx(slope, rel=1e-5, abs=1e-8)
    assert (wider_slope[:, 5:] == 0).all()


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("name", LOSSES)
def test_what_is_masked_reaches_no_loss_and_no_gradient(name: str, rubbish: float) -> None:
    rows, mask = batch(2)
    value, slope = value_and_slope(LOSSES[name], rows, mask)
    spoilt = [torch.where(mask > 0, row, rubbish) for row in rows]
    assert value_and_slope(LOSSES[name], spoilt, mask)[0] == value
    for i in range(4):  # one at a time as well: inf - inf is another case than inf - 1
        mixed = [spoilt[j] if i == j else row for j, row in enumerate(rows)]
        assert torch.equal(value_and_slope(LOSSES[name], mixed, mask)[1], slope)
    assert torch.equal(value_and_slope(LOSSES[name], spoilt, mask)[1], slope)


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_masked_tokens_earn_nothing(rubbish: float) -> None:
    rows, mask = batch(2)
    spoilt = [torch.where(mask > 0, row, rubbish) for row in rows]
    rewards = torch.tensor([1.0, 2.0, 3.0, rubbish])  # the last answer is masked out whole
    found = losses.kl_in_token_rewards(rewards, spoilt[0], spoilt[2], 0.5, mask)
    assert (found[mask == 0] == 0).all()
    penalty = 0.5 * losses.sum_logprobs(spoilt[0] - spoilt[2], mask)
    assert found.sum(-1)[:3].tolist() == pytest.approx((rewards - penalty)[:3].tolist(), rel=1e-6)
    rate = losses.clip_rate(spoilt[0], spoilt[1], spoilt[3], 0.2, mask)
    real = losses.clip_rate(rows[0][1:2, :3], rows[1][1:2, :3], rows[3][1:2, :3], 0.2)
    assert rate[1].item() == pytest.approx(real.item())
    assert rate[3].item() == 0


def test_a_forbidden_token_of_a_real_policy_leaves_the_gradient_finite() -> None:
    """-inf scores before the softmax, as in forced lengths: the token is masked, not the row."""
    logits = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    blocked = torch.zeros(3, 4)
    blocked[1, :3] = -INF
    tokens, mask = torch.tensor([[0, 1, 2], [1, 0, 3]]), torch.tensor([[1, 0, 1], [1, 0, 1]])
    logp = (logits + blocked).log_softmax(-1).gather(2, tokens[..., None])[..., 0]
    assert torch.isinf(logp[:, 1]).all()
    terms = losses.kl_k3(logp, logp.detach() + 0.1) - losses.ppo_clip_objective(
        logp, logp.detach(), torch.ones(2, 1), 0.2
    )
    losses.aggregate(terms, mask).backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    assert (logits.grad[:, 1] == 0).all()


# ---- an answer that is masked out whole -------------------------------------------------------


def test_an_answer_masked_out_whole_leaves_the_mean_of_answers() -> None:
    """Six answers of losses 1 to 6, one token each; the last is masked out.

    Ours is their mean, 15 / 5. TRL's `(sum / length.clamp(min=1)).mean()` is 15 / 6: the others
    count 1.2 times as much here. In "batch" both are 15 / 5; in "constant" both 15 / (6 x budget).
    """
    token_losses = torch.arange(1.0, 7)[:, None].repeat(1, 2)
    mask = torch.tensor([[1.0, 0.0]] * 5 + [[0.0, 0.0]])
    masked, lengths = token_losses * mask, mask.sum(-1)
    trl = (masked.sum(-1) / lengths.clamp(min=1.0)).mean().item()
    ours = losses.aggregate(token_losses, mask, "answer").item()
    assert (ours, trl) == (pytest.approx(3.0), pytest.approx(2.5))
    assert ours == pytest.approx(1.2 * trl)
    assert losses.aggregate(token_losses, mask, "batch").item() == pytest.approx(3.0)
    constant = losses.aggregate(token_losses, mask, "constant", 10).item()
    assert constant == pytest.approx(15 / 60)


@pytest.mark.parametrize("way", ["answer", "batch", "constant"])
def test_a_batch_that_is_masked_out_whole_teaches_nothing(way: str) -> None:
    token_losses = torch.full((2, 3), NAN, requires_grad=True)
    loss = losses.aggregate(token_losses, torch.zeros(2, 3), way, 3)
    (slope,) = torch.autograd.grad(loss, token_losses)
    assert loss.item() == 0
    assert (slope == 0).all()


@pytest.mark.parametrize("budget", [None, 0, -1])
def test_the_constant_is_the_token_budget(budget: int | None) -> None:
    with pytest.raises(ValueError, match="max_length, the token budget"):
        losses.aggregate(torch.ones(2, 3), torch.ones(2, 3), "constant", budget)


def test_a_model_may_have_several_ends() -> None:
    tokens = torch.tensor([[3, 7, 4, 9], [9, 7, 7, 7], [1, 2, 3, 4]])
    assert losses.completion_mask(tokens, [9, 7]).sum(-1).tolist() == [2, 1, 4]
    dropped = losses.completion_mask(tokens, (7, 9), drop_truncated=True)
    assert dropped.sum(-1).tolist() == [2, 1, 0]


# ---- a hundred nats ---------------------------------------------------------------------------


@pytest.mark.parametrize("advantage", [1.0, -1.0])
@pytest.mark.parametrize("gap", [-1e4, -100.0, 100.0, 1e4])
def test_ratios_of_a_hundred_nats_have_finite_gradients(gap: float, advantage: float) -> None:
    """Flat, as said: PPO clips one side, and beyond 20 nats the ratio itself is cut."""
    logp = torch.tensor([gap], requires_grad=True)
    loss = losses.ppo_clip_loss(logp, torch.zeros(1), torch.tensor([advantage]), 0.2)
    (slope,) = torch.autograd.grad(loss, logp)
    assert loss.isfinite()
    assert slope.item() == pytest.approx(0, abs=1e-30)
    largest = min(math.exp(20), math.exp(min(gap, 20)))
    wanted = min(largest * advantage, min(max(largest, 0.8), 1.2) * advantage)
    assert loss.item() == pytest.approx(-wanted, rel=1e-5)


def test_below_the_cut_a_wrong_answer_is_pushed_down_in_full() -> None:
    logp = torch.tensor([19.0], requires_grad=True)
    loss = losses.ppo_clip_loss(logp, torch.zeros(1), torch.tensor([-1.0]), 0.2)
    assert torch.autograd.grad(loss, logp)[0].item() == pytest.approx(math.exp(19), rel=1e-5)


@pytest.mark.parametrize(
    ("name", "gap", "value", "slope"),
    [
        ("k1", 100.0, 100.0, 1.0),
        ("k1", -100.0, -100.0, 1.0),
        ("k2", 100.0, 5000.0, 100.0),
        ("k2", -100.0, 5000.0, -100.0),
        ("k3", 100.0, 99.0, 1.0),  # u = e^-100: k3 = -1 + 100
        ("k3", -100.0, math.exp(20) - 21, 0.0),  # u = e^100, cut at e^20
    ],
)
def test_kl_estimates_of_a_hundred_nats(name: str, gap: float, value: float, slope: float) -> None:
    logp = torch.tensor([gap], requires_grad=True)
    each = losses.KL_ESTIMATORS[name](logp, torch.zeros(1))
    assert each.item() == pytest.approx(value, rel=1e-6)
    assert torch.autograd.grad(each.sum(), logp)[0].item() == pytest.approx(slope)


@pytest.mark.parametrize("margin", [-1e4, -100.0, 100.0, 1e4])
def test_the_dpo_family_is_finite_at_extreme_margins(margin: float) -> None:
    """d -log sigmoid(beta h) / dh is -beta sigmoid(-beta h): at most beta, however wrong."""
    zero = torch.zeros(1)
    chosen = torch.tensor([margin], requires_grad=True)
    lengths = torch.ones(1)
    made = {
        "dpo": losses.dpo_loss(chosen, zero, zero, zero, 0.5)[0],
        "bradley_terry": losses.bradley_terry_loss(chosen, zero),
        "ipo": losses.ipo_loss(chosen, zero, zero, zero, 0.5),
        "simpo": losses.simpo_loss(chosen, zero, lengths, lengths, 2.0),
        "kto": losses.kto_loss(chosen, zero, torch.tensor([True]), 0.0, 0.5),
        "orpo": losses.orpo_loss(-chosen.abs(), zero - 0.1, 1.0),
    }
    slopes = {name: torch.autograd.grad(loss, chosen)[0].item() for name, loss in made.items()}
    assert all(loss.isfinite() for loss in made.values())
    assert all(math.isfinite(slope) for slope in slopes.values())
    assert slopes["dpo"] == pytest.approx(-0.5 if margin < 0 else 0.0, abs=1e-9)
    assert slopes["bradley_terry"] == pytest.approx(-1.0 if margin < 0 else 0.0, abs=1e-9)
    assert slopes["ipo"] == pytest.approx(2 * (margin - 1))


@pytest.mark.parametrize("use_old", [False, True])
@pytest.mark.parametrize("name", ["default", *losses.KL_ESTIMATORS])
def test_a_masked_kl_loss_is_the_mean_over_what_is_real(name: str, use_old: bool) -> None:
    (logp, old, ref, _), _ = batch(0)
    log_u = (ref - logp)[:, :3].double()
    by_hand = {"k1": -log_u, "k2": log_u**2 / 2, "k3": log_u.exp() - 1 - log_u}
    by_hand["default"] = by_hand["k3"]
    weight = (logp - old)[:, :3].double().exp() if use_old else 1.0
    for row in (logp, old, ref):
        row[:, 3:] = NAN
    chosen = {} if name == "default" else {"estimator": name}
    mask = torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0]).expand(4, 5)
    made = losses.kl_loss(logp, ref, old_logprobs=old if use_old else None, mask=mask, **chosen)
    assert made.double() == pytest.approx((weight * by_hand[name]).mean(-1), rel=1e-5)


def test_a_masked_normalisation_uses_what_is_real_only() -> None:
    advantages = torch.tensor([[1.0, 3.0, 100.0], [2.0, 2.0, 6.0]], dtype=torch.float64)
    mask = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    made = losses.normalise(advantages, mask)
    assert made[0, 0] == -made[0, 1] != 0
    assert made[0, 2] == 0
    assert made[1] == pytest.approx(losses.normalise(advantages[1:])[0], abs=1e-12)


def test_leading_axes_are_batches_of_their_own() -> None:
    generator = torch.Generator().manual_seed(1)
    terms, ref = (torch.randn(2, 3, 4, generator=generator) for _ in range(2))
    lengths = torch.tensor([[4, 2, 1], [3, 3, 0]])
    mask = (torch.arange(4) < lengths[..., None]).float()
    rewards = torch.randn(2, 3, generator=generator)
    for way in ("answer", "batch", "constant"):
        alone = [losses.aggregate(terms[k], mask[k], way, BUDGET) for k in range(2)]
        assert losses.aggregate(terms, mask, way, BUDGET) == pytest.approx(torch.stack(alone))
    made = losses.kl_in_token_rewards(rewards, terms, ref, 0.1, mask)
    alone = [losses.kl_in_token_rewards(*one, 0.1, mask[k]) for k, one in
             enumerate(zip(rewards, terms, ref, strict=True))]  # fmt: skip
    assert made == pytest.approx(torch.stack(alone))


def test_whole_numbers_small_groups_and_answers_of_one_token() -> None:
    assert losses.grpo_advantages(torch.tensor([0, 1]))[1] > 0
    made = losses.grpo_advantages(torch.tensor([0.0, 1.0]), eps=0.5)
    assert made == pytest.approx(torch.tensor([-0.5, 0.5]))  # 0.5 / (0.5 + 0.5)
    one = losses.masked_mean(torch.tensor([3.0, NAN]), torch.tensor([1.0, 0.0]))
    assert one == 3
    assert losses.mean_logprobs(torch.tensor([-3.0]), torch.tensor([1])) == -3
    assert losses.completion_mask(torch.tensor([[1, 0, 2]]), 0).dtype == torch.get_default_dtype()
