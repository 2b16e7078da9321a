"""A chain with two prizes: closed forms, a brute force over policies, and counted visits."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from sims.markov_chain import (
    Params,
    best_policy,
    build,
    mean_return,
    restarting,
    run,
    sample_walks,
    solve,
    stationary,
)
from sims.spec import Frame


def frames(**values: Any) -> list[Frame]:
    return list(run(Params(**values)))


def test_without_slips_the_worth_of_either_way_is_a_power_of_gamma() -> None:
    for frame in frames(slip=0.0):
        assert frame["go_left"] == pytest.approx(0.3)
        assert frame["go_right"] == pytest.approx(frame["gamma"] ** 2)
        assert frame["sampled_right"] == pytest.approx(frame["go_right"])
        assert frame["value"] == pytest.approx(max(0.3, frame["gamma"] ** 2))


def test_the_mind_changes_at_the_root_of_the_small_prize() -> None:
    first = next(f["gamma"] for f in frames(slip=0.0) if f["actions"][1] == 1)
    assert first == math.ceil(100 * math.sqrt(0.3)) / 100


def test_gamblers_ruin() -> None:
    """gamma -> 1 with slips: the chance to reach the right end first is a known formula."""
    params = Params(num_states=7, left_reward=0.0, slip=0.3, gamma=0.99)
    ratio = 0.3 / 0.7
    reach = (1 - ratio) / (1 - ratio**6)  # from one step off the left end of six
    right = np.full(7, 1)
    assert solve(build(params), right, 1 - 1e-9)[1] == pytest.approx(reach, rel=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.4, 0.8, 0.99])
@pytest.mark.parametrize("slip", [0.0, 0.15, 0.4])
def test_the_best_policy_is_the_best_of_all(gamma: float, slip: float) -> None:
    chain = build(Params(slip=slip))
    policies = itertools.product((0, 1), repeat=3)
    every = [solve(chain, np.array([0, *inner, 0]), gamma) for inner in policies]
    assert best_policy(chain, gamma)[1] == pytest.approx(np.max(every, axis=0), abs=1e-12)


@pytest.mark.parametrize("gamma", [0.3, 0.9, 0.99])
def test_value_iteration_reaches_the_linear_solve_within_its_bound(gamma: float) -> None:
    shown = frames(show="sweeps", gamma=gamma, slip=0.2, num_states=9)
    assert len(shown) > 8
    assert all(f["error"] <= f["bound"] + 1e-12 for f in shown)
    assert shown[-1]["error"] < 1e-7
    assert shown[-1]["value"] == pytest.approx(shown[-1]["exact_value"], abs=1e-7)


def test_sampled_walks_average_to_the_solved_worth() -> None:
    params, rng = Params(slip=0.2, num_states=6), np.random.default_rng(0)
    walks = [sample_walks(params, 1, rng) for _ in range(50)]  # 20,000 of them
    for gamma in (0.5, 0.95):
        means = [mean_return(*walk, gamma) for walk in walks]
        exact = solve(build(params), np.full(6, 1), gamma)[1]
        assert np.mean(means) == pytest.approx(exact, abs=4 * float(np.std(means)) / math.sqrt(50))


def test_visits_go_to_the_stationary_distribution() -> None:
    for seed in range(5):
        last = frames(show="visits", slip=0.2, num_steps=50_000, seed=seed)[-1]
        assert last["distance"] < 0.015
        assert sum(last["frequencies"]) == pytest.approx(1)
    moves = restarting(build(Params(slip=0.2)), np.full(5, 1))
    powers = np.linalg.matrix_power(moves, 4_001) + np.linalg.matrix_power(moves, 4_000)
    assert stationary(moves) == pytest.approx(powers[1] / 2, abs=1e-9)


def test_a_walk_without_slips_goes_round_and_round() -> None:
    last = frames(show="visits", slip=0.0, gamma=0.9)[-1]
    assert last["stationary"] == pytest.approx([0, 0.25, 0.25, 0.25, 0.25], abs=1e-9)
    assert last["distance"] < 1e-9
