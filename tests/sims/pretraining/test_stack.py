"""Several transformers side by side: each is what it would be alone."""

import pytest
import torch
from torch.nn import functional as F

from sims.pretraining.runs import RUNS, Run
from sims.pretraining.source import Source
from sims.pretraining.stack import Stack

pytestmark = pytest.mark.numeric


def alone(stack: Stack, index: int) -> Stack:
    """The model at `index` in a stack of its own."""
    single = Stack(stack.width, stack.vocabulary, 1, 0)
    for name, weight in stack.weights.items():
        single.weights[name].data.copy_(weight.detach()[index : index + 1])
    return single


def test_models_of_a_stack_train_as_they_would_alone() -> None:
    source = Source.random(0)
    stack = Stack(6, 64, 3, 5)
    singles = [alone(stack, i) for i in range(3)]
    for each in (stack, *singles):
        for _ in each.train(source, 15, seed=1):
            pass
    tokens = source.draw(10, 8, torch.Generator().manual_seed(2))
    together = stack.logits(tokens)
    for i, single in enumerate(singles):
        assert torch.allclose(single.logits(tokens)[0], together[i], atol=2e-3)


def test_no_token_sees_what_comes_after_it() -> None:
    stack = Stack(8, 64, 2, 0)
    tokens = torch.randint(64, (4, 8), generator=torch.Generator().manual_seed(0))
    changed = tokens.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % 64
    before, after = stack.logits(tokens), stack.logits(changed)
    assert torch.equal(before[:, :, :5], after[:, :, :5])
    assert not torch.allclose(before[:, :, 5:], after[:, :, 5:])
    older = tokens.clone()
    older[:, 0] = (older[:, 0] + 1) % 64
    assert not torch.allclose(stack.logits(older)[:, :, 1], before[:, :, 1])


def test_loss_is_the_mean_of_the_logarithmic_loss() -> None:
    source = Source.random(3)
    stack = Stack(12, 64, 2, 0)
    for _ in stack.train(source, 30, seed=0):
        pass
    tokens = source.draw(6_000, 8, torch.Generator().manual_seed(1))
    with torch.no_grad():
        logits = stack.logits(tokens[:, :-1])[:, :, 1:]
    for model, expected in zip(logits, stack.loss(source, tokens), strict=True):
        plain = F.cross_entropy(model.flatten(0, 1), tokens[:, 2:].flatten())
        assert float(plain) == pytest.approx(float(expected), abs=0.02)
        assert float(expected) > source.entropy_rate


@pytest.mark.parametrize("run", [run for runs in RUNS.values() for run in runs], ids=str)
def test_runs_know_the_size_of_their_models(run: Run) -> None:
    assert run.parameters == Stack(run.width, 64, 1, 0).num_parameters()
    assert run.compute == 6 * run.parameters * run.data
