"""Clips: short pieces of what acrobots did, in pairs for a rater, and as poses for the eye."""

import numpy as np

from sims.acrobot import dynamics, reward

CLIP_STEPS = 15  # 3 s
POSES_A_STEP = 5  # 25 a second, as the page draws them
CHOICES = 4  # random pairs of which the one that differs most is asked about


def draw(states: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Random clips (CLIP_STEPS + 1, 4, count) of episodes (T, 4, N), each from one of them."""
    start = rng.integers(0, len(states) - CLIP_STEPS, count)
    which = rng.integers(0, states.shape[2], count)
    times = start + np.arange(CLIP_STEPS + 1)[:, None]
    return np.moveaxis(states[times, :, which], 2, 1)


def pairs(
    states: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of clips, the n-th of one against the n-th of the other, easy to tell apart.

    Of CHOICES random pairs the one is taken whose features differ most: nobody can say which of two
    bodies hangs better.
    """
    first, second = (draw(states, count * CHOICES, rng) for _ in range(2))
    apart = np.linalg.norm(reward.features(first) - reward.features(second), axis=1)
    best = apart.reshape(count, CHOICES).argmax(axis=1) + CHOICES * np.arange(count)
    return first[..., best], second[..., best]


def turns(states: np.ndarray) -> np.ndarray:
    """Counter-clockwise turns of the first rod, first to last state: (T, 4, N) -> (N,)."""
    return (states[-1, 0] - states[0, 0]) / (2 * np.pi)


def poses(states: np.ndarray) -> list[list[float]]:
    """[theta1, theta2] (rad) at 25 Hz of one body's states (T, 4).

    Between two steps runs the cubic that has the angles and the speeds of both (Hermite).
    """
    angles, slopes = states[:, :2], states[:, 2:] * dynamics.TIME_STEP
    part = (np.arange(POSES_A_STEP) / POSES_A_STEP)[:, None]
    a, b, u, v = (each[:, None] for each in (angles[:-1], angles[1:], slopes[:-1], slopes[1:]))
    bent = part * (1 - part) * ((1 - part) * (u - (b - a)) - part * (v - (b - a)))
    between = a + part * (b - a) + bent
    path = np.concatenate([between.reshape(-1, 2), angles[-1:]])
    return np.round(path - 2 * np.pi * np.round(path[0] / (2 * np.pi)), 3).tolist()
