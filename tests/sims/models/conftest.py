"""Small random models of the `transformers` library, saved as it saves them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers

WORDS = ["<pad>", "<end>", "to", "be", "or", "not", "that", "is", "the", "question"]
SIZE = {"vocab_size": len(WORDS) + 2, "bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 0}
WIDE = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2}
WIDE |= {"num_attention_heads": 4, "max_position_embeddings": 32}
GPT2 = {"n_positions": 32, "n_embd": 16, "n_layer": 2, "n_head": 2}
SHARED = {**WIDE, "num_key_value_heads": 2}


def words(more: int = 0) -> Tokenizer:
    vocabulary = {word: i for i, word in enumerate([*WORDS, *(f"w{i}" for i in range(more))])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def save_model(folder: Path, kind: str, **values: Any) -> Any:
    """A model of the kind with random weights, far enough from 0 to tell tokens apart."""
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **SIZE, **values)
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.2)
    model.save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words(), eos_token="<end>", pad_token="<pad>"
    )
    tokenizer.save_pretrained(folder)
    return model


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One model of each kind, to be copied."""
    folder = tmp_path_factory.mktemp("saved")
    save_model(folder / "llama", "llama", **SHARED)
    save_model(folder / "gpt2", "gpt2", **GPT2)
    return folder


@pytest.fixture
def llama(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved / "llama", tmp_path / "llama"))


def edit(path: Path, **fields: Any) -> None:
    found = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(found | fields))


def change_weights(path: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    file = path / "model.safetensors"
    weights = load_file(file)
    change(weights)
    save_file(weights, file, metadata={"format": "pt"})
