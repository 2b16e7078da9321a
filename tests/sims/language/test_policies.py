"""Batched policies against GPT-2 of `transformers`, enumeration, and frequencies of samples."""

import functools

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from sims.language import policies as module
from sims.language.policies import HIDDEN, NUM_HEADS, WIDTH, Policies, pretraining
from sims.language.world import World, source_logprobs

pytestmark = pytest.mark.numeric

SMALL = World(("yes", "no", "maybe"), 3)  # 27 completions


def rough(world: World, num: int) -> Policies:
    """`num` different policies, far from uniform."""
    made = Policies.fresh(world, 0, num)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in made.parameters():
            weight += 0.3 * torch.randn(weight.shape, generator=generator)
    return made


def gpt2_of(policies: Policies, index: int) -> GPT2LMHeadModel:
    """One of the policies in the library's model; the start sign's output row stays unused."""
    words, length = len(policies.world.words), policies.world.length
    config = GPT2Config(
        vocab_size=words + 1, n_positions=length, n_embd=WIDTH, n_layer=1, n_head=NUM_HEADS,
        n_inner=HIDDEN, activation_function="gelu", tie_word_embeddings=False,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=words, eos_token_id=None,
    )  # fmt: skip
    model = GPT2LMHeadModel(config).eval()
    own = {name: weight[index].detach() for name, weight in policies.weights.items()}
    block = model.transformer.h[0]
    pairs = [
        (model.transformer.wte.weight, own["tokens"]),
        (model.transformer.wpe.weight, own["positions"]),
        (block.attn.c_attn.weight, own["0.qkv"]),
        (block.attn.c_proj.weight, own["0.out"]),
        (block.mlp.c_fc.weight, own["0.up"]),
        (block.mlp.c_fc.bias, own["0.up_bias"]),
        (block.mlp.c_proj.weight, own["0.down"]),
        (model.lm_head.weight[:words], own["unembed"].T),
    ]
    with torch.no_grad():
        for bias in (block.attn.c_attn.bias, block.attn.c_proj.bias, block.mlp.c_proj.bias):
            bias.zero_()
        for theirs, ours in pairs:
            theirs.copy_(ours)
    return model


@pytest.mark.parametrize("index", [0, 2])
def test_logprobs_equal_gpt2_of_the_same_weights(index: int) -> None:
    world = World()
    policies = rough(world, 3)
    tokens = world.completions()[::97]
    words = len(world.words)
    inputs = torch.cat([torch.full((len(tokens), 1), words), tokens[:, :-1]], 1)
    with torch.no_grad():
        logits = gpt2_of(policies, index)(input_ids=inputs).logits[..., :words]
        theirs = logits.double().log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
        ours = policies.token_logprobs(tokens[None])[index].double()
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)
    assert theirs.std() > 0.5  # a flat distribution would agree with anything


def test_exact_lists_every_completion_in_the_order_of_the_world() -> None:
    policies = rough(SMALL, 4)
    exact = policies.exact()
    tokens = SMALL.completions()
    assert exact.shape == (4, 27)
    torch.testing.assert_close(exact.exp().sum(1), torch.ones(4, dtype=torch.float64))
    with torch.no_grad():
        one_by_one = policies.logprobs(tokens[None])
    torch.testing.assert_close(exact.float(), one_by_one, atol=1e-5, rtol=0)
    assert (exact[0] - exact[1]).abs().max() > 0.1  # each has its own


def test_exact_does_not_depend_on_its_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    policies = rough(SMALL, 3)
    whole = policies.exact()
    monkeypatch.setattr(module, "MAX_ROWS", 6)  # one policy and two prefixes at a time
    torch.testing.assert_close(policies.exact(), whole, atol=1e-5, rtol=0)


@pytest.mark.parametrize("num", [2, 40])  # fewer samples than words, and more
def test_rollout_knows_its_logprobs_and_their_gradients(num: int) -> None:
    policies = rough(SMALL, 2)
    rollout = policies.rollout(num, torch.Generator().manual_seed(0))
    again = policies.token_logprobs(rollout.tokens)
    torch.testing.assert_close(rollout.token_logprobs, again, atol=1e-5, rtol=0)
    weights = torch.linspace(-1, 2, num)
    ours = torch.autograd.grad((rollout.logprobs * weights).sum(), policies.parameters())
    theirs = torch.autograd.grad((again.sum(-1) * weights).sum(), policies.parameters())
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


def test_samples_have_the_exact_frequencies() -> None:
    policies, num = rough(SMALL, 2), 40_000
    tokens = policies.sample(num, torch.Generator().manual_seed(0))
    assert tokens.shape == (2, num, 3)
    for drawn, logprobs in zip(SMALL.index(tokens), policies.exact(), strict=True):
        expected = logprobs.exp() * num
        counts = torch.bincount(drawn, minlength=27)
        chi_square = ((counts - expected).square() / expected.clamp(min=1)).sum()
        assert chi_square < 56  # 26 degrees of freedom: beaten by chance once in 2,000


def test_features_are_what_comes_before_each_token() -> None:
    policies = rough(SMALL, 2)
    rollout = policies.rollout(5, torch.Generator().manual_seed(0))
    logits = torch.einsum("sbtd,sdv->sbtv", rollout.features, policies.weights["unembed"])
    chosen = logits.log_softmax(-1).gather(-1, rollout.tokens[..., None])[..., 0]
    torch.testing.assert_close(chosen, rollout.token_logprobs, atol=1e-5, rtol=0)
    assert not rollout.features.requires_grad


def test_no_gradient_crosses_from_one_policy_to_another() -> None:
    policies = rough(SMALL, 3)
    policies.rollout(20, torch.Generator().manual_seed(0)).logprobs[1].sum().backward()
    for weight in policies.parameters():
        assert weight.grad is not None
        assert weight.grad[[0, 2]].abs().max() == 0
        assert weight.grad[1].abs().max() > 0


@pytest.mark.parametrize("world", [World(("a", "b"), 1), World(("a", "b"), 2)])
def test_shortest_worlds(world: World) -> None:
    policies = rough(world, 2)
    assert policies.exact().shape == (2, 2**world.length)
    assert policies.sample(7, torch.Generator().manual_seed(0)).shape == (2, 7, world.length)


def test_copies_are_independent_of_what_they_were_copied_from() -> None:
    """One policy alone is multiplied in another order than as one of three, so the float32 numbers
    below the float64 sums differ by their rounding: 1.4e-6 of 6 nats on the narrowest registers."""
    same = functools.partial(torch.testing.assert_close, rtol=1.3e-6, atol=1e-5)  # as for float32
    one = rough(SMALL, 1)
    many = one.copies(3)
    same(many.exact(), one.exact().expand(3, -1))
    with torch.no_grad():
        many.weights["unembed"][1] *= -1
    assert (many.exact()[1] - one.exact()[0]).abs().max() > 0.1
    same(many.select(1).exact()[0], many.exact()[1])
    same(many.select(2).exact(), one.exact())
    with pytest.raises(ValueError, match="single policy, and these are 3"):
        many.copies(2)


def test_pretraining_learns_the_source() -> None:
    world = World()
    source = source_logprobs(world, 0)
    entropy = -(source.exp() * source).sum()
    losses = [loss for _, loss in pretraining(world, source, 0)]
    assert losses[0] == pytest.approx(5 * torch.tensor(8.0).log().item(), abs=0.5)  # uniform
    learned = Policies.pretrain(world, source, 0).exact()[0]
    assert (source.exp() * (source - learned)).sum() < 0.03  # KL(source || policy), nats
    assert sum(losses[-20:]) / 20 == pytest.approx(entropy.item(), abs=0.15)


def test_pretraining_is_done_once_and_never_handed_out_twice() -> None:
    source = source_logprobs(SMALL, 3)
    first = Policies.pretrain(SMALL, source, 3, num_steps=5)
    with torch.no_grad():
        first.weights["unembed"] *= -1
    second = Policies.pretrain(SMALL, source, 3, num_steps=5)
    assert (first.exact() - second.exact()).abs().max() > 0.1
    other = Policies.pretrain(SMALL, source.flip(0), 3, num_steps=5)  # another source, same seed
    assert (other.exact() - second.exact()).abs().max() > 1e-3
