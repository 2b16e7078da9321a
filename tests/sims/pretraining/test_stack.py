"""Several transformers side by side: each is what it would be alone."""

import pytest
import torch
from torch.nn import functional as F

from sims.language.transformer import Transformer
from sims.pretraining import stack
from sims.pretraining.runs import RUNS, Run
from sims.pretraining.source import Source

pytestmark = pytest.mark.numeric


def trained(model: Transformer, source: Source, num_steps: int, seed: int) -> Transformer:
    for _ in stack.train(model, source, num_steps, seed):
        pass
    return model


def test_models_of_a_stack_train_as_they_would_alone() -> None:
    source = Source.random(0)
    many = stack.fresh(6, 64, 3, 5)
    singles = [many.select(i).copies(1) for i in range(3)]
    for each in (many, *singles):
        trained(each, source, 15, seed=1)
    tokens = source.draw(10, 8, torch.Generator().manual_seed(2))
    together = many.logits(tokens)
    for i, single in enumerate(singles):
        assert torch.allclose(single.logits(tokens)[0], together[i], atol=2e-3)


def test_no_token_sees_what_comes_after_it() -> None:
    model = stack.fresh(8, 64, 2, 0)
    tokens = torch.randint(64, (4, 8), generator=torch.Generator().manual_seed(0))
    changed = tokens.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % 64
    before, after = model.logits(tokens), model.logits(changed)
    assert torch.equal(before[:, :, :5], after[:, :, :5])
    assert not torch.allclose(before[:, :, 5:], after[:, :, 5:])
    older = tokens.clone()
    older[:, 0] = (older[:, 0] + 1) % 64
    assert not torch.allclose(model.logits(older)[:, :, 1], before[:, :, 1])


def test_attention_falls_with_distance_and_leaves_out_the_token_itself() -> None:
    """Of equal queries and keys, e^2 less a token of distance: averages of values, by hand."""
    model = stack.fresh(8, 64, 1, 0)
    tokens = torch.randint(64, (1, 5), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        model.weights["0.qkv"][..., :16] = 0
        for name in ("0.up", "0.down"):
            model.weights[name].zero_()
        found = model.logits(tokens)[0, 0]
        own = {name: weight[0] for name, weight in model.weights.items()}
        hidden = own["tokens"][tokens[0]]
        values = F.rms_norm(hidden, (8,)) @ own["0.qkv"][:, 16:]
        for place in range(1, 5):
            shares = torch.exp(-2.0 * torch.arange(place, 0, -1))
            mixed = (shares[:, None] * values[:place]).sum(0) / shares.sum()
            wanted = F.rms_norm(hidden[place] + mixed @ own["0.out"], (8,)) @ own["unembed"]
            torch.testing.assert_close(found[place], wanted, atol=1e-5, rtol=1e-5)


def test_loss_is_the_mean_of_the_logarithmic_loss() -> None:
    source = Source.random(3)
    model = trained(stack.fresh(12, 64, 2, 0), source, 30, seed=0)
    tokens = source.draw(6_000, 8, torch.Generator().manual_seed(1))
    with torch.no_grad():
        logits = model.logits(tokens[:, :-1])[:, :, 1:]
    for scores, expected in zip(logits, stack.loss(model, source, tokens), strict=True):
        plain = F.cross_entropy(scores.flatten(0, 1), tokens[:, 2:].flatten())
        assert float(plain) == pytest.approx(float(expected), abs=0.02)
        assert float(expected) > source.entropy_rate


@pytest.mark.parametrize("run", [run for runs in RUNS.values() for run in runs], ids=str)
def test_runs_know_the_size_of_their_models(run: Run) -> None:
    assert run.parameters == stack.num_parameters(stack.fresh(run.width, 64, 1, 0))
    assert run.compute == 6 * run.parameters * run.data
