"""PPO's loss against its formula, and the zoo's numbers."""

import numpy as np
import pytest

from sims.cartpole import ppo
from sims.cartpole.environment import Carts, World
from sims.cartpole.network import Network
from sims.cartpole.rollout import Rollout, collect

pytestmark = pytest.mark.numeric


def loss(
    logits: np.ndarray, values: np.ndarray, batch: ppo.Batch, eps: float, weight: float
) -> float:
    """The textbook formula in float64: -mean min(rho A, clip(rho) A) + weight * mean squares."""
    right = 1 / (1 + np.exp(-logits))
    probability = np.where(batch.actions, right, 1 - right)
    ratio = probability / np.exp(batch.old_logprobs)
    clipped = np.clip(ratio, 1 - eps, 1 + eps)
    objective = np.minimum(ratio * batch.advantages, clipped * batch.advantages)
    return float(-objective.mean() + weight * np.square(values - batch.returns).mean())


def test_loss_gradient_equals_finite_differences() -> None:
    rng = np.random.default_rng(0)
    size, eps, weight = 60, 0.2, 0.5
    batch = ppo.Batch(
        observations=np.zeros((size, 4)),
        actions=rng.random(size) < 0.5,
        old_logprobs=np.log(rng.uniform(0.3, 0.9, size)),
        advantages=rng.normal(size=size),
        returns=rng.normal(size=size),
    )
    outputs = rng.normal(size=(2, size))
    ours = ppo.loss_gradient(outputs, batch, eps, weight)
    h, slopes = 1e-6, np.zeros((2, size))
    for index in np.ndindex(2, size):
        bump = np.zeros((2, size))
        bump[index] = h
        above, below = outputs + bump, outputs - bump
        slopes[index] = loss(*above, batch, eps, weight) - loss(*below, batch, eps, weight)
    assert ours == pytest.approx(slopes / (2 * h), abs=1e-7)
    assert (ours[0] == 0).any()  # some are clipped
    assert (ours[0] != 0).any()


@pytest.mark.parametrize(
    ("advantage", "ratio", "pushed"),
    [(1, 1.3, False), (1, 0.7, True), (-1, 0.7, False), (-1, 1.3, True), (1, 1.1, True)],
)
def test_clipping_is_one_sided(advantage: float, ratio: float, pushed: bool) -> None:
    one = np.ones(1)
    old = np.log(0.5 / ratio) * one  # P(right) is 1/2 now
    batch = ppo.Batch(np.zeros((1, 4)), one > 0, old, advantage * one, one)
    assert bool(ppo.loss_gradient(np.zeros((2, 1)), batch, 0.2, 0.5)[0, 0]) == pushed


def rollout_of(network: Network, settings: ppo.Settings) -> Rollout:
    rng = np.random.default_rng(4)
    carts = Carts(settings.num_envs, rng, World())
    carts.lengths[:] = 490  # time is up soon
    return collect(carts, network.policy(), settings.rollout_steps, rng)


@pytest.mark.parametrize("preset", ["zoo", "fast"])
def test_first_ratio_is_one_and_advantages_are_normalised(preset: str) -> None:
    settings = ppo.PRESETS[preset]
    network = Network(np.random.default_rng(0), settings.hidden, (1.0, 1.0))
    batch, entropy = ppo.prepare(network, rollout_of(network, settings), settings, 0.98)
    logits, values = network.forward(batch.observations)
    right = 1 / (1 + np.exp(-logits.astype(np.float64)))
    now = np.log(np.where(batch.actions, right, 1 - right))
    assert np.exp(now - batch.old_logprobs) == pytest.approx(1, abs=1e-5)
    assert batch.advantages.mean() == pytest.approx(0, abs=1e-5)
    assert batch.advantages.std() == pytest.approx(1, abs=1e-4)
    assert 0.3 < entropy < 0.694
    # minus the mean advantage over the batch is all that is left of the policy's loss
    assert loss(logits, values, batch, 0.2, 0.0) == pytest.approx(0, abs=1e-5)


def test_returns_at_the_time_limit_count_the_state_that_was_reached() -> None:
    settings = ppo.PRESETS["zoo"]
    network = Network(np.random.default_rng(0), settings.hidden, (1.0, 1.0))
    rollout = rollout_of(network, settings)
    batch, _ = ppo.prepare(network, rollout, settings, 0.98)
    returns = batch.returns.reshape(rollout.actions.shape)
    cut = rollout.ended & ~rollout.terminated
    assert cut.any()
    reached_values = network.forward(rollout.reached[cut])[1]
    assert returns[cut] == pytest.approx(1 + 0.98 * reached_values, abs=1e-5)
    assert rollout.terminated.any()
    assert returns[rollout.terminated] == pytest.approx(1, abs=1e-5)


def test_zoo_is_the_zoos() -> None:
    """hyperparams/ppo.yml of rl-baselines3-zoo, CartPole-v1; gamma and 1e5 steps are in Params."""
    zoo = ppo.PRESETS["zoo"]
    assert (zoo.num_envs, zoo.rollout_steps, zoo.num_epochs) == (8, 32, 20)
    assert (zoo.learning_rate, zoo.clip_eps, zoo.gae_lambda) == (0.001, 0.2, 0.8)
    assert (zoo.anneal, zoo.hidden) == (True, (64, 64))
    assert (zoo.value_weight, zoo.max_grad_norm) == (0.5, 0.5)


def test_annealing_falls_in_a_line_to_nothing() -> None:
    settings = ppo.PRESETS["zoo"]
    made = ppo.updates(World(), settings, 0.98, 1024, np.random.default_rng(0))
    rates = [update.learning_rate for update in made]
    assert rates == pytest.approx([0.001, 0.00075, 0.0005, 0.00025])


def test_upright_pays_the_cosine_of_the_angle_that_was_reached() -> None:
    """With gamma 0 a return is the next reward alone."""
    network = Network(np.random.default_rng(0), (8,), (1.0, 1.0))
    rollout = rollout_of(network, ppo.PRESETS["fast"])
    batch, _ = ppo.prepare(network, rollout, ppo.PRESETS["fast"], 0.0, is_upright=True)
    cosines = np.cos(rollout.reached[..., 2]).ravel()
    values = network.forward(rollout.observations.reshape(-1, 4))[1]
    assert cosines.std() > 0
    raw = cosines - values  # the advantage before it is normalised
    assert batch.advantages == pytest.approx((raw - raw.mean()) / raw.std(), abs=1e-2)
