"""What decides the frames of a run: its job, the text of every source that the simulation imports,
the models that it may load, versions and instruction set. An edit elsewhere changes none of these.
"""

import ast
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.runs.job import Job
from engine.runs.processor import instruction_set
from sims import declarations, spec
from sims.assets import MODELS
from sims.models.catalogue import CATALOGUE

UNREAD_SOURCE = (OSError, SyntaxError, ValueError, RecursionError)  # what reading one may raise


def key(job: Job) -> str:
    """A name for all that decides the frames; it changes whenever one of these does."""
    made = [job.sim, job.params, source_hash(job.sim), _models(), *versions().values()]
    return hashlib.sha256(json.dumps(made).encode()).hexdigest()[:24]


def source_hash(sim: str) -> str:
    """Hash of the text of a simulation and of every file of `sims/` that it imports.

    Comments count: telling them apart would cost more than one more run. Raises UNREAD_SOURCE.
    """
    roots = spec.roots(sim)
    named = {_named(path, roots): path for path in files(sim)}
    digest = hashlib.sha256()
    for name, path in sorted(named.items()):
        digest.update(f"{name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def files(sim: str) -> set[Path]:
    """The text of a simulation and every file of `sims/` that it imports. Raises UNREAD_SOURCE."""
    # The package's own file is the face of the library (`import sims`) and decides no frame.
    return set(_closure(spec.roots(sim), spec.source(sim))) - {spec.HERE / "__init__.py"}


def takes_model(sim: str) -> bool:
    """Whether a simulation loads a base model, which `--model` can take the place of."""
    return any(path.name == "base_model.py" for path in _closure(spec.roots(sim), spec.source(sim)))


def own_model(sim: str, params: Mapping[str, Any]) -> list[str]:
    """What distinguishes the model that replaces the shipped one in a run; [] if none does.

    The files' names and sizes and the whole config.json: the same folder elsewhere is the same.
    A run that chooses between tiny and real (`model`) is of the shipped one, or of the one with a
    short name that recordings are made with.
    """
    own = os.environ.get("PRACTICUM_MODEL")
    if not own or not takes_model(sim):
        return []
    folder = Path(own)
    chosen = params.get("model")
    if chosen == "tiny" or (chosen == "real" and folder.name in CATALOGUE):
        return []
    if not folder.is_dir():  # a hub's id
        return [own]
    sizes = [f"{path.name} {path.stat().st_size}" for path in folder.iterdir() if path.is_file()]
    config = folder / "config.json"
    return [
        *sorted(sizes),
        config.read_text(encoding="utf-8", errors="replace") if config.is_file() else "",
    ]


@functools.cache
def versions() -> dict[str, str]:
    """Of Python, the packages that compute, and the processor: another one may round otherwise."""
    versions = {name: importlib.metadata.version(name) for name in ("torch", "numpy")}
    own = {"python": platform.python_version(), **versions}
    return own | {"instruction_set": instruction_set()}


def _models() -> list[str]:
    """Names, sizes and times of the files of the base models that simulations may load."""
    own = os.environ.get("PRACTICUM_MODEL")
    folders = [MODELS, Path(own)] if own else [MODELS]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    stats = [(str(path), path.stat()) for path in files]
    how = [os.environ.get(f"PRACTICUM_{name}", "") for name in ("DEVICE", "DTYPE")] if own else []
    return [*how, *(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)]


def _named(path: Path, roots: Mapping[str, list[Path]]) -> str:
    """A file by its place in the first folder that holds it: the same on every machine."""
    for root in (folder for folders in roots.values() for folder in folders):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _closure(roots: Mapping[str, list[Path]], start: Path) -> set[Path]:
    """`start` and every file of the simulations that it imports, over any number of steps.

    Raises OSError, SyntaxError, ValueError when one of them cannot be read.
    """
    found, todo = set(), [start]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            for name in _imported(path, path.stat().st_mtime_ns):
                first, *rest = name.split(".")
                for root in roots.get(first, ()):
                    todo += _candidates(root.joinpath(*rest))
    return found


@functools.lru_cache(maxsize=1024)
def _imported(path: Path, _mtime: int) -> tuple[str, ...]:
    """The modules that a file names in an import."""
    names: set[str] = set()
    for node in ast.walk(declarations.parsed(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return tuple(names)


def _candidates(stem: Path) -> list[Path]:
    """The module or package at `stem`, and the packages above it, which an import runs too."""
    made = [stem.with_suffix(".py"), stem / "__init__.py", stem.parent / "__init__.py"]
    return [path for path in made if path.is_file()]
