"""The Markdown of lecture 1, and runs to compare its numbers with."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sims import spec

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "lectures" / "01-overview.md").read_text(encoding="utf-8")
NUMBER = r"\**([−\d.]+)\**"  # with a minus sign as slides write it
FOUR_REF = np.array([0.50, 0.30, 0.15, 0.05])  # the toy of four answers, and what they are worth
FOUR_REWARDS = np.array([0.0, 0.4, 1.0, 0.7])


@lru_cache
def slide(identity: str) -> str:
    """The source of one slide."""
    return TEXT.split(f"<!-- id: {identity} -->")[1].split("\n---\n")[0]


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def interval(text: str, before: str) -> tuple[float, float]:
    """Two numbers with a dash between them, behind some words of a slide."""
    found = re.search(rf"{re.escape(before)} ([\d.]+)–([\d.]+)", text)
    assert found, before
    return float(found[1]), float(found[2])


def frames_of(sim: str, **params: object) -> list[dict[str, Any]]:
    """All frames of a run with a block's parameters."""
    module = spec.load(sim)
    return list(module.run(module.Params(**params)))


def last_frame(sim: str, **params: object) -> dict[str, Any]:
    """The end of a run with a block's parameters."""
    return frames_of(sim, **params)[-1]
