"""Our tiny models on disk, in the format of the `transformers` library.

    config.json         shape of the model, a GPT-2, and its ids of BOS, EOS and PAD
    model.safetensors   weights by the library's names
    tokenizer.json      the tokenizer, of the `tokenizers` library

So `AutoModelForCausalLM` reads what is saved here. `load` reads it back, without importing that
library; models that people bring are read by `sims.models.load`, whatever their architecture.
"""

import json
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from sims.language.transformer import Config, Transformer, from_library, to_library
from sims.models.catalogue import CONFIG
from sims.models.inspect import WEIGHTS

TOKENIZER, TOKENIZER_CONFIG = "tokenizer.json", "tokenizer_config.json"


def load(folder: Path) -> tuple[Transformer, Tokenizer]:
    """Model and tokenizer of a directory that `save` has written."""
    found = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if found["model_type"] != "gpt2":
        raise ValueError(f"{folder} holds no model of ours: read it with sims.models.load.")
    config = Config(
        vocab_size=found["vocab_size"],
        max_length=found["n_positions"],
        width=found["n_embd"],
        num_layers=found["n_layer"],
        num_heads=found["n_head"],
        hidden=found["n_inner"] or 0,
        activation=found["activation_function"],
        norm_eps=found["layer_norm_epsilon"],
        is_tied=found["tie_word_embeddings"],
        bos=found["bos_token_id"],
        eos=found["eos_token_id"],
        pad=found["pad_token_id"],
    )
    weights = from_library(config, load_file(folder / WEIGHTS))
    return Transformer(config, weights).trainable(), Tokenizer.from_file(str(folder / TOKENIZER))


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


def _library_config(config: Config) -> dict[str, Any]:
    """Our config in the library's words."""
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
        "vocab_size": config.vocab_size,
        "bos_token_id": config.bos,
        "eos_token_id": config.eos,
        "pad_token_id": config.pad,
        "tie_word_embeddings": config.is_tied,
        "dtype": "float32",
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
