"""Policies for the acrobot, many side by side, and a search that needs no gradient.

A policy weighs nine things that it sees and turns the motor one way, the other, or not at all. The
cross-entropy method (Rubinstein, 1999) draws policies from a normal distribution, keeps the best of
them, and moves the distribution there.
"""

from collections.abc import Callable

import numpy as np

from sims.acrobot import dynamics

NUM_WEIGHTS = 9
GAIN = 3.0  # how far the motor leans on the weighted sum: beyond +-0.18 it is on
NUM_STEPS = 150  # of one episode: 30 s

POPULATION = 100  # policies tried in one generation
NUM_STARTS = 2  # episodes that each of them plays
NUM_ELITE = 8  # of them shape the next generation
NUM_REPLAYS = 8  # further episodes of each of these, to tell the good from the lucky
LEAST_SPREAD = 0.15  # of a weight: else the search would stop looking around
NEW_SPREAD = 0.5  # and at least this when the reward has changed

Score = Callable[[np.ndarray], np.ndarray]  # states (T, 4, N) -> how good each episode is, (N,)


class Search:
    """A normal distribution over policies, its `best` policy so far, and what was tried.

    `episodes` are the generations since the reward changed, the last one last: each is an array of
    states (NUM_STEPS + 1, 4, POPULATION * NUM_STARTS).
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.mean, self.spread = np.zeros(NUM_WEIGHTS), np.ones(NUM_WEIGHTS)
        self.best = self.mean
        self.num_anew = 0  # policies of the next generation that come from where the search began
        self.episodes = [rollouts(self._draw(), NUM_STARTS, rng)]

    def look_around(self) -> None:
        """The reward has changed, and what it likes may be elsewhere: try half anew."""
        self.spread = np.maximum(self.spread, NEW_SPREAD)
        self.num_anew = POPULATION // 2
        self.episodes = []

    def generation(self, score: Score) -> None:
        """Try POPULATION policies, move towards the best of them, and name the best."""
        drawn = self._draw()
        states = rollouts(drawn, NUM_STARTS, self.rng)
        self.episodes.append(states)
        scores = score(states).reshape(-1, NUM_STARTS).mean(axis=1)
        elite = drawn[np.argsort(-scores)[:NUM_ELITE]]
        self.mean, self.spread = elite.mean(axis=0), elite.std(axis=0) + LEAST_SPREAD
        # a good episode may be luck, and the mean of good policies need not be good
        replays = score(rollouts(elite, NUM_REPLAYS, self.rng)).reshape(-1, NUM_REPLAYS)
        self.best = elite[replays.mean(axis=1).argmax()]

    def _draw(self) -> np.ndarray:
        drawn = self.mean + self.spread * self.rng.standard_normal((POPULATION, NUM_WEIGHTS))
        drawn[0] = self.best
        if self.num_anew:
            drawn[-self.num_anew :] = self.rng.standard_normal((self.num_anew, NUM_WEIGHTS))
            self.num_anew = 0
        return drawn


def torques(policies: np.ndarray, states: np.ndarray) -> np.ndarray:
    """What each policy (N, NUM_WEIGHTS) does in its own state (4, N): one of TORQUES, (N,)."""
    return np.rint(np.tanh(GAIN * (policies * observe(states)).sum(axis=1)))


def observe(states: np.ndarray) -> np.ndarray:
    """What a policy sees of states (4, N): directions of both rods and of the bend between them,
    both speeds brought to about that size, and a constant; (N, NUM_WEIGHTS)."""
    theta1, theta2, omega1, omega2 = states
    angles = np.stack([theta1, theta2, theta1 + theta2])
    rest = np.stack([omega1 / 6, omega2 / 12, np.ones_like(theta1)])
    return np.concatenate([np.cos(angles), np.sin(angles), rest]).T


def rollouts(policies: np.ndarray, num_starts: int, rng: np.random.Generator) -> np.ndarray:
    """Every policy (P, NUM_WEIGHTS) plays `num_starts` episodes from hanging, all side by side:
    states (NUM_STEPS + 1, 4, P * num_starts), a policy's own episodes next to each other."""
    policies = np.repeat(policies, num_starts, axis=0)
    states = np.empty((NUM_STEPS + 1, 4, len(policies)))
    states[0] = dynamics.start_states(rng, len(policies))
    for k in range(NUM_STEPS):
        states[k + 1] = dynamics.step(states[k], torques(policies, states[k]))
    return states
