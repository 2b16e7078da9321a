"""What is said of decks without rendering them: documents without slides, and problems as data.

A server needs this of a deck and leaves the rendering to child processes.
"""

import functools
from pathlib import Path

from engine.deck.model import Problem
from engine.deck.schema.deck_json import DeckJson, ProblemJson
from engine.deck.source import names


def unreadable(path: Path, message: str, fix: str) -> DeckJson:
    """The document of a deck of which nothing can be shown: `message` says why."""
    return without_slides(path, Problem(message, fix, file=names.shown(path)))


@functools.lru_cache(maxsize=64)
def without_slides(path: Path, problem: Problem) -> DeckJson:
    """The document of a deck that has this problem and shows nothing."""
    return {
        "title": names.shown(path.name),
        "fault": problem.message,
        "slides": [],
        "references": [],
        "problems": [problem_json(problem)],
        "meta": {},
        "css": "",
        "glossary": [],
    }


def problem_json(one: Problem) -> ProblemJson:
    """A problem as it stands in a document."""
    return {
        "message": one.message,
        "fix": one.fix,
        "line": one.line,
        "column": one.column,
        "severity": one.severity,
        "file": names.shown(one.file),
        "rule": one.rule,
    }


def problems_of(document: DeckJson) -> list[Problem]:
    """The problems of a document as objects."""
    return [Problem(**problem) for problem in document["problems"]]
