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


def run(params: Params) -> Iterator[Frame]:
    for step in range(5):
        yield {"step": step, "value": 0.0}
    value: Any = 0.0
    match params.how:
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
            value = np.ones(10**12)
        case "nan":
            value = float("nan")
        case "nested_inf":
            value = np.array([1.0, np.inf])
        case "function":
            value = run
        case "cycle":
            value = []
            value.append(value)
        case "huge":
            value = "x" * 2_000_000
        case "keys":
            yield {"step": 5, "other": 0.0}
        case "step":
            yield {"step": 7, "value": 0.0}
        case "list":
            yield [5, 0.0]  # type: ignore[misc]
    yield {"step": 5, "value": value}
