"""The library over the simulations of tests/runs/faulty, with a store of its own."""

from pathlib import Path

import pytest

from sims import spec

FAULTY = Path(__file__).parents[1] / "runs" / "faulty"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where finished runs are kept in this test."""
    monkeypatch.setenv("PRACTICUM_CACHE", str(tmp_path))
    return tmp_path / "runs"


@pytest.fixture
def _faulty(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec, "HERE", FAULTY)
