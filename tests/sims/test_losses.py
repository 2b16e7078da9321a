"""Losses, advantages and KL estimators against closed forms, enumeration and finite differences.

Expected values come from NumPy, `math` or sums over a whole small vocabulary, not from torch
formulas of the same shape.
"""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from sims import losses

LN2 = math.log(2)


def double(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def slopes(loss: Callable[[Tensor], Tensor], at: Tensor, h: float = 1e-6) -> Tensor:
    """Central differences of a loss, which know nothing of autograd."""
    found = torch.zeros_like(at)
    for index in np.ndindex(*at.shape):
        bump = torch.zeros_like(at)
        bump[index] = h
        found[index] = (loss(at + bump) - loss(at - bump)) / (2 * h)
    return found


def gradient(loss: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    leaf = at.clone().requires_grad_()
    loss(leaf).backward()
    assert leaf.grad is not None
    return leaf.grad


# ---- preferences ------------------------------------------------------------------------------


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


# ---- direct alignment -------------------------------------------------------------------------

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


# ---- advantages -------------------------------------------------------------------------------


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


# ---- PPO --------------------------------------------------------------------------------------


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


# ---- KL estimators, by sums over a vocabulary of seven ----------------------------------------

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


# ---- masks and means --------------------------------------------------------------------------

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
