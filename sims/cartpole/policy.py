"""What a trained agent leaves behind: something that looks at carts and pushes."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


class Policy(Protocol):
    """Anything that chooses a push for what it sees."""

    def greedy(self, observations: np.ndarray) -> np.ndarray:
        """Observations (B, 4) -> actions (B,), integers: 0 pushes left, 1 pushes right."""
        ...

    def predict(
        self,
        observation: np.ndarray,
        state: Any = None,
        episode_start: np.ndarray | None = None,
        deterministic: bool = True,
    ) -> tuple[np.ndarray, Any]:
        """As stable-baselines3 has it, so that its `evaluate_policy` takes these policies."""
        ...


class Predicts:
    """Gives a policy with `greedy` the `predict` of stable-baselines3."""

    def predict(
        self: Any,
        observation: np.ndarray,
        state: Any = None,
        episode_start: np.ndarray | None = None,
        deterministic: bool = True,
    ) -> tuple[np.ndarray, Any]:
        """Observation (n,) -> action (), or (B, n) -> (B,); the greedy one, and `state` as it is:
        these policies remember nothing."""
        seen = np.asarray(observation)
        actions = self.greedy(seen[None] if seen.ndim == 1 else seen)
        return (actions[0] if seen.ndim == 1 else actions), state


@dataclass(frozen=True, eq=False)
class NetworkPolicy(Predicts):
    """A tanh network with one logit; with a single layer it is a linear policy.

    `layers` are (matrix (m, n), bias (n,)) from input to output; P(right) = sigmoid(logit).
    """

    layers: tuple[tuple[np.ndarray, np.ndarray], ...]

    def logits(self, observations: np.ndarray) -> np.ndarray:
        """Observations (B, 4) -> logits (B,) of pushing right."""
        values = np.asarray(observations, np.float32)
        for matrix, bias in self.layers[:-1]:
            values = values @ matrix
            values += bias
            np.tanh(values, out=values)
        matrix, bias = self.layers[-1]
        return (values @ matrix + bias)[..., 0]

    def greedy(self, observations: np.ndarray) -> np.ndarray:
        return (self.logits(observations) > 0).astype(np.int64)


class CoinPolicy(Predicts):
    """Left or right with equal chance, whatever it sees."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def greedy(self, observations: np.ndarray) -> np.ndarray:
        return self.rng.integers(2, size=len(observations))


def linear_policy(gains: np.ndarray) -> NetworkPolicy:
    """Push right where gains . observation > 0; `gains` has shape (4,)."""
    matrix = np.asarray(gains, np.float32).reshape(4, 1)
    return NetworkPolicy(((matrix, np.zeros(1, np.float32)),))
