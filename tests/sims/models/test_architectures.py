"""Every architecture answers as in the library: logits, with padding, and what is sampled."""

from pathlib import Path
from typing import Any

import pytest
import torch

from sims.language.sampling import begin, sample
from sims.models.load import load
from sims.models.pretrained import Rereader
from tests.sims.models.conftest import GPT2, SHARED, WIDE, save_model

LLAMA3 = {"rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0,
          "high_freq_factor": 4.0, "original_max_position_embeddings": 8}  # fmt: skip
LINEAR = {"rope_type": "linear", "rope_theta": 500.0, "factor": 2.0}
OPT = {"hidden_size": 16, "word_embed_proj_dim": 16, "ffn_dim": 24, "num_hidden_layers": 2,
       "num_attention_heads": 2, "max_position_embeddings": 32}  # fmt: skip
STATES = {"hidden_size": 16, "state_size": 4, "num_hidden_layers": 1, "expand": 2}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt2": ("gpt2", GPT2),
    "llama, keys shared": ("llama", SHARED),
    "llama, tied": ("llama", {**SHARED, "tie_word_embeddings": True}),
    "llama 3's rope": ("llama", {**SHARED, "rope_parameters": LLAMA3}),
    "linear rope": ("llama", {**SHARED, "rope_parameters": LINEAR}),
    "head_dim of its own": ("llama", {**SHARED, "head_dim": 6}),
    "qwen2": ("qwen2", SHARED),
    "qwen3": ("qwen3", {**SHARED, "head_dim": 8}),
    "mistral": ("mistral", {**SHARED, "sliding_window": 4}),
    "gemma": ("gemma", {**SHARED, "head_dim": 8}),
    "gpt_neox": ("gpt_neox", WIDE),
    "opt": ("opt", OPT),
    "olmo": ("olmo", WIDE),
    "phi": ("phi", WIDE),
    "a state-space model": ("mamba", STATES),
}
LEFT = torch.tensor([[0, 0, 2, 3, 4], [2, 3, 4, 5, 2]])  # the first row is padded
IS_REAL = LEFT != 0


@pytest.mark.parametrize("name", KINDS)
def test_a_model_is_what_the_library_makes_of_it(tmp_path: Path, name: str) -> None:
    kind, values = KINDS[name]
    theirs = save_model(tmp_path, kind, **values)
    model = load(tmp_path)
    tokens = LEFT[1:]
    with torch.no_grad():
        wanted = theirs(input_ids=tokens).logits
        torch.testing.assert_close(model.logits(tokens), wanted, atol=1e-5, rtol=1e-5)
        alone = model.logits(LEFT[:1, 2:])[0, -1]
        padded = model.logits(LEFT, IS_REAL)[:, -1]
    torch.testing.assert_close(padded, torch.stack([alone, wanted[0, -1]]), atol=1e-5, rtol=1e-5)
    if kind not in ("mamba", "opt"):  # its sizes are stated under other names, or not at all
        assert model.config.max_length == 32
    assert (model.config.ends, model.config.pad) == ((1,), 0)

    answers = torch.tensor([[3, 4, 5], [6, 2, 7], [2, 2, 2], [5, 1, 4]])  # two to each prompt
    prompts = torch.cat([tokens, tokens.flip(1)])
    rows = torch.cat([prompts.repeat_interleave(2, 0), answers], 1)
    with torch.no_grad():
        found, wanted = model.completion_logits(prompts, answers), model.logits(rows)[:, 4:-1]
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)

    seed = torch.Generator().manual_seed(0)
    greedy = sample(model, tokens, 6, generator=seed, temperature=0)
    theirs.generation_config.pad_token_id = 0
    written = theirs.generate(tokens, max_new_tokens=6, do_sample=False, eos_token_id=1)[0, 5:]
    assert greedy.tokens[0, : len(written)].tolist() == written.tolist()


@pytest.mark.parametrize("name", ["gpt2", "llama 3's rope", "opt", "a state-space model"])
def test_samples_have_the_probabilities_of_the_text_read_at_once(tmp_path: Path, name: str) -> None:
    """Temperature, several answers to a padded prompt, and a cache that they start from."""
    kind, values = KINDS[name]
    save_model(tmp_path, kind, **values)
    model = load(tmp_path)
    made = sample(
        model, LEFT, 5, num_samples=3, temperature=0.7, prompt_mask=IS_REAL,
        generator=torch.Generator().manual_seed(1),
    )  # fmt: skip
    rows = torch.cat([LEFT.repeat_interleave(3, 0), made.tokens], 1)
    mask = torch.cat([IS_REAL.repeat_interleave(3, 0), torch.ones_like(made.tokens).bool()], 1)
    with torch.no_grad():
        logits = model.logits(rows, mask)[:, 4:-1] / 0.7
    read = logits.log_softmax(-1).gather(-1, made.tokens[..., None])[..., 0] * made.mask
    torch.testing.assert_close(made.logprobs, read, atol=1e-4, rtol=1e-4)
    assert len({tuple(row) for row in made.tokens.tolist()}) > 1


def test_a_state_that_cannot_be_repeated_is_read_anew(tmp_path: Path) -> None:
    save_model(tmp_path, "mamba", **STATES)
    with torch.inference_mode():
        _, reader = begin(load(tmp_path), LEFT[1:], 2, 4)
    assert isinstance(reader, Rereader)


@pytest.mark.parametrize("name", ["gpt2", "llama, keys shared", "gemma"])
def test_gradients_go_through_a_prompt_that_is_read_once(tmp_path: Path, name: str) -> None:
    kind, values = KINDS[name]
    save_model(tmp_path, kind, **values)
    model, answers = load(tmp_path), torch.tensor([[3, 4, 5], [6, 2, 7]])
    rows = torch.cat([LEFT[1:].repeat(2, 1), answers], 1)
    grads = []
    for logits in (model.logits(rows)[:, 4:-1], model.completion_logits(LEFT[1:], answers)):
        logits.log_softmax(-1).gather(-1, answers[..., None]).mean().backward()
        grads.append([weight.grad.clone() for weight in model.parameters()])
        model.network.zero_grad()
    for whole, shared in zip(*grads, strict=True):
        torch.testing.assert_close(shared, whole, atol=1e-5, rtol=1e-3)
