"""Yields no frame, in the way that `how` says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sims.spec import Frame, param


@dataclass(frozen=True)
class Params:
    how: str = param("nothing", choices=("nothing", "none", "number"))
    seed: int = param(0, low=0, high=1000)


def run(params: Params) -> Iterator[Frame]:
    answers: dict[str, Any] = {"nothing": iter(()), "none": None, "number": 3}
    return answers[params.how]
