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

from sims.language.model import LanguageModel, Reader
from sims.language.transformer import Past, Transformer
from sims.language.transformer.attention import heads
from sims.losses import completion_mask, is_end
from sims.models.pretrained import Pretrained
from sims.spec import SpecError

BLOCK = 32  # positions
MOST_LIKELY = 1024  # tokens among which a nucleus is sought first
BELOW_ONE = 1 - 1e-6  # in float32, x times this is less than x


@dataclass(frozen=True)
class Samples:
    """Rows of one prompt stand together: (P * num_samples, T)."""

    tokens: Tensor  # PAD behind EOS; T is smaller than asked for if every row has ended before
    logprobs: Tensor  # 0 behind EOS
    mask: Tensor  # 1.0 up to and including EOS, 0.0 behind it
    is_finished: Tensor  # (P * num_samples,): False where the row was cut off before its EOS

    def written(self) -> list[list[int]]:
        """The tokens of each row, its end included; what is behind may be any token."""
        rows = zip(self.tokens.tolist(), self.mask.tolist(), strict=True)
        return [[token for token, real in zip(*row, strict=True) if real] for row in rows]


def sample(
    model: LanguageModel,
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
    if config.pad is not None and config.pad in config.ends:
        raise ValueError(f"EOS and PAD are both token {config.pad}: give them different ids.")
    if length + max_tokens > config.max_length:
        raise SpecError(
            f"{length} tokens of prompt and {max_tokens} new ones are more than the model's "
            f"{config.max_length}."
        )
    uniform = torch.rand(max_tokens, len(prompts) * num_samples, 1, generator=generator)
    with torch.inference_mode():
        first, reader = begin(model, prompts, num_samples, max_tokens, prompt_mask)
        tokens, logprobs = _write(reader, first, config.ends, uniform, temperature, top_k)
    # clones leave inference mode: a trainer needs the log-probs in its graph
    return _ended(tokens.clone(), logprobs.clone(), config.ends, config.pad or 0)


def begin(
    model: LanguageModel,
    prompts: Tensor,
    num_samples: int,
    room: int,
    mask: Tensor | None = None,
) -> tuple[Tensor, Reader]:
    """Logits (P * num_samples, V) behind prompts (P, L), and what reads up to `room` tokens on.

    Each prompt is read once, whatever `num_samples` is.
    """
    if isinstance(model, Pretrained):
        return model.begin(prompts, num_samples, room, mask)
    assert isinstance(model, Transformer)
    features, past = model.read(prompts, mask, last=1)
    decoder = Decoder(model, past, num_samples, room, mask)
    return model.head(features[:, -1]).repeat_interleave(num_samples, 0), decoder


def _write(
    reader: Reader,
    logits: Tensor,
    ends: tuple[int, ...],
    uniform: Tensor,
    temperature: float,
    top_k: int,
) -> tuple[Tensor, Tensor]:
    """Tokens and log-probs (rows, T) until every row has met EOS; what is behind it is noise."""
    tokens, logprobs = [], []
    is_live = torch.ones(logits.shape[0], 1, dtype=torch.bool)
    for place in uniform:
        allowed = limited(logits, temperature, top_k).log_softmax(-1)
        chosen = draw(allowed, place)
        tokens.append(chosen)
        logprobs.append(allowed.gather(1, chosen))
        if ends:
            is_live &= ~_is_end(chosen, ends)
            if not is_live.any():
                break
        if len(tokens) < len(uniform):
            logits = reader.step(chosen)
    return torch.cat(tokens, 1), torch.cat(logprobs, 1)


def _is_end(tokens: Tensor, ends: tuple[int, ...]) -> Tensor:
    return is_end(tokens, ends[0] if len(ends) == 1 else ends)  # one is compared faster


def _ended(tokens: Tensor, logprobs: Tensor, ends: tuple[int, ...], pad: int) -> Samples:
    """Everything behind the first end made PAD."""
    if not ends:
        everything = torch.ones_like(logprobs)
        return Samples(tokens, logprobs, everything, torch.zeros(len(tokens), dtype=torch.bool))
    mask = completion_mask(tokens, ends)
    is_real, is_finished = mask > 0, _is_end(tokens, ends).any(1)
    return Samples(tokens.where(is_real, pad), logprobs.where(is_real, 0.0), mask, is_finished)


class Decoder:
    """Reads one more token a row at a time; keys and values are written into buffers made once.

    A step looks at whole blocks of the buffers, with what is not yet written barred: products with
    slices of any other size take two to four times as long.
    """

    def __init__(
        self, model: Transformer, past: Past, times: int, room: int, mask: Tensor | None
    ) -> None:
        if model.num_models is not None or model.config.positions != "learned":
            raise ValueError("only a single model with a vector for each position can be sampled.")
        self.model = model
        rows, heads, self.length, _ = past[0][0].shape
        if self.length + room > model.config.max_length:
            raise SpecError(
                f"{self.length} tokens of prompt and {room} new ones are more than the "
                f"{model.config.max_length} that this model can hold: ask for fewer."
            )
        room += self.length + -(self.length + room) % BLOCK
        # keys (rows x heads, width, room) and values (rows x heads, room, width): as products ask
        self.buffers = [
            (_with_room(k.transpose(2, 3), times, 3, room), _with_room(v, times, 2, room))
            for k, v in past
        ]
        self.blocked = torch.full((1, 1, room), -torch.inf)  # 0 where there is something to see
        self.blocked[..., : self.length] = 0
        self.first = torch.zeros(1, dtype=torch.int64)  # places before each row's first token
        if mask is not None:
            self.blocked = self.blocked.repeat(rows, 1, 1)
            self.blocked[:, 0, : self.length].masked_fill_(~mask, -torch.inf)
            self.blocked = self.blocked.repeat_interleave(times * heads, 0)
            self.first = (~mask).sum(1, keepdim=True).repeat_interleave(times, 0)

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (rows, V) of what follows `tokens` (rows, 1)."""
        self.blocked[..., self.length] = 0
        features = self.model.run(tokens, self.length - self.first, self._attend)
        self.length += 1
        return self.model.head(features[:, 0])

    def _attend(self, layer: int, mixed: Tensor) -> Tensor:
        """Queries, keys and values (rows, 3 x width) of one token, against all keys so far."""
        q, k, v = heads(mixed, 1, self.model.config.num_heads)
        at, (keys, values), width = self.length, self.buffers[layer], q.shape[-1]
        keys[:, :, at], values[:, at] = k.reshape(-1, width), v.reshape(-1, width)
        asking, seen = q.reshape(-1, 1, width), at + 1 + -(at + 1) % BLOCK
        blocked, known = self.blocked[..., :seen], keys[..., :seen]
        scores = torch.baddbmm(blocked, asking, known, alpha=width**-0.5)
        return torch.bmm(scores.softmax(-1), values[:, :seen]).view(len(mixed), -1)


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


def nucleus(logprobs: Tensor, top_p: float) -> Tensor:
    """Log-probs (…, V) of the fewest tokens whose probabilities reach `top_p`, scaled to sum to 1;
    -inf for the others (Holtzman et al., 2020). The likeliest token always stays."""
    if top_p >= 1:
        return logprobs
    count = min(MOST_LIKELY, logprobs.shape[-1])
    ordered, places = logprobs.topk(count, -1)
    if bool((ordered.exp().sum(-1) < top_p).any()):  # a flat distribution: all have to be sorted
        ordered, places = logprobs.sort(-1, descending=True)
    before = ordered.exp().cumsum(-1) - ordered.exp()
    kept = torch.zeros_like(logprobs, dtype=torch.bool).scatter_(-1, places, before < top_p)
    return logprobs.masked_fill(~kept, -torch.inf).log_softmax(-1)


def draw(logprobs: Tensor, uniform: Tensor) -> Tensor:
    """Tokens (B, 1) from log-probs (B, V): the first whose cumulated probability passes `uniform`.

    Never a token of probability 0, not even at uniform = 1: the target stays below the total.
    """
    cumulated = logprobs.exp().cumsum_(-1)
    target = uniform * (cumulated[:, -1:] * BELOW_ONE)
    return torch.searchsorted(cumulated, target, right=True)


def _with_room(part: Tensor, times: int, dim: int, room: int) -> Tensor:
    """Keys or values (P, heads, …) of each prompt `times` times, with `room` positions at `dim`."""
    shape = list(part.shape)
    shape[0], shape[dim] = shape[0] * times, room
    buffer = torch.zeros(shape)
    buffer.narrow(dim, 0, part.shape[dim]).copy_(part.repeat_interleave(times, 0))
    return buffer.flatten(0, 1)
