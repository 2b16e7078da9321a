"""Checkpoints as people have them: broken, quantised, too large, with several ends."""

import json
import re
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from sims.language import checkpoint, memory
from sims.language.config_file import CheckpointError, read_config
from sims.language.sampling import sample
from sims.language.transformer import Config, Transformer
from sims.next_token import Params, write
from sims.spec import SpecError

WORDS = ["<pad>", "<end>", "<eot>", "to", "be", "or"]


def folder(path: Path, architecture: str = "llama", **shape: Any) -> Path:
    made = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    activation = "silu" if architecture == "llama" else "gelu_new"
    shape = {"width": 16, "num_heads": 2, "eos": 1, "pad": 0} | shape
    config = Config(6, 16, architecture=architecture, activation=activation, **shape)
    checkpoint.save(Transformer.fresh(config, 0), made, path)
    return path


def edit(path: Path, **fields: Any) -> None:
    found = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(found | fields))


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400 + 3 * len(str(path))
    return message


WRONG = ("32", 0, -1, None, 2.5, True, [4], {}, 10**12, "x" * 1000)


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(
    ("architecture", "field"),
    [
        ("llama", "hidden_size"), ("llama", "num_attention_heads"), ("llama", "vocab_size"),
        ("llama", "num_hidden_layers"), ("llama", "max_position_embeddings"),
        ("llama", "intermediate_size"), ("gpt2", "n_embd"), ("gpt2", "n_head"),
        ("gpt2", "n_layer"), ("gpt2", "n_positions"), ("gpt2", "vocab_size"),
    ],
)  # fmt: skip
def test_wrong_numbers_are_named(tmp_path: Path, architecture: str, field: str, value: Any) -> None:
    folder(tmp_path, architecture)
    edit(tmp_path / "config.json", **{field: value})
    message = refused(tmp_path)
    assert f"{tmp_path / 'config.json'}: {field} is " in message
    assert "must be a whole number from 1 to" in message


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("num_key_value_heads", "2", 'num_key_value_heads is "2", but must be a whole number'),
        ("num_key_value_heads", 3, "do not fit"),
        ("rms_norm_eps", "1e-5", "must be a number above 0"),
        ("rms_norm_eps", 0, "must be a number above 0"),
        ("rope_parameters", 7, "rope_parameters is 7, but must be an object"),
        ("rope_parameters", {"rope_theta": -1}, "rope_theta is -1"),
        ("rope_parameters", {"rope_type": ["x"]}, "rope_type is"),
        ("tie_word_embeddings", "no", 'tie_word_embeddings is "no", but must be true or false'),
        ("attention_bias", "yes", "must be true or false"),
        ("hidden_act", ["silu"], 'hidden_act is ["silu"], but must be one of'),
        ("eos_token_id", "</s>", 'eos_token_id is "</s>", but must be a token\'s number'),
        ("eos_token_id", [1, None], "must be a token's number, or a list"),
        ("head_dim", "8", 'head_dim is "8"'),
        ("model_type", ["llama"], "not one of ours"),
        ("model_type", None, "not one of ours"),
        ("auto_map", {"AutoModelForCausalLM": "evil.Model"}, "code of the model's own"),
        ("quantization_config", {"quant_method": "fp8"}, "quantised (fp8)"),
        ("quantization_config", {"quant_method": "gptq", "bits": 4}, "quantised (gptq)"),
        ("quantization_config", {"quant_method": "awq"}, "quantised (awq)"),
        ("quantization_config", {"quant_method": "bitsandbytes"}, "quantised (bitsandbytes)"),
        ("quantization_config", "int8", "quantised (int8)"),
    ],
)
def test_other_wrong_fields_are_named(tmp_path: Path, field: str, value: Any, said: str) -> None:
    edit(folder(tmp_path) / "config.json", **{field: value})
    message = refused(tmp_path)
    assert said in message
    assert str(tmp_path / "config.json") in message


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path) / "config.json"
    found = json.loads(path.read_text())
    del found["num_hidden_layers"]
    path.write_text(json.dumps(found))
    assert "does not say num_hidden_layers" in refused(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe{}", "is not JSON"),
        (b"[1, 2]", "holds no JSON object"),
        (b"", "is not JSON"),
        (b"[" * 200_000, "is not JSON"),
    ],
)
@pytest.mark.parametrize("name", ["config.json", "generation_config.json"])
def test_files_that_are_no_json_object(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (folder(tmp_path) / name).write_bytes(content)
    message = refused(tmp_path)
    assert said in message
    assert name in message


@pytest.mark.parametrize(
    "weight_map",
    [None, [], {}, "x", {"a": 1}, {"a": "../model.safetensors"}, {"a": "/etc/passwd"},
     {"a": "model.bin"}, {"a": "sub/m.safetensors"}],
)  # fmt: skip
def test_an_index_names_files_of_its_folder(tmp_path: Path, weight_map: Any) -> None:
    folder(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({} if weight_map is None else {"weight_map": weight_map}))
    assert "weight_map" in refused(tmp_path)


@pytest.mark.parametrize("kind", ["bin", "pt", "pth"])
def test_pickles_are_not_read(tmp_path: Path, kind: str) -> None:
    folder(tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / f"pytorch_model.{kind}")
    assert f"Its .{kind} file is a pickle, which is not read" in refused(tmp_path)


def change_weights(path: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    file = path / "model.safetensors"
    weights = load_file(file)
    change(weights)
    save_file(weights, file)


NAME = "model.layers.0.mlp.up_proj.weight"


@pytest.mark.parametrize(
    "dtype", [torch.float8_e4m3fn, torch.float8_e5m2, torch.int8, torch.uint8, torch.int32]
)
def test_quantised_weights_are_refused_by_their_type(tmp_path: Path, dtype: torch.dtype) -> None:
    folder(tmp_path)
    change_weights(tmp_path, lambda weights: weights.update({NAME: weights[NAME].to(dtype)}))
    message = refused(tmp_path)
    assert NAME in message
    assert "a quantised format" in message


@pytest.mark.parametrize("suffix", ["weight_scale_inv", "qweight", "scales", "weight.absmax"])
def test_quantised_weights_are_refused_by_their_scales(tmp_path: Path, suffix: str) -> None:
    folder(tmp_path)
    name = f"model.layers.0.mlp.up_proj.{suffix}"
    change_weights(tmp_path, lambda weights: weights.update({name: torch.ones(2)}))
    assert f"{name}, a part of quantised weights" in refused(tmp_path)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_are_read_as_float32(tmp_path: Path, dtype: torch.dtype) -> None:
    folder(tmp_path)
    change_weights(tmp_path, lambda weights: weights.update({NAME: weights[NAME].to(dtype)}))
    weight = checkpoint.load(tmp_path)[0].weights[NAME]
    assert weight.dtype == torch.float32


# ---- memory, and the hub ----------------------------------------------------------------------


def test_a_model_that_does_not_fit_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The medium GPT-2: 354.8 million parameters, twice 4 bytes each. No weights are looked at."""
    folder(tmp_path, "gpt2")
    shape = {"vocab_size": 50257, "n_positions": 1024, "n_embd": 1024, "n_layer": 24, "n_head": 16}
    edit(tmp_path / "config.json", **shape)
    (tmp_path / "model.safetensors").unlink()
    monkeypatch.setattr(memory, "allowed_bytes", lambda: 600 * 2**20)
    message = refused(tmp_path)
    assert "355 million parameters and needs at least 2,707 MB" in message
    assert "may take 600 MB more" in message


def test_the_limit_of_this_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft = used + 100 * 2**20
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, soft))
    found = memory.allowed_bytes()
    assert found is not None
    assert found <= 101 * 2**20
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    assert memory.allowed_bytes() == pytest.approx(memory._available(), rel=0.5)


def test_a_hub_model_that_cannot_be_read_is_refused_before_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def one_file(name: str, file: str) -> str:
        asked.append(f"{name}/{file}")
        return str(tmp_path / file)

    def everything(name: str, allow_patterns: list[str]) -> str:
        asked.append("everything")
        assert not any(re.fullmatch(r".*\.(bin|pt|py)", each) for each in allow_patterns)
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", one_file)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", everything)
    folder(tmp_path)
    checkpoint.load("someone/llama")
    assert asked == ["someone/llama/config.json", "everything"]
    edit(tmp_path / "config.json", quantization_config={"quant_method": "gptq"})
    asked.clear()
    with pytest.raises(CheckpointError, match=r"someone/llama cannot .* quantised \(gptq\)"):
        checkpoint.load("someone/llama")
    assert asked == ["someone/llama/config.json"]


# ---- ends, padding, positions, text -----------------------------------------------------------


def ends_of(path: Path) -> tuple[tuple[int, ...], int | None]:
    config = read_config(path)
    return config.ends, config.pad


def test_every_end_counts_and_generation_config_comes_first(tmp_path: Path) -> None:
    config = folder(tmp_path) / "config.json"
    edit(config, eos_token_id=[1, 2])
    assert ends_of(tmp_path) == ((1, 2), 0)
    edit(tmp_path / "generation_config.json", eos_token_id=2)
    assert ends_of(tmp_path) == ((2,), 0)
    edit(tmp_path / "generation_config.json", eos_token_id=[2, 1, 2])
    assert ends_of(tmp_path) == ((2, 1), 0)
    edit(tmp_path / "generation_config.json", eos_token_id=None)
    assert ends_of(tmp_path) == ((1, 2), 0)
    edit(config, eos_token_id=50256, pad_token_id=-1)  # outside of the vocabulary: never written
    assert ends_of(tmp_path) == ((), None)
    edit(config, eos_token_id=1, pad_token_id=1)  # PAD = EOS is legal
    assert ends_of(tmp_path) == ((1,), None)


def test_writing_stops_at_any_end(tmp_path: Path) -> None:
    edit(folder(tmp_path, is_tied=False) / "config.json", eos_token_id=[1, 2])
    model, tokenizer = checkpoint.load(tmp_path)
    assert model.config.ends == (1, 2)
    with torch.no_grad():
        model.weights["lm_head.weight"].zero_()  # every word is as likely as any other
    made = sample(
        model, torch.tensor([[3]]), 12, num_samples=64, generator=torch.Generator().manual_seed(0)
    )
    lengths = made.mask.sum(1).long()
    last = made.tokens[torch.arange(64), lengths - 1]
    assert set(last[made.is_finished].tolist()) == {1, 2}
    assert not torch.isin(made.tokens[:, :-1][made.mask[:, 1:] > 0], torch.tensor([1, 2])).any()
    seen = set()
    for seed in range(12):
        frames = list(write(model, tokenizer, "to", Params(max_tokens=12, seed=seed)))
        names = [frame["token"] for frame in frames]
        assert not {"<end>", "<eot>"} & set(names[:-1])
        assert frames[-1]["progress"] == 1
        seen.add(names[-1])
    assert {"<end>", "<eot>"} <= seen
    checkpoint.save(model, tokenizer, tmp_path / "again")
    assert ends_of(tmp_path / "again")[0] == (1, 2)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_more_tokens_than_positions_are_a_sentence(tmp_path: Path, architecture: str) -> None:
    model, tokenizer = checkpoint.load(folder(tmp_path, architecture, eos=None))
    assert len(list(write(model, tokenizer, "to", Params(max_tokens=15)))) == 15
    with pytest.raises(SpecError, match="1 tokens of prompt and 40 new ones are more than the 16"):
        next(write(model, tokenizer, "to", Params(max_tokens=40)))
    with pytest.raises(SpecError, match="17 tokens are more than the model's 16"):
        next(write(model, tokenizer, "to " * 17, Params(max_tokens=1)))


def byte_level() -> Tokenizer:
    """A vocabulary of bytes, in GPT-2's letters for them, with " to" as one piece."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {letter: i for i, letter in enumerate([*letters, "Ġt", "Ġto"])}
    made = Tokenizer(models.BPE(words, [("Ġ", "t"), ("Ġt", "o")]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return made


def byte_fallback() -> Tokenizer:
    """As sentencepiece has it: a word mark, and bytes for what has no piece."""
    words = {"<unk>": 0, "▁to": 1, "▁": 2} | {f"<0x{i:02X}>": 3 + i for i in range(256)}
    made = Tokenizer(models.BPE(words, [], unk_token="<unk>", byte_fallback=True))
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    made.decoder = decoders.Sequence([*steps, decoders.Strip(" ", 1, 0)])
    return made


@pytest.mark.parametrize("make", [byte_level, byte_fallback])
def test_tokens_are_shown_as_text(make: Callable[[], Tokenizer]) -> None:
    from sims.models.tokens import label as _name
    from sims.models.tokens import text_of as _text

    tokenizer = make()
    bytes_of = "Ã ©" if make is byte_level else "<0xC3> <0xA9>"  # é
    ids = [tokenizer.token_to_id(piece) for piece in bytes_of.split()]
    assert [_name(tokenizer, i) for i in ids] == ["(part of a character)"] * 2
    word = tokenizer.token_to_id("Ġto" if make is byte_level else "▁to")
    assert _name(tokenizer, word).strip() == "to"
    space = tokenizer.token_to_id("Ġ" if make is byte_level else "<0x20>")
    assert not set(_name(tokenizer, space)) & set("Ġ<0x>")
    assert _name(tokenizer, space).strip()
    assert _text(tokenizer, [word, ids[0]]).strip() == "to"  # the first byte of é: not yet
    assert _text(tokenizer, [word, *ids]).strip() == "toé"
    assert _name(tokenizer, 10_000) == "token 10000"
