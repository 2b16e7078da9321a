"""Judging a policy: fresh greedy episodes, all at once, and no longer than the verdict needs."""

import numpy as np

from sims.cartpole import dynamics
from sims.cartpole.environment import World, observe
from sims.cartpole.policy import Policy

SOLVED = 475.0  # Gymnasium's reward threshold: mean return over 100 episodes
STRICT = 495.0  # what our own check asks for: a run stops at its first, maybe lucky, pass
POSE_EVERY = 2  # steps: poses are kept at 25 Hz


def greedy_return(
    policy: Policy,
    num_episodes: int,
    rng: np.random.Generator,
    world: World,
    give_up_below: float = 0.0,
) -> tuple[float, list[list[float]]]:
    """(mean return, poses of the first episode) of `policy` acting greedily from fresh starts.

    Poses are [x, theta] at 25 Hz, metres and radians. As soon as even 500 steps for every pole
    that still stands could not lift the mean to `give_up_below`, the rest is not played: then the
    mean is that of a lower bound, and below the threshold.
    """
    state = dynamics.start_states(rng, num_episodes)
    upright = np.ones(num_episodes, bool)
    total, standing, poses = 0, num_episodes, [_pose(state)]
    for t in range(1, dynamics.MAX_EPISODE_STEPS + 1):
        total += standing  # the step that ends in a fall pays, too
        state = world.step(state, policy.greedy(observe(state)))
        if upright[0] and t % POSE_EVERY == 0:
            poses.append(_pose(state))
        upright &= ~dynamics.fallen(state)
        standing = int(np.count_nonzero(upright))
        best = total + standing * (dynamics.MAX_EPISODE_STEPS - t)
        if standing == 0 or best < give_up_below * num_episodes:
            break
    return total / num_episodes, poses


def is_solved(policy: Policy, rng: np.random.Generator, world: World) -> bool:
    """Whether 100 fresh greedy episodes average at least STRICT."""
    return greedy_return(policy, 100, rng, world, give_up_below=STRICT)[0] >= STRICT


def _pose(state: np.ndarray) -> list[float]:
    return [round(float(state[0, 0]), 3), round(float(state[2, 0]), 3)]
