"""Stops yielding after two frames, in the way that `how` says, and never comes back."""

import ctypes
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.spec import Frame, param


@dataclass(frozen=True)
class Params:
    how: str = param("python")
    seed: int = param(0, low=0, high=1000)


def run(params: Params) -> Iterator[Frame]:
    for step in range(2):
        yield {"step": step}
    match params.how:
        case "python":
            while True:
                pass
        case "c":  # long calls that release the GIL
            matrix = np.ones((1500, 1500))
            while True:
                matrix = matrix @ matrix * 0.0
        case "gil":  # PyDLL, unlike CDLL, keeps the GIL while the call sleeps
            ctypes.PyDLL(None).sleep(10_000)
        case "swallow":
            while True:
                try:
                    time.sleep(0.05)
                except BaseException:
                    continue  # this simulation refuses every way to end it but a kill
        case "generator_exit":
            try:
                while True:
                    yield {"step": step + 1}
                    step += 1
                    time.sleep(0.01)
            finally:
                time.sleep(10_000)
