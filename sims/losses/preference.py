"""Reward models and imitation, and direct alignment: the DPO family."""

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.losses.kl import log_ratio
from sims.losses.tokens import aggregate, no_wider


def bradley_terry_loss(
    chosen_rewards: Tensor, rejected_rewards: Tensor, margin: float | Tensor = 0.0
) -> Tensor:
    """-log sigmoid(r_w - r_l - margin) over pairs (…, M). ln 2 when the two scores are equal.

    bradley1952rank; the margin is Llama 2's (touvron2023llama2).
    """
    no_wider("chosen_rewards", chosen_rewards, rejected_rewards=rejected_rewards)
    return -F.logsigmoid(chosen_rewards - rejected_rewards - margin).mean(-1)


def sft_loss(logprobs: Tensor, mask: Tensor) -> Tensor:
    """Next-token loss in nats on the answer's tokens (…, B, T): the mean over the batch's tokens.

    `mask` is 1 on the answer, up to and including its EOS, and 0 on prompt and padding.
    """
    return aggregate(-logprobs, mask, "batch")


# ---- direct alignment ------------------------------------------------------------------------


def dpo_loss(
    policy_chosen_logprobs: Tensor,
    policy_rejected_logprobs: Tensor,
    ref_chosen_logprobs: Tensor,
    ref_rejected_logprobs: Tensor,
    beta: float | Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """(loss, chosen_rewards, rejected_rewards): -log sigmoid(r_w - r_l), rafailov2023dpo.

    The implicit rewards r = beta log(pi / pi_ref), (…, M), come back detached, for plots. While the
    policy is still the reference both are 0 and the loss is ln 2 exactly.
    """
    chosen_rewards = beta * log_ratio(policy_chosen_logprobs, ref_chosen_logprobs)
    rejected_rewards = beta * log_ratio(policy_rejected_logprobs, ref_rejected_logprobs)
    loss = bradley_terry_loss(chosen_rewards, rejected_rewards)
    return loss, chosen_rewards.detach(), rejected_rewards.detach()


def ipo_loss(
    policy_chosen_logprobs: Tensor,
    policy_rejected_logprobs: Tensor,
    ref_chosen_logprobs: Tensor,
    ref_rejected_logprobs: Tensor,
    beta: float | Tensor,
) -> Tensor:
    """(h - 1 / (2 beta))^2, h the difference of the two log-ratios (azar2024ipo).

    A target margin: pairs that every rater agrees on do not push the policy to infinity.
    """
    if not torch.as_tensor(beta > 0).all():
        raise ValueError(f"ipo_loss divides by beta, but it is {beta}: use more than 0.")
    chosen = log_ratio(policy_chosen_logprobs, ref_chosen_logprobs)
    rejected = log_ratio(policy_rejected_logprobs, ref_rejected_logprobs)
    no_wider("chosen log-probs", chosen, rejected=rejected)
    return (chosen - rejected - 1 / (2 * beta)).square().mean(-1)


def simpo_loss(
    chosen_logprobs: Tensor,
    rejected_logprobs: Tensor,
    chosen_lengths: Tensor,
    rejected_lengths: Tensor,
    beta: float | Tensor,
    target_margin: float = 0.0,
) -> Tensor:
    """DPO without a reference, on log-probs per token, with a margin (meng2024simpo).

    Its beta is on another scale than DPO's: 2 to 10, where DPO takes about 0.1.
    """
    chosen = mean_logprobs(chosen_logprobs, chosen_lengths)
    rejected = mean_logprobs(rejected_logprobs, rejected_lengths)
    return bradley_terry_loss(beta * chosen, beta * rejected, target_margin)


def kto_loss(
    policy_logprobs: Tensor,
    ref_logprobs: Tensor,
    desirable: Tensor,
    kl: float | Tensor,
    beta: float | Tensor,
    desirable_weight: float = 1.0,
    undesirable_weight: float = 1.0,
) -> Tensor:
    """Unpaired answers (…, B), each marked good or bad (ethayarajh2024kto).

    `desirable` is True (or 1) for a good answer; `kl` estimates KL(pi || pi_ref) of the batch, the
    point from which gains and losses count. A negative estimate counts as 0, as no KL is negative.
    """
    reference_point = torch.as_tensor(kl, dtype=policy_logprobs.dtype).detach().clamp(min=0)
    gain = beta * (log_ratio(policy_logprobs, ref_logprobs) - reference_point)
    no_wider("policy_logprobs", gain, desirable=desirable)
    good = desirable_weight * torch.sigmoid(-gain)  # 1 - sigmoid(gain)
    bad = undesirable_weight * torch.sigmoid(gain)
    return torch.where(desirable > 0, good, bad).mean(-1)


def orpo_loss(
    chosen_mean_logprobs: Tensor, rejected_mean_logprobs: Tensor, weight: float | Tensor
) -> Tensor:
    """SFT on the chosen answer plus `weight` times the odds-ratio term (hong2024orpo).

    Takes log-probs per token, as odds = p / (1 - p) of a whole answer would underflow.
    """
    no_wider("chosen_mean_logprobs", chosen_mean_logprobs, rejected=rejected_mean_logprobs)
    ratio = log_odds(chosen_mean_logprobs) - log_odds(rejected_mean_logprobs)
    return (-chosen_mean_logprobs - weight * F.logsigmoid(ratio)).mean(-1)


def log_odds(logprobs: Tensor) -> Tensor:
    """log(p / (1 - p)); p = 1 counts as the largest p below 1, so that the odds stay finite."""
    logprobs = logprobs.clamp(max=-torch.finfo(logprobs.dtype).eps)
    return logprobs - torch.log(-torch.expm1(logprobs))


def mean_logprobs(logprobs: Tensor, lengths: Tensor) -> Tensor:
    """Log-probs per token; an answer that truncation left empty gives 0, not 0 / 0."""
    no_wider("logprobs", logprobs, lengths=lengths)
    return logprobs / lengths.clamp(min=1)
