"""Losses, advantages and KL estimators of RLHF: small pure functions on torch tensors.

Shapes. A loss averages over the LAST axis and keeps the others: (B,) gives one number, (S, B) gives
one for each of S policies trained side by side (sum those: no policy sees another's). Losses on
tokens take (…, B, T) with a mask of the same shape and are averaged by `aggregate`, which says how.
`logprobs` of a completion are sums over its tokens, in nats, unless a name says `mean`.
`advantages`, `old_logprobs`, `ref_logprobs` are constants: no gradient flows into them.

    preference       Bradley-Terry, SFT, and DPO and its kin
    advantages       of REINFORCE, RLOO, GRPO and PPO
    policy_gradient  REINFORCE, PPO's clip, its critic
    kl               three estimates of a KL, in the loss or in the reward
    tokens           masks, and means over tokens

A catalogue to be read side by side. Keys of sources are those of content/references.bib.
"""

from sims.losses.advantages import (
    dr_grpo_advantages,
    gae,
    grpo_advantages,
    normalise,
    reinforce_advantages,
    rloo_advantages,
    zero_std_rate,
)
from sims.losses.kl import (
    KL_ESTIMATORS,
    kl_in_reward,
    kl_in_token_rewards,
    kl_k1,
    kl_k2,
    kl_k3,
    kl_loss,
)
from sims.losses.policy_gradient import (
    clip_rate,
    importance_ratio,
    policy_gradient_loss,
    ppo_clip_loss,
    ppo_clip_objective,
    value_loss,
)
from sims.losses.preference import (
    bradley_terry_loss,
    dpo_loss,
    ipo_loss,
    kto_loss,
    log_odds,
    mean_logprobs,
    orpo_loss,
    sft_loss,
    simpo_loss,
)
from sims.losses.tokens import aggregate, completion_mask, is_end, masked_mean, sum_logprobs

__all__ = [
    "KL_ESTIMATORS",
    "aggregate",
    "bradley_terry_loss",
    "clip_rate",
    "completion_mask",
    "dpo_loss",
    "dr_grpo_advantages",
    "gae",
    "grpo_advantages",
    "importance_ratio",
    "ipo_loss",
    "is_end",
    "kl_in_reward",
    "kl_in_token_rewards",
    "kl_k1",
    "kl_k2",
    "kl_k3",
    "kl_loss",
    "kto_loss",
    "log_odds",
    "masked_mean",
    "mean_logprobs",
    "normalise",
    "orpo_loss",
    "policy_gradient_loss",
    "ppo_clip_loss",
    "ppo_clip_objective",
    "reinforce_advantages",
    "rloo_advantages",
    "sft_loss",
    "simpo_loss",
    "sum_logprobs",
    "value_loss",
    "zero_std_rate",
]
