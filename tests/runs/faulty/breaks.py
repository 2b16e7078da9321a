"""Goes wrong at step 5, in the way that `how` says. The first five frames are sound."""

import ctypes
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sims.spec import Frame, param


@dataclass(frozen=True)
class Params:
    how: str = param("raise")
    seed: int = param(0, low=0, high=1000)


class Wordless(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def run(params: Params) -> Iterator[Frame]:
    for step in range(5):
        yield {"step": step, "value": 0.0}
    end(params.how)
    if params.how == "recursion":
        yield from run(params)
    yield STEPS.get(params.how) or {"step": 5, "value": values().get(params.how, 0.0)}


def end(how: str) -> None:
    """Do not come to the sixth frame, in the way that `how` says."""
    match how:
        case "raise":
            raise ValueError("beta went below zero")
        case "exit":
            sys.exit(0)
        case "os_exit":
            os._exit(3)
        case "segfault":
            print("about to read address 0", file=sys.stderr)
            ctypes.string_at(0)
        case "memory":
            np.ones(10**12)
        case "words":
            raise Wordless
        case "long_words":
            raise ValueError("x" * 10_000_000)
        case "base_exception":
            raise BaseException("stop everything")
        case "generator_exit":
            raise GeneratorExit
        case "input":
            input("what now? ")


# Sixth frames that are none.
STEPS: dict[str, Any] = {
    "true_step": {"step": "5", "value": 0.0},
    "keys": {"step": 5, "other": 0.0},
    "step": {"step": 7, "value": 0.0},
    "list": [5, 0.0],
}


def values() -> dict[str, Any]:
    """Values of a sixth frame that is refused."""
    cycle: list[Any] = []
    cycle.append(cycle)
    return {
        "nan": float("nan"),
        "nested_inf": np.array([1.0, np.inf]),
        "function": run,
        "cycle": cycle,
        "huge": "x" * 2_000_000,
        "million": [0.5] * 1_000_000,
        "digits": 10**5000,
        "complex": np.complex64(1j),
    }
