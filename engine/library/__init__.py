"""What `import sims` offers beside the simulations: tables, runs and figures of them."""

from engine.library.describe import columns, names, params
from engine.library.runs import RunFailed, run, sweep

__all__ = ["RunFailed", "columns", "names", "params", "run", "sweep"]
