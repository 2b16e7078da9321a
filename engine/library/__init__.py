"""What `import sims` offers beside the simulations: tables, runs and figures of them."""

import importlib
from typing import TYPE_CHECKING, Any

from engine.library.describe import columns, names, params
from engine.library.runs import RunFailed, run, sweep

if TYPE_CHECKING:
    from engine.library.deck_figures import chart, published
    from engine.library.figures import figure

__all__ = [
    "RunFailed", "chart", "columns", "figure", "names", "params", "published", "run", "sweep",
]  # fmt: skip

# Plotly takes half a second, and who asks for numbers needs none of it.
_DRAWN = {"figure": "figures", "chart": "deck_figures", "published": "deck_figures"}


def __getattr__(name: str) -> Any:
    if name not in _DRAWN:
        raise AttributeError(f"module 'engine.library' has no attribute '{name}'")
    return getattr(importlib.import_module(f"engine.library.{_DRAWN[name]}"), name)
