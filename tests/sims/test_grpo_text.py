"""GRPO on text: it earns more on the tiny model, and leaves a real one as it was."""

import threading
from pathlib import Path

import pytest
import torch

from sims.grpo_text import NUM_LAYERS, Params, check, run, train
from sims.models.adapters import RANK, adapted, without_adapters
from sims.models.load import load
from tests.sims.models.conftest import GPT2, SHARED, save_model


def test_replies_learn_to_end() -> None:
    """Three seeds gave 0.12 to 0.38 in the first group and 0.97 to 1 in the last five."""
    for seed in range(2):
        frames = list(run(Params(num_steps=20, group_size=16, seed=seed)))
        assert frames[0]["reward"] < 0.6
        assert sum(frame["reward"] for frame in frames[-5:]) / 5 > 0.8
        assert all(frame["ends_rate"] == frame["reward"] for frame in frames)


def test_a_rule_decides_what_is_paid() -> None:
    ends = torch.tensor([True, False])
    assert check(["a", "b"], ends, "ends").tolist() == [1, 0]
    replies = ["Sea and salt are so silent", "no", "", '"Some" day']
    assert check(replies, ends, "letter").tolist() == pytest.approx([4 / 6, 0, 0, 1 / 2])


@pytest.mark.parametrize(("kind", "values"), [("llama", SHARED), ("gpt2", GPT2)])
def test_adapters_learn_and_are_taken_out_again(tmp_path: Path, kind: str, values: dict) -> None:
    save_model(tmp_path, kind, **values)
    threads = set(threading.enumerate())
    model, tokens = load(tmp_path), torch.tensor([[2, 3, 4]])
    with torch.no_grad():
        before = model.logits(tokens)
    names = [name for name, _ in model.network.named_parameters()]
    with adapted(model, 1) as tuned:
        with torch.no_grad():
            assert torch.equal(tuned.logits(tokens), before)  # B starts at 0
        assert all(RANK in weight.shape for weight in tuned.parameters())
        optimizer = torch.optim.SGD(tuned.parameters(), lr=1.0)
        tuned.logits(tokens).square().mean().backward()
        optimizer.step()
        with torch.no_grad():
            assert not torch.equal(tuned.logits(tokens), before)
            with without_adapters(tuned):
                assert torch.equal(tuned.logits(tokens), before)
            assert not torch.equal(tuned.logits(tokens), before)
        assert len(tuned.parameters()) > 0
    with torch.no_grad():
        assert torch.equal(model.logits(tokens), before)
    assert [name for name, _ in model.network.named_parameters()] == names
    assert all(weight.requires_grad for weight in model.network.parameters())
    assert set(threading.enumerate()) == threads  # a worker with more would be replaced


def test_a_group_that_earns_the_same_teaches_nothing(tmp_path: Path) -> None:
    save_model(tmp_path, "llama", **SHARED)
    model = load(tmp_path)
    with adapted(model, NUM_LAYERS) as tuned:
        weights = [weight.clone() for weight in tuned.parameters()]
        tokenizer = tuned.tokenizer.backend_tokenizer
        asked = Params(prompt="to be", reward="letter", num_steps=2, max_tokens=4)
        assert [
            frame["reward"] for frame in train(tuned, model.completion_logits, tokenizer, asked)
        ] == [
            0,
            0,
            0,
        ]
        for weight, was in zip(tuned.parameters(), weights, strict=True):
            assert torch.equal(weight, was)
