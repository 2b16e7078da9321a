"""YAML that authors write (frontmatter, fences): plain values, and where each key stands.

Only JSON-like values come out: dates, times (12:30) and numbers that begin with a zero stay the
text that they are. Aliases are refused (they can make a small text expand without end), and so are
tags and numbers that JSON or a browser cannot carry. A fault is a `YamlFault` with a place instead
of an exception. Keys that are written twice and numbers that are none are notes.
"""

import functools
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import Any

import yaml

from engine.deck.model import Problem
from engine.deck.source import textfile
from engine.deck.source.inside import Refused

LONGEST = 200_000  # characters; more than any honest block
MOST = 2**53 - 1  # the largest whole number that a browser keeps exactly
_TAG = "tag:yaml.org,2002:"
_TAGS = {_TAG + name for name in ("map", "seq", "str", "int", "float", "bool", "null", "merge")}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F][0-9a-fA-F_]*|0b[01][01_]*)\Z")
_FLOAT = re.compile(
    r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _LOADER(_Base):
    """Plain scalars of YAML 1.1, without its dates, its base 60 and its octal numbers."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012


for _first, _pairs in yaml.SafeLoader.yaml_implicit_resolvers.items():
    _ours = {_TAG + "int": _INT, _TAG + "float": _FLOAT}
    _LOADER.yaml_implicit_resolvers[_first] = [
        (tag, _ours.get(tag, pattern)) for tag, pattern in _pairs if tag in _TAGS
    ]
_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[*&][^\s,\]}]", re.MULTILINE)

Place = tuple[int, int]  # 0-based line and column inside the text
Path = tuple[str, ...]  # keys from the top, list positions as their number


@dataclass(frozen=True)
class YamlFault:
    """Why a text is not YAML: a sentence, the 0-based line and column, and what fixes the file
    where that is not to write that line in another way."""

    message: str
    line: int = 0
    column: int = 0
    fix: str = ""

    def problem(self, file: str, fix: str = "Fix that line.") -> Problem:
        """The problem of a file that holds nothing but this text."""
        return Problem(self.message, self.fix or fix, self.line + 1, self.column + 1, file=file)


@dataclass(frozen=True)
class YamlNote:
    """A value that is not read as it stands, at a 0-based place: a key that an earlier line has
    too, a number that is none, or text that a hash makes a comment ("Lecture #3")."""

    name: str
    line: int
    column: int
    earlier: int | None = None  # 0-based line of the same key
    is_comment: bool = False

    def problem(self, first: int, file: str = "", *, warning: bool = False) -> Problem:
        """The problem of a text whose first line is line `first` of its file."""
        message = f"{self.name} is not a number that can be used, so it is read as text."
        fix = "Write a number, or quote it if it is text."
        if self.earlier is not None:
            lines = f"on line {first + self.earlier} and again on line {first + self.line}"
            message = f"'{self.name}' is written {lines}; only the last one is read."
            fix = "Keep one of them."
        if self.is_comment:
            message = f"'{self.name}' is a comment in YAML and is not read."
            fix = "Quote the whole value, or write '# ' before a comment."
        severity = "warning" if warning or self.is_comment else "error"
        return Problem(message, fix, first + self.line, self.column + 1, severity, file)


@dataclass(frozen=True)
class Yaml:
    """What a text says: its value, the place of each key, and a fault if it could not be read."""

    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    fault: YamlFault | None = None
    written: dict[Path, str] = field(default_factory=dict)  # numbers and booleans as they stand
    notes: list[YamlNote] = field(default_factory=list)

    def text(self, value: Any, *path: str) -> str:
        """The value at `path` as the author wrote it: "Yes", "1.10" and "007" stay that."""
        return self.written.get(path, "" if value is None else str(value))

    def place(self, *path: str) -> Place:
        """Where the key at `path` stands, else its nearest parent, else the first line."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return (0, 0)


def problems(notes: Iterable[YamlNote], first: int, named: Collection[int]) -> list[Problem]:
    """Warnings about a text of a deck whose first line is line `first` there.

    A number is left out where `named` has its line: whatever wants a number there has reported it.
    """
    found = [(note, note.problem(first, warning=True)) for note in notes]
    is_other = [note.earlier is not None or note.is_comment for note, _ in found]
    return [
        one
        for (_, one), is_kept in zip(found, is_other, strict=True)
        if is_kept or one.line not in named
    ]


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
        found = Yaml()
        if (fault := _walk(node, (), found)) is not None:
            return Yaml(fault=fault)
        if " #" in text:
            found.notes.extend(_comments(node, text.split("\n")))
        return replace(found, value=_plain(loader.construct_document(node)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = _inside(text, mark.line, mark.column) if mark else (0, 0)
        why = error.problem or error.context or "it cannot be read"
        return Yaml(fault=YamlFault(f"This is not YAML: {why}.", line, column))
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        why = str(error).split("\n")[0][:120]
        why = "it is nested too deeply" if isinstance(error, RecursionError) else why
        return Yaml(fault=YamlFault(f"This is not YAML: {why}."))
    finally:
        if loader is not None:
            loader.dispose()


def _inside(text: str, line: int, column: int) -> Place:
    """A place, or the end of the text when the fault is that more should follow."""
    lines = text.rstrip().split("\n")
    return (line, column) if line < len(lines) else (len(lines) - 1, len(lines[-1]))


def _comments(node: yaml.Node, lines: list[str]) -> Iterable[YamlNote]:
    """What stands right behind an unquoted value and begins with a hash and a letter."""
    if isinstance(node, yaml.ScalarNode):
        line, column = node.end_mark.line, node.end_mark.column
        rest = lines[line][column:] if line < len(lines) and not node.style else ""
        if re.match(r"\s+#[^\s#]", rest):
            at = column + rest.index("#")
            yield YamlNote(rest.strip()[:60], line, at, is_comment=True)
        return
    for one in node.value:
        for inner in one if isinstance(one, tuple) else (one,):
            yield from _comments(inner, lines)


def _alias(text: str) -> Place | None:
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return (event.start_mark.line, event.start_mark.column)
    return None


def file(path: File, folder: File) -> Yaml:
    """Read a YAML file that decks in `folder` draw on. Never raises; a fault says why it cannot."""
    try:
        text, odd = textfile.data(path, folder)
    except OSError as error:
        why = str(error) if isinstance(error, Refused) else error.strerror or "no reason is known"
        message = f"This file cannot be read: {why[:1].lower()}{why[1:]}."
        fix = getattr(error, "fix", "") or "Check the file."
        return Yaml(fault=YamlFault(message, fix=fix))
    if odd is not None:
        return Yaml(fault=YamlFault("This file is not UTF-8.", odd.line - 1, fix=odd.fix))
    return read(text)


def _walk(node: yaml.Node, path: Path, found: Yaml) -> YamlFault | None:
    """Note the place of every key; the first value that cannot be carried is a fault."""
    faults = [_refused(node)]
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(getattr(key, "value", "")), key.start_mark.line
            here = (*path, name)
            found.places[here] = (line, key.start_mark.column)
            if name in seen:
                found.notes.append(YamlNote(name[:60], *found.places[here], seen[name]))
            seen[name] = line
            faults += [_refused(key), _walk(value, here, found)]
            if isinstance(key, yaml.ScalarNode) and key.tag in _TAGS - {_TAG + "merge"}:
                key.tag = _TAG + "str"  # a name stays as it is written: yes, 1.10, null
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            here = (*path, str(index))
            found.places[here] = (value.start_mark.line, value.start_mark.column)
            faults.append(_walk(value, here, found))
    elif node.tag in (_TAG + "int", _TAG + "float", _TAG + "bool"):
        found.written[path] = node.value
        if node.tag == _TAG + "float" and _is_none(node.value):
            place = (node.start_mark.line, node.start_mark.column)
            found.notes.append(YamlNote(node.value[:60], *place))
    return next((fault for fault in faults if fault is not None), None)


def _is_none(number: str) -> bool:
    """Whether a number as YAML writes it is infinite or no number at all."""
    digits = number.replace("_", "").lower()
    return digits.endswith((".nan", ".inf")) or not math.isfinite(float(digits))


def _refused(node: yaml.Node) -> YamlFault | None:
    """Why JSON, Python or a browser cannot carry a value; None when they can."""
    place = (node.start_mark.line, node.start_mark.column)
    if node.tag not in _TAGS:
        name = "!!" + node.tag.removeprefix(_TAG) if node.tag.startswith(_TAG) else node.tag
        return YamlFault(f"YAML tags such as {name[:40]} are not allowed here.", *place)
    if node.tag == _TAG + "int" and isinstance(node, yaml.ScalarNode):
        digits = node.value.replace("_", "").lstrip("+-").lower()
        base = {"0x": 16, "0b": 2}.get(digits[:2], 10)
        # The length first: Python refuses to read more than 4,300 digits.
        if len(digits) > 64 or abs(int(digits, base)) > MOST:
            shown = digits if len(digits) <= 24 else f"{digits[:20]}…"
            return YamlFault(
                f"The number {shown} is too large to be kept exactly; quote it if it is text.",
                *place,
            )
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str):  # an escape can spell half a character
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
