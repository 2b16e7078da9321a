"""Models as people have them: broken, quantised, too large."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch

from sims.models import load as loading
from sims.models import memory
from sims.models.catalogue import ModelError
from sims.models.load import load
from tests.sims.models.conftest import SHARED, change_weights, edit, save_model

NAME = "model.layers.0.mlp.up_proj.weight"
WRONG = ("32", 0, -1, None, 2.5, True, [4], {}, 10**12, "x" * 1000)


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400 + 3 * len(str(path))
    return message


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("llama", "hidden_size"), ("llama", "num_attention_heads"), ("llama", "vocab_size"),
        ("llama", "num_hidden_layers"), ("llama", "max_position_embeddings"),
        ("llama", "intermediate_size"), ("gpt2", "n_embd"), ("gpt2", "n_head"),
        ("gpt2", "n_layer"), ("gpt2", "n_positions"), ("gpt2", "vocab_size"),
    ],
)  # fmt: skip
def test_wrong_numbers_are_named(saved: Path, tmp_path: Path, kind: str, field: str) -> None:
    folder = Path(shutil.copytree(saved / kind, tmp_path / kind))
    for value in WRONG:
        edit(folder / "config.json", **{field: value})
        message = refused(folder)
        assert f"{folder / 'config.json'}: {field} is " in message
        assert "must be a whole number from 1 to" in message


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("num_key_value_heads", "2", 'num_key_value_heads is "2", but must be a whole number'),
        ("num_key_value_heads", 4, "k_proj.weight has shape (8, 16), but config.json asks for"),
        ("head_dim", "8", 'head_dim is "8"'),
        ("rms_norm_eps", "1e-5", "'rms_norm_eps' expected float, got str"),
        ("rope_parameters", 7, "'rope_parameters'"),
        ("tie_word_embeddings", "no", "'tie_word_embeddings' expected bool, got str"),
        ("attention_bias", "yes", "'attention_bias' expected bool, got str"),
        ("hidden_act", ["silu"], "'hidden_act' expected str, got list"),
        ("hidden_act", "gleu", 'it names "gleu", which the library does not know'),
        ("eos_token_id", "</s>", "'eos_token_id'"),
        ("num_hidden_layers", 1, "leaves no place for model.layers.1."),
        ("architectures", "LlamaModel", "LlamaModel is not a causal language model"),
        ("eos_token_id", [1, None], "'eos_token_id'"),
        ("model_type", ["llama"], "model_type is ['llama'], no name"),
        ("model_type", None, "no model_type: say which kind it is"),
        ("quantization_config", {"quant_method": "fp8"}, "quantised (fp8)"),
        ("quantization_config", {"quant_method": "gptq", "bits": 4}, "quantised (gptq)"),
        ("quantization_config", {"quant_method": "awq"}, "quantised (awq)"),
        ("quantization_config", {"quant_method": "bitsandbytes"}, "quantised (bitsandbytes)"),
        ("quantization_config", "int8", "quantised (int8)"),
        ("dtype", "float99", 'config.json: dtype is "float99", but must name a type of numbers'),
        ("torch_dtype", 32, "config.json: torch_dtype is 32, but must name a type of numbers"),
        ("compression_config", {"quant_method": "compressed-tensors"}, "quantised (compressed"),
    ],
)
def test_other_wrong_fields_are_named(llama: Path, field: str, value: Any, said: str) -> None:
    edit(llama / "config.json", **{field: value})
    message = refused(llama)
    assert said in message
    assert str(llama) in message


def test_sizes_that_may_be_open_or_a_list_are_taken(tmp_path: Path) -> None:
    """As in the library: null where it says so, one for each layer where it says so."""
    from transformers import CONFIG_MAPPING

    from sims.models.settings import check_sizes

    for kind, fields in {
        "llama": {"num_key_value_heads": None, "head_dim": None},
        "gpt_neo": {"intermediate_size": None},
        "gemma3n_text": {"intermediate_size": [8, 16]},
    }.items():
        check_sizes(tmp_path, fields, CONFIG_MAPPING[kind])
    with pytest.raises(ModelError, match="intermediate_size is null"):
        check_sizes(tmp_path, {"intermediate_size": None}, CONFIG_MAPPING["llama"])


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
def test_files_that_are_no_json_object(llama: Path, name: str, content: bytes, said: str) -> None:
    (llama / name).write_bytes(content)
    message = refused(llama)
    assert said in message
    assert name in message


@pytest.mark.parametrize(
    "weight_map",
    [None, [], {}, "x", {"a": 1}, {"a": "../model.safetensors"}, {"a": "/etc/passwd"},
     {"a": "model.bin"}, {"a": "sub/m.safetensors"}],
)  # fmt: skip
def test_an_index_names_files_of_its_folder(llama: Path, weight_map: Any) -> None:
    (llama / "model.safetensors").unlink()
    index = llama / "model.safetensors.index.json"
    index.write_text(json.dumps({} if weight_map is None else {"weight_map": weight_map}))
    assert "weight_map" in refused(llama)


def test_models_in_several_files(tmp_path: Path) -> None:
    theirs = save_model(tmp_path, "llama", **SHARED)
    (tmp_path / "model.safetensors").unlink()
    theirs.save_pretrained(tmp_path, max_shard_size="4KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    tokens = torch.tensor([[2, 3, 4]])
    with torch.no_grad():
        torch.testing.assert_close(load(tmp_path).logits(tokens), theirs(input_ids=tokens).logits)
    broken = Path(shutil.copytree(tmp_path, tmp_path / "broken"))
    min(broken.glob("*.safetensors")).unlink()
    assert "lacks model-00001-of" in refused(broken)


@pytest.mark.parametrize("kind", ["bin", "pt", "pth"])
def test_pickles_are_not_read(llama: Path, kind: str) -> None:
    (llama / "model.safetensors").rename(llama / f"pytorch_model.{kind}")
    assert f"Its .{kind} file is a pickle, which is not read" in refused(llama)


def test_weights_that_would_be_left_out(llama: Path) -> None:
    """An adapter beside the weights of its model changes what the model says; a head does not."""
    change_weights(llama, lambda one: one.update({"score.weight": torch.ones(2, 16)}))
    assert load(llama).config.vocab_size == 12
    name = "model.layers.0.self_attn.q_proj.lora_A.weight"
    change_weights(llama, lambda one: one.update({name: torch.ones(2, 16)}))
    other = llama.rename(llama.with_name("other"))  # a directory is read once in a process
    assert f"leaves no place for {name} of its weights" in refused(other)


@pytest.mark.parametrize(
    "dtype", [torch.float8_e4m3fn, torch.float8_e5m2, torch.int8, torch.uint8, torch.int32]
)
def test_quantised_weights_are_refused_by_their_type(llama: Path, dtype: torch.dtype) -> None:
    change_weights(llama, lambda weights: weights.update({NAME: weights[NAME].to(dtype)}))
    message = refused(llama)
    assert NAME in message
    assert "a part of quantised weights" in message


@pytest.mark.parametrize("suffix", ["weight_scale_inv", "qweight", "scales", "weight.absmax"])
def test_quantised_weights_are_refused_by_their_scales(llama: Path, suffix: str) -> None:
    name = f"model.layers.0.mlp.up_proj.{suffix}"
    change_weights(llama, lambda weights: weights.update({name: torch.ones(2)}))
    message = refused(llama)
    assert name in message
    assert "a part of quantised weights" in message


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_are_read_as_float32(llama: Path, dtype: torch.dtype) -> None:
    change_weights(llama, lambda weights: weights.update({NAME: weights[NAME].to(dtype)}))
    assert {weight.dtype for weight in load(llama).parameters()} == {torch.float32}


# ---- memory, and the hub ----------------------------------------------------------------------


def test_a_model_that_does_not_fit_says_what_it_needs(
    llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The medium GPT-2: 354.8 million parameters of 4 bytes. Only headers are looked at."""
    header = {NAME: {"dtype": "F32", "shape": [354_823_168], "data_offsets": [0, 1_419_292_672]}}
    text = json.dumps(header).encode()
    with (llama / "model.safetensors").open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + 1_419_292_672)  # sparse: it takes no room
    monkeypatch.setattr(memory, "allowed_bytes", lambda: 600 * 2**20)
    monkeypatch.setattr(loading, "_network", None)  # it would be called to load
    message = refused(llama)
    assert "355 million parameters and needs at least 1,354 MB" in message
    assert "may take 600 MB more" in message


def test_the_limit_of_this_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft = used + 100 * 2**20
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, soft))
    found = memory.allowed_bytes()
    assert found is not None
    assert found <= 101 * 2**20
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    assert memory.allowed_bytes() == pytest.approx(memory._available(), rel=0.5)


def test_a_hub_model_that_cannot_be_read_is_refused_before_its_weights(
    llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def one_file(name: str, file: str) -> str:
        asked.append(f"{name}/{file}")
        return str(llama / file)

    def everything(name: str, allow_patterns: list[str]) -> str:
        asked.append("everything")
        assert not any(re.fullmatch(r".*\.(bin|pt|py)", each) for each in allow_patterns)
        return str(llama)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", one_file)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", everything)
    load("someone/llama")
    assert asked == ["someone/llama/config.json", "everything"]
    edit(llama / "config.json", quantization_config={"quant_method": "gptq"})
    asked.clear()
    with pytest.raises(ModelError, match=r"someone/llama cannot .* quantised \(gptq\)"):
        load("someone/llama")
    assert asked == ["someone/llama/config.json"]


# ---- ends, padding, positions, text -----------------------------------------------------------
