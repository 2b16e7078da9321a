"""A ledger in a folder of its own, over the toy simulations beside this file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.claims.ledger import Ledger, load
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec

HERE = Path(__file__).parent


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this test the folder of simulations is `toys`."""
    monkeypatch.setattr(spec, "HERE", HERE / "toys")


@pytest.fixture
def written(tmp_path: Path, toys: None) -> Callable[[str], Ledger]:
    def make(text: str) -> Ledger:
        path = tmp_path / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return make


def make() -> Iterator[Runner]:
    made = Runner(LocalEngine(2, preload=(), package="toys", path=[str(HERE)]))
    yield made
    made.close()


runner = pytest.fixture(make)
shared_runner = pytest.fixture(make, scope="module")  # a fault in one run harms none that follows
