"""Thermostat: exact sums against enumeration, the gradient against finite differences."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from sims import thermostat
from sims.spec import Frame
from sims.thermostat import GRID, IN_BAND, Episodes, Params, run


def frames(**values: Any) -> list[Frame]:
    return list(run(Params(**values)))


@pytest.fixture
def three_decisions(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A room of five temperatures around the band and three decisions: all paths can be listed."""
    grid = np.array([66.0, 67.5, 69.0, 70.5, 72.0])
    monkeypatch.setattr(thermostat, "GRID", grid)
    monkeypatch.setattr(thermostat, "STARTS", np.array([1, 3]))
    monkeypatch.setattr(thermostat, "IN_BAND", (np.abs(grid - 70) <= 2).astype(float))
    monkeypatch.setattr(thermostat, "NUM_DECISIONS", 3)
    return thermostat.transitions(Params(noise=1.0))


def all_trajectories(dynamics: np.ndarray) -> Episodes:
    """Every row of states and actions that can happen from the two starts."""
    count = dynamics.shape[1]
    paths = [
        ((start, *rest), actions)
        for start in (1, 3)
        for rest in itertools.product(range(count), repeat=3)
        for actions in itertools.product((0, 1), repeat=3)
    ]
    return Episodes(np.array([path[0] for path in paths]), np.array([path[1] for path in paths]))


def probs(episodes: Episodes, switch_point: float, dynamics: np.ndarray) -> np.ndarray:
    start, policy, physics = thermostat.log_terms(episodes, switch_point, 1.3, dynamics)
    return np.exp(start + policy.sum(axis=1) + physics.sum(axis=1))


def test_a_room_at_70_gains_one_degree_with_the_heater_and_loses_one_and_a_half_without() -> None:
    """0.1 h * (-0.5 * 30 + 25) = 1, and 0.1 h * (-0.5 * 30) = -1.5."""
    dynamics = thermostat.transitions(Params(noise=0.5))
    at_70 = int(np.flatnonzero(GRID == 70)[0])
    off, on = dynamics[:, at_70] @ GRID
    assert on == pytest.approx(71.0, abs=0.01)
    assert off == pytest.approx(68.5, abs=0.01)


def test_probabilities_of_all_trajectories_add_up_to_one(three_decisions: np.ndarray) -> None:
    episodes = all_trajectories(three_decisions)
    assert probs(episodes, 69.4, three_decisions).sum() == pytest.approx(1, abs=1e-12)


def test_exact_comfort_is_the_mean_over_all_trajectories(three_decisions: np.ndarray) -> None:
    episodes = all_trajectories(three_decisions)
    points = thermostat.IN_BAND[episodes.states[:, 1:]].mean(axis=1)
    listed = [float(probs(episodes, c, three_decisions) @ points) for c in (68.0, 70.2)]
    backwards = thermostat.comfort(np.array([68.0, 70.2]), 1.3, three_decisions)
    assert backwards == pytest.approx(listed, abs=1e-12)


def test_expected_reinforce_step_is_the_gradient_of_comfort(three_decisions: np.ndarray) -> None:
    """Mean over many trajectories, drawn from the list of all. Central differences of the exact
    comfort know nothing of log pi."""
    episodes, c, h = all_trajectories(three_decisions), 69.4, 1e-5
    weights = probs(episodes, c, three_decisions)
    drawn = np.random.default_rng(0).choice(len(weights), 400_000, p=weights)
    many = Episodes(episodes.states[drawn], episodes.actions[drawn])
    estimate = thermostat.policy_gradient(many, c, 1.3)
    low, high = thermostat.comfort(np.array([c - h, c + h]), 1.3, three_decisions)
    assert estimate == pytest.approx((high - low) / (2 * h), rel=0.02)


def test_the_dynamics_drop_out_of_the_gradient_of_log_prob() -> None:
    dynamics = thermostat.transitions(Params())
    episodes = thermostat.play(69.0, 1.0, dynamics, 3, np.random.default_rng(1))
    h = 1e-5

    def log_prob(c: float) -> np.ndarray:
        start, policy, physics = thermostat.log_terms(episodes, c, 1.0, dynamics)
        return start + (policy + physics).sum(axis=1)

    on = 1 / (1 + np.exp(GRID[episodes.states[:, :-1]] - 69.0))
    score = (episodes.actions - on).sum(axis=1)
    assert (log_prob(69 + h) - log_prob(69 - h)) / (2 * h) == pytest.approx(score, abs=1e-5)


def test_the_trajectory_is_built_term_by_term() -> None:
    shown = frames(show="trajectory", switch_point=70.0, seed=4)
    assert len(shown) == 60
    for before, after in itertools.pairwise(shown):
        assert after["log_policy"] <= before["log_policy"]
        assert after["temperatures"][:-1] == before["temperatures"]
    last = shown[-1]
    total = math.log(1 / 5) + last["log_policy"] + last["log_dynamics"]
    assert last["log_prob"] == pytest.approx(total)
    assert last["temperatures"][-1] == last["temperature"]


@pytest.mark.parametrize("seeds", [range(2), pytest.param(range(5), marks=pytest.mark.sweep)])
@pytest.mark.parametrize("start", [64.0, 76.0])
def test_the_learned_switch_point_is_the_best_one(start: float, seeds: range) -> None:
    for seed in seeds:
        shown = frames(switch_point=start, seed=seed)
        late = [frame["switch_point"] for frame in shown[-20:]]
        assert float(np.mean(late)) == pytest.approx(shown[-1]["best_switch_point"], abs=0.25)
        assert shown[0]["exact_comfort"] < 0.15
        assert shown[-1]["exact_comfort"] > shown[-1]["best_comfort"] - 0.02


def test_a_batch_measures_what_the_sum_says() -> None:
    shown = frames(switch_point=70.0, learning_rate=1.0, num_steps=40)
    batches = np.mean([frame["comfort"] - frame["exact_comfort"] for frame in shown])
    assert abs(batches) < 0.01


def test_a_weak_heater_cannot_reach_the_band() -> None:
    weak = frames(heater=16.0, outside=30.0, num_steps=2)[0]  # 62 degrees at most
    assert weak["best_comfort"] < 0.01
    assert IN_BAND.sum() == 9
