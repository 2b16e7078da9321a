"""A child that works on what a stranger wrote: limited, replaced, and gone with its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.guard import Child, Limits, Refused
from tests.waiting import is_gone, wait_for

TOY = """
import os, sys, time

def toy(value):
    print("noise")
    if value == "spin":
        while True: pass
    if value == "hog":
        return len([bytes(1 << 20) for _ in range(10_000)])
    if value == "long":
        return "x" * (3 << 20)
    if value == "raise":
        raise KeyError("nothing")
    if value == "deep":
        made = []
        for _ in range(100_000): made = [made]
        return made
    if value == "set":
        return {1}
    if value == "exit":
        os._exit(3)
    if value == "stop":
        os.kill(os.getpid(), 19)
    if value == "pid":
        return os.getpid()
    return value
"""
LIMITS = Limits(cpu_seconds=0.5, clock_seconds=60.0, memory_mb=512, output_mb=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("toys")
    (made / "toys.py").write_text(TOY, encoding="utf-8")
    return made


@pytest.fixture
def child(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.setenv("PYTHONPATH", str(folder))
    made = Child("toys:toy", LIMITS)
    yield made
    made.close()


def test_answers_come_back_from_one_child(child: Child) -> None:
    value = {"a": [1, "\udce9", None]}
    assert child.ask(value) == value
    assert child.ask("pid") == child.ask("pid") == child.pid


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("spin", "it takes more than 0.5 s of processor time"),
        ("hog", "it takes too much memory"),
        ("long", "it makes more than 2 MB of slides"),
        ("raise", "the server failed on it (KeyError)"),
        ("deep", "its slides cannot be sent (RecursionError)"),
        ("set", "its slides cannot be sent (TypeError)"),
        ("exit", "the process that reads it has ended"),
    ],
)
def test_a_bad_question_is_refused_and_the_next_one_answered(
    child: Child, question: str, why: str
) -> None:
    with pytest.raises(Refused) as refused:
        child.ask(question)
    assert str(refused.value) == why
    assert child.ask("well") == "well"


def test_a_child_that_stands_still_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr("engine.guard._START_SECONDS", 1.0)
    child = Child("toys:toy", Limits(cpu_seconds=60.0, clock_seconds=1.0))
    with pytest.raises(Refused, match="it took more than 1 s") as refused:
        child.ask("stop")
    assert refused.value.may_pass
    child.close()


@pytest.mark.parametrize("question", ["well", "spin"])
def test_a_child_ends_with_its_parent(folder: Path, question: str) -> None:
    program = (
        "import threading, time; from engine.guard import Child, Limits;"
        "child = Child('toys:toy', Limits(2.0, 600.0)); child.ask(1); print(child.pid, flush=True);"
        f"threading.Thread(target=child.ask, args=[{question!r}]).start(); time.sleep(600)"
    )
    environment = os.environ | {"PYTHONPATH": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_for(lambda: is_gone(child))
