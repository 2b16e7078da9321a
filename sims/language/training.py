"""Policy gradients with a KL penalty, for a whole sweep of policies at once.

Every algorithm climbs   E_pi[reward] - beta KL(pi || pi_ref)   with the KL in the reward: a sample
earns reward - beta log(pi / pi_ref), the k1 estimate, and that is a constant at the optimum. So the
noise of the gradient dies out as a policy arrives.

For the first half of the training beta comes down from 1 to its value. With a small beta from the
start, a policy runs to the first good answer it meets and never finds the others: in our trials at
beta = 0.05 it often kept half of the optimum's answers (KL(pi || pi*) about 0.6 nats, now 0.02). So
policies walk along the frontier of all betas to their place on it.

    reinforce  baseline: a running mean of what earlier batches earned (Williams, 1992)
    rloo       baseline: the mean of the batch's other samples (Ahmadian et al., 2024)
    grpo       the batch is the group: less its mean, over its deviation (Shao et al., 2024)
    ppo        two clipped epochs a batch, the KL on each token, and a value head for the baseline
               (Schulman et al., 2017)

The S policies differ in beta and in their samples. No gradient crosses from one to another.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from sims import losses
from sims.language.policies import WIDTH, Policies, Rollout, schedule
from sims.language.world import World
from sims.nearest import nearest

ALGORITHMS = ("reinforce", "rloo", "grpo", "ppo")
NUM_STEPS, BATCH_SIZE, LEARNING_RATE = 200, 64, 1e-2
ADAM_BETAS = (0.9, 0.95)  # the usual 0.999 would remember the large first gradients to the end
FIRST_BETA, ANNEALED = 1.0, 0.5  # beta at the start, and the share of the training it comes down in
BASELINE_RATE = 0.3  # how fast REINFORCE's running mean follows
PPO_EPOCHS, CLIP_EPS, GAE_LAMBDA = 2, 0.2, 0.95  # gamma is 1: an answer has an end
VALUE_RATE = 5e-2  # learning rate of the value head


def train_policies(
    world: World,
    reference: Policies,
    ref_logprobs: Tensor,
    reward: Tensor,
    betas: Sequence[float] | Tensor,
    algorithm: str = "rloo",
    num_steps: int = NUM_STEPS,
    batch_size: int = BATCH_SIZE,
    learning_rate: float = LEARNING_RATE,
    seed: int = 0,
    is_shuffled: bool = False,
    is_annealed: bool = True,
) -> Iterator[Policies]:
    """The policies before the first update and after each: num_steps + 1 times the same object.

    One policy for each of `betas` (S,), all starting as `reference` (S = 1), whose exact log-probs
    are `ref_logprobs` (N,). `reward` is (N,), or (S, N) for each policy's own. Weights change in
    place: take `exact()` or `copies`. `is_shuffled`: a sample earns the reward of another one; not
    `is_annealed`: the betas hold from the start. ValueError on what does not fit the world.
    """
    betas = torch.as_tensor(betas, dtype=torch.float32)
    reward = _checked(world, reward, betas, algorithm)
    policies = reference.copies(len(betas))
    keep_freed_memory()
    generator = torch.Generator().manual_seed(seed)
    weights = policies.parameters()
    optimizer = torch.optim.Adam(weights, lr=learning_rate, betas=ADAM_BETAS, fused=True)
    learner = _learner(algorithm, ref_logprobs, policies.num)
    yield policies
    for step in range(num_steps):
        now = annealed(betas, step / num_steps if is_annealed else 1.0)
        optimizer.param_groups[0]["lr"] = learning_rate * schedule(step, num_steps)
        rollout = policies.rollout(batch_size, generator)
        index = world.index(rollout.tokens)
        earned = reward.gather(1, index)
        if is_shuffled:
            earned = earned[:, torch.randperm(batch_size, generator=generator)]
        _follow(optimizer, learner.losses(policies, rollout, index, earned, now))
        yield policies


def _follow(optimizer: torch.optim.Optimizer, steps: Iterator[Tensor]) -> None:
    """One step down each loss (S,); the next one is computed after it."""
    for loss in steps:
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()


def _learner(algorithm: str, ref_logprobs: Tensor, num: int) -> "PolicyGradient | Ppo":
    """What makes losses of the samples of `num` policies."""
    if algorithm == "ppo":
        return Ppo(ref_logprobs, num)
    return PolicyGradient(algorithm, ref_logprobs)


def keep_freed_memory() -> None:
    """Make glibc keep what an update frees, for the next one: 8 % less time, no more memory.

    It gives freed memory back to the system above a threshold, and asks for it again page by page.
    The threshold follows the largest block that was freed, up to 32 MB; this one is never touched.
    """
    torch.empty(31 << 20, dtype=torch.uint8)


def annealed(betas: Tensor, progress: float) -> Tensor:
    """The betas (S,) in force after a share `progress` of the training."""
    left = max(0.0, 1 - progress / ANNEALED)
    return betas * (FIRST_BETA / betas).clamp(min=1.0) ** left


class PolicyGradient:
    """One on-policy step a batch, on whole completions: REINFORCE, RLOO and GRPO."""

    def __init__(self, algorithm: str, ref_logprobs: Tensor) -> None:
        self.algorithm = algorithm
        self.ref = ref_logprobs.float()
        self.baseline: Tensor | None = None  # REINFORCE's, (S, 1), once a batch has been seen

    def losses(
        self, _policies: Policies, rollout: Rollout, index: Tensor, rewards: Tensor, betas: Tensor
    ) -> Iterator[Tensor]:
        """One loss (S,) from samples with completion numbers `index` and `rewards` (S, B)."""
        logprobs = rollout.logprobs
        earned = losses.kl_in_reward(rewards, logprobs, self.ref[index], betas[:, None])
        yield losses.policy_gradient_loss(logprobs, self._advantages(earned))

    def _advantages(self, earned: Tensor) -> Tensor:
        if self.algorithm == "rloo":
            return losses.rloo_advantages(earned)
        if self.algorithm == "grpo":
            return losses.grpo_advantages(earned)
        mean = earned.mean(1, keepdim=True)
        before = self.baseline if self.baseline is not None else torch.zeros_like(mean)
        self.baseline = before + BASELINE_RATE * (mean - before)
        return losses.reinforce_advantages(earned, before)


class Ppo:
    """Clipped epochs on each batch, token by token, with a linear value head on the features.

    The head predicts what a completion will have earned in all, penalties already paid included:
    as a value of what is still to come it would be off by those, which are known. At the optimum
    it is the same number everywhere. It reads the policy's features and does not shape them.
    """

    def __init__(self, ref_logprobs: Tensor, num: int) -> None:
        self.ref = ref_logprobs.float()
        self.head = torch.zeros(num, WIDTH + 1, 1, requires_grad=True)
        self.optimizer = torch.optim.Adam([self.head], lr=VALUE_RATE, betas=ADAM_BETAS, fused=True)

    def losses(
        self, policies: Policies, rollout: Rollout, index: Tensor, rewards: Tensor, betas: Tensor
    ) -> Iterator[Tensor]:
        """A loss (S,) for each epoch; the caller steps in between."""
        old_logprobs = rollout.token_logprobs.detach()
        earned = losses.kl_in_reward(rewards, old_logprobs.sum(-1), self.ref[index], betas[:, None])
        advantages = self._advantages(rollout.features, earned)
        for epoch in range(PPO_EPOCHS):
            logprobs = rollout.token_logprobs
            if epoch:
                logprobs = policies.token_logprobs(rollout.tokens)
            yield losses.ppo_clip_loss(
                logprobs.flatten(1), old_logprobs.flatten(1), advantages, CLIP_EPS
            )

    def _advantages(self, features: Tensor, earned: Tensor) -> Tensor:
        """(S, B x T), normalised; the head learns from the same batch, after it was used."""
        values = self._values(features)
        at_last = torch.zeros_like(values.detach())
        at_last[..., -1] = 1
        advantages = losses.gae(
            earned[..., None] * at_last, values.detach(), at_last > 0, at_last < 0, 1.0, GAE_LAMBDA
        )
        returns = earned[..., None].expand_as(values)
        self.optimizer.zero_grad()
        losses.value_loss(values.flatten(1), returns.flatten(1)).sum().backward()
        self.optimizer.step()
        return losses.normalise(advantages.flatten(1))

    def _values(self, features: Tensor) -> Tensor:
        """(S, B, T): worth of the state before each token."""
        flat = torch.bmm(features.flatten(1, 2), self.head[:, 1:]) + self.head[:, :1]
        return flat.view(features.shape[:-1])


def _checked(world: World, reward: Tensor, betas: Tensor, algorithm: str) -> Tensor:
    """The reward as float32 (S, N); a ValueError that says what does not fit."""
    if algorithm not in ALGORITHMS:
        near = nearest(algorithm, sorted(ALGORITHMS))
        raise ValueError(f"algorithm is '{algorithm}', which is not one of ours. {near}")
    if betas.dim() != 1 or not len(betas):
        raise ValueError("betas must be a list with one beta for each policy.")
    if not bool((betas > 0).all()):
        raise ValueError(f"beta is {float(betas.min()):g}, but must be above 0.")
    if reward.shape not in {(world.num_completions,), (len(betas), world.num_completions)}:
        raise ValueError(
            f"the reward has shape {tuple(reward.shape)}, but the world has "
            f"{world.num_completions} completions."
        )
    return reward.float().expand(len(betas), -1)
