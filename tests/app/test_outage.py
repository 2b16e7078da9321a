"""A server that is killed, and viewers who vanish: what is left, and what they find again."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.waiting import is_gone, wait_for

from .faulty_server import PATIENCE, Relay, Server, serving

SLOW = {"num_steps": 100_000, "delay": 0.02}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as server:
        yield server


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    relay = Relay(server.port)
    yield relay
    relay.close()


def ask(visitor: ClientConnection, sim: str = "ticks", **params: Any) -> str:
    """Have something run; the id of the run."""
    visitor.send(json.dumps({"type": "run", "tag": 1, "sim": sim, "params": params}))
    return until(visitor, lambda message: message["type"] == "run")[-1]["run"]


def follow(visitor: ClientConnection, run: str, start: int = 0) -> None:
    visitor.send(json.dumps({"type": "follow", "run": run, "start": start}))


def until(visitor: ClientConnection, wanted: Callable[[Any], bool]) -> list[dict[str, Any]]:
    """The messages up to the first for which `wanted` holds."""
    found = []
    while not found or not wanted(found[-1]):
        found.append(json.loads(visitor.recv(timeout=PATIENCE)))
    return found


def is_end(message: dict[str, Any]) -> bool:
    return message["type"] == "state" and message["state"] not in ("queued", "running")


def steps(messages: list[dict[str, Any]]) -> list[int]:
    batches = [message["frames"] for message in messages if message["type"] == "frames"]
    return [frame["step"] for batch in batches for frame in batch]


def frames_of(visitor: ClientConnection, count: int) -> list[int]:
    """The steps of the next frames, `count` of them or some more."""
    found: list[int] = []
    while len(found) < count:
        found += steps(until(visitor, lambda message: message["type"] == "frames"))
    return found


@pytest.mark.parametrize(
    ("sim", "params"),
    [("ticks", SLOW), ("hangs", {"how": "python"}), ("hangs", {"how": "gil"})],
    ids=["at work", "in a loop", "holding the GIL"],
)
def test_a_killed_server_leaves_no_worker(server: Server, sim: str, params: dict[str, Any]) -> None:
    with server.visit() as visitor:
        ask(visitor, sim, **params)
        frames_of(visitor, 2)
        workers = server.workers()
        assert len(workers) == 3  # two and the spare
        server.kill()
        assert wait_for(lambda: all(map(is_gone, workers)))
        with pytest.raises(ConnectionClosed):
            until(visitor, is_end)


def test_a_server_that_comes_back_has_kept_what_was_finished(server: Server) -> None:
    with server.visit() as visitor:
        run = ask(visitor, num_steps=5)
        before = until(visitor, is_end)
        assert wait_for(lambda: bool(list(server.cache.rglob("ticks-*"))))
    server.kill()
    server.start()
    with server.visit() as visitor:
        follow(visitor, run)
        [answer] = until(visitor, is_end)
        assert (answer["state"], answer["message"]) == (
            "lost",
            "This run is no longer stored. Run it again.",
        )
        visitor.send(json.dumps({"type": "run", "sim": "ticks", "params": {"num_steps": 5}}))
        messages = until(visitor, is_end)
        assert "date" in messages[0]["about"]  # it did not run again
        assert steps(messages) == steps(before) == [0, 1, 2, 3, 4]


def test_a_server_that_comes_back_runs_anew_what_was_going_on(server: Server) -> None:
    params = {"num_steps": 60, "delay": 0.02}
    with server.visit() as visitor:
        run = ask(visitor, **params)
        assert frames_of(visitor, 5)[:5] == [0, 1, 2, 3, 4]
        server.kill()
    server.start()
    with server.visit() as visitor:
        follow(visitor, run, 5)
        assert until(visitor, is_end)[-1]["state"] == "lost"
        assert ask(visitor, **params) != run
        messages = until(visitor, is_end)
    assert steps(messages) == list(range(60))
    assert messages[-1]["state"] == "done"


def test_a_viewer_who_is_back_soon_misses_nothing(server: Server, relay: Relay) -> None:
    with server.visit(relay.port) as visitor:
        run = ask(visitor, num_steps=100, delay=0.03)
        before = frames_of(visitor, 3)
        relay.cut()
    relay.repair()
    with server.visit(relay.port) as visitor:
        follow(visitor, run, len(before))
        messages = until(visitor, is_end)
    assert before + steps(messages) == list(range(100))
    assert messages[-1]["state"] == "done"


def test_the_run_of_a_viewer_who_fell_silent_is_stopped_and_may_start_again(
    server: Server, relay: Relay
) -> None:
    with server.visit(relay.port) as visitor, server.visit() as witness:
        run = ask(visitor, **SLOW)
        before = frames_of(visitor, 3)
        relay.silence()  # no end of the line reaches the server, as from a laptop that sleeps
        workers = server.workers()
        # Another who looks at it for a moment keeps it going no longer than that.
        follow(witness, run)
        assert frames_of(witness, 3)[:3] == before[:3]
    relay.repair()
    children = [psutil.Process(pid) for pid in workers]
    assert wait_for(lambda: not any(map(_is_busy, children)))
    with server.visit(relay.port) as visitor:
        follow(visitor, run, len(before))
        messages = until(visitor, is_end)
        assert messages[-1]["state"] == "cancelled"
        assert messages[-1]["message"] == "Stopped, because nobody was watching."
        assert messages[-1]["reason"] == "unwatched"
        assert (before + steps(messages))[: len(before) + 1] == list(range(len(before) + 1))
        assert ask(visitor, **SLOW) != run
        assert frames_of(visitor, 1)[0] == 0


def _is_busy(process: psutil.Process) -> bool:
    """Whether the process has done anything for a moment; `ticks` sleeps between its frames."""
    before = process.num_ctx_switches().voluntary
    time.sleep(0.2)
    return process.num_ctx_switches().voluntary > before
