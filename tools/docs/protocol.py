"""The messages of the live socket as types of the browser: engine/app/web/lib/protocol.d.ts."""

import inspect
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from engine.app.socket import protocol

FILE = Path(__file__).resolve().parents[2] / "engine" / "app" / "web" / "lib" / "protocol.d.ts"
_HEAD = """\
/** Every message of the live socket. Written by `make docs` from engine/app/socket/protocol.py. */

import type { Frame, Params } from "./types.js"

/** The page tags its questions with texts; the server sends back whatever came. */
export type Tag = string | null
"""
WIDTH = 100  # columns, as Biome writes
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def text() -> str:
    """The text of the file."""
    client, server = get_args(protocol.ClientMessage), get_args(protocol.ServerMessage)
    parts = [_interface(one) for one in (*protocol.PARTS, *client, *server)]
    for name, kinds in (("ClientMessage", client), ("ServerMessage", server)):
        line = f"export type {name} = {' | '.join(kind.__name__ for kind in kinds)}\n"
        members = "".join(f"\n  | {kind.__name__}" for kind in kinds)
        parts.append(line if len(line) <= WIDTH else f"export type {name} ={members}\n")
    return "\n".join([_HEAD, *parts])


def _interface(kind: type[msgspec.Struct]) -> str:
    config = kind.__struct_config__
    lines = [f"  {config.tag_field}: {_word(config.tag)}"] if config.tag else []
    for field in msgspec.structs.fields(kind):
        mark = "" if field.required else "?"
        shown = _type(field.name, field.type)
        if config.omit_defaults:  # an empty field is not sent
            shown = shown.removesuffix(" | null")
        lines.append(f"  {field.encode_name}{mark}: {shown}")
    body = "\n".join(lines)
    return f"/** {inspect.getdoc(kind)} */\nexport interface {kind.__name__} {{\n{body}\n}}\n"


def _word(word: Any) -> str:
    return f'"{word}"'


def _type(name: str, kind: Any) -> str:
    if name == "frames":
        return "Frame[]"
    if kind == protocol.Params:
        return "Params"
    if kind == protocol.Tag:
        return "string" if name == "run" else "Tag"
    if get_origin(kind) in (Union, UnionType):
        return " | ".join(dict.fromkeys(_type(name, one) for one in get_args(kind)))
    if get_origin(kind) is Literal:
        return " | ".join(_word(word) for word in get_args(kind))
    if get_origin(kind) is list:
        return f"{_type(name, get_args(kind)[0])}[]"
    if get_origin(kind) is dict:
        return f"Record<string, {_type(name, get_args(kind)[1])}>"
    return _PLAIN.get(kind) or kind.__name__
