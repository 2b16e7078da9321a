"""Sampling multiplies with copies of the matrices; logits and training do not notice."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from sims.language.sampling import begin, sample
from sims.models import packed, room
from sims.models.load import load
from sims.models.pretrained import Pretrained

TOKENS = torch.tensor([[2, 3, 4, 5, 2]])
MORE = torch.arange(6)[:, None] + 2  # one token for each of six rows


@pytest.fixture
def model(llama: Path, monkeypatch: pytest.MonkeyPatch) -> Pretrained:
    monkeypatch.setattr(packed, "MIN_WEIGHTS", 0)
    return load(llama)


def behind(model: Pretrained, times: int = 6) -> torch.Tensor:
    """Logits behind the prompt and one more token in each row."""
    with torch.inference_mode():
        _, reader = begin(model, TOKENS, times, 4)
        return reader.step(MORE[:times])


def read_at_once(model: Pretrained) -> torch.Tensor:
    with torch.no_grad():
        return model.logits(torch.cat([TOKENS.repeat(6, 1), MORE], 1))[:, -1]


def test_copies_and_room_change_no_logits(
    model: Pretrained, monkeypatch: pytest.MonkeyPatch
) -> None:
    multiplied = []
    product = packed._Product.__call__
    monkeypatch.setattr(
        packed._Product, "__call__", lambda own, x: multiplied.append(own) or product(own, x)
    )
    said = behind(model)
    assert len(multiplied) == 1 + 2 * 7  # the head, and every matrix of two layers
    torch.testing.assert_close(said, read_at_once(model), atol=1e-5, rtol=1e-5)
    with torch.inference_mode():
        _, reader = begin(model, TOKENS, 6, 4)
        for step in range(4):
            reader.step(MORE)
            kinds = {type(layer) for layer in reader.cache.layers}
            assert kinds == {room.RoomyLayer}
            assert reader.cache.get_seq_length() == 6 + step


def test_one_row_makes_no_copies_and_a_limit_is_kept(
    model: Pretrained, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind(model, 1)
    assert packed.packed(model.network, 1) is None
    head = model.network.lm_head.weight.nbytes
    wide = model.network.model.layers[0].mlp.up_proj.weight.nbytes
    assert wide > head  # the largest comes first: there are ten words only
    monkeypatch.setattr(packed, "MOST_BYTES", 2 * wide)
    assert len(packed.Packed(model.network).products) == 2
    copies = packed.packed(model.network, 4)
    assert copies is not None
    assert packed.packed(model.network, 1) is copies


def test_a_weight_that_was_trained_counts_and_its_copy_does_not(model: Pretrained) -> None:
    before = behind(model)
    mine = model.copy()
    with torch.no_grad():
        mine.network.lm_head.weight.mul_(2)
    torch.testing.assert_close(behind(mine), 2 * before, atol=1e-5, rtol=1e-5)
    with torch.no_grad():
        model.network.lm_head.weight.mul_(3)
    torch.testing.assert_close(behind(model), 3 * before, atol=1e-5, rtol=1e-5)


def test_gradients_take_the_weights(model: Pretrained) -> None:
    behind(model)
    copies = packed.packed(model.network, 1)
    assert copies is not None
    with copies.in_use():
        F.cross_entropy(model.logits(TOKENS)[0, :-1], TOKENS[0, 1:]).backward()
    assert all(weight.grad is not None for weight in model.parameters())
    assert not [part for part in model.network.modules() if "forward" in vars(part)]


def test_a_group_is_sampled_as_the_prompt_repeated(model: Pretrained) -> None:
    """The prompt is read once for all: as good as six prompts, by the same random numbers."""
    seed = torch.Generator().manual_seed
    once = sample(model, TOKENS, 4, generator=seed(0), num_samples=6)
    each = sample(model, TOKENS.repeat(6, 1), 4, generator=seed(0))
    assert once.tokens.tolist() == each.tokens.tolist()
