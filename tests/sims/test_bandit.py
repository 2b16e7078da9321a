"""Bandits: slopes that are known in closed form, and a gradient against finite differences."""

import math
from typing import Any

import numpy as np
import pytest

from sims.bandit import Games, Params, lai_robbins, run, score, softmax, win_rates
from sims.spec import Frame


def frames(method: str, **values: Any) -> list[Frame]:
    shown = run(Params(method=method, **values))
    return [frame for frame in shown if frame["method"] == method]


def at(shown: list[Frame], pulls: int) -> float:
    return next(frame["regret"] for frame in shown if frame["pulls"] == pulls)


def test_random_pulls_lose_the_mean_gap() -> None:
    """Gaps 0.6, 0.3 and 0: 0.3 a pull, from the first to the last."""
    shown = frames("epsilon_greedy", epsilon=1.0)
    assert at(shown, 2000) == pytest.approx(600, rel=0.01)
    assert at(shown, 1000) == pytest.approx(300, rel=0.01)


def test_exploring_for_ever_loses_for_ever() -> None:
    """Once the best is known only the explored pulls lose: epsilon times the mean gap."""
    shown = frames("epsilon_greedy", epsilon=0.1, num_pulls=6_000)
    slope = (at(shown, 6000) - at(shown, 3000)) / 3000
    assert slope == pytest.approx(0.1 * 0.3, rel=0.05)


def test_never_exploring_gets_stuck_in_a_known_share_of_games() -> None:
    """Two machines, 0.5 and 0.9, one pull each. Where the good one fails and the bad one wins, the
    bad one's mean can never fall to 0, the good one's mean: stuck. That is 0.1 * 0.5 of the games.
    """
    games = frames("epsilon_greedy", epsilon=0.0, num_arms=2, best=0.9, spread=0.4, num_games=1_000)
    slope = (at(games, 2000) - at(games, 1000)) / 1000
    assert slope >= 0.05 * 0.4 * 0.7  # 0.7: four standard errors of a share of 0.05 among 1,000


@pytest.mark.parametrize("method", ["ucb1", "thompson"])
def test_regret_grows_like_a_logarithm(method: str) -> None:
    """From t to some 4 t a logarithm always adds the same; a line adds four times as much."""
    for seed in range(3):
        shown = frames(method, num_pulls=9_600, num_games=100, seed=seed)
        early = at(shown, 2400) - at(shown, 640)
        late = at(shown, 9600) - at(shown, 2400)
        assert late < 1.7 * early


def test_ucb1_stays_under_its_proven_bound() -> None:
    """Auer et al. (2002), theorem 1: 8 sum ln t / gap + (1 + pi^2 / 3) sum gap."""
    for frame in frames("ucb1"):
        logs = 8 * math.log(frame["pulls"]) * (1 / 0.3 + 1 / 0.6)
        assert frame["regret"] <= logs + (1 + math.pi**2 / 3) * 0.9


def test_lai_robbins_for_two_machines_by_hand() -> None:
    kl = 0.2 * math.log(0.2 / 0.8) + 0.8 * math.log(0.8 / 0.2)
    assert lai_robbins(np.array([0.2, 0.8])) == pytest.approx(0.6 / kl)
    assert lai_robbins(np.array([0.5, 0.5])) == 0


def test_thompson_ends_with_about_the_least_slope() -> None:
    slope = lai_robbins(win_rates(Params()))
    for seed in range(3):
        shown = frames("thompson", num_pulls=9_600, num_games=400, seed=seed)
        measured = (at(shown, 9600) - at(shown, 2400)) / math.log(4)
        assert measured == pytest.approx(slope, rel=0.35)


@pytest.mark.parametrize("baseline", [0.0, 0.37, 5.0])
def test_the_expected_push_is_the_gradient_for_any_baseline(baseline: float) -> None:
    logits, rates = np.array([0.3, -0.2, 0.5]), np.array([0.2, 0.5, 0.8])
    probs = softmax(logits)
    scores = score(probs[None].repeat(3, axis=0), np.arange(3))
    expected = (probs * (rates - baseline)) @ scores
    h = 1e-6  # central differences of the mean reward, which know nothing of log pi
    true = [
        float((softmax(logits + h * e) - softmax(logits - h * e)) @ rates) / (2 * h)
        for e in np.eye(3)
    ]
    assert expected == pytest.approx(np.array(true), abs=1e-8)


def test_the_gradient_method_moves_by_that_push() -> None:
    """Many games from the same logits, one pull: the mean step is learning_rate * gradient."""
    params = Params(method="gradient", num_games=1_000, learning_rate=1.0)
    moved = np.zeros(3)
    rng = np.random.default_rng(0)
    for _ in range(50):
        games = Games("gradient", params, rng)
        games.pull()
        moved += games.logits.mean(axis=0) / 50
    rates = np.array([0.2, 0.5, 0.8])
    assert moved == pytest.approx((rates - 0.5) / 3, abs=0.008)  # pi_k (rate_k - mean rate)


def test_all_methods_come_to_prefer_the_best_machine() -> None:
    for seed in range(3):
        ends = [frame for frame in run(Params(seed=seed)) if frame["pulls"] == 2000]
        assert [frame["method"] for frame in ends][-1] == "lower_bound"
        rates = {frame["method"]: frame["best_rate"] for frame in ends}
        assert all(rate > 0.85 for rate in rates.values()), rates
