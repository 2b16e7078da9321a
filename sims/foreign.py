"""Simulations of others: a folder that the user has said to trust, and packages that declare them.

    PRACTICUM_SIMS   a folder (or several) whose files are simulations as those of this package;
                     `practicum serve --sims DIR --trust-sims` sets it. They import as `sims.NAME`,
                     and so does what lies beside them.
    practicum.sims   a group of entry points, each NAME = "package.module", of installed packages

Both are found without running any of their code.
"""

import functools
import importlib.metadata
import os
import sys
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "PRACTICUM_SIMS"
GROUP = "practicum.sims"


@dataclass(frozen=True)
class Entry:
    """A simulation that an installed package declares."""

    name: str
    module: str
    file: Path

    @property
    def package(self) -> str:
        """The first part of the module's name, which an import of it begins with."""
        return self.module.partition(".")[0]

    @property
    def folder(self) -> Path:
        """The folder of that package, whose files it may import; of a lone module its own."""
        parts = self.module.count(".") + (self.file.name == "__init__.py")
        return self.file.parents[parts - 1] if parts else self.file.parent


def folders() -> list[Path]:
    """The folders that are trusted, in the order in which they are looked through."""
    return [Path(one) for one in os.environ.get(VARIABLE, "").split(os.pathsep) if one]


def trust(folder: Path) -> None:
    """From now on the files of a folder are simulations, in this process and in those it starts."""
    os.environ[VARIABLE] = str(folder.resolve())
    path = sys.modules["sims"].__path__  # others read the variable when they import it
    if os.environ[VARIABLE] not in path:
        path.append(os.environ[VARIABLE])


@functools.cache
def entries() -> dict[str, Entry]:
    """What installed packages declare, by name; of two of one name the first counts."""
    found: dict[str, Entry] = {}
    for one in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda one: one.value):
        file = _file(one.module, one.dist)
        if file is not None and one.name.isidentifier():
            found.setdefault(one.name, Entry(one.name, one.module, file))
    return found


def _file(module: str, dist: importlib.metadata.Distribution | None) -> Path | None:
    """The source of a module; nothing is imported, not even the packages above it."""
    stem = module.replace(".", "/")
    roots = [Path(str(dist.locate_file("")))] if dist else []
    for root in [*roots, *map(Path, sys.path)]:
        for end in (f"{stem}.py", f"{stem}/__init__.py"):
            if (root / end).is_file():
                return (root / end).resolve()
    return None
