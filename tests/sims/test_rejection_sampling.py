"""Rejection sampling, against draws that are really made and limits that must hold."""

import itertools
import math

import pytest
import torch

from sims.language import exact
from sims.rejection_sampling import DRAWS, TUNED_DRAWS, Params, prepare, run
from sims.spec import Frame

pytestmark = pytest.mark.numeric


@pytest.fixture(scope="module")
def winners() -> list[Frame]:
    return list(run(Params(use_fine_tuning=False)))


@pytest.mark.parametrize("n", [2, 16, 128])
def test_exact_values_are_those_of_draws_that_are_really_made(n: int, winners: list[Frame]) -> None:
    lab = prepare(Params())
    rng = torch.Generator().manual_seed(n)
    rounds = 4000
    drawn = torch.multinomial(lab.source.exp(), rounds * n, True, generator=rng).view(rounds, n)
    best = drawn.gather(1, lab.proxy[drawn].argmax(1, keepdim=True))[:, 0]
    frame = next(frame for frame in winners if frame["n"] == n)
    for key, reward in (("proxy_reward", lab.proxy), ("gold_reward", lab.gold)):
        error = float(reward[best].std()) / math.sqrt(rounds)
        assert abs(float(reward[best].mean()) - frame[key]) < 5 * error
    other = torch.multinomial(lab.source.exp(), rounds, True, generator=rng)
    gap = lab.proxy[best] - lab.proxy[other]
    won = float((gap.sign() / 2 + 0.5).mean())
    assert abs(won - frame["win_rate"]) < 5 * 0.5 / math.sqrt(rounds)


def test_bounds_hold_and_are_nearly_met_while_answers_are_many(winners: list[Frame]) -> None:
    assert [frame["n"] for frame in winners] == list(DRAWS)
    for frame in winners:
        n = frame["n"]
        assert frame["kl_bound"] == pytest.approx(math.log(n) - (n - 1) / n)
        assert frame["kl"] <= frame["kl_bound"] + 1e-9
        assert frame["win_rate"] <= frame["win_bound"] + 1e-9
        assert frame["proxy_reward"] <= frame["frontier_reward"] + 1e-9
        assert frame["cost"] == 5 * n
        assert frame["gap"] == pytest.approx(0.0, abs=1e-9)
    # the share that is missing: at most 3e-7 in 11 seeds
    assert winners[3]["kl"] == pytest.approx(winners[3]["kl_bound"], rel=1e-3)
    assert winners[0]["win_rate"] == pytest.approx(0.5)


def test_more_draws_more_reward_and_less_variety(winners: list[Frame]) -> None:
    for a, b in itertools.pairwise(winners):  # the least of a run, in 11 seeds
        assert b["proxy_reward"] > a["proxy_reward"]  # 0.12, sd 0.015
        assert b["entropy"] < a["entropy"]  # 0.22, sd 0.07


def test_the_sample_is_the_best_of_its_candidates_while_all_are_shown(
    winners: list[Frame],
) -> None:
    best_scores = []
    for frame in winners[:4]:
        assert len(frame["candidates"]) == frame["n"]
        text, score = max(frame["candidates"], key=lambda candidate: candidate[1])
        assert frame["sample"] == text
        best_scores.append(score)
    assert best_scores == sorted(best_scores)  # a larger n sees the same draws and more


def test_tuned_policies_write_nearly_like_best_of_n_at_the_price_of_one() -> None:
    frames = list(run(Params()))
    tuned = [frame for frame in frames if frame["method"] == "fine_tuned"]
    winners = {frame["n"]: frame for frame in frames if frame["method"] == "best_of_n"}
    assert [frame["n"] for frame in tuned] == list(TUNED_DRAWS)
    # median of the worst policy, and its deviation: six seeds with AVX2 and four without
    for frame in tuned:
        assert frame["cost"] == 5
        assert frame["gap"] < 0.35  # 0.14, sd 0.02; nats, of about ten in an answer
        # off by 0.05, sd 0.017
        assert frame["proxy_reward"] == pytest.approx(winners[frame["n"]]["proxy_reward"], abs=0.12)
    # winners of one draw are the reference's own answers
    assert tuned[0]["kl"] < 0.05  # 0.014, sd 0.002


def test_with_the_true_reward_as_scorer_nothing_is_over_optimised() -> None:
    frames = list(run(Params(scorer="gold_reward", use_fine_tuning=False)))
    for a, b in itertools.pairwise(frames):
        # Each doubling up to 128 draws adds 0.06 and more (11 seeds: 0.10, sd 0.02); the last one
        # adds between 6e-5 and 2e-14, which another order of the sum can turn into a loss.
        assert b["gold_reward"] > a["gold_reward"] - 1e-9
        assert b["gold_reward"] > a["gold_reward"] + 0.03 or b["n"] > 128
        assert b["gold_reward"] == pytest.approx(b["proxy_reward"])


def test_a_winner_by_lot_is_no_better_than_any_answer() -> None:
    lab = prepare(Params(scorer="random"))
    assert abs(float(exact.expected(lab.source, lab.gold * lab.proxy))) < 0.1  # their correlation
    frames = list(run(Params(scorer="random", use_fine_tuning=False)))
    # the mean truth of winners is that of all, but for the luck of the lot
    assert abs(frames[4]["gold_reward"]) < 0.4  # n = 16
    assert frames[4]["proxy_reward"] > 1.5
