"""Models on disk, in the format of the `transformers` library: what it saves we load, and back.

    config.json         shape and kind of the model (GPT-2 or Llama), ids of BOS, EOS and PAD
    model.safetensors   weights by the library's names (or shards with model.safetensors.index.json)
    tokenizer.json      the tokenizer, of the `tokenizers` library

So any directory that `AutoModelForCausalLM` reads can take the place of ours, if it is of one of
those two kinds. Nothing is unpickled: weights come as safetensors only.
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from sims.language.networks import ARCHITECTURES, Config, shapes
from sims.language.transformer import Transformer
from sims.spec import did_you_mean

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
TOKENIZER, TOKENIZER_CONFIG = "tokenizer.json", "tokenizer_config.json"


class CheckpointError(ValueError):
    """A model that cannot be loaded; the message names the file and what to do."""


def load(name: str | Path) -> tuple[Transformer, Tokenizer]:
    """Model and tokenizer from a directory, or from a hub id such as `openai-community/gpt2`."""
    folder = _folder(name)
    config = _config(folder)
    tokenizer = _tokenizer(folder)
    if tokenizer.get_vocab_size() > config.vocab_size:
        raise CheckpointError(
            f"{folder / TOKENIZER} has {tokenizer.get_vocab_size()} tokens, but the model in "
            f"{folder / CONFIG} knows {config.vocab_size}: this is another model's tokenizer."
        )
    return Transformer(config, _weights(folder, config)).trainable(), tokenizer


def save(model: Transformer, tokenizer: Tokenizer, folder: str | Path) -> None:
    """Write the model so that `load` and `AutoModelForCausalLM.from_pretrained` read it."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = model.config
    _write_json(folder / CONFIG, _library_config(config))
    weights = {name: weight.detach().contiguous() for name, weight in model.weights.items()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    (folder / WEIGHTS).chmod(0o644)  # it is written for its owner alone
    tokenizer.save(str(folder / TOKENIZER))
    special = {"bos_token": config.bos, "eos_token": config.eos, "pad_token": config.pad}
    words = {key: tokenizer.id_to_token(i) for key, i in special.items() if i is not None}
    _write_json(
        folder / TOKENIZER_CONFIG,
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": config.max_length,
            **words,
        },
    )


def _folder(name: str | Path) -> Path:
    folder = Path(name)
    if folder.is_dir():
        return folder
    if folder.exists():
        raise CheckpointError(f"{folder} is a file: give the directory that holds {CONFIG}.")
    if str(name).count("/") != 1 or str(name).startswith(("/", ".", "~")):
        raise CheckpointError(f"there is no directory {folder}.")
    try:
        from huggingface_hub import snapshot_download

        files = ["*.json", "*.safetensors"]
        return Path(snapshot_download(str(name), allow_patterns=files))
    except (OSError, ValueError, ImportError) as error:
        raise CheckpointError(
            f"there is no directory {folder}, and no model of that name could be fetched: "
            f"{str(error).splitlines()[0]}"
        ) from error


def _config(folder: Path) -> Config:
    """The library's config in our words."""
    found = _json(folder / CONFIG)
    kind = found.get("model_type")
    if kind not in ARCHITECTURES:
        near = did_you_mean(str(kind), list(ARCHITECTURES))
        raise CheckpointError(
            f"{folder / CONFIG}: model_type is '{kind}', and not one of ours.{near}"
        )
    try:
        return _gpt2(found) if kind == "gpt2" else _llama(found)
    except KeyError as error:
        raise CheckpointError(f"{folder / CONFIG} does not say {error.args[0]}.") from error
    except ValueError as error:
        raise CheckpointError(f"{folder / CONFIG}: {error}") from error


def _gpt2(found: dict[str, Any]) -> Config:
    if found.get("scale_attn_by_inverse_layer_idx") or not found.get("scale_attn_weights", True):
        raise ValueError("attention is scaled in a way of its own, which is not supported.")
    return Config(
        vocab_size=found["vocab_size"],
        max_length=found["n_positions"],
        width=found["n_embd"],
        num_layers=found["n_layer"],
        num_heads=found["n_head"],
        hidden=found.get("n_inner") or 0,
        activation=found.get("activation_function", "gelu_new"),
        norm_eps=found.get("layer_norm_epsilon", 1e-5),
        is_tied=found.get("tie_word_embeddings", True),
        **_special(found),
    )


def _llama(found: dict[str, Any]) -> Config:
    rope = found.get("rope_parameters") or found.get("rope_scaling") or {}
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default":
        raise ValueError(f"rope_type is '{kind}', but only 'default' is supported.")
    if found.get("attention_bias") or found.get("mlp_bias"):
        raise ValueError("layers with biases are not supported in a Llama.")
    width, heads = found["hidden_size"], found["num_attention_heads"]
    if found.get("head_dim") not in (None, width // heads):
        raise ValueError(f"head_dim is {found['head_dim']}, but must be width / heads.")
    return Config(
        vocab_size=found["vocab_size"],
        max_length=found["max_position_embeddings"],
        width=width,
        num_layers=found["num_hidden_layers"],
        num_heads=heads,
        num_kv_heads=found.get("num_key_value_heads") or heads,
        hidden=found["intermediate_size"],
        architecture="llama",
        activation=found.get("hidden_act", "silu"),
        norm_eps=found.get("rms_norm_eps", 1e-6),
        rope_theta=rope.get("rope_theta", found.get("rope_theta", 10_000.0)),
        is_tied=found.get("tie_word_embeddings", False),
        **_special(found),
    )


def _special(found: dict[str, Any]) -> dict[str, Any]:
    """BOS, EOS and PAD; where a model has several ways to end, the first."""
    made: dict[str, Any] = {}
    for name in ("bos", "eos", "pad"):
        value = found.get(f"{name}_token_id")
        made[name] = value[0] if isinstance(value, list) else value
    return made


def _library_config(config: Config) -> dict[str, Any]:
    """Our config in the library's words."""
    shared = {
        "vocab_size": config.vocab_size,
        "bos_token_id": config.bos,
        "eos_token_id": config.eos,
        "pad_token_id": config.pad,
        "tie_word_embeddings": config.is_tied,
        "dtype": "float32",
    }
    if config.architecture == "gpt2":
        return {
            "architectures": ["GPT2LMHeadModel"],
            "model_type": "gpt2",
            "n_positions": config.max_length,
            "n_embd": config.width,
            "n_layer": config.num_layers,
            "n_head": config.num_heads,
            "n_inner": config.hidden or None,
            "activation_function": config.activation,
            "layer_norm_epsilon": config.norm_eps,
            "resid_pdrop": 0.0,
            "embd_pdrop": 0.0,
            "attn_pdrop": 0.0,
            **shared,
        }
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "max_position_embeddings": config.max_length,
        "hidden_size": config.width,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "num_key_value_heads": config.kv_heads,
        "intermediate_size": config.mlp_width,
        "hidden_act": config.activation,
        "rms_norm_eps": config.norm_eps,
        "rope_parameters": {"rope_type": "default", "rope_theta": config.rope_theta},
        **shared,
    }


def _weights(folder: Path, config: Config) -> dict[str, Tensor]:
    """Every weight of the config, float32, by name; extras of the file are left out."""
    wanted, found = shapes(config), {}
    for path in _weight_files(folder):
        try:
            found |= load_file(path)
        except SafetensorError as error:
            raise CheckpointError(f"{path} is not a whole safetensors file: {error}.") from error
    prefix = next(iter(wanted)).split(".")[0]
    if prefix == "transformer" and not any(name.startswith("transformer.") for name in found):
        found = {
            name if name.startswith("lm_head") else f"transformer.{name}": w
            for name, w in found.items()
        }
    for name, shape in wanted.items():
        if name not in found:
            raise CheckpointError(f"{folder / WEIGHTS} lacks {name}, which {CONFIG} asks for.")
        if tuple(found[name].shape) != shape:
            raise CheckpointError(
                f"{folder / WEIGHTS}: {name} has shape {tuple(found[name].shape)}, but {CONFIG} "
                f"asks for {shape}."
            )
    return {name: found[name].to(torch.float32) for name in wanted}


def _weight_files(folder: Path) -> list[Path]:
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if (folder / INDEX).is_file():
        shards = sorted(set(_json(folder / INDEX)["weight_map"].values()))
        missing = [shard for shard in shards if not (folder / shard).is_file()]
        if missing:
            raise CheckpointError(f"{folder} lacks {missing[0]}, which {INDEX} names.")
        return [folder / shard for shard in shards]
    hint = ""
    if any(folder.glob("*.bin")):
        hint = " Its .bin file is a pickle, which is not read: save it again as safetensors."
    raise CheckpointError(f"{folder} lacks {WEIGHTS}.{hint}")


def _tokenizer(folder: Path) -> Tokenizer:
    path = folder / TOKENIZER
    if not path.is_file():
        raise CheckpointError(f"{folder} lacks {TOKENIZER}.")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise CheckpointError(f"{path} is not a tokenizer: {error}.") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path.parent} lacks {path.name}.") from None
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{path} holds no JSON object.")
    return found


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
