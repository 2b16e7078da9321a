"""The agent elsewhere: what it takes, how episodes end, and that it learns."""

import base64
import io
import os
from typing import Any

import gymnasium
import numpy as np
import pytest
from PIL import Image

from sims import cartpole
from sims.cartpole import any_world, film
from sims.cartpole.any_world import Experience, make
from sims.spec import SpecError


@pytest.mark.parametrize(
    ("env_id", "told"),
    [
        ("Acrobat-v1", "there is no environment 'Acrobat-v1'. Did you mean 'Acrobot-v1'?"),
        ("os:Acrobot-v1", "names a module, and only registered ids are taken"),
        ("Pendulum-v1", "up to 100 discrete actions are supported"),
        ("practicum/Sequence-v0", "a flat list of numbers is supported, no picture"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(env_id: str, told: str) -> None:
    import sims.environments  # noqa: F401  the last of them is ours

    with pytest.raises(SpecError) as caught:
        next(cartpole.run(cartpole.Params(env_id=env_id)))
    assert told in str(caught.value)


def test_no_module_is_imported_for_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.import_module", lambda *_: pytest.fail("it imports"))
    with pytest.raises(SpecError):
        make("antigravity:CartPole-v1", 1)


def test_a_truncated_episode_is_cut_off_and_not_worth_nothing() -> None:
    """MountainCar-v0 ends after 200 steps, where nothing has happened: truncated. What that step
    reached is the end of the old episode, and what is seen next the start of the new one."""
    experience = Experience(make("MountainCar-v0", 2), seed=0)
    made = experience.collect(lambda seen: np.ones(2, int), 201)
    assert made.ended[:, 0].nonzero()[0].tolist() == [199]
    assert not made.terminated.any()
    np.testing.assert_array_equal(made.reached[198], made.observations[199])
    assert not np.array_equal(made.reached[199], made.observations[200])
    assert made.observations[200, 0, 1] == 0  # a new episode starts without speed
    assert experience.finished == [-200.0, -200.0]


def test_a_terminated_one_is_told_from_it() -> None:
    experience = Experience(make("CartPole-v1", 1), seed=0)
    made = experience.collect(lambda seen: np.ones(1, int), 30)
    ends = made.ended[:, 0].nonzero()[0]
    assert len(ends) > 1
    assert made.terminated[ends, 0].all()
    assert abs(made.reached[ends[0], 0, 2]) > 0.2  # it leans: the last of the old episode
    assert experience.finished[0] == ends[0] + 1


def test_frames_of_an_agent_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    params = cartpole.Params(env_id="Acrobot-v1", num_steps=2_000)
    frames = list(cartpole.run(params))
    assert [frame["env_steps"] for frame in frames] == [1024, 2048]
    assert all(-500 <= frame["greedy_return"] <= 0 for frame in frames)
    assert frames == list(cartpole.run(params))
    assert all(frame["film"] for frame in frames)  # the first and the last of two


class Right:
    """Pushes right, whatever it sees."""

    def greedy(self, observations: np.ndarray) -> np.ndarray:
        return np.ones(len(observations), int)


def test_a_film_shows_what_gymnasium_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gymnasium's own pictures, every fifth step of 50 a second, and the one in which it fell."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    env = gymnasium.make("practicum/CartPoleFriction-v0", render_mode="rgb_array")
    env.reset(seed=3)
    drawn, num_steps, is_over = [env.render()], 0, False
    while not is_over:
        is_over = env.step(1)[2]
        num_steps += 1
        drawn.append(env.render())
    before = dict(os.environ)
    png, width, height, count, rate, steps, total = film.film(
        Right(), "practicum/CartPoleFriction-v0", 3
    )
    assert dict(os.environ) == before
    assert (width, height, rate) == (180, 120, 10)
    assert (steps, total) == (num_steps, num_steps)
    shown = [*drawn[:num_steps:5], drawn[-1]]
    assert count == len(shown)
    sheet = Image.open(io.BytesIO(base64.b64decode(png))).convert("L")
    for k in range(count):
        ours = np.asarray(sheet.crop((k * width, 0, (k + 1) * width, height)), float)
        far = [np.abs(ours - np.asarray(gray(one, width, height), float)).mean() for one in shown]
        assert far[k] < 3
        assert int(np.argmin(far)) == k  # and no other picture of the episode


def gray(pixels: Any, width: int, height: int) -> Image.Image:
    return Image.fromarray(np.asarray(pixels)).convert("L").resize((width, height))


def test_four_films_belong_to_a_run_and_the_last_update_has_one() -> None:
    shares = [min(1.0, (k + 1) * 1024 / 60_000) for k in range(59)]
    due = [k for k, now in enumerate(shares) if film.is_due(shares[k - 1] if k else 0.0, now)]
    assert (len(due), due[0], due[-1]) == (film.NUM_FILMS, 0, 58)


def test_an_environment_that_draws_nothing_has_no_film() -> None:
    assert film.film(Right(), "practicum/Sequence-v0", 0) == []


@pytest.mark.sweep
def test_it_learns_the_acrobot() -> None:
    """-500 is an episode that never swings up; a trained one takes 70 to 100 steps."""
    params: Any = cartpole.Params(algorithm="ppo", env_id="Acrobot-v1", num_steps=40_000)
    policy = cartpole.train(params)
    assert any_world.greedy_return(policy, "Acrobot-v1", 10, seed=1) > -250


def test_evaluate_policy_of_stable_baselines3_takes_our_policies() -> None:
    from stable_baselines3.common.evaluation import evaluate_policy
    from stable_baselines3.common.monitor import Monitor

    policy = cartpole.train(cartpole.Params(algorithm="ppo"))
    env = Monitor(gymnasium.make("CartPole-v1"))
    mean, _ = evaluate_policy(policy, env, n_eval_episodes=3)  # type: ignore[arg-type]
    assert isinstance(mean, float)
    assert mean > 400
    action, state = policy.predict(np.zeros(4))
    assert (np.shape(action), state) == ((), None)
    assert policy.predict(np.zeros((3, 4)))[0].shape == (3,)
