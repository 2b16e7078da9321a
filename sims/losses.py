"""Losses, advantages and KL estimators of RLHF: small pure functions on torch tensors.

Shapes. A loss averages over the LAST axis and keeps the others: (B,) gives one number, (S, B) gives
one for each of S policies trained side by side (sum those: no policy sees another's). Losses on
tokens take (…, B, T) with a mask of the same shape and are averaged by `aggregate`, which says how.
`logprobs` of a completion are sums over its tokens, in nats, unless a name says `mean`.
`advantages`, `old_logprobs`, `ref_logprobs` are constants: no gradient flows into them.

One file, as a catalogue to be read side by side. Keys of sources are those of
content/references.bib.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

# ---- reward models and imitation --------------------------------------------------------------


def bradley_terry_loss(
    chosen_rewards: Tensor, rejected_rewards: Tensor, margin: float | Tensor = 0.0
) -> Tensor:
    """-log sigmoid(r_w - r_l - margin) over pairs (…, M). ln 2 when the two scores are equal.

    bradley1952rank; the margin is Llama 2's (touvron2023llama2).
    """
    return -F.logsigmoid(chosen_rewards - rejected_rewards - margin).mean(-1)


def sft_loss(logprobs: Tensor, mask: Tensor) -> Tensor:
    """Next-token loss in nats on the answer's tokens (…, B, T): the mean over the batch's tokens.

    `mask` is 1 on the answer, up to and including its EOS, and 0 on prompt and padding.
    """
    return aggregate(-logprobs, mask, "batch")


# ---- direct alignment: the DPO family ---------------------------------------------------------


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
    chosen_rewards = beta * (policy_chosen_logprobs - ref_chosen_logprobs.detach())
    rejected_rewards = beta * (policy_rejected_logprobs - ref_rejected_logprobs.detach())
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
    chosen = policy_chosen_logprobs - ref_chosen_logprobs.detach()
    rejected = policy_rejected_logprobs - ref_rejected_logprobs.detach()
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

    `desirable` is a bool tensor; `kl` estimates KL(pi || pi_ref) of the batch, the point from which
    gains and losses count. A negative estimate counts as 0, as a KL cannot be negative.
    """
    reference_point = torch.as_tensor(kl, dtype=policy_logprobs.dtype).detach().clamp(min=0)
    gain = beta * (policy_logprobs - ref_logprobs.detach() - reference_point)
    good = desirable_weight * torch.sigmoid(-gain)  # 1 - sigmoid(gain)
    bad = undesirable_weight * torch.sigmoid(gain)
    return torch.where(desirable, good, bad).mean(-1)


def orpo_loss(
    chosen_mean_logprobs: Tensor, rejected_mean_logprobs: Tensor, weight: float | Tensor
) -> Tensor:
    """SFT on the chosen answer plus `weight` times the odds-ratio term (hong2024orpo).

    Takes log-probs per token, as odds = p / (1 - p) of a whole answer would underflow.
    """
    ratio = log_odds(chosen_mean_logprobs) - log_odds(rejected_mean_logprobs)
    return (-chosen_mean_logprobs - weight * F.logsigmoid(ratio)).mean(-1)


def log_odds(logprobs: Tensor) -> Tensor:
    """log(p / (1 - p)); p = 1 counts as the largest p below 1, so that the odds stay finite."""
    logprobs = logprobs.clamp(max=-torch.finfo(logprobs.dtype).eps)
    return logprobs - torch.log(-torch.expm1(logprobs))


def mean_logprobs(logprobs: Tensor, lengths: Tensor) -> Tensor:
    """Log-probs per token; an answer that truncation left empty gives 0, not 0 / 0."""
    return logprobs / lengths.clamp(min=1)


# ---- advantages -------------------------------------------------------------------------------


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


# ---- policy gradients -------------------------------------------------------------------------


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


# ---- the distance to the reference ------------------------------------------------------------
# u = pi_ref / pi, reference OVER policy, on samples of the policy (schulman2020klapprox). The other
# way round, k1 becomes minus the KL and rewards drift.


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


# ---- masks and means over tokens --------------------------------------------------------------


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
