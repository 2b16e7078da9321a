"""Where a batch's gradient points, against sums by hand."""

import random

import pytest
import torch

from sims.batch_direction import SIZES, Params, _texts, gradient, run
from sims.language import base_model

pytestmark = pytest.mark.numeric


def test_a_gradient_is_the_sum_of_its_texts_and_a_step_down_it_lowers_the_loss() -> None:
    model, _ = base_model.load()
    tokens = _texts(random.Random(0), 6)
    whole, loss = gradient(model, tokens)
    sizes = (tokens[:, 1:] != 0).sum(1)
    parts = [gradient(model, tokens[i : i + 1])[0] * sizes[i] for i in range(6)]
    assert torch.allclose(torch.stack(parts).sum(0) / sizes.sum(), whole, atol=1e-4)
    start = 0
    with torch.no_grad():
        for weight in model.parameters():
            weight -= 0.01 * whole[start : start + weight.numel()].view_as(weight)
            start += weight.numel()
    assert gradient(model, tokens)[1] < loss


def test_random_targets_ask_for_other_words() -> None:
    model, _ = base_model.load()
    tokens = _texts(random.Random(0), 4)
    loss = gradient(model, tokens)[1]
    coin = gradient(model, tokens, torch.Generator().manual_seed(0))[1]
    assert coin > loss + 2


@pytest.mark.sweep
def test_larger_batches_point_nearer_and_about_as_the_noise_scale_says() -> None:
    frames = list(run(Params()))
    assert [frame["batch_size"] for frame in frames] == list(SIZES)
    assert frames[-1]["cosine"] > frames[0]["cosine"] + 0.3
    for frame in frames:
        assert frame["cosine"] == pytest.approx(frame["predicted"], abs=0.15)
