"""The JSON of a deck as types of the browser: engine/app/web/lib/deck.d.ts."""

import inspect
import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from engine.claims.cards import ShownClaims
from engine.deck import kinds
from engine.deck.schema.deck_json import DeckJson
from engine.deck.schema.fields import Model, Text
from engine.deck.schema.validation import fields_of
from tools.docs.tree import ROOT

WEB = ROOT / "engine" / "app" / "web"
FILE = WEB / "lib" / "deck.d.ts"
_HEAD = """\
/**
 * The JSON of a deck and of the claims. Written by `make docs` from engine/claims/cards.py,
 * engine/deck/kinds and engine/deck/schema/deck_json.py.
 */
"""
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", Any: "unknown"}
_SCALARS = set(get_args(Text))


def text() -> str:
    """The text of the file."""
    made: dict[str, str] = {}
    for kind in (DeckJson, ShownClaims):
        _shown(kind, made)
    for name in mounted():
        _block_data(name, made)
    return "\n".join([_HEAD, *(made[name] for name in sorted(made))])


def mounted() -> list[str]:
    """The kinds of block that the browser draws or mounts: the rows of KINDS in kinds.js."""
    script = (WEB / "blocks" / "kinds.js").read_text(encoding="utf-8")
    [table] = re.findall(r"^const KINDS = \{\n(.*?)^\}", script, re.MULTILINE | re.DOTALL)
    return re.findall(r"^  (\w+): \w+,$", table, re.MULTILINE)


def _block_data(name: str, made: dict[str, str]) -> None:
    """What a fence says, with what is added to it."""
    kind = kinds.kind(name)
    rows = {row[0]: row for row in _of_model(kind.model, made)}
    rows |= {row[0]: row for row in _of_dict(kind.data, made)} if kind.data else {}
    named = f"{kind.model.__name__}Data"
    made[named] = _interface(named, inspect.getdoc(kind.model) or "", list(rows.values()))


Row = tuple[str, str, str, str]  # name, "?" or "", type, comment


def _interface(name: str, about: str, rows: list[Row]) -> str:
    lines = [f"/** {about} */", f"export interface {name} {{"]
    for field, mark, shown, comment in rows:
        lines += [f"  /** {comment} */"] if comment else []
        lines.append(f"  {field}{mark}: {shown}")
    return "\n".join([*lines, "}", ""])


def _of_model(model: type[Model], made: dict[str, str]) -> Iterator[Row]:
    for name, (kind, is_needed) in fields_of(model).items():
        yield name, "" if is_needed else "?", _one_of(kind.kinds, made, True), kind.about


def _of_dict(kind: type, made: dict[str, str]) -> Iterator[Row]:
    for name, hint in get_type_hints(kind, include_extras=True).items():
        note, bare, mark = "", hint, ""
        while get_origin(bare) in (Annotated, NotRequired):
            note = next((one for one in get_args(bare)[1:] if isinstance(one, str)), note)
            mark = "?" if get_origin(bare) is NotRequired else mark
            bare = get_args(bare)[0]
        yield name, mark, _shown(bare, made), note


def _shown(kind: Any, made: dict[str, str], *, in_model: bool = False) -> str:
    """A type as TypeScript; an interface of its own is added to `made`."""
    args = get_args(kind)
    if get_origin(kind) is Annotated:
        return _shown(args[0], made, in_model=in_model)
    if get_origin(kind) in (Union, UnionType):
        return _one_of(args, made, in_model)
    if get_origin(kind) is Literal:
        return " | ".join(f'"{word}"' for word in args)
    if get_origin(kind) is list:
        inner = _shown(args[0], made, in_model=in_model)
        is_union = " | " in re.sub(r"\[.*\]", "", inner)
        return f"({inner})[]" if is_union else f"{inner}[]"
    if get_origin(kind) is tuple:
        return f"[{', '.join(_shown(one, made) for one in args)}]"
    if get_origin(kind) is dict:
        return f"Record<string, {_shown(args[1], made, in_model=in_model)}>"
    return _PLAIN.get(kind) or _named(kind, made)


def _one_of(parts: tuple[Any, ...], made: dict[str, str], in_model: bool) -> str:
    """Alternatives. What authors write as a text is a text in the browser."""
    if in_model and set(parts) >= _SCALARS:
        parts = (str, *(one for one in parts if one not in _SCALARS))
    words = ("null" if one is NoneType else _shown(one, made, in_model=in_model) for one in parts)
    return " | ".join(dict.fromkeys(words))


def _named(kind: type, made: dict[str, str]) -> str:
    name = kind.__name__.removesuffix("Json")
    if name not in made:
        made[name] = ""  # a type may hold itself
        about = (inspect.getdoc(kind) or "").split("\n\n")[0]
        if is_typeddict(kind):
            made[name] = _interface(name, about, list(_of_dict(kind, made)))
        else:
            made[name] = _interface(name, about, list(_of_model(kind, made)))
    return name
