"""What on-policy learning is fed with: a stretch of experience, and what each action was worth."""

from dataclasses import dataclass

import numpy as np

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
    """Generalised advantage estimates (T, N) (Schulman et al., 2016); all arrays are (T, N).

    `next_values` is V of the state that a step reached, before any restart. It counts for nothing
    after a fall, and counts where only the time was up (Pardo et al., 2018); in both cases the
    recursion stops, so that nothing leaks from one episode into another.
    """
    deltas = rewards + gamma * next_values * ~terminated - values
    carry = gamma * gae_lambda * ~ended
    advantages = np.empty_like(deltas)
    following = np.zeros_like(deltas[0])
    for t in range(len(deltas) - 1, -1, -1):
        following = deltas[t] + carry[t] * following
        advantages[t] = following
    return advantages
