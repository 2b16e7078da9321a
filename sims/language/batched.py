"""The network of `policies`: S transformers of the same shape in one bmm, and their caches.

In GPT-2's arrangement: layer norm first, learned positions, causal attention, a perceptron with
GELU. The layer norms have no weights of their own, as the layer behind them can hold these. Names:
S policies, M rows (samples or prefixes) of each, t tokens so far.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

WIDTH, NUM_HEADS, HIDDEN = 32, 4, 128

Weights = dict[str, Tensor]  # every one (S, …)

# keys and values of the tokens so far, (t, S, M, heads, head width): time first, so that products
# with a query run over one long stretch of memory
Cache = tuple[Tensor, Tensor]


def fresh_weights(num_words: int, length: int, generator: torch.Generator) -> Weights:
    """Random weights of one policy (S = 1) over words and the start sign; it is nearly uniform."""

    def normal(*shape: int, scale: float) -> Tensor:
        return torch.randn(1, *shape, generator=generator) * scale

    qkv = normal(WIDTH, 3 * WIDTH, scale=WIDTH**-0.5)
    # Attention starts nearly even over the past: a head that has settled on one place early is slow
    # to learn later that a word was said before: in our trials it ended ten times farther away.
    qkv[..., : 2 * WIDTH] *= 0.1
    return {
        "tokens": normal(num_words + 1, WIDTH, scale=0.3),
        "positions": normal(length, WIDTH, scale=0.1),
        "qkv": qkv,
        "out": normal(WIDTH, WIDTH, scale=(2 * WIDTH) ** -0.5),
        "up": normal(WIDTH, HIDDEN, scale=WIDTH**-0.5),
        "up_bias": torch.zeros(1, 1, HIDDEN),
        "down": normal(HIDDEN, WIDTH, scale=(2 * HIDDEN) ** -0.5),
        "unembed": normal(WIDTH, num_words, scale=0.1 * WIDTH**-0.5),
    }


def advance(weights: Weights, tokens: Tensor, past: Cache | None) -> tuple[Tensor, Cache]:
    """One token (S, M) further: features (S, M, width) and its own keys and values.

    The past may have fewer rows, P: then M / P tokens in turn come after each of them.
    """
    at = 0 if past is None else past[0].shape[0]
    hidden = _embed(weights, tokens) + weights["positions"][:, at : at + 1]
    mixed = torch.bmm(_norm(hidden), weights["qkv"])
    if past is None:
        _, k, v = mixed.view(1, *tokens.shape, 3, NUM_HEADS, -1).unbind(3)
        return _perceptron(weights, hidden, v), (k[..., None, :, :], v[..., None, :, :])
    rows = past[0].shape[2]
    q, k, v = mixed.view(1, len(tokens), rows, -1, 3, NUM_HEADS, WIDTH // NUM_HEADS).unbind(4)
    keys, values = past[0].unsqueeze(3), past[1].unsqueeze(3)
    # products and sums, not matmul: a thousand matrices of a few numbers each are slow
    scores = torch.cat([(q * keys).sum(-1, keepdim=True), (q * k).sum(-1, keepdim=True)])
    shares = (scores * q.shape[-1] ** -0.5).softmax(0)
    attended = (shares[:-1] * values).sum(0) + shares[-1] * v[0]
    return _perceptron(weights, hidden, attended), (k, v)


def parallel(weights: Weights, tokens: Tensor) -> Tensor:
    """Features (S, B x T, width) of all positions of inputs (S, B, T) at once."""
    num, batch, length = tokens.shape
    hidden = _embed(weights, tokens.flatten(1)).view(num, batch, length, WIDTH)
    hidden = (hidden + weights["positions"][:, None]).flatten(1, 2)
    mixed = torch.bmm(_norm(hidden), weights["qkv"])
    q, k, v = mixed.view(num * batch, length, 3, NUM_HEADS, -1).permute(2, 0, 3, 1, 4)
    future = torch.full((length, length), -math.inf).triu(1)
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + future
    attended = (scores.softmax(-1) @ v).transpose(1, 2)
    return _perceptron(weights, hidden, attended)


def _embed(weights: Weights, tokens: Tensor) -> Tensor:
    """Token vectors (S, M, width): one table of all policies, each with its own rows."""
    table = weights["tokens"]
    offsets = torch.arange(len(tokens))[:, None] * table.shape[1]
    return F.embedding(tokens + offsets, table.flatten(0, 1))


def _perceptron(weights: Weights, hidden: Tensor, attended: Tensor) -> Tensor:
    """What follows attention, up to the last layer norm."""
    hidden = hidden + torch.bmm(attended.reshape(hidden.shape), weights["out"])
    wide = torch.baddbmm(weights["up_bias"], _norm(hidden), weights["up"])
    return _norm(hidden + torch.bmm(F.gelu(wide), weights["down"]))


def logits(weights: Weights, features: Tensor) -> Tensor:
    return torch.bmm(features, weights["unembed"])


def append(past: Cache | None, own: Cache) -> Cache:
    """Caches (t, S, P, …) and (1, S, P, C, …) to that of all rows, (t + 1, S, P x C, …)."""
    if past is None:
        return own[0].flatten(2, 3), own[1].flatten(2, 3)
    longer = []
    for before, new in zip(past, own, strict=True):
        before = before.unsqueeze(3).expand(len(before), *new.shape[1:])
        longer.append(torch.cat([before, new]).flatten(2, 3))
    return longer[0], longer[1]


def pieces(cache: Cache, size: int) -> list[Cache]:
    """The rows of a cache, `size` or fewer at a time."""
    keys, values = (part.split(max(1, size), 2) for part in cache)
    return list(zip(keys, values, strict=True))


def picked(cache: Cache, rows: Tensor | None) -> Cache:
    """The cache of samples whose rows are `rows` (S, B); see `rows_of`."""
    return rows_of(cache[0], rows, 1), rows_of(cache[1], rows, 1)


def _norm(hidden: Tensor) -> Tensor:
    return F.layer_norm(hidden, hidden.shape[-1:])


def rows_of(values: Tensor, rows: Tensor | None, dim: int = 0) -> Tensor:
    """values[s, rows[s, b]] for every policy s: (S, M, …) and (S, B) to (S, B, …).

    S stands at `dim`. No rows: each sample has its own already.
    """
    if rows is None:
        return values
    num, size = values.shape[dim : dim + 2]
    if size == 1:
        shape = list(values.shape)
        shape[dim + 1] = rows.shape[1]
        return values.expand(shape)
    flat = (rows + torch.arange(num)[:, None] * size).flatten()
    # index_select: the backward pass of values[flat] is ten times as slow
    return values.flatten(dim, dim + 1).index_select(dim, flat).unflatten(dim, rows.shape)
