"""What `import sims` offers beside the simulations: tables, runs and figures of them."""

import importlib
from typing import TYPE_CHECKING, Any

from engine.library.describe import columns, names, params
from engine.library.runs import RunFailed, run, sweep

if TYPE_CHECKING:
    from engine.library.figures import figure

__all__ = ["RunFailed", "columns", "figure", "names", "params", "run", "sweep"]


def __getattr__(name: str) -> Any:
    if name != "figure":  # Plotly takes half a second, and who asks for numbers needs none of it
        raise AttributeError(f"module 'engine.library' has no attribute '{name}'")
    return importlib.import_module("engine.library.figures").figure
