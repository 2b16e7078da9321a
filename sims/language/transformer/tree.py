"""Reading one token further at a time, with gradients, where many texts begin alike.

Prefixes of one length are rows, P of each of M models; more than one token may be tried after each.
Keys and values of a prefix stand time first, so that products with a query run over one long
stretch of memory. Products and sums, not `bmm`: a thousand matrices of a few numbers are slow.
"""

import torch
from torch import Tensor

from sims.language.transformer.model import Transformer

# of each layer: keys and values (t, M, P, heads, head width)
Prefixes = list[tuple[Tensor, Tensor]]


def advance(model: Transformer, tokens: Tensor, past: Prefixes | None) -> tuple[Tensor, Prefixes]:
    """Features (M, R, width) of tokens (M, R), and their own keys and values (1, M, P, C, …).

    The past has P rows: C = R / P tokens in turn come after each of them. Without a past, C is 1.
    """
    if model.num_models is None or model.config.positions != "learned":
        raise ValueError("prefixes are read by a stack with a vector for each position alone.")
    at = past[0][0].shape[0] if past else 0
    own, num_heads = [], model.config.num_heads

    def attend(layer: int, mixed: Tensor) -> Tensor:
        models, rows, width = mixed.shape
        after = past[layer][0].shape[2] if past else rows
        split = mixed.view(1, models, after, -1, 3, num_heads, width // (3 * num_heads))
        q, k, v = split.unbind(4)
        own.append((k, v))
        if not past:  # nothing to look at but itself
            return v.reshape(models, rows, -1)
        return _attended(q, k, v, past[layer]).reshape(models, rows, -1)

    features = model.run(tokens[..., None], torch.tensor([at]), attend)
    return features.squeeze(2), own


def _attended(q: Tensor, k: Tensor, v: Tensor, past: tuple[Tensor, Tensor]) -> Tensor:
    """(M, P, C, heads, head width): each token looks at its prefix and at itself."""
    keys, values = past[0].unsqueeze(3), past[1].unsqueeze(3)
    scores = torch.cat([(q * keys).sum(-1, keepdim=True), (q * k).sum(-1, keepdim=True)])
    shares = (scores * q.shape[-1] ** -0.5).softmax(0)
    return (shares[:-1] * values).sum(0) + shares[-1] * v[0]


def append(past: Prefixes | None, own: Prefixes) -> Prefixes:
    """Prefixes (t, M, P, …) and what comes after (1, M, P, C, …) to those of (t + 1, M, P x C)."""
    if past is None:
        return [(k.flatten(2, 3), v.flatten(2, 3)) for k, v in own]
    return [
        (_longer(before[0], new[0]), _longer(before[1], new[1]))
        for before, new in zip(past, own, strict=True)
    ]


def _longer(before: Tensor, new: Tensor) -> Tensor:
    before = before.unsqueeze(3).expand(len(before), *new.shape[1:])
    return torch.cat([before, new]).flatten(2, 3)


def pieces(prefixes: Prefixes, size: int) -> list[Prefixes]:
    """The rows, `size` or fewer at a time."""
    rows = prefixes[0][0].shape[2]
    return [
        [(k[:, :, i : i + size], v[:, :, i : i + size]) for k, v in prefixes]
        for i in range(0, rows, max(1, size))
    ]


def picked(prefixes: Prefixes, rows: Tensor | None) -> Prefixes:
    """The prefixes of samples whose rows are `rows` (M, B); see `rows_of`."""
    return [(rows_of(k, rows, 1), rows_of(v, rows, 1)) for k, v in prefixes]


def rows_of(values: Tensor, rows: Tensor | None, dim: int = 0) -> Tensor:
    """values[m, rows[m, b]] for every model m: (M, P, …) and (M, B) to (M, B, …).

    M stands at `dim`. No rows: each sample has its own already.
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
