"""Runners over real worker processes that run the simulations of tests/runs/faulty."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runs.job import Budget, Job
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _faulty_sims(monkeypatch: pytest.MonkeyPatch) -> None:
    """In these tests the folder of simulations is `faulty`."""
    monkeypatch.setattr(spec, "HERE", HERE / "faulty")


@pytest.fixture
def engine() -> Callable[..., LocalEngine]:
    def make(num_workers: int = 1, **options: Any) -> LocalEngine:
        options = {"preload": (), "package": "faulty", "path": [str(HERE)]} | options
        return LocalEngine(num_workers, **options)

    return make


@pytest.fixture
def make_runner(engine: Callable[..., LocalEngine]) -> Iterator[Callable[..., Runner]]:
    made = []

    def make(num_workers: int = 1, *, limits: dict[str, Any] | None = None, **options: Any):
        runner = Runner(engine(num_workers, **(limits or {})), **options)
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


@pytest.fixture
def runner(make_runner: Callable[..., Runner]) -> Runner:
    return make_runner()


class FakeEngine:
    """An engine whose jobs do what the test says, when it says so."""

    def __init__(self, capacity: int = 1) -> None:
        self.capacity = capacity
        self.started: list[tuple[str, Job]] = []
        self.budgets: list[Budget] = []
        self.cancelled: list[str] = []

    def bind(self, on_frames: Callable[..., None], on_end: Callable[..., None]) -> None:
        self.yields, self.ends = on_frames, on_end

    def start(self, attempt: str, job: Job, budget: Budget) -> None:
        self.started.append((attempt, job))
        self.budgets.append(budget)

    def cancel(self, attempt: str, grace: float) -> None:
        self.cancelled.append(attempt)

    def close(self) -> None:
        for attempt, _ in self.started:
            self.ends(attempt, "lost", "The server was stopped.", "", {})


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def fake_runner(fake: FakeEngine) -> Iterator[Callable[..., Runner]]:
    made = []

    def make(**options: Any) -> Runner:
        made.append(Runner(fake, **options))
        return made[-1]

    yield make
    for runner in made:
        runner.close()
