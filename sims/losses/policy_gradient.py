"""Policy gradients: REINFORCE, the clipped objective of PPO, and the loss of its critic.

A `mask` of the same shape, 1 on what is real, keeps padding out of the mean and out of the
gradient, whatever stands there: -inf, NaN.
"""

import math

import torch
from torch import Tensor

from sims.losses.tokens import for_each, masked_mean, same_shape

MAX_LOG_RATIO = 20.0  # nats; e^20 = 5e8, and e^89 is no float32


def max_log_ratio(dtype: torch.dtype) -> float:
    """MAX_LOG_RATIO, or less in a type that does not hold e to it (float16: 10 nats)."""
    return min(MAX_LOG_RATIO, math.log(torch.finfo(dtype).max) - 1)


def policy_gradient_loss(
    logprobs: Tensor, advantages: Tensor, mask: Tensor | None = None
) -> Tensor:
    """-mean(A log pi): its gradient is minus the policy gradient; its value means nothing."""
    for_each(logprobs, advantages)
    if mask is not None:
        logprobs = torch.where(mask > 0, logprobs, 0.0)
        advantages = torch.where(mask > 0, advantages, 0.0)
    return -masked_mean(advantages.detach() * logprobs, mask)


def importance_ratio(logprobs: Tensor, old_logprobs: Tensor) -> Tensor:
    """rho = pi / pi_old: exactly 1 before the first update, if both were computed alike.

    A log-ratio above MAX_LOG_RATIO counts as that: the ratio is finite there, and has no gradient.
    """
    # clamp also stops the gradient of a NaN, so that a masked one ends here
    same_shape("logprobs", logprobs, old_logprobs=old_logprobs)
    log_ratio = logprobs - old_logprobs.detach()
    return torch.exp(log_ratio.clamp(max=max_log_ratio(log_ratio.dtype)))


def ppo_clip_loss(
    logprobs: Tensor,
    old_logprobs: Tensor,
    advantages: Tensor,
    clip_eps: float,
    mask: Tensor | None = None,
) -> Tensor:
    """-mean min(rho A, clip(rho, 1 - eps, 1 + eps) A) over the last axis (schulman2017ppo)."""
    return -masked_mean(
        ppo_clip_objective(logprobs, old_logprobs, advantages, clip_eps, mask), mask
    )


def ppo_clip_objective(
    logprobs: Tensor,
    old_logprobs: Tensor,
    advantages: Tensor,
    clip_eps: float,
    mask: Tensor | None = None,
) -> Tensor:
    """The clipped objective of each item, not averaged: for tokens, `aggregate` minus this.

    Flat where rho is already eps beyond 1 in the direction that A asks for. Against it PPO has no
    limit: with A < 0 the push grows with rho, up to MAX_LOG_RATIO, and is 0 beyond.
    """
    for_each(logprobs, advantages)
    ratio, advantages = importance_ratio(logprobs, old_logprobs), advantages.detach()
    if mask is not None:
        advantages = torch.where(mask > 0, advantages, 0.0)
    clipped = ratio.clamp(1 - clip_eps, 1 + clip_eps)
    return torch.minimum(ratio * advantages, clipped * advantages)


def clip_rate(
    logprobs: Tensor,
    old_logprobs: Tensor,
    advantages: Tensor,
    clip_eps: float,
    mask: Tensor | None = None,
) -> Tensor:
    """The share of items on the last axis that the clip holds back: no gradient from them."""
    ratio = importance_ratio(logprobs, old_logprobs)
    held = torch.where(advantages > 0, ratio > 1 + clip_eps, ratio < 1 - clip_eps)
    return masked_mean((held & (advantages != 0)).to(logprobs.dtype), mask)


def value_loss(
    values: Tensor,
    returns: Tensor,
    old_values: Tensor | None = None,
    clip_eps: float | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Mean squared error of the critic; with `old_values` and `clip_eps`, PPO's clipped form."""
    same_shape("values", values, returns=returns, old_values=old_values)
    if mask is not None:
        values, returns = torch.where(mask > 0, values, 0.0), torch.where(mask > 0, returns, 0.0)
    error = (values - returns.detach()).square()
    if (old_values is None) != (clip_eps is None):
        raise ValueError("value_loss clips with old_values and clip_eps together: give both.")
    if old_values is not None and clip_eps is not None:
        old = old_values.detach()
        clipped = old + (values - old).clamp(-clip_eps, clip_eps)
        error = torch.maximum(error, (clipped - returns.detach()).square())
    return masked_mean(error, mask)
