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
        case "million":
            value = [0.5] * 1_000_000
        case "digits":
            value = 10**5000
        case "complex":
            value = np.complex64(1j)
        case "true_step":
            yield {"step": "5", "value": 0.0}
        case "words":
            raise Wordless
        case "long_words":
            raise ValueError("x" * 10_000_000)
        case "base_exception":
            raise BaseException("stop everything")
        case "generator_exit":
            raise GeneratorExit
        case "recursion":
            return (yield from run(params))
        case "input":
            input("what now? ")
        case "keys":
            yield {"step": 5, "other": 0.0}
        case "step":
            yield {"step": 7, "value": 0.0}
        case "list":
            yield [5, 0.0]  # type: ignore[misc]
    yield {"step": 5, "value": value}
