"""The values of config.json, held to what the library declares for a model of that kind.

A config is data: a size that makes no sense is one sentence with the file, the field and the fix,
before any memory is taken for it.
"""

import dataclasses
import json
import typing
from pathlib import Path
from typing import Any

import torch

from sims.models.catalogue import CONFIG, ModelError

# the greatest that is believed, far beyond every model there is
MOST = {
    "num_hidden_layers": 1_000,
    "num_attention_heads": 10_000,
    "num_key_value_heads": 10_000,
    "hidden_size": 1_000_000,
    "intermediate_size": 1_000_000,
    "head_dim": 1_000_000,
    "vocab_size": 10_000_000,
    "max_position_embeddings": 10_000_000,
}
LONGEST_SHOWN = 60  # letters of a wrong value


def check_sizes(folder: Path, config: dict[str, Any], declared: type) -> None:
    """ModelError for a size in `config` that is not a whole number in its bounds.

    `declared` is the library's config class of that kind: it says under which name a size stands,
    and whether it may be null or a list (one for each layer).
    """
    names: dict[str, str] = getattr(declared, "attribute_map", {})
    types = {field.name: field.type for field in dataclasses.fields(declared)}
    for common, most in MOST.items():
        name = names.get(common, common)
        kinds = typing.get_args(types.get(name)) or (types.get(name),)
        if name not in config or int not in kinds:
            continue
        value = config[name]
        is_list = isinstance(value, list) and list in map(typing.get_origin, kinds)
        is_null = value is None and type(None) in kinds
        if is_null or (value and is_list) or _is_whole(value, most):
            continue
        raise ModelError(
            f"{folder / CONFIG}: {name} is {shown(value)}, but must be a whole number from 1 to "
            f"{most}."
        )


def check_dtype(folder: Path, config: dict[str, Any]) -> None:
    """ModelError for a `dtype` that is none: the tokenizer, which reads it first, would be blamed.

    A model of several parts may have one for each. ("torch_dtype" is its older name.)
    """
    for name in ("dtype", "torch_dtype"):
        given = config.get(name)
        for value in given.values() if isinstance(given, dict) else (given,):
            is_name = isinstance(value, str) and value.removeprefix("torch.").isidentifier()
            kind = getattr(torch, str(value).removeprefix("torch."), None) if is_name else None
            if value in (None, "auto") or isinstance(kind, torch.dtype):
                continue
            raise ModelError(
                f"{folder / CONFIG}: {name} is {shown(value)}, but must name a type of numbers "
                "such as float32, float16 or bfloat16."
            )


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def fault(folder: Path, error: Exception) -> ModelError:
    """What the library says of a model that it could not make, as one sentence.

    A value of another type than declared is named by the error's own cause.
    """
    cause = error.__cause__ if type(error).__name__.startswith("StrictDataclass") else None
    if isinstance(error, KeyError):  # a table of the library has no such entry
        told = f"it names {shown(error.args[0])}, which the library does not know"
    else:
        told = first_line(cause or error)
    where = folder / CONFIG if cause or isinstance(error, KeyError) else folder
    return ModelError(f"{where} cannot be read: {told.rstrip('.')}.")


def first_line(error: BaseException) -> str:
    """The first line that an error says, cut short; its name where it says nothing."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__


def shown(value: Any) -> str:
    """A value as its file has it, cut short."""
    text = json.dumps(value, default=str)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
