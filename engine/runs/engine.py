"""What the runner asks of an engine: worker processes here, or a cluster that others use too."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from engine.runs.job import Budget, Job
from engine.runs.run import Run, State, Usage


class Engine(Protocol):
    """Where jobs run. `attempt` names one execution; each started one ends exactly once."""

    @property
    def capacity(self) -> int: ...

    def bind(
        self,
        on_frames: Callable[[str, list[str]], None],
        on_end: Callable[[str, State, str, str, Usage], None],
    ) -> None: ...

    def start(self, attempt: str, job: Job, budget: Budget) -> None: ...

    def cancel(self, attempt: str, grace: float) -> None: ...

    def close(self) -> None: ...


@runtime_checkable
class SharedEngine(Engine, Protocol):
    """An engine with a queue of its own, which others fill as well: it gets every run at once, and
    says where each stands (0: it runs) and about how many seconds it will wait."""

    def bind_places(self, on_place: Callable[[str, int, int], None]) -> None: ...

    def submit(self, run: Run) -> None: ...
