"""Climbs to a height and comes down again; with an odd seed it may stay up, or break off."""

from collections.abc import Iterator
from dataclasses import dataclass

from sims.spec import Frame, column, param


@dataclass(frozen=True)
class Params:
    height: float = param(3.0, low=0.0, high=100.0)
    odd: str = param("same", choices=("same", "stays", "breaks", "exits"))
    seed: int = param(0, low=0, high=1000, step=1)


class Columns:
    height: float = column("above the ground", unit="m")
    mood: str = column("how it feels")
    steep: float = column("of the way", when={"odd": ("stays",)})


def run(params: Params) -> Iterator[Frame]:
    odd = params.odd if params.seed % 2 else "same"
    for step in range(5):
        if odd == "breaks" and step == 2:
            raise ValueError("the rope is too short")
        if odd == "exits" and step == 2:
            raise SystemExit
        way = step if odd == "stays" else 2 - abs(2 - step)
        frame: Frame = {"step": step, "height": params.height * way / 2, "mood": "calm"}
        if params.odd == "stays":
            frame["steep"] = 1.0
        yield frame | {"progress": (step + 1) / 5}
