"""Models on disk, in the format of the `transformers` library: what it saves we load, and back.

    config.json         shape and kind of the model (GPT-2 or Llama), ids of BOS, EOS and PAD
    model.safetensors   weights by the library's names (or shards with model.safetensors.index.json)
    tokenizer.json      the tokenizer, of the `tokenizers` library

So any directory that `AutoModelForCausalLM` reads can take the place of ours, if it is of one of
those two kinds. Nothing is unpickled: weights come as safetensors only.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from sims.language.config_file import CheckpointError, read_config
from sims.language.memory import check_fits
from sims.language.transformer import Config, Transformer, from_library, library_shapes, to_library
from sims.models.catalogue import CONFIG, local_folder
from sims.models.hub import download
from sims.models.inspect import FLOATS, QUANTISED, WEIGHTS, weight_files

TOKENIZER, TOKENIZER_CONFIG = "tokenizer.json", "tokenizer_config.json"


def load(name: str | Path) -> tuple[Transformer, Tokenizer]:
    """Model and tokenizer from a directory, or from a hub id such as `openai-community/gpt2`."""
    folder = _folder(name)
    config = read_config(folder)
    tokenizer = _tokenizer(folder)
    if tokenizer.get_vocab_size() > config.vocab_size:
        raise CheckpointError(
            f"{folder / TOKENIZER} has {tokenizer.get_vocab_size()} tokens, but the model in "
            f"{folder / CONFIG} knows {config.vocab_size}: this is another model's tokenizer."
        )
    check_fits(config, folder)
    return Transformer(config, _weights(folder, config)).trainable(), tokenizer


def save(model: Transformer, tokenizer: Tokenizer, folder: str | Path) -> None:
    """Write the model so that `load` and `AutoModelForCausalLM.from_pretrained` read it."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = model.config
    _write_json(folder / CONFIG, _library_config(config))
    named = to_library(config, model.weights).items()
    weights = {name: weight.detach().contiguous() for name, weight in named}
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
    return local_folder(name) or download(str(name))


def _library_config(config: Config) -> dict[str, Any]:
    """Our config in the library's words."""
    shared = {
        "vocab_size": config.vocab_size,
        "bos_token_id": config.bos,
        "eos_token_id": list(config.ends) if config.other_ends else config.eos,
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
    """Every weight of the config, float32, by our name; extras of the file are left out.

    Names, types and shapes are looked at before anything is loaded.
    """
    wanted, places = library_shapes(config), dict[str, tuple[Path, str]]()
    for path in weight_files(folder):
        for name in _names(path):
            _refuse_quantised(path, name)
            places[name] = (path, name)
    prefix = next(iter(wanted)).split(".")[0]
    if prefix == "transformer" and not any(name.startswith("transformer.") for name in places):
        places = {
            name if name.startswith("lm_head") else f"transformer.{name}": place
            for name, place in places.items()
        }
    for name in wanted:
        if name not in places:
            raise CheckpointError(f"{folder / WEIGHTS} lacks {name}, which {CONFIG} asks for.")
    found: dict[str, Tensor] = {}
    for path in dict.fromkeys(places[name][0] for name in wanted):
        with safe_open(path, "pt") as file:
            for name, shape in wanted.items():
                if places[name][0] == path:
                    found[name] = _tensor(path, file.get_slice(places[name][1]), name, shape)
    return from_library(config, found)


def _names(path: Path) -> list[str]:
    try:
        with safe_open(path, "pt") as file:
            return list(file.keys())
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a whole safetensors file: {error}.") from error


def _refuse_quantised(path: Path, name: str) -> None:
    if name.endswith(QUANTISED):
        raise CheckpointError(
            f"{path} holds {name}, a part of quantised weights, which are not supported: take the "
            "model in float32, float16 or bfloat16."
        )


def _tensor(path: Path, part: Any, name: str, shape: tuple[int, ...]) -> Tensor:
    """One weight as float32. CheckpointError where its type or shape is not what we take it for."""
    if tuple(part.get_shape()) != shape:
        raise CheckpointError(
            f"{path}: {name} has shape {tuple(part.get_shape())}, but {CONFIG} asks for {shape}."
        )
    if part.get_dtype() not in FLOATS:
        raise CheckpointError(
            f"{path}: {name} is of type {part.get_dtype()}, a quantised format that is not "
            "supported: take the model in float32, float16 or bfloat16."
        )
    return part[...].to(torch.float32)


def _tokenizer(folder: Path) -> Tokenizer:
    path = folder / TOKENIZER
    if not path.is_file():
        raise CheckpointError(f"{folder} lacks {TOKENIZER}.")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise CheckpointError(f"{path} is not a tokenizer: {error}.") from error


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Load the model that is named, and say on stderr what is wrong with it; 0 or 2."""
    try:
        load(arguments[0])
    except CheckpointError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
