"""What on-policy learning is fed with: a stretch of experience, and what each action was worth."""

from dataclasses import dataclass

import numpy as np

from sims import advantages
from sims.cartpole.environment import Carts
from sims.cartpole.policy import NetworkPolicy


@dataclass(frozen=True, eq=False)
class Rollout:
    """T steps of N carts, time first: arrays (T, N), observations (T, N, 4) float32."""

    observations: np.ndarray
    actions: np.ndarray
    reached: np.ndarray  # the observation after each step, BEFORE any restart
    terminated: np.ndarray
    ended: np.ndarray  # terminated or truncated


def collect(
    carts: Carts, policy: NetworkPolicy, num_steps: int, rng: np.random.Generator
) -> Rollout:
    """Let `policy` drive the carts for `num_steps` steps each, from wherever they are."""
    shape = (num_steps, len(carts.lengths))
    observations, reached = (np.empty((*shape, 4), np.float32) for _ in range(2))
    actions, terminated, ended = (np.empty(shape, bool) for _ in range(3))
    # u < sigmoid(logit) is logit(u) < logit: so the coins of all steps can be drawn at once
    uniform = rng.random(shape)
    thresholds = np.log(uniform / (1 - uniform))
    for t in range(num_steps):
        observations[t] = carts.state.T
        actions[t] = policy.logits(observations[t]) > thresholds[t]
        after, terminated[t], truncated = carts.step(actions[t])
        reached[t], ended[t] = after.T, terminated[t] | truncated
    return Rollout(observations, actions, reached, terminated, ended)


def gae(
    rewards: np.ndarray,
    values: np.ndarray,
    next_values: np.ndarray,
    terminated: np.ndarray,
    ended: np.ndarray,
    gamma: float,
    gae_lambda: float,
) -> np.ndarray:
    """`sims.advantages.gae` of arrays (T, N), time first; `ended` is terminated or truncated."""
    rows = (rewards.T, values.T, next_values.T, terminated.T, ended.T)
    return advantages.gae(*rows, gamma, gae_lambda).T
