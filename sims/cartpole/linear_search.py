"""Hill climbing on linear policies: no gradient, only trying.

A policy is four weights w and pushes right where w . observation > 0. In each batch the best so far
plays against neighbours, w plus noise, and the winner is kept. That this works says how easy the
task is, not how good the method.
"""

from collections.abc import Iterator

import numpy as np

from sims.cartpole import dynamics
from sims.cartpole.environment import World
from sims.cartpole.policy import linear_policy
from sims.cartpole.update import Update

NUM_CANDIDATES = 8  # of one batch
NUM_EPISODES = 4  # that each of them plays


def updates(world: World, num_steps: int, rng: np.random.Generator) -> Iterator[Update]:
    """One Update for every batch of candidates, until `num_steps` environment steps are spent."""
    best, env_steps = np.zeros(4), 0
    while env_steps < num_steps:
        candidates = best + rng.standard_normal((NUM_CANDIDATES, 4))
        candidates[-1] = best  # plays again, and loses a tie: luck must not keep the title for ever
        returns = play(world, candidates, rng)
        env_steps += int(returns.sum())
        best = candidates[returns.mean(axis=1).argmax()]
        yield Update(linear_policy(best), env_steps, returns.ravel().tolist(), 0.0, 0.0)


def play(world: World, candidates: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns (C, NUM_EPISODES) of the linear policies `candidates` (C, 4), all at once."""
    weights = np.repeat(candidates, NUM_EPISODES, axis=0).T
    state = dynamics.start_states(rng, weights.shape[1])
    running = np.ones(weights.shape[1], bool)
    returns = np.zeros(weights.shape[1], np.int64)
    while running.any() and returns.max() < dynamics.MAX_EPISODE_STEPS:
        returns += running
        state = world.step(state, (weights * state).sum(axis=0) > 0)
        running &= ~dynamics.fallen(state)
    return returns.reshape(len(candidates), NUM_EPISODES)
