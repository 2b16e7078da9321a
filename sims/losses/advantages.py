"""Advantages: what a sample was worth, compared with what else could have been expected."""

import torch
from torch import Tensor
from torch.nn import functional as F


def reinforce_advantages(rewards: Tensor, baseline: float | Tensor | None = None) -> Tensor:
    """Reward minus a baseline that must not depend on the sample (williams1992reinforce)."""
    return rewards.detach() if baseline is None else (rewards - baseline).detach()


def rloo_advantages(rewards: Tensor) -> Tensor:
    """Each reward (…, K) minus the mean of the K - 1 others (kool2019buy, ahmadian2024rloo)."""
    num = rewards.shape[-1]
    if num < 2:
        raise ValueError(f"RLOO compares a sample with the others, but K is {num}: use K >= 2.")
    return ((rewards - rewards.mean(-1, keepdim=True)) * (num / (num - 1))).detach()


def grpo_advantages(rewards: Tensor, eps: float = 1e-4, unbiased: bool = False) -> Tensor:
    """(R - mean) / (deviation + eps) in each group (…, G) (shao2024grpo).

    The deviation divides by G, so that two answers get +1 and -1; `unbiased` divides by G - 1 (the
    default of torch's `std`: +-0.707). A group with equal rewards teaches nothing: exactly 0.
    """
    centred = dr_grpo_advantages(rewards)
    spread = rewards.detach().std(-1, correction=int(unbiased), keepdim=True)
    return torch.where(_all_equal(rewards), 0.0, centred / (spread + eps))


def dr_grpo_advantages(rewards: Tensor) -> Tensor:
    """R - mean in each group (…, G), not divided by the deviation (liu2025drgrpo).

    Goes with `aggregate(…, "constant")`, the other half of that paper.
    """
    centred = (rewards - rewards.mean(-1, keepdim=True)).detach()
    return torch.where(_all_equal(rewards), 0.0, centred)  # rounding in the mean is no signal


def zero_std_rate(rewards: Tensor) -> Tensor:
    """The share of groups (…, P, G) whose rewards are all equal, which carry no gradient."""
    return _all_equal(rewards)[..., 0].to(rewards.dtype).mean(-1)


def _all_equal(rewards: Tensor) -> Tensor:
    return (rewards == rewards[..., :1]).all(-1, keepdim=True)


def gae(
    rewards: Tensor,
    values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    gae_lambda: float,
    next_values: Tensor | None = None,
) -> Tensor:
    """Generalised advantage estimates (…, T), time on the last axis (schulman2016gae).

    `next_values[t]` is V of the state that step t reached: after a time limit the last one of the
    old episode, not the first of the new. There V counts (the episode could have gone on) and the
    sum stops; after `terminated` V is 0 (pardo2018time). A step marked both ways is terminated.
    None takes `values` one step later; a cut that is no termination then is an error.
    """
    if next_values is None:
        last = torch.zeros_like(truncated)
        last[..., -1] = True
        if ((truncated | last) & ~terminated).any():
            raise ValueError("gae needs next_values where an episode is cut off before its end.")
        next_values = F.pad(values[..., 1:], (0, 1))
    deltas = rewards + gamma * torch.where(terminated, 0.0, next_values) - values
    carry = gamma * gae_lambda * (~(terminated | truncated)).to(values.dtype)
    advantages = torch.zeros_like(deltas)
    following = torch.zeros_like(deltas[..., 0])
    for t in reversed(range(deltas.shape[-1])):
        following = deltas[..., t] + carry[..., t] * following
        advantages[..., t] = following
    return advantages.detach()


def normalise(advantages: Tensor, eps: float = 1e-8) -> Tensor:
    """Mean 0 and deviation 1 on the last axis; a single advantage stays as it is, not NaN."""
    if advantages.shape[-1] < 2:
        return advantages
    spread = advantages.std(-1, correction=0, keepdim=True)
    return (advantages - advantages.mean(-1, keepdim=True)) / (spread + eps)
