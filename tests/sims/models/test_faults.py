"""Models as people have them: broken, quantised, too large, with several ends."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from sims.language.sampling import sample
from sims.models import load as loading
from sims.models import memory
from sims.models.catalogue import ModelError
from sims.models.load import load
from sims.next_token import Params, write
from sims.spec import SpecError
from tests.sims.models.conftest import GPT2, SHARED, save_model

NAME = "model.layers.0.mlp.up_proj.weight"
WRONG = ("32", 0, -1, None, 2.5, True, [4], {}, 10**12, "x" * 1000)


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
        ("eos_token_id", [1, None], "'eos_token_id'"),
        ("model_type", ["llama"], "model_type is ['llama'], no name"),
        ("model_type", None, "no model_type: say which kind it is"),
        ("quantization_config", {"quant_method": "fp8"}, "quantised (fp8)"),
        ("quantization_config", {"quant_method": "gptq", "bits": 4}, "quantised (gptq)"),
        ("quantization_config", {"quant_method": "awq"}, "quantised (awq)"),
        ("quantization_config", {"quant_method": "bitsandbytes"}, "quantised (bitsandbytes)"),
        ("quantization_config", "int8", "quantised (int8)"),
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


def change_weights(path: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    file = path / "model.safetensors"
    weights = load_file(file)
    change(weights)
    save_file(weights, file, metadata={"format": "pt"})


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


def test_every_end_counts_and_generation_config_comes_first(saved: Path, tmp_path: Path) -> None:
    def ends(
        generation: dict[str, Any] | None = None, **config: Any
    ) -> tuple[tuple[int, ...], int | None]:
        folder = tmp_path / f"model-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(saved / "llama", folder)
        edit(folder / "config.json", **config)
        edit(folder / "generation_config.json", **{"eos_token_id": None, **(generation or {})})
        shape = load(folder).config
        return shape.ends, shape.pad

    assert ends(eos_token_id=[1, 2]) == ((1, 2), 0)
    assert ends({"eos_token_id": 2}, eos_token_id=[1, 2]) == ((2,), 0)
    assert ends({"eos_token_id": [2, 1, 2]}, eos_token_id=1) == ((2, 1), 0)
    assert ends(eos_token_id=1, pad_token_id=-1) == ((1,), 0)  # the tokenizer's PAD
    outside = ends(eos_token_id=50256)  # of the vocabulary: never written
    assert outside == ((1,), 0)  # so the tokenizer's end counts


def test_writing_stops_at_any_end(llama: Path) -> None:
    change_weights(llama, lambda weights: weights["lm_head.weight"].zero_())  # all as likely
    edit(llama / "generation_config.json", eos_token_id=[1, 2])
    model = load(llama)
    assert model.config.ends == (1, 2)
    made = sample(
        model, torch.tensor([[3]]), 12, num_samples=64, generator=torch.Generator().manual_seed(0)
    )
    lengths = made.mask.sum(1).long()
    last = made.tokens[torch.arange(64), lengths - 1]
    assert set(last[made.is_finished].tolist()) == {1, 2}
    assert not torch.isin(made.tokens[:, :-1][made.mask[:, 1:] > 0], torch.tensor([1, 2])).any()
    seen = set()
    for seed in range(12):
        asked = Params(model="real", max_tokens=12, seed=seed)
        frames = list(write(model, model.tokenizer.backend_tokenizer, "to", asked))
        names = [frame["token"] for frame in frames]
        assert not {"<end>", "to"} & set(names[:-1])
        assert frames[-1]["progress"] == 1
        seen.add(names[-1])
    assert {"<end>", "to"} <= seen


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_more_tokens_than_positions_are_a_sentence(saved: Path, kind: str) -> None:
    model = load(saved / kind)
    words = model.tokenizer.backend_tokenizer
    endless = loading.Pretrained(
        model.network, model.tokenizer, loading.Shape(model.config.vocab_size, 32)
    )

    def asked(max_tokens: int) -> Params:
        return Params(model="real", max_tokens=max_tokens)

    assert len(list(write(endless, words, "to", asked(31)))) == 31
    with pytest.raises(SpecError, match="1 tokens of prompt and 40 new ones are more than the"):
        next(write(endless, words, "to", asked(40)))
    with pytest.raises(SpecError, match="33 tokens of prompt and 1 new ones are more than the"):
        next(write(endless, words, "to " * 33, asked(1)))


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


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for m in messages %}{{ m.content", "chat template cannot be used"),
        ("{{ raise_exception('no such role') }}", "cannot be used (no such role)"),
        ("{{ messages.__class__.__mro__[1].__subclasses__() }}", "chat template cannot be used"),
        ("", "has no chat template: switch is_chat off"),
    ],
)
def test_a_chat_template_that_cannot_be_used_is_a_sentence(
    llama: Path, template: str, said: str
) -> None:
    """Broken, unwilling, reaching for what a sandbox keeps from it, or not there."""
    model = load(llama)
    model.tokenizer.chat_template = template
    asked = Params(model="real", is_chat=True, max_tokens=1)
    with pytest.raises(SpecError) as caught:
        next(write(model, model.tokenizer.backend_tokenizer, "to be", asked))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
