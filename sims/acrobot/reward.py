"""Rewards for the acrobot: weighed features of what it does, by hand or learned from choices.

    r(state) = w . features(state),    P(clip a beats clip b) = sigmoid(sum r over a - sum r over b)

Christiano et al. (2017) fit a network to the second line, by the loss of Bradley and Terry (1952).
Nine features and a pull of the weights towards 0 can do with a dozen choices; a network could not.
"""

import numpy as np

from sims.acrobot import dynamics

FEATURES = (  # each about as large as the others when the body flips
    "turns, counter-clockwise",
    "turns, either way",
    "knee turns, counter-clockwise",
    "knee turns, either way",
    "body up",
    "tip up",
    "leaning right",
    "stretched",
    "knee bent left",
)
HAND_WRITTEN = {  # what somebody might write who wants flips
    "tip_height": np.array([0.0, 0, 0, 0, 0, 1, 0, 0, 0]),
    "spin": np.array([0.0, 1, 0, 1, 0, 0, 0, 0, 0]),
}
PULL = 1.0  # one prior N(0, 1 / PULL) on each weight
NEWTON_STEPS = 12


def features(states: np.ndarray) -> np.ndarray:
    """FEATURES of states (T, 4, …), averaged over the T steps: shape (…, 9). Turns in 1/s."""
    theta1, theta2, omega1, omega2 = np.moveaxis(states, 1, 0)
    turn, knee = omega1 / (2 * np.pi), omega2 / (2 * np.pi)
    tip = dynamics.tip_height(np.stack([theta1, theta2])) / 2
    posture = (-np.cos(theta1), tip, np.sin(theta1), np.cos(theta2), np.sin(theta2))
    each = (turn, np.abs(turn), knee, np.abs(knee), *posture)
    return np.stack([feature.mean(axis=0) for feature in each], axis=-1)


def fit(differences: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The likeliest weights (F,), by Newton's method.

    `differences` (n, F) of the features of each pair's clips; `labels` (n,): 1 where the first clip
    won, 0 where the second did, 1/2 where the rater could not tell.

        loss = -sum label log p + (1 - label) log (1 - p) + PULL / 2 |w|^2
        p = sigmoid(w . difference / scale), scale = root mean square of each feature's differences

    Scaled, since a body that only swings turns little: unscaled, the pull would hush just that.
    """
    scale = np.sqrt(np.square(differences).mean(axis=0)) + 1e-9
    inputs = differences / scale
    weights = np.zeros(inputs.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (p - labels) + PULL * weights
        curvature = (inputs.T * (p * (1 - p))) @ inputs + PULL * np.eye(len(weights))
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights / scale


def left_out(differences: np.ndarray, labels: np.ndarray) -> float:
    """The share of choices that a reward fitted to all the others predicts; ties count half."""
    if len(labels) < 2:
        return 0.5
    others = ~np.eye(len(labels), dtype=bool)
    margins = [
        differences[k] @ fit(differences[keep], labels[keep]) for k, keep in enumerate(others)
    ]
    return agreement(np.array(margins), labels - 0.5)


def agreement(margins: np.ndarray, truths: np.ndarray) -> float:
    """The share of pairs in which two differences have the same sign; where either is 0, half."""
    return float(0.5 + 0.5 * (np.sign(margins) * np.sign(truths)).mean())
