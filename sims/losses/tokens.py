"""Masks and means over tokens: which of them count, and for how much."""

import torch
from torch import Tensor


def completion_mask(tokens: Tensor, eos: int, drop_truncated: bool = False) -> Tensor:
    """1.0 on each token (…, T) up to and including the first EOS, 0.0 after it.

    Never looks at the padding's id, so it is right even where a tokenizer pads with EOS. With
    `drop_truncated` an answer that never reached EOS is masked out whole: do so after the
    advantages of its group are known, or the group's mean changes.
    """
    is_eos = tokens == eos
    mask = is_eos.cumsum(-1) - is_eos.long() == 0
    if drop_truncated:
        mask = mask & is_eos.any(-1, keepdim=True)
    return mask.to(torch.get_default_dtype())


def aggregate(
    losses: Tensor, mask: Tensor, over: str = "batch", max_length: int | None = None
) -> Tensor:
    """Token losses (…, B, T) to one number for each leading index; three ways, three gradients.

    answer    mean of each answer, then over answers: long wrong answers are punished less (GRPO)
    batch     mean over all tokens of the batch: long answers weigh more (DAPO)
    constant  sum divided by B x max_length, the same for every answer (Dr. GRPO)

    Masked answers leave the denominator, too (in "constant", they count as answers of loss 0).
    """
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
        return losses.sum((-2, -1)) / (losses.shape[-2] * (max_length or losses.shape[-1]))
    raise ValueError(f"over is '{over}', but must be 'answer', 'batch' or 'constant'.")
