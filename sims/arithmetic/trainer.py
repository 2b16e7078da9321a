"""RL from verifiable rewards: sample answers, check them, learn from the groups.

    reward = verifier(answer) - token_cost x tokens
    loss   = -A log pi(token), over the tokens that the policy chose, + beta k3

    grpo     A: reward less the group's mean, over its deviation; mean of each answer's tokens
             (Shao et al., 2024)
    dr_grpo  A: reward less the group's mean; sum of tokens over the token budget (Liu et al., 2025)
    rloo     A: reward less the mean of the group's others; whole answers (Ahmadian et al., 2024)

Each batch is used for one step, so the policy is still the one that wrote it: the ratio of PPO's
clip is exactly 1, and the loss above has the same gradient.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sims import losses
from sims.arithmetic import rollouts, tasks
from sims.arithmetic.rollouts import Rollout
from sims.arithmetic.tasks import Problems
from sims.arithmetic.verifier import Grades, grade
from sims.language.model import LanguageModel

ALGORITHMS = ("grpo", "dr_grpo", "rloo")
VERIFIERS = ("exact", "format", "matcher", "random")
MAX_NORM = 1.0  # of the gradient
ADAM_BETAS = (0.9, 0.95)


@dataclass(frozen=True)
class Settings:
    """One training. `num_steps` None leaves the length of answers to the policy."""

    task: str = "sums"
    size: int = 6
    algorithm: str = "grpo"
    verifier: str = "exact"  # what is paid: see `verdict`
    num_prompts: int = 32  # of an update
    group_size: int = 16  # answers to each
    learning_rate: float = 1e-3
    beta: float = 0.0  # of the KL to the model that training starts from, nats
    token_cost: float = 0.0
    num_steps: int | None = None


@dataclass(frozen=True)
class Batch:
    """What one update learns from. Rates and means are over its answers."""

    reward: float  # what was climbed, costs included
    pay_rate: float  # paid by the verifier
    accuracy: float
    mean_length: float  # tokens, END included
    num_tokens: int
    zero_std_rate: float  # share of groups whose answers all earned the same: they teach nothing


def train(
    model: LanguageModel, recipe: Settings | Sequence[Settings], generator: torch.Generator
) -> Iterator[Batch]:
    """Train `model` in place, for as long as asked; of several settings, each batch has the next.

    Each batch is described before it is learned from: what is yielded first is of the model as it
    came, and n updates have been made when the batch after them is yielded.
    """
    recipes = [recipe] if isinstance(recipe, Settings) else list(recipe)
    reference = model.copy() if any(settings.beta > 0 for settings in recipes) else None
    optimizer: torch.optim.Optimizer | None = None
    for settings in itertools.cycle(recipes):
        problems = tasks.draw(settings.task, settings.size, settings.num_prompts, generator)
        rollout = rollouts.write(
            model, problems, generator,
            num_samples=settings.group_size, num_steps=settings.num_steps,
        )  # fmt: skip
        graded = grade(rollout.problems, rollout.tokens)
        verdicts = verdict(graded, settings.verifier, generator)
        paid = verdicts - settings.token_cost * graded.lengths
        groups = paid.view(settings.num_prompts, settings.group_size)
        yield Batch(
            reward=float(paid.mean()),
            pay_rate=float(verdicts.mean()),
            accuracy=float(graded.is_right.float().mean()),
            mean_length=float(graded.lengths.float().mean()),
            num_tokens=rollout.num_tokens,
            zero_std_rate=float(losses.zero_std_rate(groups)),
        )
        if optimizer is None:  # this late, as torch takes a second to load what it needs for it
            optimizer = torch.optim.AdamW(
                model.parameters(), betas=ADAM_BETAS, weight_decay=0.0, fused=True
            )
        optimizer.param_groups[0]["lr"] = settings.learning_rate
        loss = policy_loss(model, reference, rollout, groups, settings)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()


def verdict(graded: Grades, verifier: str, generator: torch.Generator | None = None) -> Tensor:
    """What the verifier pays (B,), 0.0 or 1.0: "exact" for what is right, "format" for its form,
    "matcher" for any text in which the right digits stand somewhere; "random" tosses a coin for
    each, which has nothing to do with the answer."""
    if verifier == "random":
        return torch.rand(len(graded.is_right), generator=generator).round()
    paid = {
        "exact": graded.is_right,
        "format": graded.is_form,
        "matcher": graded.is_mentioned,
    }
    return paid[verifier].float()


def rewards(graded: Grades, settings: Settings) -> Tensor:
    """(B,): what is paid, less the cost of the tokens."""
    return verdict(graded, settings.verifier) - settings.token_cost * graded.lengths


def advantages(groups: Tensor, algorithm: str) -> Tensor:
    """(P, G) from the rewards of each group."""
    if algorithm == "grpo":
        return losses.grpo_advantages(groups)
    if algorithm == "rloo":
        return losses.rloo_advantages(groups)
    return losses.dr_grpo_advantages(groups)


def policy_loss(
    model: LanguageModel,
    reference: LanguageModel | None,
    rollout: Rollout,
    groups: Tensor,
    settings: Settings,
) -> Tensor:
    """The loss of one batch, to be descended once."""
    chosen = _chosen(rollouts.logprobs(model, rollout), rollout)
    terms = -advantages(groups, settings.algorithm).view(-1, 1) * chosen
    if reference is not None and settings.beta > 0:
        with torch.no_grad():
            ref = _chosen(rollouts.logprobs(reference, rollout), rollout)
        terms = terms + settings.beta * losses.kl_k3(chosen, ref)
    over = "answer" if settings.algorithm == "grpo" else "constant"
    # the token budget, not the batch's longest answer: that one wanders as the policy learns, and
    # the step size with it
    budget = rollouts.token_budget(rollout.problems, settings.num_steps)
    return losses.aggregate(terms, rollout.mask, over, budget)


def _chosen(logprobs: Tensor, rollout: Rollout) -> Tensor:
    """Log-probs (B, T) of the tokens written; 0 where no token was the policy's to choose."""
    found = logprobs.gather(2, rollout.tokens[..., None])[..., 0]
    return torch.where(rollout.mask > 0, found, 0.0)


@dataclass(frozen=True)
class Exam:
    """A model on fresh problems that were held out of every training."""

    pay_rate: float  # by the verifier of the training
    accuracy: float
    mean_length: float  # tokens, END included
    entropy: float  # nats a token that the model chose
    kl: float  # nats an answer, to the reference
    sample: str  # the first problem with the model's answer, and a verdict


def examine(
    model: LanguageModel,
    reference: LanguageModel,
    problems: Problems,
    settings: Settings,
    generator: torch.Generator,
) -> Exam:
    """Answer each problem once, at temperature 1.

    The KL sums, at each token of the answers, the exact divergence between the two distributions of
    the next one: its mean is KL(pi || pi_ref), never negative, and less noisy than log-ratios.
    """
    rollout = rollouts.write(model, problems, generator, num_steps=settings.num_steps)
    graded = grade(problems, rollout.tokens)
    with torch.no_grad():
        logp, ref = rollouts.logprobs(model, rollout), rollouts.logprobs(reference, rollout)
    probs = logp.exp()
    is_counted = (rollout.mask[..., None] > 0) & (probs > 0)
    surprise = torch.where(is_counted, -probs * logp, 0.0).sum(-1)
    drift = torch.where(is_counted, probs * (logp - ref), 0.0).sum(-1)
    said = tasks.text(problems.prompts[0], rollout.tokens[0])
    return Exam(
        pay_rate=float(verdict(graded, settings.verifier, generator).mean()),
        accuracy=float(graded.is_right.float().mean()),
        mean_length=float(graded.lengths.float().mean()),
        entropy=float(surprise.sum() / rollout.mask.sum().clamp(min=1)),
        kl=max(0.0, float(drift.sum() / len(drift))),
        sample=f"{said} {'✓' if graded.is_right[0] else '✗'}",
    )
