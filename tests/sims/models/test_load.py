"""Models that cannot be used: one sentence each, before anything of them is run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from sims.models.catalogue import ModelError
from sims.models.load import load
from tests.sims.models.conftest import GPT2, save_model, words


def edit(folder: Path, **values: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def lacking(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def only_a_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def half_a_file(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-500])


def no_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


def other_tokenizer(folder: Path) -> None:
    words(more=50).save(str(folder / "tokenizer.json"))


def infinite(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = folder / "model.safetensors"
    weights = load_file(path)
    weights["model.norm.weight"][0] = torch.inf
    save_file(weights, path, metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lacking("config.json"), "lacks config.json"),
        (lacking("model.safetensors"), "lacks model.safetensors."),
        (only_a_pickle, "is a pickle, which is not read"),
        (half_a_file, "is not a whole safetensors file"),
        (no_tokenizer, "no tokenizer that can be read"),
        (infinite, "logits are not finite"),
        (other_tokenizer, "has 60 tokens, but the model knows 12"),
        (lambda folder: (folder / "config.json").write_text("["), "is not JSON"),
        (lambda folder: edit(folder, model_type="lama"), "Did you mean 'llama'"),
        (lambda folder: edit(folder, model_type="own", auto_map={"AutoModelForCausalLM": "x.X"}),
         "names code of its own, which is never run"),
        (lambda folder: edit(folder, num_hidden_layers=3), "lacks model.layers.2."),
        (lambda folder: edit(folder, intermediate_size=32), "down_proj.weight has shape (16, 24)"),
        (lambda folder: edit(folder, architectures=["LlamaForSequenceClassification"]),
         "LlamaForSequenceClassification is not a causal language model"),
        (lambda folder: edit(folder, model_type="bert", architectures=["BertForMaskedLM"]),
         "BertForMaskedLM is not a causal language model"),
        (lambda folder: edit(folder, model_type="t5", architectures=None),
         "t5 is not a causal language model"),
        (lambda folder: edit(folder, quantization_config={"quant_method": "gptq"}), "quantised"),
    ],
)  # fmt: skip
def test_a_broken_model_is_one_sentence(
    llama: Path, break_it: Callable[[Path], None], said: str
) -> None:
    break_it(llama)
    with pytest.raises(ModelError) as caught:
        load(llama)
    message = str(caught.value)
    assert said in message
    assert str(llama) in message
    assert "\n" not in message


def test_a_model_that_looks_ahead_is_refused(tmp_path: Path) -> None:
    shape = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1}
    save_model(tmp_path, "bert", num_attention_heads=2, max_position_embeddings=32, **shape)
    with pytest.raises(ModelError, match="looks at tokens that come later"):
        load(tmp_path)


def test_code_of_the_models_own_is_never_run(llama: Path) -> None:
    """Not even where the library knows the kind and could do without."""
    mark = llama / "it_was_run"
    code = f"open({str(mark)!r}, 'w').close()\nclass X: pass\n"
    (llama / "own.py").write_text(code)
    names = ("AutoConfig", "AutoModelForCausalLM", "AutoTokenizer")
    edit(llama, auto_map=dict.fromkeys(names, "own.X"))
    tokenizer = llama / "tokenizer_config.json"
    known = json.loads(tokenizer.read_text())
    tokenizer.write_text(json.dumps({**known, "auto_map": {"AutoTokenizer": ["own.X", "own.X"]}}))
    assert load(llama).num_weights() > 0
    assert not mark.exists()


def test_device_and_type_are_chosen(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {weight.dtype for weight in load(llama).parameters()} == {torch.float32}
    monkeypatch.setenv("PRACTICUM_DTYPE", "bfloat16")
    model = load(llama)
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}
    assert model.logits(torch.tensor([[2, 3]])).dtype == torch.float32
    for name, given, said in (
        ("DEVICE", "cuda:7", "has no such device; cpu is one"),
        ("DEVICE", "a toaster", "has no such device"),
        ("DTYPE", "int4", "there are float32, bfloat16, float16"),
    ):
        monkeypatch.setenv("PRACTICUM_DEVICE", "cpu")
        monkeypatch.setenv(f"PRACTICUM_{name}", given)
        with pytest.raises(ModelError, match=said):
            load(llama)


def test_a_prompt_longer_than_the_context_is_a_sentence(tmp_path: Path) -> None:
    from sims.language.sampling import sample
    from sims.spec import SpecError

    save_model(tmp_path, "gpt2", **GPT2)
    model, prompt = load(tmp_path), torch.full((1, 30), 2)
    with pytest.raises(SpecError, match="30 tokens of prompt and 9 new ones are more than"):
        sample(model, prompt, 9, generator=torch.Generator())
    with pytest.raises(SpecError, match="40 tokens of prompt are more than the model's 32"):
        model.logits(torch.full((1, 40), 2))


def test_training_changes_a_copy_and_not_the_model(llama: Path) -> None:
    model = load(llama)
    tokens = torch.tensor([[2, 3, 4]])
    before, mine = model.logits(tokens).detach(), model.copy()
    optimizer = torch.optim.SGD(mine.parameters(), lr=0.1)
    mine.logits(tokens).square().sum().backward()
    optimizer.step()
    assert not torch.equal(mine.logits(tokens), before)
    assert torch.equal(model.logits(tokens), before)
