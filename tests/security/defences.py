"""What SECURITY.md promises, and for each of its rows how to take the defence away.

Each entry of the .toml files here names the test of a row, says what is taken away, and gives
texts of the code with what stands in their place then. A text is looked for in all modules and
must be there exactly once, so modules and tests may move; when the text changes, so must the entry.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "sims")
_TEST = re.compile(r"`(tests/[\w/]+\.py::\w+)`")


@dataclass(frozen=True)
class Defence:
    """One row of SECURITY.md and what takes its defence away."""

    test: str  # its name; its file may move
    without: str  # what is missing then, in words
    cuts: tuple[tuple[str, str], ...]  # a text of the code, and what stands there instead
    may_hang: bool = False  # whether a test without an end shows it, too


class Outdated(ValueError):
    """An entry that no longer fits the code; the message says which and why."""


def rows(root: Path = ROOT) -> list[str]:
    """The test of each row of the table of threats, as pytest takes it, in order."""
    text = (root / "SECURITY.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [test for line in lines for test in _TEST.findall(line)]


def name_of(test: str) -> str:
    """The name of a row's test without its file."""
    return test.rpartition("::")[2]


def defences() -> list[Defence]:
    """All entries, in the order of the files and in them."""
    return [one for file in sorted(Path(__file__).parent.glob("*.toml")) for one in _read(file)]


def _read(file: Path) -> Iterator[Defence]:
    for fields in tomllib.loads(file.read_text(encoding="utf-8"))["defence"]:
        cuts = tuple((old, new) for old, new in fields.pop("cuts"))
        yield Defence(**fields, cuts=cuts)


def modules(root: Path = ROOT) -> dict[Path, str]:
    """The text of every module, by its path."""
    found = (path for name in PACKAGES for path in sorted((root / name).rglob("*.py")))
    return {path: path.read_text(encoding="utf-8") for path in found}


def without(defence: Defence, texts: dict[Path, str]) -> dict[Path, str]:
    """The modules that change when the defence is taken away, as they are then.

    Raises `Outdated` when a text is not there exactly once, or what is made is not Python.
    """
    made: dict[Path, str] = {}
    for old, new in defence.cuts:
        places = [path for path, text in texts.items() for _ in range(text.count(old))]
        if len(places) != 1:
            line = old.strip().splitlines()[0]
            where = "is nowhere" if not places else f"stands {len(places)} times"
            raise Outdated(f"{defence.test}: '{line}' {where} in {' and '.join(PACKAGES)}.")
        [path] = places
        made[path] = made.get(path, texts[path]).replace(old, new)
    for path, text in made.items():
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise Outdated(f"{defence.test}: {path.name} is not Python then: {error}.") from error
    return made
