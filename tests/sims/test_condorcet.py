"""Raters who disagree: enumerated elections, a known limit, and a fit against a root."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from sims.condorcet import (
    CIRCLE,
    Params,
    cost,
    cross_entropy,
    expected_votes,
    fit,
    has_winner,
    limit,
    model,
    run,
    shares_of_votes,
    surplus,
)
from sims.spec import Frame

ORDERS = list(itertools.permutations(range(3)))


def frames(**values: Any) -> list[Frame]:
    return list(run(Params(**values)))


def share_without_winner(num_raters: int) -> float:
    """All 6^n elections, one by one."""
    elections = itertools.product(ORDERS, repeat=num_raters)
    tastes = np.array(list(elections), float)  # an order's numbers serve as tastes
    return 1 - float(has_winner(tastes).mean())


def test_three_raters_have_no_winner_in_12_of_216_elections() -> None:
    assert share_without_winner(1) == 0
    assert share_without_winner(3) == pytest.approx(12 / 216)
    assert share_without_winner(5) == pytest.approx(540 / 7776)


def test_has_winner_by_hand() -> None:
    circle = [[3.0, 2.0, 1.0], [1.0, 3.0, 2.0], [2.0, 1.0, 3.0]]  # ABC, BCA, CAB
    agree = [[3.0, 2.0, 1.0]] * 2 + [[1.0, 3.0, 2.0]]
    assert has_winner(np.array([circle, agree])).tolist() == [False, True]


def test_the_limit_is_guilbauds() -> None:
    assert limit(3) == pytest.approx(1 / 4 - 3 / (2 * math.pi) * math.asin(1 / 3), abs=1e-9)
    assert limit(3) == pytest.approx(0.0877, abs=5e-5)
    assert limit(4) == pytest.approx(2 * limit(3), abs=1e-9)  # four answers: twice as often
    assert limit(2) == pytest.approx(0, abs=1e-9)


def test_sampled_crowds_approach_the_limit_from_below() -> None:
    for seed in range(3):
        rates = {f["raters"]: f["no_winner_rate"] for f in frames(show="chance", seed=seed)}
        error = 4 * math.sqrt(0.08 / 20_000)
        assert rates[1] == 0
        assert rates[3] == pytest.approx(12 / 216, abs=error)
        assert rates[5] == pytest.approx(540 / 7776, abs=error)
        assert rates[101] == pytest.approx(limit(3), abs=error)


def test_a_full_circle_costs_ln_2_less_the_entropy_of_two_thirds() -> None:
    votes = expected_votes(1.0, 0.0)
    entropy = -(2 / 3) * math.log(2 / 3) - (1 / 3) * math.log(1 / 3)
    assert fit(votes) == pytest.approx(np.zeros(3), abs=1e-12)
    assert surplus(votes) == pytest.approx(1 / 6)
    assert cost(votes) == pytest.approx(math.log(2) - entropy)


@pytest.mark.parametrize("votes", [(0.9, 0.7, 0.2), (0.6, 0.8, 0.55), (0.5, 0.51, 0.3)])
def test_newtons_fit_and_the_root_agree(votes: tuple[float, float, float]) -> None:
    shares = np.array(votes)
    left = shares - model(fit(shares))
    assert left == pytest.approx(np.full(3, surplus(shares)), abs=1e-9)
    fitted = cross_entropy(shares, model(fit(shares))) - cross_entropy(shares, shares)
    assert cost(shares) == pytest.approx(fitted, abs=1e-9)


def test_no_scores_do_better_than_the_fit() -> None:
    votes, rng = np.array([0.7, 0.65, 0.6]), np.random.default_rng(0)
    best = cross_entropy(votes, model(fit(votes)))
    tried = [cross_entropy(votes, model(s)) for s in rng.normal(0, 1, (2_000, 3))]
    assert min(tried) >= best


def test_scores_that_made_the_votes_are_found_again() -> None:
    scores = np.array([0.8, -0.1, -0.7])
    assert fit(model(scores)) == pytest.approx(scores, abs=1e-9)
    assert cost(model(scores)) == pytest.approx(0, abs=1e-9)


def test_no_order_agrees_with_three_majorities_in_a_circle() -> None:
    for order in ORDERS:
        kept = sum(order.index(i) < order.index(j) for i, j in CIRCLE)
        assert kept in (1, 2)
    for seed in range(10):
        shown = frames(seed=seed)
        assert shown[0]["majorities_kept"] == 3
        assert not shown[0]["is_circle"]
        assert shown[-1]["is_circle"]
        assert all(f["majorities_kept"] < 3 for f in shown if f["is_circle"])
        first = next(f["circle_share"] for f in shown if f["is_circle"])
        assert 0.65 <= first <= 0.85  # 3/4, and 1,000 raters


def test_the_fit_of_many_raters_costs_what_the_formula_says() -> None:
    for frame in frames(num_raters=100_000):
        assert frame["cost"] == pytest.approx(frame["exact_cost"], abs=1.5e-3)
        assert frame["loss"] - frame["floor"] == pytest.approx(frame["cost"], abs=1e-12)


def test_votes_by_hand() -> None:
    """Two hold ABC, one BCA, one CAB; the first slips on A and B. Half a vote on either side."""
    held = np.array([[0, 1, 2], [0, 1, 2], [1, 2, 0], [2, 0, 1]])
    slips = np.zeros((4, 3), bool)
    assert shares_of_votes(held, slips) == pytest.approx(np.array([3.5, 3.5, 2.5]) / 5)
    slips[0, 0] = True
    assert shares_of_votes(held, slips) == pytest.approx(np.array([2.5, 3.5, 2.5]) / 5)
