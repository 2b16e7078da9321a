"""A stack of models is each of them alone, in every way of reading and with every kind of layer."""

import dataclasses

import pytest
import torch
from torch import Tensor

from sims.language.sampling import sample
from sims.language.transformer import Config, Transformer, to_library, tree

torch.set_num_threads(1)

GPT2 = Config(20, 12, width=16, num_layers=2, num_heads=4, eos=1, pad=0)
KINDS = {
    "gpt2": GPT2,
    "plain": dataclasses.replace(GPT2, is_plain=True, is_tied=False, num_outputs=9),
    "distance": dataclasses.replace(GPT2, positions="distance", norm="rms", is_tied=False),
}


@pytest.fixture(params=list(KINDS))
def stack(request: pytest.FixtureRequest) -> Transformer:
    """Three different models with weights far from their start, so that every part matters."""
    model, generator = Transformer.fresh(KINDS[request.param], 0).copies(3), rng(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.3 * torch.randn(weight.shape, generator=generator)
    return model


def rng(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def tokens(*shape: int) -> Tensor:
    return torch.randint(2, 20, shape, generator=rng(3))


def test_each_model_reads_as_it_would_alone_and_learns_by_itself(stack: Transformer) -> None:
    shared, own = tokens(4, 9), tokens(3, 4, 9)
    for read in (shared.expand(3, -1, -1), own):
        together = stack.logits(shared if read is not own else own)
        for i in range(3):
            alone = stack.select(i)
            wanted = alone.logits(read[i])
            torch.testing.assert_close(together[i], wanted, atol=1e-5, rtol=1e-4)
            weights, loss = stack.parameters(), together[i].sin().sum()
            grads = torch.autograd.grad(loss, weights, retain_graph=True)
            wanted_grads = torch.autograd.grad(wanted.sin().sum(), alone.parameters())
            for found, each in zip(grads, wanted_grads, strict=True):
                torch.testing.assert_close(found[i], each, atol=1e-4, rtol=1e-3)
                assert found.count_nonzero() == found[i].count_nonzero()
    assert stack.num_weights() == stack.select(0).num_weights()


def test_padding_and_a_past_change_nothing(stack: Transformer) -> None:
    read = tokens(3, 4, 9)
    mask = torch.ones(4, 9, dtype=torch.bool)
    mask[1, :3] = False
    with torch.no_grad():
        whole = stack.logits(read)
        _, past = stack.read(read[..., :5])
        rest = stack.head(stack.read(read[..., 5:], past=past, last=2)[0])
        torch.testing.assert_close(rest, whole[..., 7:, :], atol=1e-5, rtol=1e-4)
        padded = stack.logits(read, mask)
        torch.testing.assert_close(padded[:, 0], whole[:, 0], atol=1e-5, rtol=1e-4)
        alone = stack.logits(read[:, 1:2, 3:])
        torch.testing.assert_close(padded[:, 1, 3:], alone[:, 0], atol=1e-5, rtol=1e-4)


def test_answers_that_share_a_prompt_read_as_if_each_had_its_own(stack: Transformer) -> None:
    model, prompts, answers = stack.select(1), tokens(2, 5), tokens(6, 4)
    whole = torch.cat([prompts.repeat_interleave(3, 0), answers], 1)
    with torch.no_grad():
        start, rest = model.completion_features(prompts, answers)
        wanted = model.read(whole)[0]
    torch.testing.assert_close(start, wanted[::3, 4], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(rest, wanted[:, 5:], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", ["gpt2", "plain"])
def test_a_tree_of_prefixes_reads_as_whole_texts_do(kind: str) -> None:
    model = Transformer.fresh(KINDS[kind], 4, {"tokens": 1.0, "qkv": 0.5}).copies(2)
    read = tokens(2, 6, 3)
    with torch.no_grad():
        model.weights["0.qkv"] += 0.3 * torch.randn(2, 16, 48, generator=rng(5))
        wanted = model.read(read)[0]
        first, own = tree.advance(model, read[..., 0], None)
        past = tree.append(None, own)
        second, own = tree.advance(model, read[..., 1], past)
        third, _ = tree.advance(model, read[..., 2], tree.append(past, own))
    found = torch.stack([first, second, third], -2)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


def test_what_cannot_be_done_is_said(stack: Transformer) -> None:
    if stack.config != GPT2:
        with pytest.raises(ValueError, match="without GPT-2's layers cannot be written as a GPT-2"):
            to_library(stack.config, stack.select(0).weights)
    with pytest.raises(ValueError, match="a single model, and these are 3"):
        stack.copies(2)
    with pytest.raises(ValueError, match="13 tokens are more than the model's 12"):
        stack.logits(tokens(1, 13))
    with pytest.raises(ValueError, match="only a single model with a vector for each position"):
        sample(stack, tokens(2, 4), 3, generator=rng(0))
    if stack.config.positions == "distance":
        with pytest.raises(ValueError, match="prefixes are read by a stack with a vector"):
            tree.advance(stack, tokens(3, 4), None)
