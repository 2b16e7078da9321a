"""How surprised a language model is by a text that you wrote, token by token.

    surprise = -log p(token | those before it)     in nats; the mean's exponential is the perplexity

A model that has read much is surprised where something new begins, and hardly inside of words and
set phrases. A misspelt word or a false fact costs many nats at one place: the model has expected
another token there, which `expected` names. The first token has nothing before it and is left out.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from sims.language import base_model
from sims.models import tokens as shown
from sims.next_token import encode
from sims.spec import Frame, SpecError, column, param


@dataclass(frozen=True)
class Params:
    text: str = param(
        "the capital of france is paris .",
        max_length=600,
        suggestions=(
            "the capital of france is paris .", "the capital of france is rome .",
            "The capital of France is Paris.", "The capital of France is Rome.",
            "To be, or not to be, that is the question.",
        ),
        help="the text that is read",
    )  # fmt: skip
    model: str = param(
        "tiny",
        choices=("tiny", "real"),
        help="117,000 weights that know 200 words; or the real model that the server was started "
        "with, which takes seconds to load",
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="changes nothing: nothing is drawn")


class Columns:
    token: str = column("that was read")
    surprise: float = column("of this token", unit="nats")
    mean_surprise: float = column("of the tokens so far", unit="nats")
    perplexity: float = column("exponential of mean_surprise: among how many tokens it chooses")
    rank: int = column("of this token among all, the likeliest is 1")
    expected: str = column("the token that the model found the likeliest here")
    expected_prob: float = column("probability of that token")
    logprob: float = column("of the text so far, given its first token", unit="nats")
    text: str = column("so far, this token included")


def run(params: Params) -> Iterator[Frame]:
    """One frame a token from the second on; the text is read once, at the start."""
    torch.set_num_threads(1)
    model, tokenizer = base_model.choose(params.model)
    ids = encode(model, tokenizer, params.text, is_chat=False)
    if len(ids) < 2:
        raise SpecError(f"the text '{params.text}' is one token: write at least two words.")
    with torch.no_grad():
        logprobs = model.logits(torch.tensor([ids]))[0].log_softmax(-1)
    total = 0.0
    for step, token in enumerate(ids[1:]):
        here = logprobs[step]
        best = int(here.argmax())
        total += float(here[token])
        mean = -total / (step + 1)
        yield {
            "step": step,
            "token": shown.label(tokenizer, token),
            "surprise": -float(here[token]),
            "mean_surprise": mean,
            "perplexity": math.exp(min(mean, 700.0)),
            "rank": int((here > here[token]).sum()) + 1,
            "expected": shown.label(tokenizer, best),
            "expected_prob": math.exp(float(here[best])),
            "logprob": total,
            "text": shown.text_of(tokenizer, ids[: step + 2]),
            "progress": (step + 1) / (len(ids) - 1),
        }
