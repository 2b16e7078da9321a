"""Credit of words: by loops over all answers of a world of three words, and by what must add up."""

import itertools

import pytest
import torch

from sims.language.world import World
from sims.token_credit import Params, credit, own_shares, run, word_probs

WORLD = World(("a", "b", "c"), length=3)
LOGP = torch.randn(27, generator=torch.Generator().manual_seed(4)).double().log_softmax(-1)
REWARD = torch.randn(27, generator=torch.Generator().manual_seed(5)).double()


def mean_after(prefix: tuple[int, ...]) -> float:
    """E[reward | the answer begins so], one answer after the other."""
    total = weight = 0.0
    for number, answer in enumerate(itertools.product(range(3), repeat=3)):
        if answer[: len(prefix)] == prefix:
            chance = float(LOGP[number].exp())
            total, weight = total + chance * float(REWARD[number]), weight + chance
    return total / weight


def test_credit_is_what_the_word_adds_to_what_can_be_expected() -> None:
    for number, answer in enumerate(itertools.product(range(3), repeat=3)):
        found = credit(WORLD, LOGP, REWARD, number)
        assert found == pytest.approx(
            [mean_after(answer[: k + 1]) - mean_after(answer[:k]) for k in range(3)]
        )
        assert sum(found) == pytest.approx(float(REWARD[number]) - mean_after(()))
        chances = word_probs(WORLD, LOGP, number)
        assert torch.tensor(chances).log().sum() == pytest.approx(float(LOGP[number]), abs=1e-5)


def test_shares_by_sampling_every_answer() -> None:
    rows = torch.tensor([credit(WORLD, LOGP, REWARD, number) for number in range(27)])
    chance = LOGP.exp()[:, None]
    variances = (chance * rows**2).sum(0)
    score = (chance[:, 0] * rows.sum(1) ** 2).sum()
    assert own_shares(WORLD, LOGP, REWARD) == pytest.approx((variances / score).tolist())


def test_every_word_of_an_answer_is_told_the_same_score_and_earned_another() -> None:
    for seed in range(5):
        frames = list(run(Params(seed=seed)))
        assert len({f["score"] for f in frames}) == 1
        assert sum(f["credit"] for f in frames) == pytest.approx(frames[0]["score"])
        assert sum(f["own_share"] for f in frames) == pytest.approx(1)
        assert frames[-1]["text"].split() == [f["word"] for f in frames]


def test_paid_for_the_first_word_all_the_score_is_its_own() -> None:
    frames = list(run(Params(reward="first_word", seed=3)))
    assert [f["own_share"] for f in frames] == pytest.approx([1, 0, 0, 0, 0], abs=1e-12)
    assert frames[0]["credit"] == pytest.approx(frames[0]["score"])
