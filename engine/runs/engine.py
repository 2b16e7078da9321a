"""What the runner asks of an engine: worker processes here, or a cluster that others use too."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from engine.runs.job import Budget, Job
from engine.runs.run import Run, State, Usage

OnFrames = Callable[[str, list[str]], None]  # attempt, JSON texts
OnEnd = Callable[[str, State, str, str, Usage], None]  # attempt, state, message, detail, usage
OnPlace = Callable[[str, int, int], None]  # attempt, position in the queue, seconds to wait


class Engine(Protocol):
    """Where jobs run. `attempt` names one execution; each started one ends exactly once. Both
    callbacks may come from any thread, but never from within `start` or `cancel`."""

    @property
    def capacity(self) -> int: ...

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None: ...

    def start(self, attempt: str, job: Job, budget: Budget) -> None: ...

    def cancel(self, attempt: str, grace: float) -> None: ...

    def close(self) -> None: ...


@runtime_checkable
class SharedEngine(Protocol):
    """An engine with a queue of its own, which others fill as well: it gets every run at once, and
    reports where each stands (0: it runs) and about how many seconds it will wait."""

    @property
    def capacity(self) -> int: ...

    def bind(self, on_frames: OnFrames, on_end: OnEnd) -> None: ...

    def bind_places(self, on_place: OnPlace) -> None: ...

    def submit(self, run: Run) -> None: ...

    def cancel(self, attempt: str, grace: float) -> None: ...

    def close(self) -> None: ...


AnyEngine = Engine | SharedEngine
