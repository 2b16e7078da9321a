"""Raters, against the frequencies that their probabilities demand."""

import math

import pytest
import torch

from sims.language.raters import agreement, best_accuracy, compare, draw_pairs, letters
from sims.language.world import World, generator

REF = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64).log()
REWARD = torch.tensor([0.0, 0.4, -0.3], dtype=torch.float64)
NUM = 40_000
UNIFORM = torch.rand(2, NUM, generator=generator(0, "pairs"), dtype=torch.float64)


def assert_rate_within(happened: torch.Tensor, expected: float) -> None:
    """Five standard errors: a right rate fails once in two million."""
    error = math.sqrt(max(expected * (1 - expected), 1e-12) / len(happened))
    assert abs(happened.double().mean().item() - expected) <= 5 * error


@pytest.mark.parametrize(("noise", "sharpness"), [(0.0, 2.0), (0.2, 1.0), (0.5, 3.0)])
def test_who_wins_follows_bradley_and_terry_with_flips(noise: float, sharpness: float) -> None:
    made = compare(REWARD, REF, NUM, noise, seed=1, sharpness=sharpness)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        a_won = (made.chosen == a) & (made.rejected == b)
        b_won = (made.chosen == b) & (made.rejected == a)
        worth = [math.exp(sharpness * float(REWARD[i])) for i in (a, b)]
        clean = worth[0] / sum(worth)
        assert_rate_within(a_won[a_won | b_won], (1 - noise) * clean + noise * (1 - clean))


def test_pairs_are_two_different_draws_of_the_reference() -> None:
    first, second = draw_pairs(REF, UNIFORM[0], UNIFORM[1])
    assert not bool((first == second).any())
    probs = REF.exp().tolist()
    for a in range(3):
        assert_rate_within(first == a, probs[a])
        for b in set(range(3)) - {a}:
            assert_rate_within(second[first == a] == b, probs[b] / (1 - probs[a]))


def test_pairs_of_one_prompt_share_the_first_word() -> None:
    world = World(("a", "b", "c"), 3)
    logprobs = torch.randn(27, generator=generator(0, "ref"), dtype=torch.float64).log_softmax(0)
    first, second = draw_pairs(logprobs, UNIFORM[0], UNIFORM[1], num_prompts=3)
    tokens = world.completions()
    assert torch.equal(tokens[first][:, 0], tokens[second][:, 0])
    assert not bool((first == second).any())
    within = logprobs.reshape(3, 9).softmax(-1)  # of the answer given the prompt
    given = first == 13  # prompt 1, answer 4
    assert_rate_within(second[given] == 9, float(within[1, 0] / (1 - within[1, 4])))


def test_taste_decides_its_share_of_the_pairs_and_leaves_ties_to_the_reward() -> None:
    taste = torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64)
    made = compare(REWARD, REF, NUM, 0.0, seed=3, taste=taste, taste_rate=0.4)
    with_0 = (made.chosen == 0) | (made.rejected == 0)
    other = torch.where(made.chosen == 0, made.rejected, made.chosen)
    clean = 1 / (1 + math.exp(2 * float(REWARD[1] - REWARD[0])))
    assert_rate_within(made.chosen[with_0 & (other == 1)] == 0, 0.4 + 0.6 * clean)
    indifferent = ~with_0
    assert_rate_within(made.chosen[indifferent] == 1, 1 / (1 + math.exp(-2 * 0.7)))


def test_what_tastes_measure() -> None:
    world = World(("sure", "because", "thanks"), 2)
    for text, pleasing, long in (("sure thanks", 2, 10), ("because sure", 1, 11)):
        number = next(i for i in range(9) if world.text(i) == text)
        assert agreement(world)[number].item() == pleasing
        assert letters(world)[number].item() == long


def test_best_accuracy_of_known_gaps() -> None:
    gaps = torch.tensor([math.log(3), -math.log(3)])  # sure to 3/4, either way round
    assert best_accuracy(gaps, 0.0) == pytest.approx(0.75)
    assert best_accuracy(gaps, 0.1) == pytest.approx(0.9 * 0.75 + 0.1 * 0.25)


@pytest.mark.parametrize(("noise", "taste_rate"), [(-0.1, 0.0), (0.6, 0.0), (0.1, 1.5)])
def test_rates_outside_their_limits_are_refused(noise: float, taste_rate: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and"):
        compare(REWARD, REF, 10, noise, 0, taste_rate=taste_rate)


def test_the_same_seed_asks_the_same_raters() -> None:
    one, same, other = (compare(REWARD, REF, 50, 0.1, seed) for seed in (0, 0, 1))
    assert torch.equal(one.chosen, same.chosen)
    assert not torch.equal(one.chosen, other.chosen)


def test_asking_for_more_keeps_the_first_answers() -> None:
    few, many = (compare(REWARD, REF, num, 0.1, seed=0) for num in (50, 80))
    assert torch.equal(few.chosen, many.chosen[:50])
    assert torch.equal(few.rejected, many.rejected[:50])
