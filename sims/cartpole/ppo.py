"""Proximal policy optimisation (Schulman et al., 2017) with GAE (Schulman et al., 2016).

From a rollout of the present policy, with ratio rho = pi / pi_old, a few epochs of ascent on

    min(rho A, clip(rho, 1 - eps, 1 + eps) A)

which has no gradient where a step would carry rho further out than eps. A critic V supplies
    delta_t = r_t + gamma V(s_t+1) - V(s_t),    A_t = delta_t + gamma lambda A_t+1.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.cartpole.environment import Carts, World, observe
from sims.cartpole.network import Adam, Network, entropy, logprobs, sigmoid
from sims.cartpole.policy import NetworkPolicy
from sims.cartpole.update import Update


@dataclass(frozen=True)
class Settings:
    """One set of hyperparameters; learning rate and clip range fall linearly to 0 if `anneal`."""

    num_envs: int
    rollout_steps: int
    num_epochs: int
    num_minibatches: int
    learning_rate: float
    gae_lambda: float
    hidden: tuple[int, ...]
    anneal: bool
    observation_scale: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    clip_eps: float = 0.2
    value_weight: float = 0.5
    max_grad_norm: float = 0.5


PRESETS = {
    # rl-baselines3-zoo, hyperparams/ppo.yml, CartPole-v1, over 100,000 steps
    "zoo": Settings(8, 32, 20, 1, 0.001, 0.8, (64, 64), anneal=True),
    "fast": Settings(8, 64, 8, 4, 0.01, 0.95, (64,), anneal=False),
}


@dataclass(frozen=True, eq=False)
class Rollout:
    """`rollout_steps` x `num_envs` steps, time first: arrays (T, N) or (T, N, 4)."""

    observations: np.ndarray
    reached: np.ndarray  # the observation after each step, before any restart
    actions: np.ndarray
    terminated: np.ndarray
    ended: np.ndarray  # terminated or truncated


def updates(
    world: World,
    settings: Settings,
    learning_rate: float,
    gamma: float,
    num_steps: int,
    rng: np.random.Generator,
) -> Iterator[Update]:
    """One Update for every rollout, until `num_steps` environment steps are spent."""
    learning_rate *= settings.learning_rate
    network = Network(rng, settings.hidden, output_gains=(0.01, 1.0))
    adam = Adam(network, settings.max_grad_norm)
    carts = Carts(settings.num_envs, rng, world)
    env_steps, batch = 0, settings.num_envs * settings.rollout_steps
    while env_steps < num_steps:
        left = 1 - env_steps / num_steps if settings.anneal else 1.0
        rollout = collect(carts, network.policy(settings.observation_scale), settings.rollout_steps, rng)
        env_steps += batch
        mean_entropy = improve(network, adam, rollout, settings, gamma, left, learning_rate, rng)
        returns, carts.finished = carts.finished, []
        yield Update(network.policy(settings.observation_scale), env_steps, returns, mean_entropy, learning_rate * left)


def collect(carts: Carts, policy: NetworkPolicy, num_steps: int, rng: np.random.Generator) -> Rollout:
    shape = (num_steps, len(carts.lengths))
    observations, reached = (np.empty((*shape, 4), np.float32) for _ in range(2))
    actions, terminated, ended = (np.empty(shape, bool) for _ in range(3))
    # P(u < sigmoid(z)) = P(logit(u) < z): the coins of the whole rollout, drawn at once
    uniform = rng.random(shape)
    thresholds = np.log(uniform / (1 - uniform))
    for t in range(num_steps):
        observations[t] = carts.state.T
        actions[t] = policy.logits(observations[t]) > thresholds[t]
        after, fell, cut = carts.step(actions[t])
        reached[t], terminated[t], ended[t] = after.T, fell, fell | cut
    return Rollout(observations, reached, actions, terminated, ended)


def improve(
    network: Network,
    adam: Adam,
    rollout: Rollout,
    settings: Settings,
    gamma: float,
    left: float,
    learning_rate: float,
    rng: np.random.Generator,
) -> float:
    """All epochs over one rollout; returns the mean entropy of the policy that made it."""
    scale = np.array(settings.observation_scale, np.float32)
    observations = rollout.observations.reshape(-1, 4) * scale
    actions, shape = rollout.actions.ravel(), rollout.actions.shape
    next_values = network.forward(rollout.reached.reshape(-1, 4) * scale)[1].reshape(shape)
    logits, values = network.forward(observations)
    advantages = gae(values.reshape(shape), next_values, rollout.terminated, rollout.ended, gamma, settings.gae_lambda)
    advantages = advantages.ravel().astype(np.float32)
    returns = advantages + values
    old = logprobs(logits, actions)
    scaled = normalised(advantages)
    clip = settings.clip_eps * left
    batch = len(actions)
    size = batch // settings.num_minibatches
    data = observations, actions, old, scaled, returns
    for _ in range(settings.num_epochs):
        if settings.num_minibatches > 1:
            order = rng.permutation(batch)
            data = tuple(x[order] for x in data)
        for start in range(0, batch, size):
            obs, *rest = (x[start : start + size] for x in data)
            outputs = network.forward(obs)
            network.backward(loss_gradient(outputs, *rest, clip, settings.value_weight))
            adam.step(learning_rate * left)
    return entropy(logits)


def loss_gradient(outputs, actions, old, advantages, returns, clip, value_weight) -> np.ndarray:
    logits, values = outputs
    ratio = np.exp(logprobs(logits, actions) - old)
    moving = np.where(advantages > 0, ratio < 1 + clip, ratio > 1 - clip)
    gradient = np.empty_like(outputs)
    gradient[0] = moving * advantages * ratio * (sigmoid(logits) - actions)
    gradient[1] = 2 * value_weight * (values - returns)
    gradient /= len(actions)
    return gradient


def normalised(advantages: np.ndarray) -> np.ndarray:
    centred = advantages - advantages.mean()
    return centred / (np.sqrt(centred @ centred / len(centred)) + np.float32(1e-8))


def gae(values, next_values, terminated, ended, gamma, gae_lambda) -> np.ndarray:
    deltas = 1 + gamma * next_values * ~terminated - values
    carry = gamma * gae_lambda * ~ended
    advantages = np.empty_like(deltas)
    following = np.zeros_like(deltas[0])
    for t in range(len(deltas) - 1, -1, -1):
        following = deltas[t] + carry[t] * following
        advantages[t] = following
    return advantages
