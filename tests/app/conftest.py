"""The whole server as an ASGI app, without a port."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from streamlit.runtime.runtime import Runtime

from engine.app.lectures import library, packed
from engine.app.server import build
from engine.runs.workers.local import LocalEngine

ADDRESS = "http://localhost:8501"  # a host that is ours, as a browser would send it


@pytest.fixture(scope="session", autouse=True)
def _collected_as_ever() -> Iterator[None]:
    """A server freezes what it has loaded; in the process of the tests that would hide objects from
    Hypothesis, which asks the collector who holds them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.app.server.gc.freeze", lambda: None)
        yield


def cold_engine() -> LocalEngine:
    """As a server has it, but its idle workers do not import torch: no test here runs a simulation
    that needs it, and the import takes three seconds of a processor for each worker."""
    return LocalEngine(1, preload=(), start_after=2.0)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    for slug in library().paths():  # see `test_no_message_ends_the_connection`
        packed(slug)
    with TestClient(build(cold_engine()), base_url=ADDRESS) as client:
        yield client
    Runtime._instance = None  # Streamlit keeps its first one for as long as the process lives
