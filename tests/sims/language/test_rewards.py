"""Reward models: the truth comes back where it can, and the minimum is a minimum."""

import math

import pytest
import torch

from sims.language import exact
from sims.language.raters import Comparisons, compare
from sims.language.rewards import (
    PULL,
    fit_reward_model,
    most_sceptical,
    train_reward_model,
)
from sims.language.world import World, gold_reward, source_logprobs

WORLD = World(("a", "b", "c"), 3)


def additive_reward() -> torch.Tensor:
    """A reward that is a sum over places: what the linear model can hold exactly."""
    rng = torch.Generator().manual_seed(4)
    table = 0.5 * torch.randn(3, 3, generator=rng, dtype=torch.float64)
    tokens = WORLD.completions()
    return sum(table[t][tokens[:, t]] for t in range(3))  # type: ignore[return-value]


def test_linear_model_finds_the_log_odds_of_an_additive_reward() -> None:
    reward, ref = additive_reward(), source_logprobs(WORLD, 0)
    found, _ = fit_reward_model(WORLD, compare(reward, ref, 100_000, 0.0, seed=0), 0, 0, seed=0)
    wanted = 2.0 * reward  # the raters' sharpness
    error = (found - found.mean()) - (wanted - wanted.mean())  # a shift changes no preference
    assert float(error.abs().max()) < 0.08


def test_newton_stops_where_every_direction_leads_up() -> None:
    """Loss of the fitted scores, moved along random additive directions; written out in Python."""
    ref = source_logprobs(WORLD, 0)
    pairs = compare(additive_reward(), ref, 60, 0.1, seed=1)
    rewards, _ = fit_reward_model(WORLD, pairs, 0, 0, seed=0)
    tokens = WORLD.completions()
    # the weights behind these scores: with the pull, they sum to 0 over the words of a place
    table = torch.zeros(3, 3, dtype=torch.float64)
    for t in range(3):
        for w in range(3):
            table[t, w] = rewards[tokens[:, t] == w].mean() - rewards.mean()

    def cost(weights: torch.Tensor) -> float:
        scores = sum(weights[t][tokens[:, t]] for t in range(3))
        gaps = scores[pairs.chosen] - scores[pairs.rejected]  # type: ignore[index]
        fit = sum(math.log1p(math.exp(-gap)) for gap in gaps.tolist())
        return fit + PULL / 2 * float((weights**2).sum())

    rng = torch.Generator().manual_seed(0)
    for _ in range(20):
        step = 0.03 * torch.randn(3, 3, generator=rng, dtype=torch.float64)
        assert cost(table + step) > cost(table)


@pytest.mark.parametrize("hidden", [0, 16])
def test_before_the_first_step_every_score_is_0(hidden: int) -> None:
    pairs = compare(additive_reward(), source_logprobs(WORLD, 0), 20, 0.0, seed=0)
    model, loss = next(train_reward_model(WORLD, pairs, hidden, 5, seed=0))
    assert loss == math.log(2)
    assert model.loss(pairs.chosen, pairs.rejected).item() == pytest.approx(math.log(2))
    assert model.rewards().tolist() == [0.0] * 27


def test_gradient_steps_arrive_where_newton_does() -> None:
    pairs = compare(additive_reward(), source_logprobs(WORLD, 0), 200, 0.0, seed=0)
    by_newton, _ = fit_reward_model(WORLD, pairs, 0, 0, seed=0)
    *_, (model, _) = train_reward_model(WORLD, pairs, 0, 1500, seed=0)
    error = model.rewards() - by_newton  # but for a shift, that of the pull, hardly felt
    assert float((error - error.mean()).abs().max()) < 0.06


def test_only_hidden_units_can_learn_that_repetition_hurts() -> None:
    """A reward of repetition alone: no sum over places says anything about it."""
    world = World(("a", "b", "c"), 2)
    ref = torch.full((9,), 1 / 9, dtype=torch.float64).log()
    tokens = world.completions()
    reward = -2.0 * (tokens[:, 0] == tokens[:, 1]).double()
    pairs = compare(reward, ref, 5000, 0.0, seed=0)
    linear, linear_loss = fit_reward_model(world, pairs, 0, 0, seed=0)
    deep, deep_loss = fit_reward_model(world, pairs, 16, 400, seed=0)
    assert float(linear.std()) < 0.2
    assert linear_loss == pytest.approx(math.log(2), abs=0.01)
    assert deep_loss < 0.5
    assert float(torch.corrcoef(torch.stack([deep, reward]))[0, 1]) > 0.99


def test_an_ensemble_believes_its_most_sceptical_member() -> None:
    pairs = compare(additive_reward(), source_logprobs(WORLD, 0), 50, 0.1, seed=0)
    *_, (model, _) = train_reward_model(WORLD, pairs, 4, 30, seed=0, ensemble=3)
    every = model.scores(torch.arange(27)).detach()
    assert every.shape == (3, 27)
    assert float((every[0] - every[1]).abs().max()) > 0.01  # each saw another resample
    lowest = [min(float(every[e, i]) for e in range(3)) for i in range(27)]
    assert model.rewards().tolist() == pytest.approx(lowest)


def test_more_comparisons_and_a_larger_model_come_nearer_the_truth() -> None:
    world = World()
    ref = source_logprobs(world, 0)
    gold = exact.standardise(gold_reward(world, 0), ref)

    def agreement(num: int, hidden: int, steps: int) -> float:
        fitted, _ = fit_reward_model(world, compare(gold, ref, num, 0.1, 0), hidden, steps, 0)
        return float(exact.expected(ref, exact.standardise(fitted, ref) * gold))

    assert agreement(100, 0, 0) < agreement(1000, 0, 0) < agreement(30_000, 64, 500)


def test_pairs_of_one_completion_with_itself_teach_nothing() -> None:
    same = torch.arange(27)
    rewards, loss = fit_reward_model(WORLD, Comparisons(same, same), 0, 0, seed=0)
    assert loss == pytest.approx(math.log(2))
    assert rewards.tolist() == [0.0] * 27


def test_the_most_sceptical_member_is_centred_first() -> None:
    """By hand: two members over three answers of chance 1/2, 1/4, 1/4.

    Means 1.25 and 9: centred -1.25, -0.25, 2.75 and 1, -1, -1; the lowest of each pair. Uncentred,
    the first member would be the lower everywhere, and the second would never be heard.
    """
    reference = torch.tensor([0.5, 0.25, 0.25]).log()
    scores = torch.tensor([[0.0, 1.0, 4.0], [10.0, 8.0, 8.0]])
    expected = [-1.25, -1.0, -1.0]
    assert most_sceptical(scores, reference).tolist() == pytest.approx(expected)
    moved = scores + torch.tensor([[-3.0], [7.0]])  # a score has no zero
    assert most_sceptical(moved, reference).tolist() == pytest.approx(expected, abs=1e-6)
    assert most_sceptical(scores[:1], None).tolist() == [0, 1, 4]  # one alone as it is
    with pytest.raises(ValueError, match="no common zero"):
        most_sceptical(scores, None)


def test_every_member_of_an_ensemble_is_heard() -> None:
    reference = source_logprobs(WORLD, 0)
    pairs = compare(additive_reward(), reference, 50, 0.1, seed=0)
    fitted, _ = fit_reward_model(WORLD, pairs, 4, 30, 0, 3, reference)
    *_, (model, _) = train_reward_model(WORLD, pairs, 4, 30, seed=0, ensemble=3)
    every = model.all_scores().double()
    centred = every - (every * reference.exp()).sum(1, keepdim=True)
    assert fitted.tolist() == pytest.approx(centred.amin(0).tolist(), abs=1e-6)
    assert len(set(centred.argmin(0).tolist())) == 3
