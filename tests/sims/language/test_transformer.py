"""Our transformer against the `transformers` library: same weights, same logits, same samples."""

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel

from sims.language.transformer import Config, Transformer, from_library, gelu_new, to_library

torch.set_num_threads(1)

VOCAB, LENGTH = 50, 24


def library(**values: Any) -> Any:
    """A random model of the library, with weights far from zero so that every part matters."""
    torch.manual_seed(0)
    special = {"bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 0}
    dropouts = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    shape = {"n_positions": LENGTH, "n_embd": 32, "n_layer": 2, "n_head": 4}
    model = GPT2LMHeadModel(GPT2Config(vocab_size=VOCAB, **shape, **dropouts, **special, **values))
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.2 * torch.randn(weight.shape)
    return model.eval()


def ours(model: Any) -> Transformer:
    config = Config(
        VOCAB, LENGTH, width=32, num_layers=2, num_heads=4,
        activation=model.config.activation_function, eos=1, pad=0,
    )  # fmt: skip
    state = {name: weight.clone() for name, weight in model.state_dict().items()}
    return Transformer(config, from_library(config, state)).trainable()


def gradients(model: Transformer) -> dict[str, Tensor]:
    """By the library's names."""
    found = {name: weight.grad for name, weight in model.weights.items() if weight.grad is not None}
    assert len(found) == len(model.weights)
    return to_library(model.config, found)


@pytest.fixture
def pair() -> tuple[Any, Transformer]:
    model = library()
    return model, ours(model)


def tokens(rows: int, length: int) -> Tensor:
    return torch.randint(2, VOCAB, (rows, length), generator=torch.Generator().manual_seed(3))


def test_logits_equal_the_library(pair: tuple[Any, Transformer]) -> None:
    theirs, mine = pair
    read = tokens(5, LENGTH)
    with torch.no_grad():
        wanted = theirs(input_ids=read).logits
        torch.testing.assert_close(mine.logits(read), wanted, atol=1e-5, rtol=1e-5)
    assert wanted.std() > 0.5


def test_other_activations() -> None:
    theirs = library(activation_function="gelu")
    read = tokens(2, 9)
    with torch.no_grad():
        wanted = theirs(input_ids=read).logits
        torch.testing.assert_close(ours(theirs).logits(read), wanted, atol=1e-5, rtol=1e-5)


def test_gradients_equal_the_library(pair: tuple[Any, Transformer]) -> None:
    theirs, mine = pair
    read = tokens(3, 10)
    for model in (theirs, mine):
        logits = model(input_ids=read).logits if model is theirs else mine.logits(read)
        picked = logits[:, :-1].log_softmax(-1).gather(-1, read[:, 1:, None])
        picked.mean().backward()
    wanted = dict(theirs.named_parameters())
    for name, grad in gradients(mine).items():
        torch.testing.assert_close(grad, wanted[name].grad, atol=1e-5, rtol=1e-3)


def test_left_padding_changes_nothing(pair: tuple[Any, Transformer]) -> None:
    theirs, mine = pair
    read = tokens(2, 8)
    mask = torch.ones(2, 8, dtype=torch.bool)
    mask[1, :3] = False
    read[1, :3] = 0
    with torch.no_grad():
        padded = mine.logits(read, mask)
        alone = mine.logits(read[1:, 3:])
        torch.testing.assert_close(padded[1:, 3:], alone, atol=1e-5, rtol=1e-5)
        positions = (mask.long().cumsum(1) - 1).clamp(min=0)
        wanted = theirs(input_ids=read, attention_mask=mask.long(), position_ids=positions).logits
        torch.testing.assert_close(padded[mask], wanted[mask], atol=1e-5, rtol=1e-5)


def test_reading_on_from_the_past_is_reading_it_all(pair: tuple[Any, Transformer]) -> None:
    _, mine = pair
    read = tokens(3, 12)
    with torch.no_grad():
        whole = mine.logits(read)
        _, past = mine.read(read[:, :7])
        rest = mine.head(mine.read(read[:, 7:], past=past)[0])
    torch.testing.assert_close(rest, whole[:, 7:], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("last", [1, 3])
def test_the_last_features_are_those_of_all(pair: tuple[Any, Transformer], last: int) -> None:
    theirs, mine = pair
    read = tokens(3, 12)
    features, past = mine.read(read[:, :7])
    fewer, same = mine.read(read[:, 7:], past=past, last=last)
    assert fewer.shape == (3, last, 32)
    assert same[0][0].shape[2] == 12  # keys and values are those of all positions
    wanted = theirs(input_ids=read).logits[:, 12 - last :]
    torch.testing.assert_close(mine.head(fewer), wanted, atol=1e-5, rtol=1e-5)
    mine.head(fewer).square().sum().backward()
    wanted.square().sum().backward()
    found = gradients(mine)
    for name, weight in theirs.named_parameters():
        torch.testing.assert_close(found[name], weight.grad, atol=1e-3, rtol=1e-3)
    assert features.shape[1] == 7


def test_gelu_new_and_its_gradient_equal_torch() -> None:
    x = torch.linspace(-9, 9, 1001, requires_grad=True)
    slopes = [torch.autograd.grad(made.sum(), x)[0] for made in (gelu_new(x), tanh_gelu(x))]
    torch.testing.assert_close(*slopes, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(gelu_new(x), tanh_gelu(x), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(gelu_new(x.detach()), tanh_gelu(x), atol=1e-6, rtol=1e-5)


def tanh_gelu(x: Tensor) -> Tensor:
    return torch.nn.functional.gelu(x, approximate="tanh")


@pytest.mark.parametrize("length", [1, 9])
def test_answers_that_share_a_prompt_score_as_if_each_had_its_own(
    pair: tuple[Any, Transformer], length: int
) -> None:
    theirs, mine = pair
    prompts, answers = tokens(2, 6), tokens(6, length)
    whole = torch.cat([prompts.repeat_interleave(3, 0), answers], 1)
    logits = theirs(input_ids=whole).logits[:, 5:-1]
    wanted = logits.log_softmax(-1).gather(-1, answers[..., None])[..., 0]
    scored = mine.completion_logprobs(prompts, answers)
    torch.testing.assert_close(scored, wanted, atol=1e-5, rtol=1e-5)
    scored.sum().backward()  # gradients go through the shared prompt, too
    wanted.sum().backward()
    wanted_grads, found = dict(theirs.named_parameters()), gradients(mine)
    for name in found:
        torch.testing.assert_close(found[name], wanted_grads[name].grad, atol=1e-4, rtol=1e-3)


def test_fresh_models_start_near_uniform_and_copies_stand_alone() -> None:
    model = Transformer.fresh(Config(20, 10, num_layers=2), 0)
    probs = model.logits(torch.arange(10)[None] % 20).softmax(-1)
    assert (probs - 1 / 20).abs().max() < 0.05
    copy = model.copy()
    with torch.no_grad():
        next(iter(copy.weights.values())).zero_()
    assert model.weights[next(iter(model.weights))].abs().max() > 0
    assert model.num_weights() == sum(w.numel() for w in model.parameters())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"activation": "gleu"}, "activation is 'gleu'"),
        ({"num_heads": 5}, "5 heads must divide the width, 32"),
        ({"positions": "rotary"}, "positions must be learned or distance"),
        ({"norm": "batch"}, "norm layer or rms"),
        ({"num_outputs": 3}, "with is_tied, num_outputs must be 0"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Config(**{"vocab_size": 9, "max_length": 9, **changed})


def test_more_tokens_than_positions_are_refused() -> None:
    model = Transformer.fresh(Config(9, 4), 0)
    with pytest.raises(ValueError, match="5 tokens are more than the model's 4"):
        model.logits(torch.zeros(1, 5, dtype=torch.int64))
