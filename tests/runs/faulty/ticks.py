"""A well-behaved simulation: counts, at a given pace, and draws from its seed.

Where the variable TICKS_GATE names a file, it counts slowly from step 12 on until that file exists:
a test does meanwhile what it must do before the end, however slow the machine is.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sims.spec import Frame, param


@dataclass(frozen=True)
class Params:
    num_steps: int = param(20, low=1, high=100_000, step=1)
    delay: float = param(0.0, low=0.0, high=10.0, unit="s", help="pause before each frame")
    size: int = param(3, low=0, high=1_000_000, help="numbers in the list of each frame")
    scale: float = param(1.0)
    mode: str = param("plain", choices=("plain", "fancy"))
    seed: int = param(0, low=0, high=1000, step=1)


def run(params: Params) -> Iterator[Frame]:
    gate = os.environ.get("TICKS_GATE")
    rng = np.random.default_rng(params.seed)
    for step in range(params.num_steps):
        is_held = gate and step >= 12 and not Path(gate).exists()
        time.sleep(1.0 if is_held else params.delay)
        values = rng.normal(size=params.size) * params.scale
        yield {
            "step": np.int64(step),
            "value": np.float32(0.5),
            "values": values,
            "progress": (step + 1) / params.num_steps,
        }
