"""Pure simulations: numbers in, frames out. Nothing here knows of slides, browsers or servers.

As a library for notebooks and scripts:

    import sims

    sims.names()                                  what there is
    sims.params("bandit")                         its parameters, as a pandas table
    sims.columns("bandit")                        what its frames hold
    sims.run("bandit", seeds=range(5))            a pandas table, one row a frame
    sims.sweep("bandit", epsilon=[0.05, 0.2])     over worker processes
    sims.figure(frames)                           a Plotly figure, as a slide draws it
    sims.chart(type="bar", data=…)                a chart with the numbers of a slide
    sims.published("gao_rl")                      numbers of a paper, as a figure

These come from `engine.library`, which is imported when one of them is first used.
"""

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.library import (
        RunFailed,
        chart,
        columns,
        figure,
        names,
        params,
        published,
        run,
        sweep,
    )

__all__ = [
    "RunFailed", "chart", "columns", "figure", "names", "params", "published", "run", "sweep",
]  # fmt: skip


# Folders of simulations that the user trusts (sims/foreign.py): their files are `sims.NAME` too.
__path__ += [one for one in os.environ.get("PRACTICUM_SIMS", "").split(os.pathsep) if one]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sims' has no attribute '{name}'")
    return getattr(importlib.import_module("engine.library"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


if "gymnasium" in sys.modules:  # then its user can make our environments by name
    importlib.import_module("sims.environments")
