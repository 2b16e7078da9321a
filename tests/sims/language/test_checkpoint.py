"""Checkpoints to and from the `transformers` library, and what is said of broken ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from sims.language.checkpoint import CheckpointError, load, save
from sims.language.sampling import sample
from sims.language.transformer import Config, Transformer

torch.set_num_threads(1)

WORDS = ["<pad>", "<end>", "to", "be", "or", "not"]
TOKENS = torch.tensor([[2, 3, 4, 5, 2, 3]])


def words(more: int = 0) -> Tokenizer:
    vocabulary = {word: i for i, word in enumerate([*WORDS, *(f"w{i}" for i in range(more))])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def their_model(kind: str, **values: Any) -> Any:
    torch.manual_seed(0)
    special = {"bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 0, "vocab_size": len(WORDS)}
    if kind == "gpt2":
        return GPT2LMHeadModel(
            GPT2Config(n_positions=12, n_embd=16, n_layer=2, n_head=2, **special, **values)
        )
    shape = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 12}
    return LlamaForCausalLM(LlamaConfig(**shape, **heads, **special, **values))


def their_folder(folder: Path, kind: str = "llama", **values: Any) -> Any:
    model = their_model(kind, **values).eval()
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=words(), eos_token="<end>", pad_token="<pad>"
    ).save_pretrained(folder)
    return model


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("gpt2", {}),
        ("gpt2", {"n_inner": 20, "activation_function": "gelu", "tie_word_embeddings": False}),
        ("llama", {}),
        (
            "llama",
            {
                "tie_word_embeddings": True,
                "rope_parameters": {"rope_type": "default", "rope_theta": 500.0},
            },
        ),
    ],
)
def test_what_the_library_saves_we_load(tmp_path: Path, kind: str, values: dict) -> None:
    theirs = their_folder(tmp_path, kind, **values)
    model, tokenizer = load(tmp_path)
    with torch.no_grad():
        wanted = theirs(input_ids=TOKENS).logits
        torch.testing.assert_close(model.logits(TOKENS), wanted, atol=1e-6, rtol=1e-5)
    assert tokenizer.encode("to be or not to be").ids == TOKENS[0].tolist()
    assert (model.config.eos, model.config.pad) == (1, 0)
    made = sample(model, TOKENS, 4, generator=torch.Generator().manual_seed(0))
    assert made.tokens.shape == (1, 4)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_what_we_save_the_library_loads(tmp_path: Path, architecture: str) -> None:
    config = Config(
        len(WORDS), 12, width=16, num_layers=2, num_heads=4, hidden=40, architecture=architecture,
        activation="gelu_new" if architecture == "gpt2" else "silu", bos=1, eos=1, pad=0,
        num_kv_heads=2 * (architecture == "llama"),
    )  # fmt: skip
    model = Transformer.fresh(config, 3)
    save(model, words(), tmp_path)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path)
    with torch.no_grad():
        theirs_said = theirs(input_ids=TOKENS).logits
        torch.testing.assert_close(model.logits(TOKENS), theirs_said, atol=1e-6, rtol=1e-5)
    read = AutoTokenizer.from_pretrained(tmp_path)
    assert read("to be or not to be").input_ids == TOKENS[0].tolist()
    assert (read.eos_token, read.pad_token) == ("<end>", "<pad>")
    again, tokenizer = load(tmp_path)
    assert again.config == config
    assert tokenizer.get_vocab() == words().get_vocab()
    for name, weight in model.weights.items():
        assert torch.equal(again.weights[name], weight)


def test_models_in_several_files(tmp_path: Path) -> None:
    theirs = their_folder(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    theirs.save_pretrained(tmp_path, max_shard_size="4KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    with torch.no_grad():
        torch.testing.assert_close(
            load(tmp_path)[0].logits(TOKENS), theirs(input_ids=TOKENS).logits
        )
    min(tmp_path.glob("*.safetensors")).unlink()
    with pytest.raises(CheckpointError, match="lacks model-00001-of"):
        load(tmp_path)


def edit(folder: Path, **values: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def other_tokenizer(folder: Path) -> None:
    words(more=5).save(str(folder / "tokenizer.json"))


def lacking(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def only_a_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def half_a_file(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:500])


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lacking("config.json"), "lacks config.json"),
        (lacking("tokenizer.json"), "lacks tokenizer.json"),
        (lacking("model.safetensors"), "lacks model.safetensors."),
        (only_a_pickle, "is a pickle, which is not read"),
        (half_a_file, "is not a whole safetensors file"),
        (other_tokenizer, "has 11 tokens, but the model in"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "is not a tokenizer"),
        (lambda folder: (folder / "config.json").write_text("["), "is not JSON"),
        (lambda folder: edit(folder, model_type="lama"), "Did you mean 'llama'"),
        (lambda folder: edit(folder, intermediate_size=32), "has shape"),
        (lambda folder: edit(folder, num_hidden_layers=3), "lacks model.layers.2."),
        (lambda folder: edit(folder, attention_bias=True), "layers with biases"),
        (lambda folder: edit(folder, rope_parameters={"rope_type": "yarn"}), "rope_type is 'yarn'"),
        (lambda folder: edit(folder, hidden_act="gleu"), "activation is 'gleu'"),
    ],
)
def test_broken_folders_are_named(
    tmp_path: Path, break_it: Callable[[Path], None], said: str
) -> None:
    their_folder(tmp_path)
    break_it(tmp_path)
    with pytest.raises(CheckpointError) as caught:
        load(tmp_path)
    message = str(caught.value)
    assert said in message
    assert str(tmp_path) in message
    assert "\n" not in message


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no directory"):
        load(tmp_path / "nowhere")
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(CheckpointError, match="is a file: give the directory"):
        load(file)
