"""The runner of this process, for the pages that Streamlit runs: that of the live socket."""

import functools

from engine.runs.results.store import Results
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine

_served: list[Runner] = []  # at most one: a process has one server


def serve_with(runner: Runner | None) -> None:
    """From now on this is the runner of the process; None: there is none any more."""
    _served[:] = [runner] if runner else []


def the_runner() -> Runner:
    """The server's; where a page runs without our server, as in a test, one of its own."""
    return _served[0] if _served else _own()


@functools.cache
def _own() -> Runner:
    return Runner(LocalEngine(1, num_spares=0, preload=()), results=Results())
