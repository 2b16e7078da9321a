"""Sampling against the model's own probabilities, by count, and the library's greedy search."""

import dataclasses
import itertools

import pytest
import torch
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel

from sims.language import sampling
from sims.language.sampling import draw, limited, nucleus, sample
from sims.language.transformer import Config, Transformer, to_library

torch.set_num_threads(1)

PAD, EOS = 0, 1


def rough(vocab: int = 5, max_length: int = 16) -> Transformer:
    """A small model whose next tokens are far from equally likely."""
    config = Config(vocab, max_length, width=16, num_layers=2, num_heads=4, eos=EOS, pad=PAD)
    model, generator = Transformer.fresh(config, 0), torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.3 * torch.randn(weight.shape, generator=generator)
    return model


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_samples_have_the_probabilities_of_the_model() -> None:
    model, num = rough(), 30_000
    prompt = torch.tensor([[2, 4]])
    made = sample(model, prompt, 2, generator=rng(), num_samples=num)
    counted = torch.bincount(made.tokens[:, 0] * 5 + made.tokens[:, 1], minlength=25)
    expected = torch.zeros(25)
    for first, second in itertools.product(range(5), repeat=2):  # by whole forward passes
        with torch.no_grad():
            logits = model.logits(torch.tensor([[2, 4, first]]))[0].log_softmax(-1)
        if first == EOS:
            expected[first * 5 + PAD] = logits[1, first].exp()
        else:
            expected[first * 5 + second] = (logits[1, first] + logits[2, second]).exp()
    expected *= num / expected.sum()
    chi_square = ((counted - expected).square() / expected.clamp(min=1e-9))[expected > 0].sum()
    assert chi_square < 45  # at most 20 degrees of freedom: by chance once in a thousand
    assert counted[expected == 0].sum() == 0


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, 0), (0.7, 0), (1.5, 3)])
def test_logprobs_are_those_of_what_was_sampled_from(temperature: float, top_k: int) -> None:
    model = rough(vocab=9)
    prompts = torch.tensor([[2, 3, 4], [5, 6, 7]])
    made = sample(
        model, prompts, 8, generator=rng(), num_samples=3, temperature=temperature, top_k=top_k
    )
    whole = torch.cat([prompts.repeat_interleave(3, 0), made.tokens], 1)
    with torch.no_grad():
        logits = model.logits(whole[:, :-1])[:, 2:] / temperature
    if top_k:
        logits[logits < logits.sort(-1).values[..., -top_k, None]] = -torch.inf
    wanted = logits.log_softmax(-1).gather(-1, made.tokens[..., None])[..., 0]
    real = made.mask > 0
    torch.testing.assert_close(made.logprobs[real], wanted[real], atol=1e-5, rtol=1e-4)
    assert (made.logprobs[~real] == 0).all()
    if (temperature, top_k) == (1.0, 0):  # a trainer's first ratio
        scored = model.completion_logprobs(prompts, made.tokens)
        ratio = (scored - made.logprobs)[real].exp()
        torch.testing.assert_close(ratio, torch.ones_like(ratio), atol=1e-5, rtol=0)


def test_answers_end_with_eos_and_are_filled_with_pad() -> None:
    made = sample(rough(), torch.tensor([[2]]), 12, generator=rng(), num_samples=200)
    assert made.is_finished.any()
    assert not made.is_finished.all()
    for row, mask, finished in zip(made.tokens, made.mask, made.is_finished, strict=True):
        length = int(mask.sum())
        assert finished == (row == EOS).any()
        if finished:
            assert row[length - 1] == EOS  # EOS itself counts
            assert (row[length:] == PAD).all()
        else:
            assert length == 12


def test_prompts_of_different_lengths_are_read_as_if_alone() -> None:
    model = rough(vocab=9)
    prompts = torch.tensor([[2, 3, 4, 5], [PAD, PAD, 6, 7]])
    mask = prompts != PAD
    together = sample(
        model, prompts, 6, generator=rng(), num_samples=2, temperature=0, prompt_mask=mask
    )
    alone = sample(model, prompts[1:, 2:], 6, generator=rng(), num_samples=2, temperature=0)
    assert together.tokens[2:].tolist() == alone.tokens.tolist()
    model_logprobs = model.completion_logprobs(prompts[1:, 2:], alone.tokens)
    sampled = sample(model, prompts, 6, generator=rng(), num_samples=2, prompt_mask=mask)
    scored = model.completion_logprobs(prompts[1:, 2:], sampled.tokens[2:])
    real = sampled.mask[2:] > 0
    torch.testing.assert_close(sampled.logprobs[2:][real], scored[real], atol=1e-5, rtol=1e-4)
    assert model_logprobs.shape == (2, 6)


def test_texts_longer_than_a_block_of_the_buffers() -> None:
    model = rough(vocab=9, max_length=90)
    silent = dataclasses.replace(model.config, eos=None)  # so that every row goes on to the end
    model = Transformer(silent, model.weights)
    prompts = torch.tensor([[2, 3, 4, 5], [PAD, PAD, 6, 7]])
    mask = prompts != PAD
    for num in (28, 29, 60, 61, 86):  # up to the edges of blocks and beyond
        made = sample(model, prompts, num, generator=rng(), num_samples=2, prompt_mask=mask)
        for row, prompt in ((0, prompts[:1]), (2, prompts[1:, 2:])):
            scored = model.completion_logprobs(prompt, made.tokens[row : row + 2])
            torch.testing.assert_close(made.logprobs[row : row + 2], scored, atol=1e-5, rtol=1e-4)


def test_greedy_equals_the_library() -> None:
    mine = rough(vocab=9)
    theirs = GPT2LMHeadModel(
        GPT2Config(vocab_size=9, n_positions=16, n_embd=16, n_layer=2, n_head=4, eos_token_id=EOS,
                   pad_token_id=PAD, bos_token_id=EOS)
    ).eval()  # fmt: skip
    named = to_library(mine.config, mine.weights)
    missing = theirs.load_state_dict(named, strict=False)
    assert missing == (["lm_head.weight"], [])  # which is the token table
    prompts = torch.tensor([[2, 3], [4, 5], [6, 7]])
    wanted: Tensor = theirs.generate(
        input_ids=prompts,
        attention_mask=torch.ones_like(prompts),
        do_sample=False,
        max_new_tokens=9,
    )[:, 2:]
    made = sample(mine, prompts, 9, generator=rng(), temperature=0).tokens
    assert made[:, : wanted.shape[1]].tolist() == wanted.tolist()


def test_seeds_repeat_and_differ() -> None:
    model = rough(vocab=9)
    first, again, other = (
        sample(model, torch.tensor([[2]]), 8, generator=rng(seed), num_samples=9).tokens
        for seed in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_draw_never_takes_what_has_no_probability() -> None:
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf, 0.0, -torch.inf]]).expand(4, -1)
    uniform = torch.tensor([0.0, 0.4999, 0.5001, 1.0])  # the ends as well
    assert draw(logits.log_softmax(-1), uniform[:, None]).tolist() == [[1], [1], [3], [3]]


def test_temperature_and_top_k_by_hand() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0]).log()  # 2/3, 1/3, 0
    assert limited(logits, 0.5, 0).softmax(-1).tolist() == pytest.approx([4 / 5, 1 / 5, 0])
    assert limited(logits, 1.0, 1).softmax(-1).tolist() == pytest.approx([1, 0, 0])
    assert limited(logits, 0.0, 0).softmax(-1).tolist() == pytest.approx([1, 0, 0])
    assert limited(logits, 1.0, 3) is logits
    with pytest.raises(ValueError, match="temperature is -1"):
        limited(logits, -1.0, 0)


def test_bad_calls_are_refused() -> None:
    model = rough()
    with pytest.raises(ValueError, match=r"1 tokens of prompt and 16 new ones .* 16\."):
        sample(model, torch.tensor([[2]]), 16, generator=rng())
    same = Transformer(
        Config(5, 16, width=16, num_heads=4, num_layers=2, eos=1, pad=1), model.weights
    )
    with pytest.raises(ValueError, match="EOS and PAD are both token 1"):
        sample(same, torch.tensor([[2]]), 3, generator=rng())


def test_a_nucleus_is_the_same_with_or_without_sorting_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logprobs = (3 * torch.randn(5, 40, generator=rng())).log_softmax(-1)
    wanted = [nucleus(logprobs, top_p) for top_p in (0.1, 0.6, 0.95)]
    monkeypatch.setattr(sampling, "MOST_LIKELY", 3)  # enough for some, and not for others
    for top_p, each in zip((0.1, 0.6, 0.95), wanted, strict=True):
        assert torch.equal(nucleus(logprobs, top_p), each)
