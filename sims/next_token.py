"""A language model writes: one distribution over the next token after another, and a draw from it.

    p(token) proportional to exp(logit / temperature), among the top_k greatest (0: among all)
    and the fewest whose probabilities reach top_p (1: all)

Temperature 1 is what the model learned. Below 1 the probable becomes more so, down to 0, where the
most probable token is always taken; above 1 all become alike. The text's log-probability is the sum
over its tokens, each given those before it. `model` = tiny is the base model of the sentence world;
`real` is the one that the program was started with (`--model`): some 10 tokens a second.

Two things can be taken away from the tiny model, to see what they are worth: what it has learned
(`trained` false: random parameters), and the loop (`use_feedback` false: each token is drawn as the
first one after the prompt, as if nothing had been written yet).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sims.language import base_model
from sims.language.model import LanguageModel
from sims.language.sampling import begin, draw, limited, nucleus
from sims.language.transformer import Transformer, token_logprobs
from sims.models import tokens as shown
from sims.spec import Frame, SpecError, column, param

NUM_SHOWN = 8  # of the most probable tokens in each frame


@dataclass(frozen=True)
class Params:
    prompt: str = param(
        "the",
        max_length=400,
        suggestions=(
            "the", "the fox", "the capital of france is", "the capital of", "anna is a",
            "where does", "what colour is the swan ?", "what does the bear eat ?",
            "The capital of France is", "What is the capital of France?", "Once upon a time",
        ),
        help="the text that the model goes on from",
    )  # fmt: skip
    model: str = param(
        "tiny",
        choices=("tiny", "real"),
        help="117,000 weights that know 200 words; or the real model that the server was started "
        "with, which takes seconds to load and a tenth of a second a token",
    )
    is_chat: bool = param(
        False, help="put the prompt into the model's chat template, as an instruct model expects"
    )
    temperature: float = param(
        1.0,
        low=0.0,
        high=3.0,
        step=0.05,
        help="0 takes the most probable token, 1 is the model's own",
    )
    top_k: int = param(0, low=0, high=50, step=1, help="draw among this many tokens; 0 means all")
    top_p: float = param(
        1.0,
        low=0.05,
        high=1.0,
        step=0.05,
        help="draw among the fewest tokens that have this probability together; 1 means all",
    )
    max_tokens: int = param(
        14, low=1, high=60, step=1, unit="tokens", help="write at most this many"
    )
    trained: bool = param(True, help="the trained model, or the same with random parameters")
    use_feedback: bool = param(True, help="each token is drawn in view of those written before it")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    text: str = column("so far, this token included")
    token: str = column("the token that was drawn")
    words: list = column("the 8 most probable tokens of the distribution that is drawn from")
    probs: list = column("their probabilities")
    own_probs: list = column("the same at temperature 1, with all tokens allowed")
    prompt_tokens: list = column("the prompt as the model gets it, token by token")
    prob: float = column("of the token that was drawn")
    entropy: float = column("of the distribution that is drawn from", unit="nats")
    surprise: float = column("of the token under the model itself", unit="nats")
    logprob: float = column("of all that is written, under the model itself", unit="nats")
    shuffled_logprob: float = column(
        "of the same tokens behind the prompt, in a random order",
        unit="nats",
        when={"model": ("tiny",)},  # a real model would read all of it again for each token
    )


def run(params: Params) -> Iterator[Frame]:
    """One frame a token, up to the end that the model itself writes or `max_tokens`."""
    torch.set_num_threads(1)
    model, tokenizer = base_model.choose(params.model)
    if not params.trained:
        if not isinstance(model, Transformer):
            raise SpecError("only the tiny model can be untrained: use model=tiny.")
        model = Transformer.fresh(model.config, params.seed)
    yield from write(model, tokenizer, params.prompt, params)


def write(
    model: LanguageModel, tokenizer: Tokenizer, prompt: str, params: Params
) -> Iterator[Frame]:
    """The frames of any language model, from any prompt with a token in it."""
    generator = torch.Generator().manual_seed(params.seed)
    ids = encode(model, tokenizer, prompt, params.is_chat)
    prompt_tokens = shown.pieces(tokenizer, ids)
    uniform = torch.rand(params.max_tokens, 1, 1, generator=generator)
    with torch.no_grad():
        logits, reader = begin(model, torch.tensor([ids]), 1, params.max_tokens)
    first, total, shuffle = logits, 0.0, random.Random(params.seed)
    for step in range(params.max_tokens):
        own = logits.log_softmax(-1)
        drawn_from = _distribution(logits if params.use_feedback else first, params)
        chosen = draw(drawn_from, uniform[step])
        token, probs = int(chosen), drawn_from[0].exp()
        ids.append(token)
        total += float(own[0, token])
        is_last = token in model.config.ends or step == params.max_tokens - 1
        frame: Frame = {
            "step": step,
            "text": shown.text_of(tokenizer, ids),
            "token": shown.label(tokenizer, token),
            **_bars(tokenizer, own[0], probs),
            "prompt_tokens": prompt_tokens,
            "prob": float(probs[token]),
            "entropy": float(torch.special.entr(probs).sum()),
            "surprise": -float(own[0, token]),
            "logprob": total,
            "progress": 1.0 if is_last else (step + 1) / params.max_tokens,
        }
        if params.model == "tiny":
            frame["shuffled_logprob"] = _shuffled(model, ids, len(ids) - step - 1, shuffle)
        yield frame
        if is_last:
            return
        with torch.no_grad():
            logits = reader.step(chosen)


def _distribution(logits: Tensor, params: Params) -> Tensor:
    """Log-probs (1, V) of what the next token is drawn from."""
    allowed = limited(logits, params.temperature, params.top_k)
    return nucleus(allowed.log_softmax(-1), params.top_p)


def _bars(tokenizer: Tokenizer, own: Tensor, probs: Tensor) -> Frame:
    """The tokens that the model itself finds most probable, by its log-probs `own` (V,), and what
    they have in `probs` (V,)."""
    # by the model's own order, so that the bars do not swap places with the temperature
    top = own.topk(min(NUM_SHOWN, len(own))).indices
    return {
        "words": shown.labels(tokenizer, top.tolist()),
        "probs": probs[top].tolist(),
        "own_probs": own[top].exp().tolist(),
    }


def encode(model: LanguageModel, tokenizer: Tokenizer, prompt: str, is_chat: bool) -> list[int]:
    """The tokens of a prompt. SpecError: it has none, has words that the model has never seen, or
    is to be a chat with a model that knows no chats."""
    if is_chat:
        ids = shown.chat(getattr(model, "tokenizer", None), prompt)
        if ids is None:
            raise SpecError("this model has no chat template: switch is_chat off.")
        return ids
    made = tokenizer.encode(prompt)
    if not made.ids:
        raise SpecError(f"the prompt '{prompt}' has no tokens: write at least one word.")
    if model.config.pad is not None and model.config.pad in made.ids:
        place = made.offsets[made.ids.index(model.config.pad)]
        word = prompt[slice(*place)][:40]
        raise SpecError(
            f"the model has never seen '{word}': it knows small letters and few words. Take "
            "one of the suggestions, or the real model."
        )
    return made.ids


def _shuffled(model: LanguageModel, ids: list[int], start: int, shuffle: random.Random) -> float:
    """Log-probability of the tokens from `start` on, in a random order."""
    mixed = ids[:start] + shuffle.sample(ids[start:], len(ids) - start)
    tokens = torch.tensor([mixed])
    with torch.no_grad():
        logprobs = token_logprobs(model.logits(tokens[:, :-1]), tokens[:, 1:])
    return float(logprobs[0, start - 1 :].sum())
