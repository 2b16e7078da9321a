"""Advantages by their definition, and experience that keeps its last observation."""

import numpy as np
import pytest

from sims.cartpole import dynamics
from sims.cartpole.environment import Carts, World
from sims.cartpole.policy import NetworkPolicy, linear_policy
from sims.cartpole.rollout import collect, gae


def by_definition(
    rewards: np.ndarray, values: np.ndarray, after: np.ndarray,
    terminated: np.ndarray, ended: np.ndarray, gamma: float, lam: float,
) -> np.ndarray:  # fmt: skip
    """A_t = (1 - lam) sum_n lam^(n-1) A_t^(n) with n-step advantages A^(n), for each cart alone.

    A^(n) sums n rewards and adds the value of the state reached then; an episode that ends (or the
    rollout) after m steps makes every longer one equal to A^(m), with no value after a fall.
    """
    result = np.zeros_like(values)
    for t, i in np.ndindex(values.shape):
        n_step = []
        total, discount = 0.0, 1.0
        for k in range(t, len(values)):
            total += discount * rewards[k, i]
            discount *= gamma
            bootstrap = 0.0 if terminated[k, i] else after[k, i]
            n_step.append(total + discount * bootstrap - values[t, i])
            if ended[k, i]:
                break
        m = len(n_step)
        result[t, i] = sum((1 - lam) * lam**n * n_step[n] for n in range(m - 1))
        result[t, i] += lam ** (m - 1) * n_step[-1]
    return result


@pytest.mark.parametrize("gae_lambda", [0.0, 0.8, 1.0])
def test_gae_equals_its_definition(gae_lambda: float) -> None:
    rng = np.random.default_rng(0)
    rewards, values, after = rng.normal(size=(3, 12, 5))
    terminated = rng.random((12, 5)) < 0.15
    ended = terminated | (rng.random((12, 5)) < 0.15)
    assert (ended & ~terminated).any()
    # while an episode goes on, the state reached is the next one seen
    after[:-1] = np.where(ended[:-1], after[:-1], values[1:])
    args = rewards, values, after, terminated, ended, 0.9
    assert gae(*args, gae_lambda) == pytest.approx(by_definition(*args, gae_lambda), abs=1e-12)


def one_step(terminated: bool, ended: bool) -> float:
    column = [np.array([[x]]) for x in (1.0, 3.0, 10.0, terminated, ended)]
    rewards, values, after, fell, over = column
    return float(gae(rewards, values, after, fell.astype(bool), over.astype(bool), 0.9, 0.95)[0, 0])


def test_time_up_bootstraps_and_a_fall_does_not() -> None:
    assert one_step(terminated=False, ended=True) == pytest.approx(1 + 0.9 * 10 - 3)
    assert one_step(terminated=True, ended=True) == pytest.approx(1 - 3)


@pytest.mark.parametrize("fell", [True, False])
def test_nothing_leaks_from_the_next_episode(fell: bool) -> None:
    ended = np.array([[False], [True], [False]])
    terminated = ended & fell
    ones = np.ones((3, 1))
    before = gae(ones, ones, ones, terminated, ended, 0.9, 0.9)
    other = np.array([[1.0], [1.0], [1e6]])  # rewards and values after the end
    after = gae(other, other, np.array([[1.0], [1.0], [1e6]]), terminated, ended, 0.9, 0.9)
    assert np.array_equal(before[:2], after[:2])


def test_collect_keeps_the_observation_before_the_restart() -> None:
    carts = Carts(2, np.random.default_rng(0), World())
    carts.lengths[0] = 498  # its time is up after two steps
    balance = linear_policy(1e6 * np.array([0.5, 1.0, 20.0, 4.0]))  # so sure that no coin matters
    rollout = collect(carts, balance, 4, np.random.default_rng(1))
    assert rollout.ended[:, 0].tolist() == [False, True, False, False]
    assert not rollout.terminated.any()
    assert carts.take_finished() == [500]
    assert carts.take_finished() == []
    assert np.array_equal(rollout.observations[1:, 1], rollout.reached[:-1, 1])  # goes on
    assert np.array_equal(rollout.observations[1, 0], rollout.reached[0, 0])
    assert not np.array_equal(rollout.observations[2, 0], rollout.reached[1, 0])
    force = np.where(rollout.actions[1], dynamics.FORCE, -dynamics.FORCE)
    expected = dynamics.step(rollout.observations[1].T.astype(np.float64), force)
    assert rollout.reached[1] == pytest.approx(expected.T, abs=1e-6)


def test_actions_are_drawn_with_the_policys_probability() -> None:
    certain_bias = np.array([np.log(0.7 / 0.3)], np.float32)
    policy = NetworkPolicy(((np.zeros((4, 1), np.float32), certain_bias),))
    rollout = collect(
        Carts(100, np.random.default_rng(0), World()), policy, 200, np.random.default_rng(1)
    )
    assert rollout.actions.mean() == pytest.approx(0.7, abs=0.012)  # 3.7 standard errors
