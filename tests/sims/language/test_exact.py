"""Exact sums against brute force, identities and limits that they must obey."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from sims.language import exact
from sims.language.world import World, gold_reward, source_logprobs

pytestmark = pytest.mark.numeric


def some_logprobs(count: int, seed: int) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(count, generator=rng, dtype=torch.float64).log_softmax(-1)


REF = some_logprobs(6, 0)
REWARD = torch.tensor([0.3, -1.0, 2.0, 0.3, 1.1, 2.0], dtype=torch.float64)  # with two ties


def objective(logp: Tensor, beta: float) -> float:
    """E[r] - beta KL, summed in plain Python."""
    total = 0.0
    for p, lp, r, lq in zip(
        logp.exp().tolist(), logp.tolist(), REWARD.tolist(), REF.tolist(), strict=True
    ):
        total += p * (r - beta * (lp - lq))
    return total


@pytest.mark.parametrize("beta", [0.05, 0.7, 5.0])
def test_any_policy_falls_short_of_the_optimum_by_beta_kl(beta: float) -> None:
    best = exact.optimum(REF, REWARD, beta)
    for seed in range(1, 6):
        other = some_logprobs(6, seed)
        gap = objective(best, beta) - objective(other, beta)
        assert gap == pytest.approx(beta * float(exact.kl(other, best)), abs=1e-12)
        assert gap > 0


def test_optimum_goes_to_the_reference_and_to_the_best_rewards() -> None:
    assert torch.allclose(exact.optimum(REF, REWARD, 1e9), REF, atol=1e-8)
    greedy = exact.optimum(REF, REWARD, 1e-3).exp()
    assert greedy[[2, 5]].sum().item() == pytest.approx(1.0)
    assert (greedy[2] / greedy[5]).item() == pytest.approx((REF[2] - REF[5]).exp().item())


def test_optimum_takes_many_betas_at_once() -> None:
    many = exact.optimum(REF, REWARD, torch.tensor([0.5, 2.0]))
    assert many.shape == (2, 6)
    assert torch.allclose(many[1], exact.optimum(REF, REWARD, 2.0))


@pytest.mark.parametrize("beta", [0.0, -1.0, math.nan])
def test_beta_must_be_above_0(beta: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        exact.optimum(REF, REWARD, beta)
    with pytest.raises(ValueError, match="must be above 0"):
        exact.frontier(REF, REWARD, REWARD, [1.0, beta])


def test_kl_and_entropy_of_distributions_known_by_heart() -> None:
    uniform = torch.full((4,), 0.25, dtype=torch.float64).log()
    sure = torch.tensor([1.0, 0.0, 0.0, 0.0], dtype=torch.float64).log()
    assert exact.kl(sure, uniform).item() == pytest.approx(math.log(4))
    assert exact.kl(uniform, sure).item() == math.inf
    assert exact.entropy(uniform).item() == pytest.approx(math.log(4))
    assert exact.entropy(sure).item() == 0.0
    coin, bent = (torch.tensor([p, 1 - p], dtype=torch.float64).log() for p in (0.5, 0.25))
    assert exact.kl(coin, bent).item() == pytest.approx(0.5 * math.log(4 / 3))


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_best_of_n_is_what_all_tuples_of_draws_give(n: int) -> None:
    probs = REF.exp().tolist()
    brute = [0.0] * len(probs)
    for draws in itertools.product(range(len(probs)), repeat=n):
        best = max(float(REWARD[i]) for i in draws)
        winners = [i for i in draws if float(REWARD[i]) == best]
        for winner in winners:  # a tie is broken by a fair draw among the tied
            brute[winner] += math.prod(probs[i] for i in draws) / len(winners)
    exactly = exact.best_of_n(REF, REWARD, n).exp()
    assert exactly.tolist() == pytest.approx(brute, abs=1e-12)


def test_best_of_n_takes_many_n_at_once_and_refuses_less_than_one() -> None:
    many = exact.best_of_n(REF, REWARD, torch.tensor([1, 4]))
    assert torch.allclose(many[0], REF, atol=1e-12)
    assert torch.allclose(many[1], exact.best_of_n(REF, REWARD, 4), atol=1e-12)
    with pytest.raises(ValueError, match="at least 1 draw"):
        exact.best_of_n(REF, REWARD, 0)


@pytest.mark.parametrize("n", [2, 16, 1024, 10**6])
def test_kl_of_best_of_n_stays_below_its_bound(n: int) -> None:
    world = World()
    ref, reward = source_logprobs(world, 0), gold_reward(world, 0)
    best = exact.best_of_n(ref, reward, n)
    assert best.logsumexp(0).item() == pytest.approx(0.0, abs=1e-9)
    distance = exact.kl(best, ref).item()
    assert 0 < distance <= exact.best_of_n_bound(n)
    if n <= 16:  # where no single answer has much weight the bound is nearly met
        assert distance == pytest.approx(exact.best_of_n_bound(n), rel=0.02)


def test_two_outputs_never_pass_ln_2_however_large_n() -> None:
    coin = torch.tensor([0.5, 0.5], dtype=torch.float64).log()
    best = exact.best_of_n(coin, torch.tensor([0.0, 1.0]), 10**6)
    assert exact.kl(best, coin).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_win_rate_of_best_of_n_without_ties(n: int) -> None:
    """n / (n + 1) for continuous rewards; many small pieces come near it."""
    ref = torch.full((5000,), 1 / 5000, dtype=torch.float64).log()
    reward = torch.arange(5000, dtype=torch.float64)
    best = exact.best_of_n(ref, reward, n)
    assert exact.win_rate(best, ref, reward).item() == pytest.approx(n / (n + 1), abs=1e-3)
    assert exact.win_rate(ref, ref, reward).item() == pytest.approx(0.5)


def test_frontier_agrees_with_the_optimum_itself() -> None:
    betas = torch.logspace(0.5, -1.5, 11, dtype=torch.float64)
    gold = some_logprobs(6, 9)
    curve = exact.frontier(REF, REWARD, gold, betas)
    for i, beta in enumerate(betas.tolist()):
        best = exact.optimum(REF, REWARD, beta)
        assert curve["beta"][i].item() == beta
        assert curve["kl"][i].item() == pytest.approx(float(exact.kl(best, REF)), abs=1e-12)
        assert curve["entropy"][i].item() == pytest.approx(float(exact.entropy(best)), abs=1e-12)
        assert curve["proxy_reward"][i].item() == pytest.approx(float(exact.expected(best, REWARD)))
        assert curve["gold_reward"][i].item() == pytest.approx(float(exact.expected(best, gold)))


def test_along_the_frontier_kl_grows_with_the_variance_of_the_reward() -> None:
    """d KL / d(1/beta) = Var(r) / beta, against central differences."""
    inverse, h = 1.7, 1e-5
    ends = exact.frontier(REF, REWARD, REWARD, [1 / (inverse + h), 1 / (inverse - h)])
    slope = (ends["kl"][0] - ends["kl"][1]).item() / (2 * h)
    best = exact.optimum(REF, REWARD, 1 / inverse).exp()
    variance = (best * REWARD**2).sum() - (best * REWARD).sum() ** 2
    assert slope == pytest.approx(inverse * variance.item(), rel=1e-6)


def test_standardise_gives_mean_0_and_deviation_1_and_0_for_a_constant() -> None:
    made = exact.standardise(5 + 3 * REWARD, REF)
    assert (REF.exp() * made).sum().item() == pytest.approx(0.0, abs=1e-12)
    assert (REF.exp() * made**2).sum().item() == pytest.approx(1.0)
    assert torch.allclose(made, exact.standardise(REWARD, REF))
    assert exact.standardise(torch.full((6,), 2.5), REF).tolist() == [0.0] * 6


def test_repeat_rate() -> None:
    world = World(("a", "b", "c"), 3)
    rates = exact.repeat_rate(world)
    for words, rate in (([0, 1, 2], 0.0), ([0, 1, 0], 0.5), ([2, 2, 2], 1.0)):
        assert rates[world.index(torch.tensor(words))].item() == rate


def test_draws_follow_the_probabilities_they_are_made_from() -> None:
    probs = torch.tensor([0.2, 0.0, 0.5, 0.3], dtype=torch.float64)
    points = torch.tensor([0.0, 0.19, 0.21, 0.69, 0.71, 0.9999999], dtype=torch.float64)
    assert exact.draw(probs, points).tolist() == [0, 0, 2, 2, 3, 3]


def test_most_reward_is_reached_by_the_optimum_and_by_no_other_policy() -> None:
    best = exact.optimum(REF, REWARD, 0.4)
    distance, reached = exact.kl(best, REF)[None], exact.expected(best, REWARD)
    limit = exact.most_reward(REF, REWARD, distance)
    assert limit.item() == pytest.approx(reached.item(), abs=2e-3)
    assert limit.item() >= reached.item() - 1e-12
    others = torch.stack([some_logprobs(6, seed) for seed in range(1, 20)])
    limits = exact.most_reward(REF, REWARD, exact.kl(others, REF))
    assert bool((exact.expected(others, REWARD) < limits).all())
