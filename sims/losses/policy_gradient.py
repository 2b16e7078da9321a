"""Policy gradients: REINFORCE, the clipped objective of PPO, and the loss of its critic."""

import torch
from torch import Tensor


def policy_gradient_loss(logprobs: Tensor, advantages: Tensor) -> Tensor:
    """-mean(A log pi): its gradient is minus the policy gradient; its value means nothing."""
    return -(advantages.detach() * logprobs).mean(-1)


def importance_ratio(logprobs: Tensor, old_logprobs: Tensor) -> Tensor:
    """rho = pi / pi_old: exactly 1 before the first update, if both were computed alike."""
    return torch.exp(logprobs - old_logprobs.detach())


def ppo_clip_loss(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, clip_eps: float
) -> Tensor:
    """-mean min(rho A, clip(rho, 1 - eps, 1 + eps) A) over the last axis (schulman2017ppo)."""
    return -ppo_clip_objective(logprobs, old_logprobs, advantages, clip_eps).mean(-1)


def ppo_clip_objective(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, clip_eps: float
) -> Tensor:
    """The clipped objective of each item, not averaged: for tokens, `aggregate` minus this.

    Flat where rho is already eps beyond 1 in the direction that A asks for.
    """
    ratio, advantages = importance_ratio(logprobs, old_logprobs), advantages.detach()
    clipped = ratio.clamp(1 - clip_eps, 1 + clip_eps)
    return torch.minimum(ratio * advantages, clipped * advantages)


def clip_rate(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, clip_eps: float
) -> Tensor:
    """The share of items on the last axis that the clip holds back: no gradient from them."""
    ratio = importance_ratio(logprobs, old_logprobs)
    held = torch.where(advantages > 0, ratio > 1 + clip_eps, ratio < 1 - clip_eps)
    return (held & (advantages != 0)).to(logprobs.dtype).mean(-1)


def value_loss(
    values: Tensor,
    returns: Tensor,
    old_values: Tensor | None = None,
    clip_eps: float | None = None,
) -> Tensor:
    """Mean squared error of the critic; with both of the last two, PPO's clipped form of it."""
    error = (values - returns.detach()).square()
    if (old_values is None) != (clip_eps is None):
        raise ValueError("value_loss clips with old_values and clip_eps together: give both.")
    if old_values is not None and clip_eps is not None:
        old = old_values.detach()
        clipped = old + (values - old).clamp(-clip_eps, clip_eps)
        error = torch.maximum(error, (clipped - returns.detach()).square())
    return error.mean(-1)
