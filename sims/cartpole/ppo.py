"""Proximal policy optimisation (Schulman et al., 2017), several steps from each rollout.

With the ratio rho = pi(a|s) / pi_old(a|s), the policy climbs

    min(rho A, clip(rho, 1 - eps, 1 + eps) A)

which is flat, and so gives no push, where rho is already eps beyond 1 in the direction that A asks
for. A critic V, fitted to the returns in the same steps, supplies A by way of GAE.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.advantages import normalise
from sims.cartpole.environment import Carts, World
from sims.cartpole.network import Adam, Network, entropy, logprobs, sigmoid
from sims.cartpole.rollout import Rollout, collect, gae
from sims.cartpole.update import Update

MAX_LOG_RATIO = np.float32(20.0)  # nats; e^20 = 5e8, and e^89 is no float32


@dataclass(frozen=True)
class Settings:
    """One set of hyperparameters; with `anneal`, learning rate and clip range fall to 0."""

    num_envs: int
    rollout_steps: int  # of each environment
    num_epochs: int  # each one step on the whole rollout
    learning_rate: float
    gae_lambda: float
    hidden: tuple[int, ...]  # of actor and critic, which share no weights
    anneal: bool
    clip_eps: float = 0.2
    value_weight: float = 0.5
    max_grad_norm: float = 0.5


PRESETS = {
    # rl-baselines3-zoo, hyperparams/ppo.yml, CartPole-v1: batch 256 is the whole rollout. Not its:
    # one logit for two actions, where stable-baselines3 has two, and scaled observations.
    "zoo": Settings(8, 32, 20, 0.001, 0.8, (64, 64), anneal=True),
    "fast": Settings(16, 32, 12, 0.03, 0.98, (32,), anneal=False),  # found by random search
}


@dataclass(frozen=True, eq=False)
class Batch:
    """The rollout as the loss needs it; float32 arrays (B,), observations (B, 4)."""

    observations: np.ndarray
    actions: np.ndarray
    old_logprobs: np.ndarray
    advantages: np.ndarray  # mean 0, deviation 1
    returns: np.ndarray


def updates(
    world: World,
    settings: Settings,
    gamma: float,
    num_steps: int,
    rng: np.random.Generator,
    use_scaling: bool = True,
    is_upright: bool = False,
) -> Iterator[Update]:
    """One Update for every rollout, until `num_steps` environment steps are spent.

    With `is_upright` a step pays the cosine of the angle that it leads to, in place of 1.
    """
    actor_critic = (0.01, 1.0)  # two towers: the actor starts undecided
    network = Network(rng, settings.hidden, actor_critic, use_scaling)
    adam = Adam(network, settings.max_grad_norm)
    carts = Carts(settings.num_envs, rng, world)
    policy, env_steps = network.policy(), 0
    while env_steps < num_steps:
        left = 1 - env_steps / num_steps if settings.anneal else 1.0
        rollout = collect(carts, policy, settings.rollout_steps, rng)
        batch, mean_entropy = prepare(network, rollout, settings, gamma, is_upright)
        rate, clip_eps = settings.learning_rate * left, settings.clip_eps * left
        for _ in range(settings.num_epochs):
            outputs = network.forward(batch.observations)
            network.backward(loss_gradient(outputs, batch, clip_eps, settings.value_weight))
            adam.step(rate)

        policy = network.policy()
        env_steps += rollout.actions.size
        yield Update(policy, env_steps, carts.take_finished(), mean_entropy, rate)


def prepare(
    network: Network, rollout: Rollout, settings: Settings, gamma: float, is_upright: bool = False
) -> tuple[Batch, float]:
    """The rollout with its advantages, and the mean entropy of the policy that made it."""
    observations, shape = rollout.observations.reshape(-1, 4), rollout.actions.shape
    next_values = network.forward(rollout.reached.reshape(-1, 4))[1]
    logits, values = network.forward(observations)
    rewards = np.cos(rollout.reached[..., 2]) if is_upright else np.ones(shape, np.float32)
    advantages = gae(
        rewards,
        values.reshape(shape),
        next_values.reshape(shape),
        rollout.terminated,
        rollout.ended,
        gamma,
        settings.gae_lambda,
    )
    advantages = advantages.astype(np.float32).ravel()
    actions = rollout.actions.ravel()
    batch = Batch(
        observations=observations,
        actions=actions,
        old_logprobs=logprobs(logits, actions),
        advantages=normalise(advantages),
        returns=advantages + values,
    )
    return batch, entropy(logits)


def loss_gradient(
    outputs: np.ndarray, batch: Batch, clip_eps: float, value_weight: float
) -> np.ndarray:
    """d loss / d (logits, values), both (B,): the loss is minus the clipped objective, plus
    `value_weight` times the mean squared error of the critic.
    """
    logits, values = outputs
    log_ratio = logprobs(logits, batch.actions) - batch.old_logprobs
    ratio = np.exp(np.minimum(log_ratio, MAX_LOG_RATIO))
    pushed = np.where(batch.advantages > 0, ratio < 1 + clip_eps, ratio > 1 - clip_eps)
    gradient = np.empty_like(outputs)
    # d rho = rho d log pi, and d log pi / d logit = action - P(right)
    gradient[0] = pushed * batch.advantages * ratio * (sigmoid(logits) - batch.actions)
    gradient[1] = 2 * value_weight * (values - batch.returns)
    gradient /= len(logits)
    return gradient
