"""Checking decks in child processes, so that one slow or huge deck does not stop the others."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.deck.model import Problem
from engine.deck.reading import LIMITS
from engine.deck.source import names
from engine.guard import Child, Refused
from engine.publish.check import check, once

NUM_CHILDREN = 2


def check_file(path: str) -> list[dict[str, Any]]:
    """In the child: every problem of one deck."""
    return [asdict(problem) for problem in check([Path(path)])]


def check_each(files: Sequence[Path]) -> tuple[list[Problem], list[Path]]:
    """Every problem of the decks, each once, and the decks that could be read within the limits."""
    children = [Child("engine.publish.guarded:check_file", LIMITS) for _ in range(NUM_CHILDREN)]
    free = list(children)

    def one(file: Path) -> tuple[list[Problem], bool]:
        child = free.pop()
        try:
            return [Problem(**fields) for fields in child.ask(os.fspath(file))], True
        except Refused as refused:
            message, fix = f"This lecture cannot be read: {refused}.", "Split it or simplify it."
            return [Problem(message, fix, file=names.shown(file))], False
        finally:
            free.append(child)

    try:
        with ThreadPoolExecutor(NUM_CHILDREN) as pool:
            answers = list(pool.map(one, files))
    finally:
        for child in children:
            child.close()
    good = [file for file, (_, was_read) in zip(files, answers, strict=True) if was_read]
    return once(problem for problems, _ in answers for problem in problems), good
