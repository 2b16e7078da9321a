"""The distance to the reference: three estimates, and two ways to make the policy pay for it.

u = pi_ref / pi, reference OVER policy, on samples of the policy (schulman2020klapprox). The other
way round, k1 becomes minus the KL and rewards drift.
"""

import torch
from torch import Tensor

from sims.losses.policy_gradient import importance_ratio


def kl_k1(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """-log u of each sample: mean KL exactly, high variance, can be negative."""
    return logprobs - ref_logprobs.detach()


def kl_k2(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """(log u)^2 / 2 of each sample: biased mean, never negative; in a loss the right gradient."""
    return (ref_logprobs.detach() - logprobs).square() / 2


def kl_k3(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """u - 1 - log u of each sample: mean KL exactly, low variance, never negative."""
    log_u = ref_logprobs.detach() - logprobs
    return torch.expm1(log_u) - log_u  # exp(z) - 1 - z loses every digit near 0


KL_ESTIMATORS = {"k1": kl_k1, "k2": kl_k2, "k3": kl_k3}


def kl_loss(
    logprobs: Tensor,
    ref_logprobs: Tensor,
    estimator: str = "k3",
    old_logprobs: Tensor | None = None,
) -> Tensor:
    """The mean estimate over the last axis, as a term of a loss (comedy2025estimators).

    As it stands k1 pushes nowhere on average, k2 follows KL(pi || pi_ref), and k3 follows the
    forward KL(pi_ref || pi). With `old_logprobs` each estimate is weighted by rho = pi / pi_old
    inside the gradient, which makes k1 and k3 follow KL(pi || pi_ref) (deepseek2025v32).
    """
    estimates = KL_ESTIMATORS[estimator](logprobs, ref_logprobs)
    if old_logprobs is not None:
        estimates = importance_ratio(logprobs, old_logprobs) * estimates
    return estimates.mean(-1)


def kl_in_reward(
    rewards: Tensor, logprobs: Tensor, ref_logprobs: Tensor, beta: float | Tensor
) -> Tensor:
    """reward - beta k1 of each completion: the unbiased route to KL(pi || pi_ref)."""
    return (rewards - beta * kl_k1(logprobs, ref_logprobs)).detach()


def kl_in_token_rewards(
    rewards: Tensor, logprobs: Tensor, ref_logprobs: Tensor, beta: float | Tensor, mask: Tensor
) -> Tensor:
    """Rewards of tokens (…, B, T): -beta k1 on each, and `rewards` (…, B) on the last real one.

    PPO's form (ouyang2022instructgpt). Over the tokens of an answer they add up to `kl_in_reward`.
    """
    mask = mask.to(logprobs.dtype)
    penalties = -beta * kl_k1(logprobs, ref_logprobs) * mask
    is_last = (mask.flip(-1).cumsum(-1).flip(-1) == 1) & (mask > 0)
    return (penalties + is_last * rewards[..., None]).detach()
