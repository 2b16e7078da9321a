"""`practicum check`: what is wrong with lecture files, as text, JSON or SARIF."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from engine.deck import bibliography, published
from engine.deck.document import document, problems_of
from engine.deck.model import Deck, Problem
from engine.deck.parse import parse

Format = Literal["text", "json", "sarif"]
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def check(paths: Iterable[Path]) -> list[Problem]:
    """Every problem of the given decks. A folder stands for the `*.md` files in it."""
    found: list[Problem] = []
    bibs: set[Path] = set()
    for path in paths:
        for file in sorted(path.glob("*.md")) if path.is_dir() else [path]:
            try:
                text = file.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                line = error.object[: error.start].count(b"\n") + 1
                fault = Problem("This file is not UTF-8.", "Save it as UTF-8.", line)
                found.append(_in_file(fault, file))
                continue
            except OSError as error:
                why = error.strerror or "unknown reason"
                found.append(_in_file(Problem(f"Cannot be read: {why}.", "Check the path."), file))
                continue
            deck = parse(text, file)
            found += problems_of(document(deck))
            found += _uncited(deck, bibs)
            found += published.faults(file.parent)
    return list(dict.fromkeys(found))


def _uncited(deck: Deck, seen: set[Path]) -> list[Problem]:
    """Entries of the .bib file that no slide cites and that cannot be read."""
    if deck.bibliography is None or deck.bibliography in seen:
        return []
    seen.add(deck.bibliography)
    works = bibliography.load(deck.bibliography)
    return [fault for key in works.pieces if isinstance(fault := works.work(key), Problem)]


def _in_file(problem: Problem, file: Path) -> Problem:
    return Problem(**{**asdict(problem), "file": str(file)})


def format_problems(problems: Sequence[Problem], format: Format = "text") -> str:
    """Problems for a reader ("text"), a program ("json") or a code host ("sarif")."""
    if format == "json":
        return json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False)
    if format == "sarif":
        return json.dumps(_sarif(problems), indent=2, ensure_ascii=False)
    if format != "text":
        raise ValueError(f"There is no format '{format}'. There are: text, json, sarif.")
    lines = []
    for one in problems:
        fix = f" {one.fix}" if one.fix else ""
        lines.append(f"{one.file}:{one.line}:{one.column}: {one.severity}: {one.message}{fix}")
    errors = sum(one.severity == "error" for one in problems)
    warnings = len(problems) - errors
    lines.append(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}")
    return "\n".join(lines)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _sarif(problems: Sequence[Problem]) -> dict[str, Any]:
    results = [_result(one) for one in problems]
    rule = {"id": "deck", "shortDescription": {"text": "A lecture file must be free of faults"}}
    driver = {"name": "practicum check", "rules": [rule]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}


def _result(one: Problem) -> dict[str, Any]:
    region = {"startLine": max(one.line, 1), "startColumn": max(one.column, 1)}
    place = {"artifactLocation": {"uri": _uri(one.file)}, "region": region}
    return {
        "ruleId": "deck",
        "ruleIndex": 0,
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
