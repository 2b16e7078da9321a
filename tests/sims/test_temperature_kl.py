"""The KL of two temperatures against a sum over every text of a model with five words."""

import itertools

import pytest
import torch

from sims.language.transformer import Config, Transformer
from sims.temperature_kl import NUM_POINTS, Params, run, write

END = 1
PROMPT = torch.tensor([[2, 4]])


def rough(eos: int | None = END) -> Transformer:
    config = Config(5, 16, width=16, num_layers=1, num_heads=2, eos=eos, pad=0 if eos else None)
    model, generator = Transformer.fresh(config, 0), torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.4 * torch.randn(weight.shape, generator=generator)
    return model


def exact(model: Transformer, temperature: float) -> float:
    """Sum over all texts of two tokens, or of one that ends, of p_T log(p_T / p)."""
    total = 0.0
    with torch.no_grad():
        for text in itertools.product(range(5), repeat=2):
            if text[0] == END and text[1] != 0:
                continue  # one text that ends at once, counted once
            logits = model.logits(torch.tensor([[2, 4, *text]]))[0, 1:3].double()
            used = 1 if text[0] == END else 2
            own = sum(logits[i].log_softmax(-1)[text[i]] for i in range(used))
            tilted = sum((logits[i] / temperature).log_softmax(-1)[text[i]] for i in range(used))
            total += float(tilted.exp() * (tilted - own))
    return total


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_the_mean_is_the_sum_over_all_texts(temperature: float) -> None:
    """Of 20,000 texts; five deviations of the mean are allowed."""
    model = rough()
    texts = write(model, PROMPT, temperature, Params(num_samples=20_000, max_tokens=2))
    wanted = exact(model, temperature)
    assert wanted > 0.05
    for found in (texts.kl, texts.k1, texts.k3):
        error = float(found.std()) / len(found) ** 0.5
        assert float(found.mean()) == pytest.approx(wanted, abs=5 * error)
    assert texts.kl.std() < texts.k1.std()  # the inner sum is exact
    assert all(row[-1] == END or len(row) == 2 for row in texts.tokens)


def test_at_temperature_one_nothing_is_far() -> None:
    texts = write(rough(eos=None), PROMPT, 1.0, Params(num_samples=8, max_tokens=5))
    for found in (texts.kl, texts.k1, texts.k3):
        assert float(found.abs().max()) < 1e-5
    assert texts.lengths.tolist() == [5] * 8


def test_the_way_out_is_farther_on_both_sides() -> None:
    frames = list(run(Params(num_samples=64)))
    kls, middle = [frame["kl"] for frame in frames], NUM_POINTS // 2
    assert frames[middle]["temperature"] == 1
    assert kls[middle] < 1e-5
    assert kls[0] > kls[1] > kls[2] > kls[middle] < kls[4] < kls[5] < kls[6]
