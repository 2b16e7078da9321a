"""Training runs along the three axes of a scaling law, each small enough for a second or two."""

from dataclasses import dataclass

import torch

from sims.pretraining import stack
from sims.pretraining.source import Source
from sims.pretraining.stack import LENGTH, TOKENS_PER_UPDATE

NUM_TEST = 500  # texts


@dataclass(frozen=True)
class Run:
    """Models of one width, as many as `starts`, that read the same text once."""

    width: int
    updates: int
    starts: int  # a small model's loss depends on where it started: means over several do less so

    @property
    def parameters(self) -> int:
        """Weights outside the token tables, as Kaplan et al. (2020) count them."""
        return 12 * self.width**2 + 4 * self.width + LENGTH  # a test holds it to the model's own

    @property
    def data(self) -> int:
        """Tokens that each model reads."""
        return self.updates * TOKENS_PER_UPDATE

    @property
    def compute(self) -> int:
        """FLOPs of training one model: 6 for each parameter and token."""
        return 6 * self.parameters * self.data

    def along(self, axis: str) -> float:
        return float({"parameters": self.parameters, "data": self.data}.get(axis, self.compute))

    def loss(self, source: Source, seed: int) -> float:
        """Nats a token on texts that no run has read, the mean over the random starts."""
        model = stack.fresh(self.width, len(source.pairs), self.starts, seed)
        for _ in stack.train(model, source, self.updates, seed + 1_000_003):
            pass
        generator = torch.Generator().manual_seed(seed + 2_000_003)
        return float(stack.loss(model, source, source.draw(NUM_TEST, LENGTH, generator)).mean())


# The largest last. Along compute, tokens grow as parameters do (Hoffmann et al., 2022).
RUNS = {
    "parameters": tuple(
        Run(width, 400, starts)
        for width, starts in ((5, 3), (7, 3), (10, 3), (14, 2), (20, 2), (28, 1), (40, 1))
    ),
    "data": tuple(
        Run(40, updates, starts)
        for updates, starts in ((60, 2), (90, 2), (135, 2), (200, 1), (300, 1), (450, 1), (675, 1))
    ),
    "compute": (
        Run(10, 80, 3), Run(12, 115, 3), Run(14, 157, 3), Run(17, 231, 2), Run(20, 320, 2),
        Run(24, 461, 1), Run(30, 720, 1),
    ),
}  # fmt: skip
