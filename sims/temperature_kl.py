"""How far a sampling temperature takes a model from itself: its KL, and two estimates of it.

    KL(p_T || p) = E over texts from p_T of  sum over tokens of  sum_w p_T(w) log(p_T(w) / p(w))

p_T is the model at temperature T, p the model itself. The inner sum is exact, the texts are
sampled; so the mean is right and less noisy than the estimates from the written tokens alone:

    k1 = log p_T - log p        k3 = r - 1 - log r,  r = p / p_T        (Schulman, 2020)

Sums over the tokens of a text. At T = 1 all are 0; above and below the KL grows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sims import losses
from sims.language import base_model
from sims.language.model import LanguageModel
from sims.language.sampling import begin, draw
from sims.next_token import encode
from sims.spec import Frame, column, param

LOWEST, HIGHEST, NUM_POINTS = 0.4, 1.6, 7  # temperatures


@dataclass(frozen=True)
class Params:
    prompt: str = param(
        "the",
        max_length=300,
        suggestions=("the", "where does the swan live ?", "Once upon a time", "The sea is"),
        help="the text that the model goes on from",
    )
    model: str = param(
        "tiny",
        choices=("tiny", "real"),
        help="117,000 weights that know 200 words; or the real model that the server was started "
        "with: about three seconds a temperature",
    )
    num_samples: int = param(16, low=2, high=64, step=2, unit="texts", help="at each temperature")
    max_tokens: int = param(12, low=1, high=40, step=1, unit="tokens", help="of a text, at most")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    temperature: float = column("at which the texts are written")
    kl: float = column("to the model at temperature 1, exact for each token", unit="nats")
    kl_k1: float = column("the same by k1, from the written tokens alone", unit="nats")
    kl_k3: float = column("the same by k3", unit="nats")
    k1_spread: float = column("standard deviation of k1 over the texts", unit="nats")
    k3_spread: float = column("standard deviation of k3 over the texts", unit="nats")
    mean_length: float = column("of a text", unit="tokens")
    surprise: float = column("of a written token under the model itself", unit="nats")
    sample: str = column("one of the texts")


@dataclass(frozen=True)
class Texts:
    """Sums over each text, (N,)."""

    kl: Tensor
    k1: Tensor
    k3: Tensor
    logprob: Tensor  # under the model itself
    lengths: Tensor
    tokens: list[list[int]]


def run(params: Params) -> Iterator[Frame]:
    """One frame a temperature, from the lowest on."""
    torch.set_num_threads(1)
    model, tokenizer = base_model.choose(params.model)
    yield from sweep(model, tokenizer, params)


def sweep(model: LanguageModel, tokenizer: Tokenizer, params: Params) -> Iterator[Frame]:
    """The frames of any model. The same random numbers at each temperature."""
    ids = encode(model, tokenizer, params.prompt, is_chat=False)
    for step in range(NUM_POINTS):
        temperature = LOWEST + (HIGHEST - LOWEST) * step / (NUM_POINTS - 1)
        texts = write(model, torch.tensor([ids]), temperature, params)
        ends = model.config.ends
        yield {
            "step": step,
            "temperature": round(temperature, 6),
            "kl": float(texts.kl.mean()),
            "kl_k1": float(texts.k1.mean()),
            "kl_k3": float(texts.k3.mean()),
            "k1_spread": float(texts.k1.std()),
            "k3_spread": float(texts.k3.std()),
            "mean_length": float(texts.lengths.mean()),
            "surprise": -float(texts.logprob.sum() / texts.lengths.sum()),
            "sample": tokenizer.decode([i for i in texts.tokens[0] if i not in ends]).strip(),
            "progress": (step + 1) / NUM_POINTS,
        }


def write(model: LanguageModel, prompt: Tensor, temperature: float, params: Params) -> Texts:
    """Texts at one temperature, with what the model at temperature 1 says of them."""
    count = params.num_samples
    generator = torch.Generator().manual_seed(params.seed)
    uniform = torch.rand(params.max_tokens, count, 1, generator=generator)
    is_live, parts = torch.ones(count, dtype=torch.bool), list[Tensor]()
    ends, rows = torch.tensor(model.config.ends, dtype=torch.int64), list[Tensor]()
    with torch.inference_mode():
        logits, reader = begin(model, prompt, count, params.max_tokens)
        for place in range(params.max_tokens):
            own, tilted = logits.log_softmax(-1), (logits / temperature).log_softmax(-1)
            chosen = draw(tilted, uniform[place])
            exact = (tilted.exp() * (tilted - own)).sum(-1)
            mine, ref = (each.gather(1, chosen)[:, 0] for each in (tilted, own))
            k1, k3 = losses.kl_k1(mine, ref), losses.kl_k3(mine, ref)
            parts.append(torch.stack([exact, k1, k3, ref, torch.ones(count)]) * is_live)
            rows.append(torch.where(is_live[:, None], chosen, -1))
            is_live = is_live & ~torch.isin(chosen[:, 0], ends)
            if place + 1 == params.max_tokens or not is_live.any():
                break
            logits = reader.step(chosen)
    kl, k1, k3, logprob, lengths = torch.stack(parts).sum(0).unbind(0)
    tokens = [[i for i in row if i >= 0] for row in torch.cat(rows, 1).tolist()]
    return Texts(kl, k1, k3, logprob, lengths, tokens)
