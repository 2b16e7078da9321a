"""Takes so much memory and gives it back."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.spec import Frame, param


@dataclass(frozen=True)
class Params:
    megabytes: int = param(10, low=1, high=10_000)
    seed: int = param(0, low=0, high=1000)


def run(params: Params) -> Iterator[Frame]:
    yield {"step": 0, "total": float(np.ones(params.megabytes * 2**17).sum())}
