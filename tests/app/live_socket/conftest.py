"""The live socket over a real runner, whose worker runs the simulations of tests/runs/faulty."""

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient

from engine.app.socket import connection
from engine.app.socket.live import Live
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims import spec
from tests.waiting import PATIENCE

from .messages import RUNS


@pytest.fixture
def runner(monkeypatch):
    monkeypatch.setattr(spec, "HERE", RUNS / "faulty")
    # Its processes start with the first run: most tests make none.
    options = {"package": "faulty", "path": [str(RUNS)], "start_after": PATIENCE}
    runner = Runner(LocalEngine(1, preload=(), **options), grace=0.3)
    yield runner
    runner.close()


@pytest.fixture
def live(runner, monkeypatch):
    monkeypatch.setattr(connection, "BEAT_SECONDS", PATIENCE)  # on a busy machine, no beat between
    return Live(runner)


@pytest.fixture
def client(live):
    app = Starlette(routes=[WebSocketRoute("/api/live", live.endpoint)])
    with TestClient(app) as client:
        yield client


@pytest.fixture
def connect(client):
    return lambda **headers: client.websocket_connect("/api/live", headers=headers)
