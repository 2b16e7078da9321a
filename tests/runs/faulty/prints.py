"""Prints what looks like messages of a worker."""

from collections.abc import Iterator
from dataclasses import dataclass

from sims.spec import Frame, param


@dataclass(frozen=True)
class Params:
    seed: int = param(0, low=0, high=1000)


def run(params: Params) -> Iterator[Frame]:
    print("F {}", flush=True)
    yield {"step": 0}
