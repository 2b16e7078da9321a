"""Our worlds as Gymnasium has them: its own check, vectors, autoreset, truncation, other agents."""

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from sims.arithmetic import tasks
from sims.arithmetic.tasks import ID
from sims.cartpole import dynamics
from sims.environments import ENVIRONMENTS
from sims.language.world import World, gold_reward

FRICTION = "practicum/CartPoleFriction-v0"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_gymnasiums_own_check_passes(name: str) -> None:
    env = gymnasium.make(name)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*Box observation space.*")
        check_env(env.unwrapped, skip_render_check=True)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_vector_gives_what_single_ones_give(name: str) -> None:
    envs, singles = gymnasium.make_vec(name, num_envs=2), [gymnasium.make(name) for _ in range(2)]
    seen, _ = envs.reset(seed=5)
    alone = [env.reset(seed=5 + k)[0] for k, env in enumerate(singles)]
    np.testing.assert_array_equal(seen, alone)
    actions = np.array([1, 1])
    seen, rewards, *_ = envs.step(actions)
    made = [env.step(action) for env, action in zip(singles, actions, strict=True)]
    np.testing.assert_array_equal(seen, [one[0] for one in made])
    assert list(rewards) == [one[1] for one in made]


def test_the_names_are_there_where_gymnasium_was_imported_first() -> None:
    code = (
        "import gymnasium, sims; gymnasium.make('practicum/PointMassCartPole-v0');"
        "import sys; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    code = "import gymnasium; gymnasium.make('sims.environments:practicum/CartPoleFriction-v0')"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("physics", ["friction", "point_mass", "gymnasium"])
def test_the_cart_moves_by_our_equations(physics: str) -> None:
    env = gymnasium.make(FRICTION, physics=physics)
    start, _ = env.reset(seed=1)
    other = gymnasium.make("CartPole-v1")
    np.testing.assert_array_equal(start, other.reset(seed=1)[0])
    state = np.array(env.unwrapped.state)
    for action in (1, 0, 1, 1):
        state = dynamics.step(state, dynamics.FORCE if action else -dynamics.FORCE, physics)
        seen, reward, *_ = env.step(action)
        np.testing.assert_allclose(seen, state, rtol=1e-6)
        assert reward == 1
        same = np.array_equal(seen, other.step(action)[0])
        assert same is (physics == "gymnasium") or np.allclose(seen, other.unwrapped.state)


def test_a_pole_that_stands_for_500_steps_is_truncated_and_not_terminated() -> None:
    env = gymnasium.make(FRICTION)
    seen, _ = env.reset(seed=0)
    terminated = truncated = False
    steps = 0
    while not (terminated or truncated):  # an agent of two numbers that balances
        seen, _, terminated, truncated, _ = env.step(int(seen[2] + 0.3 * seen[3] > 0))
        steps += 1
    assert (steps, terminated, truncated) == (500, False, True)


def until_an_end(mode: AutoresetMode) -> tuple:
    """Push right until the first pole falls: the vector, and what that last step gave."""
    how = {"autoreset_mode": mode}
    envs = gymnasium.make_vec(FRICTION, num_envs=1, vectorization_mode="sync", vector_kwargs=how)
    envs.reset(seed=0)
    assert envs.metadata["autoreset_mode"] is mode
    for _ in range(100):
        made = envs.step(np.array([1]))
        if made[2][0]:
            return envs, made
    raise AssertionError("it never fell")


def test_autoreset_in_the_next_step_spends_one_step_without_reward() -> None:
    envs, (seen, rewards, *_) = until_an_end(AutoresetMode.NEXT_STEP)
    assert dynamics.fallen(seen[0].astype(float))
    assert rewards[0] == 1
    seen, rewards, terminated, truncated, _ = envs.step(np.array([1]))
    assert np.abs(seen).max() <= dynamics.START_LIMIT
    assert (rewards[0], terminated[0], truncated[0]) == (0, False, False)


def test_autoreset_in_the_same_step_keeps_the_last_observation() -> None:
    _, (seen, rewards, _, _, infos) = until_an_end(AutoresetMode.SAME_STEP)
    assert np.abs(seen).max() <= dynamics.START_LIMIT
    assert rewards[0] == 1
    assert dynamics.fallen(np.asarray(infos["final_obs"][0], float))


def test_without_autoreset_the_caller_says_which_to_start_anew() -> None:
    envs, (seen, *_) = until_an_end(AutoresetMode.DISABLED)
    assert dynamics.fallen(seen[0].astype(float))
    seen, _ = envs.reset(options={"reset_mask": np.array([True])})
    assert np.abs(seen).max() <= dynamics.START_LIMIT


def test_the_last_word_is_paid_with_the_worth_of_all() -> None:
    env = gymnasium.make("practicum/Sequence-v0", world_seed=3)
    env.reset(seed=0)
    words = [7, 6, 5, 4, 0]
    made = [env.step(word) for word in words]
    assert [one[2] for one in made] == [False] * 4 + [True]
    assert [one[1] for one in made[:4]] == [0] * 4
    number = sum(word * 8 ** (4 - k) for k, word in enumerate(words))
    assert made[-1][1] == pytest.approx(float(gold_reward(World(), 3)[number]))
    assert made[-1][4]["text"] == "done step answer because sure"


@pytest.mark.parametrize("task", list(tasks.SIZES))
def test_the_full_solution_is_right_and_a_cut_one_is_not(task: str) -> None:
    env = gymnasium.make("practicum/Arithmetic-v0", task=task, size=3)
    env.reset(seed=2)
    problem = env.unwrapped.problem
    solution = [*problem.steps[0].flatten().tolist(), ID["answer"], *problem.answers[0].tolist()]
    *_, last = (env.step(token) for token in [*solution, ID["<end>"]])
    assert last[1:4] == (1.0, True, False)
    env.reset()
    made = [env.step(ID["1"]) for _ in range(problem.max_tokens)]
    assert made[-1][1:4] == (0.0, False, True)
    assert not any(one[2] or one[3] for one in made[:-1])


def test_bad_input_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="no physics 'fricton'"):
        gymnasium.make(FRICTION, physics="fricton")
    with pytest.raises(ValueError, match="Did you mean 'sums'"):
        gymnasium.make("practicum/Arithmetic-v0", task="sum")
    env = gymnasium.make("practicum/Sequence-v0").unwrapped
    env.reset(seed=0)
    with pytest.raises(ValueError, match="8 is not a word"):
        env.step(8)


@pytest.mark.numeric
def test_stable_baselines3_learns_on_our_cart() -> None:
    """Before learning it falls after some 10 steps (a random one after 22); 6,000 steps with the
    zoo's settings lift that to 36 to 447 (seeds 0 to 4)."""
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.evaluation import evaluate_policy

    envs = make_vec_env(FRICTION, n_envs=8, seed=0)
    agent = PPO(
        "MlpPolicy", envs, n_steps=32, batch_size=256, n_epochs=20, gamma=0.98, gae_lambda=0.8,
        learning_rate=0.001, seed=0, device="cpu",
    )  # fmt: skip
    agent.learn(6_000)
    mean, _ = evaluate_policy(agent, envs, n_eval_episodes=8)
    assert mean > 25
