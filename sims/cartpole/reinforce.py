"""REINFORCE (Williams, 1992): push up the log-probability of what was followed by high return.

    grad J = E[ sum_t (G_t - b_t) grad log pi(a_t | s_t) ],    G_t = r_t + gamma G_t+1

One update plays a batch of whole episodes and makes one step. Without a baseline, b = 0: every
action is pushed up, since every return is positive, and only the differences teach. The baseline
is the mean return at the same time step of the OTHER episodes (leave one out: Kool et al., 2019).
It knows nothing of a_t, so the expected step stays the same and only its variance falls. As usual,
the factor gamma^t that a discounted J asks for is left out; with gamma = 1 the formula is exact.
"""

from collections.abc import Iterator

import numpy as np

from sims.cartpole import dynamics
from sims.cartpole.environment import World, observe
from sims.cartpole.network import Adam, Network, entropy, sigmoid
from sims.cartpole.policy import NetworkPolicy
from sims.cartpole.update import Update

NUM_EPISODES = 16  # of one update
LEARNING_RATE = 0.02  # of Adam
HIDDEN = (16,)


def updates(
    world: World,
    use_baseline: bool,
    learning_rate: float,
    gamma: float,
    num_steps: int,
    rng: np.random.Generator,
) -> Iterator[Update]:
    """One Update for every batch of episodes, until `num_steps` environment steps are spent."""
    network = Network(rng, HIDDEN, output_gains=(0.01,))
    adam = Adam(network, max_grad_norm=np.inf)
    env_steps = 0
    while env_steps < num_steps:
        observations, actions, alive = play(world, network.policy(), NUM_EPISODES, rng)
        env_steps += int(np.count_nonzero(alive))
        worth = returns_to_go(alive, gamma)
        if use_baseline:
            worth -= leave_one_out(worth, alive)

        logits = network.forward(observations[alive])[0]  # only the steps that were played
        network.backward(loss_gradient(logits, actions[alive], worth[alive])[None])
        adam.step(learning_rate)

        returns = np.count_nonzero(alive, axis=0).tolist()
        yield Update(network.policy(), env_steps, returns, entropy(logits), learning_rate)


def play(
    world: World, policy: NetworkPolicy, num_episodes: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sampled episodes from start to end: observations (T, N, 4), actions (T, N), alive (T, N).

    `alive[t, i]` says that episode i still ran at step t; the step of the fall counts.
    """
    state = dynamics.start_states(rng, num_episodes)
    running = np.ones(num_episodes, bool)
    observations, actions, alive = [], [], []
    while running.any() and len(alive) < dynamics.MAX_EPISODE_STEPS:
        seen = observe(state)
        action = rng.random(num_episodes) < sigmoid(policy.logits(seen))
        state = world.step(state, action)
        observations.append(seen)
        actions.append(action)
        alive.append(running)
        running = running & ~dynamics.fallen(state)
    return np.array(observations), np.array(actions), np.array(alive)


def loss_gradient(logits: np.ndarray, actions: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """d loss / d logit (B,) for loss = -sum of worth * log pi(action) / NUM_EPISODES.

    d log pi / d logit = action - P(right), whatever the action.
    """
    return ((sigmoid(logits) - actions) * worth / NUM_EPISODES).astype(np.float32)


def returns_to_go(alive: np.ndarray, gamma: float) -> np.ndarray:
    """G (T, N): discounted reward from each step to its episode's end; 0 after the end."""
    returns = np.zeros(alive.shape)
    following = np.zeros(alive.shape[1])
    for t in range(len(alive) - 1, -1, -1):
        following = returns[t] = alive[t] * (1 + gamma * following)
    return returns


def leave_one_out(returns: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """For each episode and step, the mean return-to-go of the others that still ran (else 0)."""
    others = alive.sum(axis=1, keepdims=True) - alive
    total = returns.sum(axis=1, keepdims=True) - returns
    return total / np.maximum(others, 1)
