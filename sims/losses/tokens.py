"""Masks and means over tokens: which of them count, and for how much."""

from collections.abc import Collection

import torch
from torch import Tensor

HALF = (torch.float16, torch.bfloat16)
Ends = int | Collection[int] | Tensor | None  # the tokens that end an answer; None: no token does


def completion_mask(tokens: Tensor, eos: Ends, drop_truncated: bool = False) -> Tensor:
    """1.0 on each token (…, T) up to and including the first EOS, 0.0 after it.

    A model may have several ways to end: give them all. Never looks at the padding's id, so it is
    right even where a tokenizer pads with EOS. With `drop_truncated` an answer that never reached
    EOS is masked out whole: do so after the advantages of its group are known, or the group's mean
    changes.
    """
    is_eos = is_end(tokens, eos)
    mask = is_eos.cumsum(-1) - is_eos.long() == 0
    if drop_truncated:
        mask = mask & is_eos.any(-1, keepdim=True)
    return mask.to(torch.get_default_dtype())


def is_end(tokens: Tensor, eos: Ends) -> Tensor:
    """Where a token is one of the ends: bool, of the shape of `tokens`."""
    if isinstance(eos, int):
        return tokens == eos
    ends = [] if eos is None else [int(one) for one in eos]
    return torch.isin(tokens, torch.tensor(ends, dtype=tokens.dtype, device=tokens.device))


def same_shape(what: str, one: Tensor, **others: Tensor | None) -> None:
    """Raise ValueError for one of `others` that has another shape than `one`, called `what`.

    (N, 1) minus (N,) is N x N numbers, and their mean looks like a loss.
    """
    for name, other in others.items():
        if other is not None and other.shape != one.shape:
            shapes = f"{tuple(other.shape)} and {tuple(one.shape)}"
            raise ValueError(f"{name} and {what} have the shapes {shapes}; give them the same.")


def no_wider(what: str, one: Tensor, **others: Tensor) -> None:
    """Raise ValueError where one of `others` and `one`, called `what`, make more than they are.

    One may be there for each row of the other. But (N, 1) with (N,) is N x N numbers.
    """
    for name, other in others.items():
        if other.shape == one.shape or not other.ndim:
            continue
        shapes = (tuple(other.shape), tuple(one.shape))
        try:
            made = tuple(torch.broadcast_shapes(*shapes))
        except RuntimeError:
            made = None
        if made not in shapes:
            same_shape(what, one, **{name: other})


def for_each(logprobs: Tensor, advantages: Tensor) -> None:
    """Raise ValueError unless there is one advantage for each log-prob, or one for each row."""
    wanted, given = tuple(logprobs.shape), tuple(advantages.shape)
    fits = len(given) == len(wanted) and all(
        b in (1, a) for a, b in zip(wanted, given, strict=True)
    )
    if given and not fits:
        raise ValueError(
            f"advantages have the shape {given} and log-probs {wanted}; "
            "write (B, 1) for one advantage an answer."
        )


def masked_mean(values: Tensor, mask: Tensor | None) -> Tensor:
    """Mean over the last axis of what `mask` marks (0 where it marks nothing); of all without."""
    if mask is None:
        return values.mean(-1)
    same_shape("values", values, mask=mask)
    is_real = mask > 0
    total = torch.where(is_real, values, 0.0).sum(-1, dtype=_sum_type(values))
    return (total / is_real.sum(-1).clamp(min=1)).to(values.dtype)


def sum_logprobs(logprobs: Tensor, mask: Tensor) -> Tensor:
    """Log-probs (…, T) of tokens to that of the completion (…): the sum of what `mask` marks.

    A forbidden or padded token may be -inf or NaN: it never reaches the sum, nor its gradient.
    The sum of a half-precision type is float32: at 200 nats bfloat16 has steps of 1.
    """
    return torch.where(mask > 0, logprobs, 0.0).sum(-1, dtype=_sum_type(logprobs))


def _sum_type(values: Tensor) -> torch.dtype | None:
    """The type in which many of `values` are added up: bfloat16 cannot count beyond 256."""
    return torch.float32 if values.dtype in HALF else None


def aggregate(
    losses: Tensor, mask: Tensor, over: str = "batch", max_length: int | None = None
) -> Tensor:
    """Token losses (…, B, T) to one number for each leading index; three ways, three gradients.

    answer    mean of each answer, then over answers: long wrong answers are punished less (GRPO)
    batch     mean over all tokens of the batch: long answers weigh more (DAPO)
    constant  sum divided by B x max_length, the same for every answer (Dr. GRPO). `max_length` is
              the token budget of an answer, not the longest of the batch, which wanders: ValueError
              without it

    Columns of padding change nothing. An answer that is masked out whole leaves the denominator of
    "answer" and "batch", as masked tokens do, so that it makes no other weaker: of B answers with M
    masked out, the loss of "answer" is B / (B - M) times that of TRL, which counts them as answers
    of loss 0. In "constant" they do count, here and there: the divisor is constant.
    """
    same_shape("losses", losses, mask=mask)
    if losses.dtype in HALF:
        return aggregate(losses.float(), mask, over, max_length).to(losses.dtype)
    mask = mask.to(losses.dtype)
    # where, not a product: a -inf under the mask would turn into NaN
    losses = torch.where(mask > 0, losses, 0.0)
    if over == "answer":
        lengths = mask.sum(-1)
        means = losses.sum(-1) / lengths.clamp(min=1)
        return means.sum(-1) / (lengths > 0).sum(-1).clamp(min=1)
    if over == "batch":
        return losses.sum((-2, -1)) / mask.sum((-2, -1)).clamp(min=1)
    if over == "constant":
        if max_length is None or max_length < 1:
            raise ValueError("aggregate over 'constant' needs max_length, the token budget (>= 1).")
        return losses.sum((-2, -1)) / (losses.shape[-2] * max_length)
    raise ValueError(f"over is '{over}', but must be 'answer', 'batch' or 'constant'.")
