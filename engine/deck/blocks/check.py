"""Checking a live block: its fields as written, where they stand, and what is wrong with them."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.deck import kinds
from engine.deck.course import content_folders
from engine.deck.markup.state import Cite, Raw
from engine.deck.model import Problem
from engine.deck.schema.validation import Fault, fit
from engine.deck.schema.written import with_texts
from engine.deck.source import yamltext
from engine.deck.source.names import is_regular as is_file
from sims.nearest import nearest


@dataclass
class Finished:
    """A checked block: its data, the works it cites, the files it drew on, and its problems.

    Lines are the slide's: 0-based in citations, 1-based in problems.
    """

    data: dict[str, Any]
    cites: list[Cite] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Check:
    """One block of a deck in `folder` under examination; `stamp` changes when a simulation does."""

    raw: Raw
    folder: Path
    stamp: object
    out: Finished = field(default_factory=lambda: Finished({}))

    @functools.cached_property
    def fields(self) -> dict[str, Any]:
        """The fields that are right; what is wrong with the others is a problem."""
        fields, faults = _fitted(self.raw.kind, self.raw.text)
        for one in faults:
            self.problem(one.message, one.fix, *one.path)
        return fields

    def problem(self, message: str, fix: str, *path: str) -> None:
        """An error at the field `path`."""
        line, column = self.raw.yaml.place(*path)
        at = self.raw.line + (1 + line if self.raw.yaml.places else 0)
        self.out.problems.append(Problem(message, fix, at + 1, column + 1))

    def names(self, key: str) -> list[str]:
        """A field that is a name or a list of names."""
        value = self.fields.get(key)
        return value if isinstance(value, list) else [] if value is None else [value]

    def place_of(self, key: str, name: str) -> tuple[str, ...]:
        """The path of a name in such a field, of which wrong ones are left out."""
        written = (self.raw.yaml.value or {}).get(key)
        if isinstance(written, list) and name in written:
            return (key, str(written.index(name)))
        return (key,)

    @property
    def file_name(self) -> str:
        """The name of the file that `source` names."""
        return f"{str(self.fields.get('source', '')).removesuffix('.yaml')}.yaml"

    def data_file(self, kind: str) -> yamltext.Yaml | None:
        """What the file named by `source` in content/`kind` holds; None (and a problem) without."""
        source = self.fields.get("source")
        if not isinstance(source, str) or not source or "/" in source or "\\" in source:
            fix = f"Write 'source: NAME' of a file in content/{kind}."
            self.problem(f"A {self.raw.kind} block needs a source.", fix, "source")
            return None
        name = self.file_name
        folders = [root / kind for root in content_folders(self.folder)]
        self.out.files += [str(folder / name) for folder in folders]
        path = next((folder / name for folder in folders if is_file(folder / name)), None)
        if path is None:
            known = sorted({one.stem for folder in folders for one in folder.glob("*.yaml")})
            message = f"There is no file content/{kind}/{name}."
            fix = nearest(source, known, f"Put it into content/{kind}.")
            self.problem(message, fix, "source")
            return None
        now = path.stat()
        found = _yaml_file(path, self.folder, now.st_mtime_ns, now.st_size)
        if found.fault is not None:
            where = f"{path.name}:{found.fault.line + 1}"
            fix = found.fault.fix or "Fix that file."
            self.problem(f"{where}: {found.fault.message}", fix, "source")
        for note in found.notes:
            odd = note.problem(1)
            self.problem(f"{path.name}:{odd.line}: {odd.message}", odd.fix, "source")
        return found


def fields_of(raw: Raw) -> dict[str, Any]:
    """The fields of a block that are right."""
    return dict(_fitted(raw.kind, raw.text)[0])


@functools.lru_cache(maxsize=1024)
def _fitted(kind: str, text: str) -> tuple[dict[str, Any], list[Fault]]:
    """The fields and faults of a block, kept for when another slide of the deck is edited."""
    model, yaml = kinds.kind(kind).model, yamltext.read(text)
    return fit(model, with_texts(model, yaml.value or {}, yaml.written))


@functools.lru_cache(maxsize=64)
def _yaml_file(path: Path, folder: Path, _mtime: int, _size: int) -> yamltext.Yaml:
    return yamltext.file(path, folder)
