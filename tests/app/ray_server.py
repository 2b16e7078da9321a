"""`practicum serve --runner ray` as a script, over the simulations of tests/runs/faulty."""

import functools
import sys
from pathlib import Path

from engine import cli
from engine.runs.cluster import engine as cluster
from sims import spec

RUNS = Path(__file__).resolve().parents[1] / "runs"

if __name__ == "__main__":
    spec.HERE = RUNS / "faulty"
    options = {"package": "faulty", "path": [str(RUNS)], "preload": []}
    cluster.HubPlan = functools.partial(cluster.HubPlan, engine=options)  # type: ignore[misc]
    sys.exit(cli.main())
