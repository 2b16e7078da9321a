"""The distance to the reference: three estimates, and two ways to make the policy pay for it.

u = pi_ref / pi, reference OVER policy, on samples of the policy (schulman2020klapprox). The other
way round, k1 becomes minus the KL and rewards drift.

Estimates of tokens go through `aggregate`; -inf or NaN under its mask reaches neither the mean nor
the gradient.
"""

import torch
from torch import Tensor

from sims.losses.policy_gradient import importance_ratio, max_log_ratio
from sims.losses.tokens import HALF, masked_mean, no_wider, same_shape

MAX_DISTANCE = 1e6  # nats that a squared log-ratio may have: its square is still a float32


def log_ratio(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """log(pi / pi_ref) of each sample, the reference without a gradient.

    Raises ValueError where the shapes would make more samples.
    """
    no_wider("policy log-probs", logprobs, ref_logprobs=ref_logprobs)
    return logprobs - ref_logprobs.detach()


def kl_k1(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """-log u of each sample: mean KL exactly, high variance, can be negative."""
    return log_ratio(logprobs, ref_logprobs)


def kl_k2(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """(log u)^2 / 2 of each sample: biased mean, never negative; in a loss the right gradient.

    A log u beyond MAX_DISTANCE counts as that, without a gradient.
    """
    log_u = -log_ratio(logprobs, ref_logprobs)
    most = min(MAX_DISTANCE, 0.9 * torch.finfo(log_u.dtype).max ** 0.5)  # float16: 230 nats
    return log_u.clamp(-most, most).square() / 2


def kl_k3(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """u - 1 - log u of each sample: mean KL exactly, low variance, never negative.

    A log u above MAX_LOG_RATIO counts as that: 5e8 nats, finite, without a gradient.
    """
    log_u = -log_ratio(logprobs, ref_logprobs)
    log_u = log_u.float() if log_u.dtype in HALF else log_u  # near 0 half of the digits is none
    log_u = log_u.clamp(max=max_log_ratio(log_u.dtype))
    return torch.expm1(log_u) - log_u  # exp(z) - 1 - z loses every digit near 0


KL_ESTIMATORS = {"k1": kl_k1, "k2": kl_k2, "k3": kl_k3}


def kl_loss(
    logprobs: Tensor,
    ref_logprobs: Tensor,
    estimator: str = "k3",
    old_logprobs: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The mean estimate over the last axis, as a term of a loss (comedy2025estimators).

    With a `mask`, 1 on what is real, the mean is over that.

    As it stands k1 pushes nowhere on average, k2 follows KL(pi || pi_ref), and k3 follows the
    forward KL(pi_ref || pi). With `old_logprobs` each estimate is weighted by rho = pi / pi_old
    inside the gradient, which makes k1 and k3 follow KL(pi || pi_ref) (deepseek2025v32).
    """
    if estimator not in KL_ESTIMATORS:
        raise ValueError(f"estimator is '{estimator}', but must be {', '.join(KL_ESTIMATORS)}.")
    if mask is not None:  # before any product: 0 times -inf is NaN, in a gradient as well
        logprobs, ref_logprobs = (torch.where(mask > 0, x, 0.0) for x in (logprobs, ref_logprobs))
        old_logprobs = None if old_logprobs is None else torch.where(mask > 0, old_logprobs, 0.0)
    estimates = KL_ESTIMATORS[estimator](logprobs, ref_logprobs)
    if old_logprobs is not None:
        estimates = importance_ratio(logprobs, old_logprobs) * estimates
    return masked_mean(estimates, mask)


def kl_in_reward(
    rewards: Tensor, logprobs: Tensor, ref_logprobs: Tensor, beta: float | Tensor
) -> Tensor:
    """reward - beta k1 of each completion: the unbiased route to KL(pi || pi_ref).

    Raises ValueError for log-probs of tokens: `kl_in_token_rewards` takes those.
    """
    same_shape("rewards", rewards, logprobs=logprobs)
    return (rewards - beta * kl_k1(logprobs, ref_logprobs)).detach()


def kl_in_token_rewards(
    rewards: Tensor, logprobs: Tensor, ref_logprobs: Tensor, beta: float | Tensor, mask: Tensor
) -> Tensor:
    """Rewards of tokens (…, B, T): -beta k1 on each, and `rewards` (…, B) on the last real one.

    PPO's form (ouyang2022instructgpt). Over the tokens of an answer they add up to `kl_in_reward`.
    What the mask hides earns 0, whatever its log-probs are.
    """
    is_real = mask > 0
    penalties = torch.where(is_real, -beta * kl_k1(logprobs, ref_logprobs), 0.0)
    is_last = (is_real.flip(-1).cumsum(-1).flip(-1) == 1) & is_real
    # where, not a product: an answer masked out whole may be worth NaN
    return torch.where(is_last, penalties + rewards[..., None], penalties).detach()
