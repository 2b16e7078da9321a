"""Recipes that start from the base model of the arithmetic world, and what they are scored by.

    direct    SFT on examples with the answer alone
    worked    SFT on examples with every step written out, then the answer
    own       SFT on the model's own answers that the verifier found right (rejection sampling)
    compared  DPO on pairs of its own answers to one problem, the right one preferred
    rlvr      RL from the verifier's reward (GRPO)

Examples are right, whatever their style: they do not differ in what they know.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sims import losses
from sims.arithmetic import rollouts, tasks, trainer
from sims.arithmetic.base_model import document_loss
from sims.arithmetic.tasks import ANSWER, ID, PAD, Problems
from sims.arithmetic.verifier import grade
from sims.language.model import LanguageModel
from sims.language.transformer import token_logprobs

STYLES = ("direct", "worked")
RECIPES = ("direct", "worked", "own", "compared", "rlvr")
BATCH, LEARNING_RATE = 64, 5e-4
NUM_PROMPTS, NUM_ANSWERS = 128, 8  # of the model's own answers
DPO_BETA = 0.1
Marked = tuple[Tensor, Tensor]  # tokens (P, T), and a mask that is 1 on what is learned
RL: dict[str, Any] = {"num_prompts": 16, "group_size": 16, "learning_rate": 1e-3}


@dataclass(frozen=True)
class Score:
    """Of one answer to each held-out problem, at temperature 1."""

    accuracy: float  # right, in whatever style
    form_rate: float  # "answer" and digits at the end, right or wrong
    direct_rate: float  # of that form, and no step before it
    worked_rate: float  # of that form, and as many step tokens before it as a full solution has
    direct_accuracy: float  # right among the direct ones; 0 if there are none
    worked_accuracy: float
    mean_length: float  # tokens, END included
    sample: str

    def rate(self, style: str) -> float:
        return self.direct_rate if style == "direct" else self.worked_rate

    def ability(self, style: str) -> float:
        """Right among the answers of this style; 0 if there are none."""
        return self.direct_accuracy if style == "direct" else self.worked_accuracy


def score(model: LanguageModel, problems: Problems, generator: torch.Generator) -> Score:
    tokens = rollouts.write(model, problems, generator).tokens
    graded = grade(problems, tokens)
    is_answer = tokens == ID[ANSWER]
    before = torch.where(is_answer.any(1), is_answer.long().argmax(1), -1)  # tokens of steps
    is_direct = graded.is_form & (before == 0)
    is_worked = graded.is_form & (before == problems.steps[0].numel())
    said = tasks.text(problems.prompts[0], tokens[0])
    return Score(
        accuracy=_mean(graded.is_right),
        form_rate=_mean(graded.is_form),
        direct_rate=_mean(is_direct),
        worked_rate=_mean(is_worked),
        direct_accuracy=_mean(graded.is_right[is_direct]),
        worked_accuracy=_mean(graded.is_right[is_worked]),
        mean_length=_mean(graded.lengths),
        sample=f"{said} {'✓' if graded.is_right[0] else '✗'}",
    )


def examples(problems: Problems, style: str) -> Marked:
    """Tokens (P, T) of problems with right solutions, and a mask that is 1 on the latter."""
    most = problems.num_steps if style == "worked" else 0
    num_steps = torch.full((len(problems.prompts),), most)
    return marked(problems, tasks.completions(problems, num_steps))


def own_answers(model: LanguageModel, task: str, size: int, generator: torch.Generator) -> Marked:
    """The model's own answers that are right, as `examples` has them."""
    problems = tasks.draw(task, size, NUM_PROMPTS, generator)
    made = rollouts.write(model, problems, generator, num_samples=NUM_ANSWERS)
    right = grade(made.problems, made.tokens).is_right
    if not right.any():  # nothing to imitate: one row that counts for nothing
        tokens, mask = marked(made.problems.take(slice(1)), made.tokens[:1])
        return tokens, torch.zeros_like(mask)
    return marked(made.problems.take(right), made.tokens[right])


def own_pairs(
    model: LanguageModel, task: str, size: int, generator: torch.Generator
) -> tuple[Marked, Marked]:
    """The model's own right answers, each beside a wrong one to the same problem."""
    problems = tasks.draw(task, size, NUM_PROMPTS, generator)
    made = rollouts.write(model, problems, generator, num_samples=NUM_ANSWERS)
    right = grade(made.problems, made.tokens).is_right.view(NUM_PROMPTS, NUM_ANSWERS)
    order = right.long().argsort(1, descending=True)  # right ones first: pair them with the last
    order += NUM_ANSWERS * torch.arange(NUM_PROMPTS)[:, None]
    first, last = (rows[:, : NUM_ANSWERS // 2].flatten() for rows in (order, order.flip(1)))
    differ = right.flatten()[first] & ~right.flatten()[last]
    chosen, rejected = (
        marked(made.problems.take(rows), made.tokens[rows])
        for rows in (first[differ], last[differ])
    )
    return chosen, rejected


def marked(problems: Problems, completions: Tensor) -> Marked:
    tokens = torch.cat([problems.prompts, completions], 1)
    places = torch.arange(tokens.shape[1])
    return tokens, ((places >= problems.prompts.shape[1]) & (tokens != ID[PAD])).float()


def sft(
    model: LanguageModel, data: Marked, num_steps: int, generator: torch.Generator
) -> Iterator[int]:
    """Train `model` in place on examples, as often as it takes; yields the updates so far."""
    tokens, mask = data
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, weight_decay=0.0, fused=True
    )
    yield 0
    for step in range(num_steps):
        rows = torch.randint(len(tokens), (BATCH,), generator=generator)
        loss = document_loss(model, tokens[rows], mask[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield step + 1


def dpo(
    model: LanguageModel,
    pairs: tuple[Marked, Marked],
    num_steps: int,
    generator: torch.Generator,
) -> Iterator[int]:
    """Train `model` in place to prefer the first of each pair; yields the updates so far."""
    count = len(pairs[0][0])  # none where all answers are right, or all wrong
    with torch.no_grad():
        refs = [answer_logprobs(model, *side) for side in pairs] if count else []
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, weight_decay=0.0, fused=True
    )
    yield 0
    for step in range(num_steps):
        if count:
            rows = torch.randint(count, (BATCH,), generator=generator)
            now = [answer_logprobs(model, tokens[rows], mask[rows]) for tokens, mask in pairs]
            loss = losses.dpo_loss(*now, *(ref[rows] for ref in refs), DPO_BETA)[0]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        yield step + 1


def answer_logprobs(model: LanguageModel, tokens: Tensor, mask: Tensor) -> Tensor:
    """Log-probability (P,) of what `mask` marks."""
    logprobs = token_logprobs(model.logits(tokens[:, :-1]), tokens[:, 1:])
    return losses.sum_logprobs(logprobs, mask[:, 1:])


def rl(
    model: LanguageModel, task: str, size: int, num_steps: int, generator: torch.Generator
) -> Iterator[int]:
    """Train `model` in place by GRPO; yields the updates so far."""
    settings = trainer.Settings(task, size, **RL)  # type: ignore[arg-type]
    batches = trainer.train(model, settings, generator)
    for step, _ in enumerate(itertools.islice(batches, num_steps + 1)):
        yield step


def follow(
    recipe: str,
    model: LanguageModel,
    task: str,
    size: int,
    num_steps: int,
    num_examples: int,
    generator: torch.Generator,
) -> Iterator[int]:
    """Train `model` in place by one of RECIPES; yields the updates so far, 0 included."""
    if recipe == "rlvr":
        return rl(model, task, size, num_steps, generator)
    if recipe == "compared":
        return dpo(model, own_pairs(model, task, size, generator), num_steps, generator)
    if recipe == "own":
        data = own_answers(model, task, size, generator)
    else:
        data = examples(tasks.draw(task, size, num_examples, generator), recipe)
    return sft(model, data, num_steps, generator)


def _mean(values: Tensor) -> float:
    return float(values.float().mean()) if len(values) else 0.0
