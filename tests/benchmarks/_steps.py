"""Our training steps on a whole transformer, written out as a reader would: what TRL is put beside.

Each takes a batch of the same shape as the peer's, and does the same work: AdamW, gradients clipped
at norm 1, GRPO with a reference and k3 in the loss. Prompts are read once for all of their answers.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from sims import losses
from sims.language.sampling import sample
from sims.language.transformer import Transformer

PROMPT, NEW = 8, 24  # tokens
NUM_PROMPTS, GROUP = 8, 8  # of a GRPO step: 64 answers
NUM_PAIRS = 16  # of a DPO or reward-model step: 32 sequences
BETA = 0.04
LEARNING_RATE = 1e-4


def optimizer_of(parameters: list[Tensor]) -> torch.optim.Optimizer:
    return torch.optim.AdamW(parameters, lr=LEARNING_RATE, fused=True)


def descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 1.0)
    optimizer.step()


def grpo(model: Transformer, reward: Callable[[Tensor], Tensor]) -> Callable[[Tensor], None]:
    """A step on prompts (8, 8): 64 answers sampled, scored, and learned from once."""
    reference, optimizer = model.copy(), optimizer_of(model.parameters())
    generator = torch.Generator().manual_seed(0)

    def step(prompts: Tensor) -> None:
        made = sample(model, prompts, NEW, generator=generator, num_samples=GROUP)
        rewards = reward(made.tokens).view(NUM_PROMPTS, GROUP)
        advantages = losses.grpo_advantages(rewards).view(-1, 1)
        with torch.no_grad():
            ref_logprobs = reference.completion_logprobs(prompts, made.tokens)
        logprobs = model.completion_logprobs(prompts, made.tokens)
        objective = losses.ppo_clip_objective(logprobs, made.logprobs, advantages, 0.2)
        terms = BETA * losses.kl_k3(logprobs, ref_logprobs) - objective
        descend(optimizer, losses.aggregate(terms, made.mask, "answer"))

    return step


def dpo(model: Transformer) -> Callable[[Tensor, Tensor], None]:
    """A step on prompts (16, 8) and answers (16, 2, 24), the chosen one first."""
    reference, optimizer = model.copy(), optimizer_of(model.parameters())

    def step(prompts: Tensor, answers: Tensor) -> None:
        flat = answers.flatten(0, 1)
        with torch.no_grad():
            ref = reference.completion_logprobs(prompts, flat).sum(1).view(-1, 2)
        policy = model.completion_logprobs(prompts, flat).sum(1).view(-1, 2)
        loss, _, _ = losses.dpo_loss(policy[:, 0], policy[:, 1], ref[:, 0], ref[:, 1], 0.1)
        descend(optimizer, loss)

    return step


def reward_model(model: Transformer) -> Callable[[Tensor, Tensor], None]:
    """A step on the same pairs, with a score read off the last token."""
    head = torch.zeros(model.config.width, requires_grad=True)
    optimizer = optimizer_of([*model.parameters(), head])

    def step(prompts: Tensor, answers: Tensor) -> None:
        _, past = model.read(prompts, last=1)
        twice = [(k.repeat_interleave(2, 0), v.repeat_interleave(2, 0)) for k, v in past]
        features, _ = model.read(answers.flatten(0, 1), past=twice, last=1)
        scores = (features[:, 0] @ head).view(-1, 2)
        descend(optimizer, losses.bradley_terry_loss(scores[:, 0], scores[:, 1]))

    return step
