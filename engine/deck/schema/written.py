"""Texts as their author wrote them: YAML reads `Yes` as true and `1.10` as 1.1."""

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from engine.deck.schema.fields import Model
from engine.deck.schema.validation import FieldType, Path, fields_of, take_apart

_SCALARS = {str, int, float, bool}  # of `Text` and `Filled`


def with_texts(
    model: type[Model], value: Mapping[str, Any], written: Mapping[Path, str]
) -> dict[str, Any]:
    """`value` with the fields of text as they stand in `written`: path -> number or boolean."""
    out = dict(value)
    for path, text in written.items():
        if _is_text(model, path):
            out = _with(out, path, text)
    return out


def _is_text(model: type[Model], path: Path) -> bool:
    """Whether the model has a text at this path."""
    kind: FieldType | None = FieldType((model,), model)
    for key in path:
        kind = kind and _part(kind, key)
    return kind is not None and set(kind.kinds) >= _SCALARS


def _part(kind: FieldType, key: str) -> FieldType | None:
    """The type of what stands at `key` in a value of this type."""
    for one in kind.kinds:
        if isinstance(one, type) and issubclass(one, Model) and key in fields_of(one):
            return fields_of(one)[key][0]
        if get_origin(one) in (list, dict):
            return take_apart(get_args(one)[-1])
    return None


def _with(value: Any, path: Path, text: str) -> Any:
    """`value` with another text at `path`; what lies around it is copied, for others share it."""
    if not path:
        return text
    if isinstance(value, list):
        place = int(path[0])
        return [*value[:place], _with(value[place], path[1:], text), *value[place + 1 :]]
    return {**value, path[0]: _with(value[path[0]], path[1:], text)}
