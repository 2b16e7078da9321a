"""Problems of decks as text for people, and as JSON, SARIF or workflow commands for programs."""

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from engine.deck.model import Problem
from engine.deck.schema.course_models import CHECKS
from engine.deck.source import names
from engine.streams import printable

Format = Literal["text", "json", "sarif", "github"]
RULES = {"deck": "something that cannot be shown as it is written"} | CHECKS
LONGEST = 300  # letters of a message on a terminal
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def format_problems(problems: Sequence[Problem], format: Format = "text") -> str:
    """Problems for a reader ("text"), a program ("json") or a code host ("sarif")."""
    problems = [replace(one, file=names.shown(one.file)) for one in problems]
    if format == "json":
        return json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False)
    if format == "github":
        return "\n".join(map(_command, problems))
    if format == "sarif":
        return json.dumps(_sarif(problems), indent=2, ensure_ascii=False)
    if format != "text":
        raise ValueError(f"There is no format '{format}'. There are: text, json, sarif, github.")
    lines = []
    for one in problems:
        fix = f" {one.fix}" if one.fix else ""
        place = f"{_from_here(one.file)}:{one.line}:{one.column}"
        # What the course may switch off, by its name in practicum.toml.
        rule = f" [{one.rule}]" if one.rule in CHECKS else ""
        lines.append(printable(f"{place}: {one.severity}: {_brief(one.message)}{fix}{rule}"))
    errors = sum(one.severity == "error" for one in problems)
    warnings = len(problems) - errors
    lines.append(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}")
    return "\n".join(lines)


def _command(one: Problem) -> str:
    """A workflow command, which GitHub shows as an annotation of the line."""
    kept = {"%": "%25", "\r": "%0D", "\n": "%0A"}
    place = {"file": _uri(one.file), "line": one.line, "col": one.column, "title": one.rule}
    escaped = str.maketrans(kept | {":": "%3A", ",": "%2C"})
    words = ",".join(f"{key}={str(value).translate(escaped)}" for key, value in place.items())
    return f"::{one.severity} {words}::" + f"{one.message} {one.fix}".strip().translate(
        str.maketrans(kept)
    )


def _from_here(file: str) -> str:
    """A file below this folder as one would type it, so that its place is short enough to read."""
    with contextlib.suppress(ValueError, OSError):  # this folder is gone, or on another disk
        relative = os.path.relpath(file)
        return file if relative.startswith("..") else relative
    return file


def _brief(message: str) -> str:
    """A sentence that a screen can hold, although it repeats what an author wrote."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _sarif(problems: Sequence[Problem]) -> dict[str, Any]:
    results = [_result(one) for one in problems]
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "practicum check", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}


def _result(one: Problem) -> dict[str, Any]:
    region = {"startLine": max(one.line, 1), "startColumn": max(one.column, 1)}
    place = {"artifactLocation": {"uri": _uri(one.file)}, "region": region}
    return {
        "ruleId": one.rule,
        "ruleIndex": list(RULES).index(one.rule),
        "level": one.severity,
        "message": {"text": f"{one.message} {one.fix}".strip()},
        "locations": [{"physicalLocation": place}],
    }


def _uri(file: str) -> str:
    path = Path(file)
    if path.is_absolute():
        try:
            return path.relative_to(Path.cwd()).as_posix()
        except ValueError:
            return path.as_uri()
    return path.as_posix()
