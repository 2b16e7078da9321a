"""Advantages: what a sample was worth, compared with what else could have been expected.

Rewards may be of any number type, True and False included; what comes back is a float and constant.
Equal rewards give exactly 0, at any scale: rounding in their mean is not a signal.
"""

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from sims import advantages as arrays
from sims.losses.tokens import HALF, no_wider


def reinforce_advantages(rewards: Tensor, baseline: float | Tensor | None = None) -> Tensor:
    """Reward minus a baseline that must not depend on the sample (williams1992reinforce)."""
    rewards = _floats(rewards)
    if isinstance(baseline, Tensor):
        no_wider("rewards", rewards, baseline=baseline)
    return rewards if baseline is None else (rewards - baseline).detach()


def rloo_advantages(rewards: Tensor) -> Tensor:
    """Each reward (…, K) minus the mean of the K - 1 others (kool2019buy, ahmadian2024rloo)."""
    num = rewards.shape[-1] if rewards.ndim else 1
    if num < 2:
        raise ValueError(f"RLOO compares a sample with the others, but K is {num}: use K >= 2.")
    return dr_grpo_advantages(rewards) * (num / (num - 1))


def grpo_advantages(rewards: Tensor, eps: float = 1e-4, unbiased: bool = False) -> Tensor:
    """(R - mean) / (deviation + eps) in each group (…, G) (shao2024grpo).

    The deviation divides by G, so that two answers get +1 and -1; `unbiased` divides by G - 1 (the
    default of torch's `std`: +-0.707). A group with equal rewards teaches nothing: exactly 0.
    """
    rewards = _floats(rewards)
    if not rewards.ndim or rewards.shape[-1] < 2 or not rewards.numel():
        return torch.zeros_like(rewards)  # the deviation of one is 0 / 0
    spread = rewards.std(-1, correction=int(unbiased), keepdim=True)
    centred = dr_grpo_advantages(rewards)
    return torch.where(centred == 0, 0.0, centred / (spread + eps))  # 0 / 0 with eps = 0


def dr_grpo_advantages(rewards: Tensor) -> Tensor:
    """R - mean in each group (…, G), not divided by the deviation (liu2025drgrpo).

    Goes with `aggregate(…, "constant")`, the other half of that paper.
    """
    rewards = _floats(rewards)
    mean = rewards.mean(-1, keepdim=True)
    centred = rewards - mean
    return centred.masked_fill_(_is_rounding(centred, mean), 0.0)


def zero_std_rate(rewards: Tensor) -> Tensor:
    """The share of groups (…, P, G) whose rewards are all equal, which carry no gradient."""
    rewards = _floats(rewards)
    mean = rewards.mean(-1, keepdim=True)
    return _is_rounding(rewards - mean, mean)[..., 0].to(rewards.dtype).mean(-1)


def _floats(rewards: Tensor) -> Tensor:
    rewards = rewards.detach()
    return rewards if rewards.is_floating_point() else rewards.to(torch.get_default_dtype())


def _is_rounding(centred: Tensor, mean: Tensor) -> Tensor:
    """(…, 1): whether a group's deviation is but a few last places of its mean."""
    # Not the variance: a square leaves the range of float16 at 256, of float32 at 1e19. (`amax`
    # and `std` are slow.)
    deviation = centred.abs().mean(-1, keepdim=True)
    return deviation <= arrays.ROUNDING * torch.finfo(mean.dtype).eps * mean.abs()


def _array(values: Tensor) -> NDArray:
    values = values.detach().cpu()
    return (values.float() if values.dtype in HALF else values).numpy()


def gae(
    rewards: Tensor,
    values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    gae_lambda: float,
    next_values: Tensor | None = None,
) -> Tensor:
    """Generalised advantage estimates (…, T), time on the last axis: `sims.advantages.gae`.

    `next_values[t]` is V of the state that step t reached: after a time limit the last one of the
    old episode, not the first of the new. There V counts and the sum stops; after `terminated` V is
    0, whatever stands there. None takes `values` one step later; a cut that is not a termination
    then is an error.
    """
    terminated, truncated = terminated > 0, truncated > 0
    if next_values is None:
        last = torch.zeros_like(truncated)
        last[..., -1:] = True
        if ((truncated | last) & ~terminated).any():
            raise ValueError("gae needs next_values where an episode is cut off before its end.")
        next_values = F.pad(values, (0, 1))[..., 1:]
    series = (_floats(rewards), values, next_values, terminated, truncated)
    found = arrays.gae(*map(_array, series), gamma=gamma, gae_lambda=gae_lambda)
    return torch.from_numpy(found).to(values)


def normalise(advantages: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean 0 and deviation 1 on the last axis, at any scale: `sims.advantages.normalise`.

    Equal advantages give exactly 0, and a single one stays as it is. With a `mask` of the same
    shape, 1 on what is real, padding is 0 and does not change the others.
    """
    advantages = _floats(advantages)
    is_real = None if mask is None else _array(mask > 0)
    return torch.from_numpy(arrays.normalise(_array(advantages), is_real)).to(advantages)
