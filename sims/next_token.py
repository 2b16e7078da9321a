"""A language model writes: one distribution over the next token after another, and a draw from it.

    p(token) proportional to exp(logit / temperature), among the top_k greatest (0: among all)

Temperature 1 is what the model learned. Below 1 the probable becomes more so, down to 0, where the
most probable token is always taken; above 1 all become alike. The text's log-probability is the sum
over its tokens, each given those before it. The model is the base model of the sentence world.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from sims.language import base_model
from sims.language.sampling import Decoder, draw, limited
from sims.language.transformer import Transformer
from sims.spec import Frame, SpecError, column, param

UNFINISHED = "\ufffd"  # what decoders put for bytes that make no character yet
NUM_SHOWN = 8  # of the most probable tokens in each frame


@dataclass(frozen=True)
class Params:
    prompt: str = param(
        "the",
        choices=(
            "the", "the fox", "the capital of france is", "the capital of", "anna is a",
            "where does", "what colour is the swan ?", "what does the bear eat ?",
        ),
        help="the words that the model goes on from",
    )  # fmt: skip
    temperature: float = param(
        1.0,
        low=0.0,
        high=3.0,
        step=0.05,
        help="0 takes the most probable token, 1 is the model's own",
    )
    top_k: int = param(0, low=0, high=50, step=1, help="draw among this many tokens; 0 means all")
    max_tokens: int = param(
        14, low=1, high=40, step=1, unit="tokens", help="write at most this many"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    text: str = column("so far, this token included")
    token: str = column("the token that was drawn")
    words: list = column("the 8 most probable tokens of the distribution that is drawn from")
    probs: list = column("their probabilities")
    own_probs: list = column("the same at temperature 1, with all tokens allowed")
    prob: float = column("of the token that was drawn")
    entropy: float = column("of the distribution that is drawn from", unit="nats")
    surprise: float = column("of the token under the model itself", unit="nats")
    logprob: float = column("of all that is written, under the model itself", unit="nats")


def run(params: Params) -> Iterator[Frame]:
    """One frame a token, up to the end that the model itself writes or `max_tokens`."""
    torch.set_num_threads(1)
    yield from write(*base_model.load(), params.prompt, params)


def write(model: Transformer, tokenizer: Tokenizer, prompt: str, params: Params) -> Iterator[Frame]:
    """The frames of any model that `checkpoint.load` reads, from any prompt with a token in it."""
    generator = torch.Generator().manual_seed(params.seed)
    ids = tokenizer.encode(prompt).ids
    if not ids:
        raise SpecError(f"the prompt '{prompt}' has no tokens: write at least one word.")
    uniform = torch.rand(params.max_tokens, 1, 1, generator=generator)
    with torch.no_grad():
        features, past = model.read(torch.tensor([ids]))
        decoder = Decoder(model, past, 1, params.max_tokens, None)
        logits = model.head(features[:, -1])
    total = 0.0
    for step in range(params.max_tokens):
        own = logits.log_softmax(-1)
        drawn_from = limited(logits, params.temperature, params.top_k).log_softmax(-1)
        chosen = draw(drawn_from, uniform[step])
        token, probs = int(chosen), drawn_from[0].exp()
        ids.append(token)
        total += float(own[0, token])
        # by the model's own order, so that the bars do not swap places with the temperature
        top = own[0].topk(min(NUM_SHOWN, model.config.vocab_size)).indices
        is_last = token in model.config.ends or step == params.max_tokens - 1
        yield {
            "step": step,
            "text": _text(tokenizer, ids),
            "token": _name(tokenizer, token),
            "words": [_name(tokenizer, i) for i in top.tolist()],
            "probs": probs[top].tolist(),
            "own_probs": own[0, top].exp().tolist(),
            "prob": float(probs[token]),
            "entropy": float(torch.special.entr(probs).sum()),
            "surprise": -float(own[0, token]),
            "logprob": total,
            "progress": 1.0 if is_last else (step + 1) / params.max_tokens,
        }
        if is_last:
            return
        with torch.no_grad():
            logits = decoder.step(chosen)


def _name(tokenizer: Tokenizer, token: int) -> str:
    """A token as text, whatever it looks like in its tokenizer: `Ġthe` and `▁the` are "the"."""
    text = tokenizer.decode([token], skip_special_tokens=False)
    if UNFINISHED in text:
        return "(part of a character)"
    if not text.strip():  # what cannot be seen
        text = text.replace(" ", "␣").replace("\n", "⏎").replace("\t", "⇥")
    return text or f"token {token}"


def _text(tokenizer: Tokenizer, ids: list[int]) -> str:
    """All that is written; a character of several tokens is shown once it is whole."""
    return tokenizer.decode(ids, skip_special_tokens=False).rstrip(UNFINISHED)
