"""Episodes that end, for the right reason, with the right observation and nothing left over."""

import gymnasium as gym
import numpy as np

from sims.cartpole import dynamics
from sims.cartpole.environment import Carts, World, observe


def carts(num_carts: int = 3) -> Carts:
    return Carts(num_carts, np.random.default_rng(0), World())


def test_a_fall_terminates_and_restarts_only_that_cart() -> None:
    env = carts()
    env.state[:, 1] = [0, 0, 0.2, 5.0]  # leans past 12 degrees in this step
    env.lengths[:] = [7, 8, 9]
    before = env.state.copy()
    reached, terminated, truncated = env.step(np.array([1, 1, 0]))
    assert terminated.tolist() == [False, True, False]
    assert not truncated.any()
    assert env.finished == [9]  # the step of the fall pays, too
    assert env.lengths.tolist() == [8, 0, 10]
    assert reached[2, 1] > dynamics.ANGLE_LIMIT  # kept aside: not the start of the next episode
    assert np.abs(env.state[:, 1]).max() <= dynamics.START_LIMIT
    alone = dynamics.step(before, np.array([10.0, 10.0, -10.0]))
    assert np.array_equal(env.state[:, [0, 2]], alone[:, [0, 2]])
    assert np.array_equal(reached, alone)


def test_the_time_limit_truncates() -> None:
    env = carts(2)
    env.lengths[:] = [499, 498]
    reached, terminated, truncated = env.step(np.array([0, 1]))
    assert truncated.tolist() == [True, False]
    assert not terminated.any()
    assert env.finished == [500]
    assert not np.array_equal(reached[:, 0], env.state[:, 0])


def test_a_fall_in_the_last_step_is_a_fall() -> None:
    env = carts(1)
    env.lengths[:] = 499
    env.state[:, 0] = [0, 0, 0.2, 5.0]
    _, terminated, truncated = env.step(np.array([1]))
    assert terminated.tolist() == [True]
    assert truncated.tolist() == [False]


def test_returns_are_those_of_gymnasium() -> None:
    """The same start and the same pushes: the same return, for falls and for full episodes."""
    env = gym.make("CartPole-v1")
    for episode, gains in enumerate([[0, 0, 1, 0], [0, 0, 1, 0.5], [0.5, 1, 20, 4]]):
        seen, _ = env.reset(seed=episode)
        ours = carts(1)
        ours.state[:, 0] = np.array(env.unwrapped.state)  # type: ignore[attr-defined]
        total, ended = 0.0, False
        while not ended:
            assert np.array_equal(observe(ours.state)[0], seen)
            action = int(np.dot(gains, seen) > 0)
            seen, reward, terminated, truncated, _ = env.step(action)
            _, fell, cut = ours.step(np.array([action]))
            total, ended = total + float(reward), terminated or truncated
            assert (bool(fell[0]), bool(cut[0])) == (terminated, truncated)
        assert ours.finished == [total]
    assert total == 500
