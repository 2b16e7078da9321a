"""Misbehaves in the way that is asked for: what a demonstration must survive."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sims.spec import param

VALUES: dict[str, Any] = {
    "nan": float("nan"),
    "text": "high",
    "list": [1.0, 2.0],
    "none": None,
    "deep": {"a": {"b": 1}},
    "huge": 10**400,
    "large": 1.5e308,
    "flag": True,
}


@dataclass(frozen=True)
class Params:
    how: str = param("nan", choices=(
        "nan", "text", "list", "none", "deep", "huge", "large", "flag", "empty", "no_generator",
        "keys", "steps", "exit", "killed", "fork", "recursion", "system_exit",
    ))  # fmt: skip
    seed: int = param(0, low=0, high=1000, step=1)


def run(params: Params) -> Any:
    return 7 if params.how == "no_generator" else _run(params.how)


def _run(how: str) -> Iterator[dict[str, Any]]:
    if how == "empty":
        return
    if how == "fork":
        os.fork()
    for step in range(5):
        if step == 2:
            _misbehave(how)
        frame = {"step": 0 if how == "steps" else step, "height": VALUES.get(how, 1.0)}
        yield frame | ({"extra": 1} if how == "keys" and step == 3 else {})


def _misbehave(how: str) -> None:
    if how == "exit":
        os._exit(3)
    if how == "system_exit":
        sys.exit("no")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "recursion":
        _misbehave(how)
