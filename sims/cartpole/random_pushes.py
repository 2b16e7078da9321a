"""The agent that learns nothing: left or right by a coin. What learning has to beat."""

from collections.abc import Iterator

import numpy as np

from sims.cartpole.environment import Carts, World
from sims.cartpole.policy import CoinPolicy
from sims.cartpole.update import Update

NUM_CARTS = 8
NUM_STEPS = 128  # of each cart, in one update


def updates(world: World, num_steps: int, rng: np.random.Generator) -> Iterator[Update]:
    """One Update for every 1,024 random steps, until `num_steps` are spent."""
    policy, carts, env_steps = CoinPolicy(rng), Carts(NUM_CARTS, rng, world), 0
    while env_steps < num_steps:
        for _ in range(NUM_STEPS):
            carts.step(policy.greedy(carts.state.T))
        env_steps += NUM_CARTS * NUM_STEPS
        yield Update(policy, env_steps, carts.take_finished(), float(np.log(2)), 0.0)
