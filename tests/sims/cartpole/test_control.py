"""The linear agent out of the equations: it balances, and its gains are a best answer."""

import numpy as np
import pytest

from sims.cartpole import dynamics
from sims.cartpole.control import FORCE_COST, STATE_COST, linear_gain
from sims.cartpole.environment import World
from sims.cartpole.evaluation import greedy_return
from sims.cartpole.policy import linear_policy


def test_it_balances_every_time() -> None:
    policy = linear_policy(np.array(linear_gain()))
    mean, poses = greedy_return(policy, 200, np.random.default_rng(0), World())
    assert mean == 500
    assert len(poses) == 251  # the start and 10 s at 25 Hz
    assert np.abs([x for x, _ in poses]).max() < 1


def cost(gains: np.ndarray) -> float:
    """Sum of s^T Q s + R F^2 over 20 s of the true (not linearised) motion from a small tilt."""
    state, total = np.array([1e-4, 0.0, 2e-4, 0.0]), 0.0
    for _ in range(1000):
        force = float(gains @ state)
        total += state @ (np.array(STATE_COST) * state) + FORCE_COST * force**2
        state = dynamics.step(state, force)
    return total


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("factor", [0.97, 1.03])
def test_no_neighbour_is_cheaper(index: int, factor: float) -> None:
    gains = np.array(linear_gain())
    other = gains.copy()
    other[index] *= factor
    assert cost(gains) < cost(other)
