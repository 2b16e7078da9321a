"""YAML that authors write (frontmatter, fences): plain values, and where each key stands.

Only JSON-like values come out (dates become text), aliases are refused (they can make a small text
expand without end), and a fault is a `YamlFault` with a place instead of an exception.
"""

import datetime
import functools
import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

LONGEST = 200_000  # characters; more than any honest block
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[*&][^\s,\]}]", re.MULTILINE)

Place = tuple[int, int]  # 0-based line and column inside the text
Path = tuple[str, ...]  # keys from the top, list positions as their number


@dataclass(frozen=True)
class YamlFault:
    """Why a text is not YAML: a sentence, and the 0-based line and column."""

    message: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Yaml:
    """What a text says: its value, the place of each key, and a fault if it could not be read."""

    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    fault: YamlFault | None = None

    def place(self, *path: str) -> Place:
        """Where the key at `path` stands, else its nearest parent, else the first line."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return (0, 0)


@functools.lru_cache(maxsize=4096)
def read(text: str) -> Yaml:
    """Read one YAML document. Never raises. Do not change the value: it is shared."""
    if len(text) > LONGEST:
        return Yaml(fault=YamlFault(f"This YAML is longer than {LONGEST} characters."))
    loader = None
    try:
        if _ALIAS.search(text) and (mark := _alias(text)) is not None:
            return Yaml(fault=YamlFault("YAML anchors and aliases are not allowed here.", *mark))
        loader = _LOADER(text)
        node = loader.get_single_node()
        if node is None:
            return Yaml()
        places: dict[Path, Place] = {}
        _walk(node, (), places)
        return Yaml(_plain(loader.construct_document(node)), places)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = _inside(text, mark.line, mark.column) if mark else (0, 0)
        why = error.problem or error.context or "it cannot be read"
        return Yaml(fault=YamlFault(f"This is not YAML: {why}.", line, column))
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        why = str(error).split("\n")[0][:120]
        return Yaml(fault=YamlFault(f"This is not YAML: {why}."))
    finally:
        if loader is not None:
            loader.dispose()


def _inside(text: str, line: int, column: int) -> Place:
    """A place, or the end of the text when the fault is that more should follow."""
    lines = text.rstrip().split("\n")
    return (line, column) if line < len(lines) else (len(lines) - 1, len(lines[-1]))


def _alias(text: str) -> Place | None:
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return (event.start_mark.line, event.start_mark.column)
    return None


def _walk(node: yaml.Node, path: Path, places: dict[Path, Place]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(getattr(key, "value", "")))
            places.setdefault(here, (key.start_mark.line, key.start_mark.column))
            _walk(value, here, places)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            here = (*path, str(index))
            places[here] = (value.start_mark.line, value.start_mark.column)
            _walk(value, here, places)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return str(value)


def _key(key: Any) -> str:
    # YAML 1.1 reads the bare words `y`, `on`, `no` … of some loaders as booleans; 2024 as a number.
    return key if isinstance(key, str) else str(key).lower() if isinstance(key, bool) else str(key)
