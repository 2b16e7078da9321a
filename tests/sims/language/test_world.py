"""The sequence world, against counting by hand and sums over all completions."""

import itertools
import math
from collections import Counter

import pytest
import torch

from sims.language.world import (
    ECHO_COST,
    MAX_COMPLETIONS,
    REPEAT_COST,
    World,
    generator,
    gold_reward,
    source_logprobs,
)

SMALL = World(("no", "maybe", "yes"), 4)


def test_completions_are_all_there_in_order_and_index_finds_them() -> None:
    listed = [tuple(row) for row in SMALL.completions().tolist()]
    assert listed == list(itertools.product(range(3), repeat=4))
    assert SMALL.index(SMALL.completions()).tolist() == list(range(81))
    assert SMALL.index(torch.tensor([[[0, 0, 1, 2]]])).tolist() == [[5]]


def test_text_reads_numbers_and_tokens() -> None:
    assert SMALL.text(5) == "no no maybe yes"
    assert SMALL.text(torch.tensor(5)) == "no no maybe yes"
    assert SMALL.text(torch.tensor([2, 1, 0, 0])) == "yes maybe no no"


def test_the_default_world_has_32768_completions() -> None:
    assert World().num_completions == 32_768 == len(World().completions())


@pytest.mark.parametrize(
    ("words", "length", "message"),
    [
        (("a",), 3, "at least 2 words"),
        (("a", ""), 3, "Word 1 is ''"),
        (("a", "b c"), 3, "Word 1 is 'b c'"),
        (("a", "b", "a"), 3, "'a' is there twice"),
        (("a", "b"), 0, "length is 0"),
        (tuple("abcdefghij"), 6, f"make 1,000,000 completions, and at most {MAX_COMPLETIONS:,}"),
    ],
)
def test_a_world_that_cannot_be_says_why(words: tuple[str, ...], length: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        World(words, length)


@pytest.mark.parametrize("seed", [0, 7])
def test_source_is_a_distribution_in_which_only_the_word_before_counts(seed: int) -> None:
    probs = source_logprobs(SMALL, seed).exp().reshape(3, 3, 3, 3)
    assert probs.sum().item() == pytest.approx(1.0, abs=1e-12)
    given = probs / probs.sum(-1, keepdim=True)  # of the last word, whatever came before
    for last_but_one in range(3):
        rows = given[:, :, last_but_one].reshape(9, 3)
        assert torch.allclose(rows, rows[:1].expand_as(rows), atol=1e-12)


def test_source_rarely_says_a_word_twice_in_a_row() -> None:
    world = World()
    tokens = world.completions()
    twice = (tokens[:, 1:] == tokens[:, :-1]).double().mean(-1)
    for seed in range(5):
        rate = (source_logprobs(world, seed).exp() * twice).sum().item()
        assert rate < 0.6 / len(world.words)  # chance would make it 1 / V


def test_gold_reward_is_what_counting_by_hand_gives() -> None:
    world = World(("a", "b", "c"), 5)
    gold = gold_reward(world, seed=2)
    alone = {w: float(gold[world.index(torch.tensor([w] * 5))]) for w in range(3)}
    use = {w: alone[w] + REPEAT_COST * 16 + ECHO_COST * 4 for w in range(3)}
    assert use[0] <= use[1] <= use[2]  # the words stand in rising order of use
    for number, words in enumerate(world.completions().tolist()):
        counts = Counter(words)
        said_before = sum(count - 1 for count in counts.values())
        in_a_row = sum(a == b for a, b in itertools.pairwise(words))
        value = sum(use[w] for w in counts) - REPEAT_COST * said_before**2 - ECHO_COST * in_a_row
        assert float(gold[number]) == pytest.approx(value, abs=1e-9)


def test_streams_of_one_seed_are_independent_and_repeat() -> None:
    def draw(seed: int, purpose: str) -> torch.Tensor:
        return torch.randn(2000, generator=generator(seed, purpose))

    assert torch.equal(draw(1, "a"), draw(1, "a"))
    for other in (draw(1, "b"), draw(2, "a")):
        correlation = torch.corrcoef(torch.stack([draw(1, "a"), other]))[0, 1]
        assert abs(correlation.item()) < 4 / math.sqrt(2000)
