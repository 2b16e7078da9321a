"""Many weak hints, one direction: how the gradient of a batch points where that of all text does.

A small language model is trained for a while on the sentence world. Then the gradient of its loss
is taken on batches of n texts, and held against the gradient on 1,024 others:

    cosine     of the two, mean over batches of n texts
    predicted  1 / sqrt(1 + N / n), if the gradient of one text is the common one and noise; N, the
               noise scale, is the variance of one text's gradient over the square of the mean's
               length (McCandlish et al., 2018), measured on batches of 1 and of all

One text says little of where to go. Errors of many cancel, what they share adds up. With
`targets` = random each next token is any word, and a batch of any size points elsewhere.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from sims.language import base_model, sentences
from sims.language.transformer import Transformer, token_logprobs
from sims.spec import Frame, column, param

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
NUM_BATCHES = 8  # of each size
NUM_ALL, PART = 1_024, 256  # texts whose gradient is the direction, and how many at a time


@dataclass(frozen=True)
class Params:
    num_steps: int = param(
        100, low=1, high=1_000, step=1, unit="updates", help="of pre-training before we look"
    )
    targets: str = param(
        "next",
        choices=("next", "random"),
        help="what a batch predicts: the next word, or any word at random",
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the model and the texts")


class Columns:
    batch_size: int = column("texts of a batch", unit="texts")
    cosine: float = column("of its gradient and that of all texts, mean over batches")
    lowest: float = column("the least of these batches")
    predicted: float = column("the cosine that the noise scale leads to")
    noise_scale: float = column("texts at which signal and noise are as large", unit="texts")
    loss: float = column("of the model, on all texts", unit="nats")


def run(params: Params) -> Iterator[Frame]:
    """One frame for each size of a batch."""
    torch.set_num_threads(1)
    *_, (model, _) = islice(base_model.pretraining(params.num_steps, params.seed), params.num_steps)
    rng = random.Random(f"directions {params.seed}")
    generator = torch.Generator().manual_seed(params.seed)
    parts = [gradient(model, _texts(rng, PART)) for _ in range(NUM_ALL // PART)]
    direction = torch.stack([part for part, _ in parts]).mean(0)
    loss = sum(value for _, value in parts) / len(parts)
    noise_scale = 0.0
    for step, size in enumerate(SIZES):
        made = []
        for _ in range(NUM_BATCHES):
            tokens = _texts(rng, size)
            is_random = params.targets == "random"
            made.append(gradient(model, tokens, generator if is_random else None)[0])
        batches = torch.stack(made)
        if size == 1:
            noise = (batches - direction).square().sum(1).mean()
            noise_scale = float(noise / direction.square().sum())
        cosines = torch.cosine_similarity(batches, direction[None])
        yield {
            "step": step,
            "batch_size": size,
            "cosine": float(cosines.mean()),
            "lowest": float(cosines.min()),
            "predicted": (1 + noise_scale / size) ** -0.5,
            "noise_scale": noise_scale,
            "loss": loss,
            "progress": (step + 1) / len(SIZES),
        }


def gradient(
    model: Transformer, tokens: Tensor, generator: torch.Generator | None = None
) -> tuple[Tensor, float]:
    """(the gradient of the loss on texts (B, T), one long vector; the loss in nats a token).

    With a generator each next token is replaced by any word.
    """
    targets = tokens[:, 1:]
    is_real = targets != 0
    if generator is not None:
        targets = torch.randint(2, model.config.vocab_size, targets.shape, generator=generator)
    logprobs = token_logprobs(model.logits(tokens[:, :-1]), targets)
    loss = -(logprobs * is_real).sum() / is_real.sum()
    parts = torch.autograd.grad(loss, list(model.parameters()))
    return torch.cat([part.flatten() for part in parts]), loss.item()


def _texts(rng: random.Random, count: int) -> Tensor:
    texts = [sentences.document(rng) for _ in range(count)]
    return sentences.encode(sentences.tokenizer(), texts)
