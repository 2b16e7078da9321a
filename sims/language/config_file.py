"""config.json of the `transformers` library in our words; every value is checked before it is used.

A checkpoint is data: nothing in it chooses code, and a wrong value is one sentence with the file,
the field and the fix.
"""

import json
import math
from pathlib import Path
from typing import Any

from sims.language.transformer import ACTIVATIONS, ARCHITECTURES, Config
from sims.models.catalogue import CONFIG, ModelError
from sims.models.inspect import read_json
from sims.nearest import nearest

GENERATION = "generation_config.json"
MOST = {
    "layers": 1_000,
    "heads": 10_000,
    "width": 1_000_000,
    "tokens": 10_000_000,
}  # far beyond all
LONGEST_SHOWN = 60  # letters of a wrong value


CheckpointError = ModelError  # the message names the file and what to do


def read_config(folder: Path) -> Config:
    """The shape of the model in `folder`. CheckpointError: what is wrong in which file."""
    path = folder / CONFIG
    found = read_json(path)
    kind = found.get("model_type")
    if kind not in ARCHITECTURES:
        near = nearest(str(kind), sorted(ARCHITECTURES))
        shown = str(kind)[:LONGEST_SHOWN]
        raise CheckpointError(f"{path}: model_type is '{shown}', and not one of ours. {near}")
    try:
        _refuse(found)
        special = _special(found, read_json(folder / GENERATION, is_needed=False))
        return _gpt2(found, special) if kind == "gpt2" else _llama(found, special)
    except CheckpointError:
        raise
    except ValueError as error:
        raise CheckpointError(f"{path}: {error}") from error


def _refuse(found: dict[str, Any]) -> None:
    """What would make the weights mean something else than we take them for."""
    for name in ("quantization_config", "compression_config"):
        if found.get(name):
            given = found[name]
            method = given.get("quant_method", "unknown") if isinstance(given, dict) else given
            raise ValueError(
                f"{name} says that the weights are quantised ({str(method)[:20]}), which is "
                "not supported: take the model in float32, float16 or bfloat16."
            )
    if found.get("auto_map"):
        raise ValueError(
            "auto_map asks for code of the model's own, which is never run: take a model that the "
            "transformers library knows."
        )


def _gpt2(found: dict[str, Any], special: dict[str, Any]) -> Config:
    if _flag(found, "scale_attn_by_inverse_layer_idx", False) or not _flag(
        found, "scale_attn_weights", True
    ):
        raise ValueError("attention is scaled in a way of its own, which is not supported.")
    return Config(
        vocab_size=_whole(found, "vocab_size", MOST["tokens"]),
        max_length=_whole(found, "n_positions", MOST["tokens"]),
        width=_whole(found, "n_embd", MOST["width"]),
        num_layers=_whole(found, "n_layer", MOST["layers"]),
        num_heads=_whole(found, "n_head", MOST["heads"]),
        hidden=_whole(found, "n_inner", MOST["width"], default=0),
        activation=_activation(found, "activation_function", "gelu_new"),
        norm_eps=_number(found, "layer_norm_epsilon", 1e-5),
        is_tied=_flag(found, "tie_word_embeddings", True),
        **special,
    )


def _llama(found: dict[str, Any], special: dict[str, Any]) -> Config:
    rope = found.get("rope_parameters") or found.get("rope_scaling") or {}
    if not isinstance(rope, dict):
        raise ValueError(f"rope_parameters is {_shown(rope)}, but must be an object.")
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default":
        raise ValueError(f"rope_type is '{kind}', but only 'default' is supported.")
    if _flag(found, "attention_bias", False) or _flag(found, "mlp_bias", False):
        raise ValueError("layers with biases are not supported in a Llama.")
    width = _whole(found, "hidden_size", MOST["width"])
    heads = _whole(found, "num_attention_heads", MOST["heads"])
    if found.get("head_dim") not in (None, width // heads):
        raise ValueError(f"head_dim is {_shown(found['head_dim'])}, but must be width / heads.")
    theta = rope if "rope_theta" in rope else found
    return Config(
        vocab_size=_whole(found, "vocab_size", MOST["tokens"]),
        max_length=_whole(found, "max_position_embeddings", MOST["tokens"]),
        width=width,
        num_layers=_whole(found, "num_hidden_layers", MOST["layers"]),
        num_heads=heads,
        num_kv_heads=_whole(found, "num_key_value_heads", MOST["heads"], default=heads),
        hidden=_whole(found, "intermediate_size", MOST["width"]),
        architecture="llama",
        activation=_activation(found, "hidden_act", "silu"),
        norm_eps=_number(found, "rms_norm_eps", 1e-6),
        rope_theta=_number(theta, "rope_theta", 10_000.0),
        is_tied=_flag(found, "tie_word_embeddings", False),
        **special,
    )


def _special(found: dict[str, Any], generation: dict[str, Any]) -> dict[str, Any]:
    """BOS, EOS and PAD. A model may have several ways to end; those of generation_config.json count
    before those of config.json, as in the library's `generate`.

    A PAD that is also an end is left out: behind an end anything may stand, as masks tell.
    """
    size = _whole(found, "vocab_size", MOST["tokens"])
    ids = {
        name: _ids(generation, f"{name}_token_id", size) or _ids(found, f"{name}_token_id", size)
        for name in ("bos", "eos", "pad")
    }
    pads = [i for i in ids["pad"] if i not in ids["eos"]]
    made: dict[str, Any] = {"bos": _first(ids["bos"]), "eos": _first(ids["eos"])}
    return made | {"pad": _first(pads), "other_ends": tuple(ids["eos"][1:])}


def _ids(found: dict[str, Any], name: str, size: int) -> list[int]:
    """Tokens of the vocabulary; an id outside of it (-1 is in use for "none") can never occur."""
    value = found.get(name)
    given = value if isinstance(value, list) else [] if value is None else [value]
    for each in given:
        if isinstance(each, bool) or not isinstance(each, int):
            raise ValueError(f"{name} is {_shown(value)}, but must be a token's number, or a list.")
    return list(dict.fromkeys(i for i in given if 0 <= i < size))


def _first(ids: list[int]) -> int | None:
    return ids[0] if ids else None


def _whole(found: dict[str, Any], name: str, most: int, default: int | None = None) -> int:
    value = found.get(name)
    if value is None and default is not None:
        return default
    if name not in found:
        raise ValueError(f"it does not say {name}: add it.")
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"{name} is {_shown(value)}, but must be a whole number from 1 to {most}.")
    return value


def _number(found: dict[str, Any], name: str, default: float) -> float:
    value = found.get(name)
    if value is None:
        return default
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value < 1e30 or not math.isfinite(value):
        raise ValueError(f"{name} is {_shown(value)}, but must be a number above 0.")
    return float(value)


def _flag(found: dict[str, Any], name: str, default: bool) -> bool:
    value = found.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{name} is {_shown(value)}, but must be true or false.")
    return default if value is None else value


def _activation(found: dict[str, Any], name: str, default: str) -> str:
    value = found.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        known = ", ".join(ACTIVATIONS)
        raise ValueError(f"{name} is {_shown(value)}, but must be one of {known}.")
    return value


def _shown(value: Any) -> str:
    """A value as its file has it, cut short."""
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
