"""Attention: softmax(q k / sqrt(head width) + bias) v, and who may look at whom.

Spelt out, as training takes 1.01 to 1.25 times as long with
`torch.nn.functional.scaled_dot_product_attention` on models of this size (docs/decisions, 35).
"""

import torch
from torch import Tensor


def heads(mixed: Tensor, length: int, num_heads: int) -> tuple[Tensor, ...]:
    """Queries, keys and values (N, heads, T, head width) of (…, R, 3 x width), R rows of T."""
    split = mixed.view(-1, length, 3, num_heads, mixed.shape[-1] // (3 * num_heads))
    if num_heads == 1:  # no copy at all
        return tuple(part.transpose(1, 2) for part in split.unbind(2))
    # one copy of all three: attention would make three, and its backward pass three more
    return split.permute(2, 0, 3, 1, 4).contiguous().unbind(0)


def merged(attended: Tensor, num_models: int | None) -> Tensor:
    """(N, heads, T, head width) to rows (…, R, width), with an axis of models or without."""
    _, count, _, width = attended.shape
    lead = () if num_models is None else (num_models,)
    return attended.transpose(1, 2).reshape(*lead, -1, count * width)


def attention(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """What each query finds, (N, heads, T, head width); q, k and v have that shape.

    `bias` is (T, K), ([N], heads, T, K), or for a stack (M, texts, heads, T, K), where texts and
    heads are 1 if all have the same. Of more rows than T, the last count.
    """
    shape, scale = q.shape, q.shape[-1] ** -0.5
    bias = bias[..., bias.shape[-2] - shape[2] :, :]
    q, k, v = q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)
    if bias.dim() < 5:
        if bias.dim() > 2:
            bias = bias.expand(*shape[:3], -1).flatten(0, 1)
        scores = torch.baddbmm(bias, q, k.transpose(1, 2), alpha=scale)
    else:  # each model's own: added in place of being copied for each of its texts
        scores = torch.bmm(q, k.transpose(1, 2))
        each = scores.view(len(bias), -1, *shape[1:3], k.shape[1])
        scores = (each * scale + bias).view(scores.shape)
    return torch.bmm(scores.softmax(-1), v).view(shape)


def bias_of(
    places: Tensor, seen: Tensor, allowed: Tensor | None, distances: Tensor | None
) -> Tensor:
    """What is added to a score: minus infinity where a query may not look at a key.

    Queries stand at `places` (T,), keys at `seen` (K,); what `allowed` (…, T, K) bars comes on top
    of what is to come. Without `distances` (…, heads, L), 0 elsewhere; and with them the value of
    the distance, (…, heads, T, K), where none looks at itself unless there is nothing else.
    """
    gaps = places[:, None] - seen
    may_look = gaps >= 0 if distances is None else gaps > 0
    if allowed is not None:
        may_look = may_look & allowed
    if allowed is not None or distances is not None:  # a softmax over nothing is not a number
        may_look = may_look | (gaps == 0) & ~may_look.any(-1, keepdim=True)
    if distances is None:
        return torch.zeros(may_look.shape).masked_fill_(~may_look, -torch.inf)
    return distances[..., gaps.clamp(min=0)].where(may_look, -torch.inf)
