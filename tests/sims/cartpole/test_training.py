"""The promise of `train`: a policy that Gymnasium itself calls solved. And what `run` shows."""

import dataclasses

import gymnasium as gym
import numpy as np
import pytest

from sims.cartpole import Params, evaluation, learn, run, train
from sims.cartpole.environment import World
from sims.cartpole.policy import CoinPolicy, NetworkPolicy, Policy, linear_policy

pytestmark = pytest.mark.numeric


def judge(policy: Policy, num_episodes: int = 100) -> float:
    """Mean return over fresh episodes of gymnasium.make, one after another."""
    env = gym.make("CartPole-v1")
    total = 0.0
    for episode in range(num_episodes):
        seen, _ = env.reset(seed=90_000 + episode)
        ended = False
        while not ended:
            action = policy.greedy(np.asarray(seen)[None])[0]
            seen, reward, terminated, truncated, _ = env.step(action)
            total += float(reward)
            ended = terminated or truncated
    return total / num_episodes


@pytest.mark.parametrize("seed", range(4))
def test_ppo_solves_cartpole(seed: int) -> None:
    assert judge(train(Params(algorithm="ppo", preset="fast", seed=seed))) >= 475


@pytest.mark.parametrize(
    "params",
    [
        Params(algorithm="ppo", preset="zoo"),
        pytest.param(
            Params(algorithm="ppo", preset="zoo", use_scaling=False), marks=pytest.mark.sweep
        ),
        Params(algorithm="reinforce_baseline"),
        Params(algorithm="reinforce"),
        Params(algorithm="linear_search"),
    ],
    ids=lambda params: f"{params.algorithm}-{params.preset}-{params.use_scaling}",
)
def test_every_learner_solves_cartpole(params: Params) -> None:
    assert judge(train(params)) >= 475


def test_a_coin_does_not() -> None:
    policy = train(Params(algorithm="random", num_steps=2_000))
    assert isinstance(policy, CoinPolicy)
    assert 15 < judge(policy) < 35  # about 22 steps, as everyone's first run of this shows


@pytest.mark.parametrize("physics", ["point_mass", "friction"])
def test_other_physics_can_be_learnt(physics: str) -> None:
    params = Params(algorithm="ppo", physics=physics)
    mean, _ = evaluation.greedy_return(train(params), 100, np.random.default_rng(9), World(physics))
    assert mean >= 475


def test_greedy_takes_and_gives_what_the_contract_says() -> None:
    policy = train(Params(algorithm="ppo", num_steps=1_000))
    for observations in (np.zeros((5, 4)), np.ones((5, 4), np.float32), np.zeros((1, 4))):
        actions = policy.greedy(observations)
        assert actions.shape == (len(observations),)
        assert np.issubdtype(actions.dtype, np.integer)
        assert set(actions.tolist()) <= {0, 1}
    right = linear_policy(np.array([0, 0, 1, 0])).greedy(np.array([[0, 0, 1, 0], [0, 0, -1, 0]]))
    assert right.tolist() == [1, 0]


@pytest.mark.parametrize("algorithm", ["ppo", "reinforce", "linear_search", "random"])
def test_same_seed_same_training_and_looking_changes_nothing(algorithm: str) -> None:
    params = Params(algorithm=algorithm, num_steps=3_000, seed=5)
    frames, again = list(run(params)), list(run(params))
    assert frames == again
    updates = [update for update, _ in learn(params)]
    assert [update.env_steps for update in updates] == [frame["env_steps"] for frame in frames]
    assert [update.entropy for update in updates] == [frame["entropy"] for frame in frames]
    final, other = train(params), train(params)
    if isinstance(final, NetworkPolicy):
        assert isinstance(other, NetworkPolicy)
        for ours, theirs in zip(final.layers, other.layers, strict=True):
            assert np.array_equal(ours[0], theirs[0])
            assert np.array_equal(ours[1], theirs[1])


def test_frames_tell_the_story_of_a_run() -> None:
    frames = list(run(Params()))
    assert frames[0]["greedy_return"] < 200
    assert frames[-1]["greedy_return"] > 475
    assert frames[-1]["progress"] == 1
    steps = [frame["env_steps"] for frame in frames]
    assert steps == sorted(set(steps))
    assert all(earlier["progress"] < 1 for earlier in frames[:-1])
    assert frames[0]["entropy"] == pytest.approx(np.log(2), abs=0.01)
    assert frames[-1]["entropy"] < 0.65


def test_poses_are_one_greedy_episode_at_25_hz() -> None:
    frames = list(run(Params()))
    assert 2 <= len(frames[0]["poses"]) <= 251
    for frame in frames:
        for x, theta in frame["poses"][:-1]:
            assert abs(x) <= 2.4
            assert abs(theta) <= 0.2095
            assert (x, theta) == (round(x, 3), round(theta, 3))
    assert len(frames[-1]["poses"]) == 251  # the start, and 10 s of balance


def test_training_stops_at_its_limit() -> None:
    frames = list(run(Params(algorithm="random", num_steps=4_000)))
    assert frames[-1]["env_steps"] == 4_096  # the first whole update at or past the limit
    assert frames[-1]["progress"] == 1


def test_learning_rate_is_a_multiple_of_the_algorithms_own() -> None:
    def first_rate(**values: object) -> float:
        return next(iter(run(dataclasses.replace(Params(), **values))))["learning_rate"]

    assert first_rate(algorithm="ppo", preset="zoo") == 0.001
    assert first_rate(algorithm="ppo", preset="zoo", learning_rate=2.0) == 0.002
    assert first_rate(algorithm="reinforce", learning_rate=0.5) == pytest.approx(0.01)


def test_check_gives_up_only_when_the_threshold_is_out_of_reach() -> None:
    """The shortened verdict equals the full one, for policies on both sides of the line."""
    for gains in ([0, 0, 1, 0.1], [0, 0.1, 1, 1], [0.1, 0.5, 10, 2], [0, 0, 1, 0.5], [0, 0, -1, 0]):
        policy = linear_policy(np.array(gains))
        for seed in range(3):
            full, _ = evaluation.greedy_return(policy, 100, np.random.default_rng(seed), World())
            solved = evaluation.is_solved(policy, np.random.default_rng(seed), World())
            assert solved == (full >= evaluation.STRICT)


def test_our_verdict_is_gymnasiums() -> None:
    """The same policy from many starts: mean returns agree within their standard errors."""
    policy = linear_policy(np.array([0, 0, 1, 0.12]))
    ours, _ = evaluation.greedy_return(policy, 2_000, np.random.default_rng(0), World())
    assert ours == pytest.approx(judge(policy, 200), rel=0.08)
