"""Holding what an author wrote to a model: what fits, and every fault with its path.

A path is that of `yamltext`: keys from the top, positions in lists as their number; so each fault
has a line and a column. msgspec stops at the first fault of a value, so values are taken apart here
down to those that have no parts of their own.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from engine.deck.schema.fields import Model
from sims.nearest import nearest

LONGEST = 80  # characters of what somebody wrote are repeated to them
Path = tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong at a path, how to fix it, and whether it is a warning only."""

    path: Path
    message: str
    fix: str
    is_warning: bool = False


@dataclass(frozen=True)
class FieldType:
    """A field's type taken apart: its alternatives, and what is said of a wrong value."""

    kinds: tuple[Any, ...]  # types without their notes: a Model, list, dict, or a plain one
    whole: Any  # the type as declared, for msgspec
    about: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a field of a few words may be."""
        choices = (kind for kind in self.kinds if get_origin(kind) is Literal)
        return tuple(word for kind in choices for word in get_args(kind) if isinstance(word, str))


def fit(model: type[Model], value: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The fields of `value` that `model` has and that are right, as they are written, and the
    faults of all others. An empty field counts as not written."""
    if _is_right(model, value):  # as most are: one look, a twentieth of the time
        return dict(value), []
    faults: list[Fault] = []
    return _fit(model, value, (), faults), faults


def _is_right(model: type[Model], value: Mapping[str, Any]) -> bool:
    """Whether all of `value` fits and nothing in it is empty; msgspec keeps how to look."""
    try:
        msgspec.convert(value, model)
    except msgspec.ValidationError:
        return False
    return not _has_empty(value)


def _has_empty(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_empty, value.values()))
    return value is None or (isinstance(value, list) and any(map(_has_empty, value)))


@functools.lru_cache(maxsize=256)
def fields_of(model: type[Model]) -> dict[str, tuple[FieldType, bool]]:
    """Name as authors write it -> the field's type, and whether it must be there."""
    found = msgspec.structs.fields(model)
    return {one.encode_name: (take_apart(one.type), one.required) for one in found}


def take_apart(kind: Any) -> FieldType:
    """A type as declared, in its parts; the notes of `Annotated[…] | None` are the field's too."""
    notes = list(_notes(kind))
    about = next((note.description for note in notes if note.description), "")
    extra = next((note.extra for note in notes if note.extra), {})
    kinds = tuple(one for one in _alternatives(kind) if one is not NoneType)
    return FieldType(kinds, kind, about, extra)


def _notes(kind: Any) -> Iterator[msgspec.Meta]:
    """The notes of a type and of its alternatives, the outer ones first."""
    found = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    yield from (note for note in found if isinstance(note, msgspec.Meta))
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    for part in _parts(bare) if _parts(bare) != (bare,) else ():
        yield from _notes(part)


def _alternatives(kind: Any) -> Iterator[Any]:
    """The types without their notes that a type is one of."""
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    parts = _parts(bare)
    if parts == (bare,):
        yield bare
    else:
        for part in parts:
            yield from _alternatives(part)


def _parts(bare: Any) -> tuple[Any, ...]:
    return get_args(bare) if get_origin(bare) in (Union, UnionType) else (bare,)


def _fit(
    model: type[Model], value: Mapping[str, Any], path: Path, faults: list[Fault]
) -> dict[str, Any]:
    known, kept = fields_of(model), {}
    for key, item in value.items():
        if key not in known:
            message = model.unknown.format(key=_short(key))
            fix = nearest(key, known, cutoff=model.cutoff)
            faults.append(Fault((*path, key), message, fix, model.is_lenient))
        elif not _is_empty(known[key][0], item):
            ok, made = _value(known[key][0], item, (*path, key), faults)
            if ok:
                kept[key] = made
    for key, (kind, is_needed) in known.items():
        if is_needed and _is_empty(kind, value.get(key)) and not kind.extra.get("is_own"):
            faults.append(_fault(kind, None, (*path, key)))
    return kept


def _is_empty(kind: FieldType, value: Any) -> bool:
    """Whether a field counts as not written."""
    is_blank = isinstance(value, str) and not value.strip()
    return value is None or (is_blank and bool(kind.extra.get("is_folded")))


def _value(kind: FieldType, value: Any, path: Path, faults: list[Fault]) -> tuple[bool, Any]:
    """Whether a value fits, and what of it does."""
    if kind.extra.get("is_own"):
        return True, value
    if isinstance(value, dict):
        for one in kind.kinds:
            if isinstance(one, type) and issubclass(one, Model):
                return True, _fit(one, value, path, faults)
            if get_origin(one) is dict and _has_length(kind, value):
                return True, dict(_items(get_args(one)[1], value.items(), path, faults))
    if isinstance(value, list):
        for one in kind.kinds:
            if get_origin(one) is list and _has_length(kind, value):
                pairs = ((str(index), item) for index, item in enumerate(value))
                return True, [item for _, item in _items(get_args(one)[0], pairs, path, faults)]
    if kind.extra.get("is_folded") and isinstance(value, str):
        value = value.strip().lower()
    try:
        msgspec.convert(value, kind.whole)
    except msgspec.ValidationError:
        faults.append(_fault(kind, value, path))
        return False, None
    return True, value


def _items(kind: Any, pairs: Any, path: Path, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    """The items of a list or mapping that fit."""
    part = take_apart(kind)
    for key, item in pairs:
        ok, made = _value(part, item, (*path, key), faults)
        if ok:
            yield key, made


def _has_length(kind: FieldType, value: list[Any] | dict[str, Any]) -> bool:
    try:
        msgspec.convert([None] * len(value), _any_items(kind.whole))
    except msgspec.ValidationError:
        return False
    return True


@functools.lru_cache(maxsize=256)
def _any_items(whole: Any) -> Any:
    """`list[Any]` with the limits on the length of a list or mapping type."""
    notes = list(_notes(whole))
    least = next((note.min_length for note in notes if note.min_length is not None), None)
    most = next((note.max_length for note in notes if note.max_length is not None), None)
    return Annotated[list[Any], msgspec.Meta(min_length=least, max_length=most)]


def _fault(kind: FieldType, value: Any, path: Path) -> Fault:
    key = next((part for part in reversed(path) if not part.isdigit()), path[-1])
    named = {"key": key, "value": _short(value)}
    fault = kind.extra.get("fault") or (
        "'{value}' is not a value of '{key}'." if kind.words else ""
    )
    fix = kind.extra.get("fix") or _one_of(value, kind.words)
    if value is None and "{value" in (fault or "{value"):
        fault = kind.extra.get("missing") or "'{key}' is missing."
        fix = kind.extra.get("fix") or "Write '{key}: …'."
    fault = fault or "'{key}' is {value!r}."
    fix = fix or (f"Write {_wanted(kind)}." if "{value" in fault else "Write '{key}: …'.")
    is_warning = bool(kind.extra.get("is_warning"))
    return Fault(path, fault.format(**named), fix.format(**named), is_warning)


def _one_of(value: Any, words: tuple[str, ...]) -> str:
    return nearest(str(value), words, "Write one of: {known}.") if words else ""


def _wanted(kind: FieldType) -> str:
    """What a field takes, in words."""
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    if set(kind.kinds) >= {str, int, float, bool}:
        return "one line of text"
    shapes = {list: "a list", dict: "'name: value' lines"}
    found = [words.get(one) or shapes.get(get_origin(one)) for one in kind.kinds]
    return " or ".join(dict.fromkeys(one or "'name: value' lines" for one in found))


def _short(value: Any) -> Any:
    """What somebody wrote, as far as it is repeated in a message."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    if isinstance(value, list | dict) and len(str(value)) > LONGEST:
        return f"{str(value)[:LONGEST]}…"
    return value
