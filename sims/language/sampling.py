"""Sampling many sequences at once, with a key-value cache and one uniform number a token.

No Python loop over sequences: a step draws the next token of all rows by inverse CDF, which takes a
tenth of the time of `torch.multinomial`. Prompts are read once, whatever `num_samples` is.

The log-probs that come back are those of the distribution that was sampled from, temperature and
top-k included: a trainer that scores under another one has ratios that are not 1 where they should
be. Rows end with EOS and are filled up with PAD behind it; the two must be different tokens, or the
end of an answer could not be told from what comes after it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language.transformer import Past, Transformer
from sims.losses import completion_mask

BELOW_ONE = 1 - 1e-6  # in float32, x times this is less than x


@dataclass(frozen=True)
class Samples:
    """Rows of one prompt stand together: (P * num_samples, T)."""

    tokens: Tensor  # PAD behind EOS; T is smaller than asked for if every row has ended before
    logprobs: Tensor  # 0 behind EOS
    mask: Tensor  # 1.0 up to and including EOS, 0.0 behind it
    is_finished: Tensor  # (P * num_samples,): False where the row was cut off before its EOS


def sample(
    model: Transformer,
    prompts: Tensor,
    max_tokens: int,
    *,
    generator: torch.Generator,
    num_samples: int = 1,
    temperature: float = 1.0,
    top_k: int = 0,
    prompt_mask: Tensor | None = None,
) -> Samples:
    """Continue prompts (P, L) by up to `max_tokens`, each in `num_samples` ways.

    temperature 0 takes the most probable token; top_k 0 allows all. Prompts of different lengths
    are padded on the left, and `prompt_mask` (P, L) is False there. ValueError if the tokens do not
    fit the model, or if its EOS and PAD are the same.
    """
    config, length = model.config, prompts.shape[1]
    if config.eos is not None and config.eos == config.pad:
        raise ValueError(f"EOS and PAD are both token {config.eos}: give them different ids.")
    if length + max_tokens > config.max_length:
        raise ValueError(
            f"{length} tokens of prompt and {max_tokens} new ones are more than the model's "
            f"{config.max_length}."
        )
    uniform = torch.rand(max_tokens, len(prompts) * num_samples, 1, generator=generator)
    with torch.inference_mode():
        features, past = model.read(prompts, prompt_mask)
        decoder = Decoder(model, past, num_samples, max_tokens, prompt_mask)
        first = model.head(features[:, -1]).repeat_interleave(num_samples, 0)
        tokens, logprobs = _write(decoder, first, uniform, temperature, top_k)
    # clones leave inference mode: a trainer needs the log-probs in its graph
    return _ended(tokens.clone(), logprobs.clone(), config.eos, config.pad or 0)


def _write(
    decoder: "Decoder", logits: Tensor, uniform: Tensor, temperature: float, top_k: int
) -> tuple[Tensor, Tensor]:
    """Tokens and log-probs (rows, T) until every row has met EOS; what is behind it is noise."""
    eos, tokens, logprobs = decoder.model.config.eos, [], []
    is_live = torch.ones(logits.shape[0], 1, dtype=torch.bool)
    for place in uniform:
        allowed = limited(logits, temperature, top_k).log_softmax(-1)
        chosen = draw(allowed, place)
        tokens.append(chosen)
        logprobs.append(allowed.gather(1, chosen))
        if eos is not None:
            is_live &= chosen != eos
            if not is_live.any():
                break
        if len(tokens) < len(uniform):
            logits = decoder.step(chosen)
    return torch.cat(tokens, 1), torch.cat(logprobs, 1)


def _ended(tokens: Tensor, logprobs: Tensor, eos: int | None, pad: int) -> Samples:
    """Everything behind the first EOS made PAD."""
    if eos is None:
        everything = torch.ones_like(logprobs)
        return Samples(tokens, logprobs, everything, torch.zeros(len(tokens), dtype=torch.bool))
    mask = completion_mask(tokens, eos)
    is_real, is_finished = mask > 0, (tokens == eos).any(1)
    return Samples(tokens.where(is_real, pad), logprobs.where(is_real, 0.0), mask, is_finished)


class Decoder:
    """Reads one more token a row at a time; keys and values are written into buffers made once."""

    def __init__(
        self, model: Transformer, past: Past, times: int, room: int, mask: Tensor | None
    ) -> None:
        self.model = model
        self.length = past[0][0].shape[2]
        # keys (rows, heads, t, width) and values (rows, heads, width, t): either way its product
        # with one row is fast, and the other way round it takes twice as long
        self.buffers = [
            (_with_room(k, times, room), _with_room(v, times, room).transpose(2, 3).contiguous())
            for k, v in past
        ]
        self.padding: Tensor | None = None  # (rows, L + room): -inf where a prompt is padded
        self.first = torch.zeros(1, dtype=torch.int64)  # places before each row's first token
        if mask is not None:
            wide = F.pad(~mask, (0, room)).repeat_interleave(times, 0)
            self.padding = torch.zeros(wide.shape).masked_fill_(wide, -torch.inf)
            self.first = (~mask).sum(1, keepdim=True).repeat_interleave(times, 0)

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (rows, V) of what follows `tokens` (rows, 1)."""
        features = self.model.run(tokens, self.length - self.first, self._attend)
        self.length += 1
        return self.model.head(features[:, 0])

    def _attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Queries (rows, heads, 1, width) against all keys so far; heads may share these."""
        at, (keys, values) = self.length, self.buffers[layer]
        keys[:, :, at], values[:, :, :, at] = k[:, :, 0], v[:, :, 0]
        rows, shared, width = len(q), keys.shape[1], q.shape[-1]
        known, told = keys.flatten(0, 1)[:, : at + 1], values.flatten(0, 1)[..., : at + 1]
        asking = q.reshape(rows * shared, -1, width) * width**-0.5
        scores = torch.bmm(
            asking, known.transpose(1, 2)
        )  # no copies: the slices keep their strides
        if self.padding is not None:
            scores += self.padding[:, : at + 1].repeat_interleave(shared, 0)[:, None]
        answers = torch.bmm(told, scores.softmax(-1).transpose(1, 2))
        return answers.transpose(1, 2).reshape(q.shape)


def limited(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    """Logits (…, V) over the temperature, -inf outside the `top_k` greatest (0: all allowed).

    Temperature 0 leaves the greatest alone. Equal logits at the edge of the top k all stay.
    """
    if temperature == 0:
        top_k, temperature = 1, 1.0
    if temperature < 0:
        raise ValueError(f"temperature is {temperature:g}, but cannot be below 0.")
    if temperature != 1:
        logits = logits / temperature
    if 0 < top_k < logits.shape[-1]:
        edge = logits.topk(top_k, -1).values[..., -1:]
        logits = logits.masked_fill(logits < edge, -torch.inf)
    return logits


def draw(logprobs: Tensor, uniform: Tensor) -> Tensor:
    """Tokens (B, 1) from log-probs (B, V): the first whose cumulated probability passes `uniform`.

    Never a token of probability 0, not even at uniform = 1: the target stays below the total.
    """
    cumulated = logprobs.exp().cumsum_(-1)
    target = uniform * (cumulated[:, -1:] * BELOW_ONE)
    return torch.searchsorted(cumulated, target, right=True)


def _with_room(part: Tensor, times: int, room: int) -> Tensor:
    """Keys or values (P, heads, L, …) of each prompt `times` times, with `room` more positions."""
    rows, heads, length, width = part.shape
    buffer = torch.empty(rows * times, heads, length + room, width)
    buffer[:, :, :length] = part.repeat_interleave(times, 0)
    return buffer
