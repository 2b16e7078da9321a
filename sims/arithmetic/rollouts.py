"""Answers sampled from a model: freely, or with a set number of steps.

Freely, a model writes until it ends or runs out of tokens. With `num_steps` its length is forced
(budget forcing: Muennighoff et al., 2025): before that many steps "answer" and END are forbidden,
and then "answer" is put in its mouth; the digits are its own, and END comes where they are full.
Log-probs are those of the distribution sampled from; forced tokens have none and are not learned.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from sims.arithmetic.tasks import ANSWER, END, ID, PAD, ZERO, Problems
from sims.language.model import LanguageModel
from sims.language.sampling import begin, draw, sample


@dataclass(frozen=True)
class Rollout:
    """G answers to each of P problems, those of a problem in a row: (P * G, T)."""

    problems: Problems  # (P * G): each one repeated
    num_samples: int  # G
    tokens: Tensor
    mask: Tensor  # 1.0 on tokens that the model chose, up to END; 0.0 on forced ones and padding
    blocked: Tensor | None  # (T, V): -inf where a token was forbidden, if any was

    @property
    def num_tokens(self) -> int:
        """All that were written, END included."""
        return int((self.tokens != ID[PAD]).sum())


def write(
    model: LanguageModel,
    problems: Problems,
    generator: torch.Generator,
    *,
    num_samples: int = 1,
    num_steps: int | None = None,
    temperature: float = 1.0,
) -> Rollout:
    """Answer each problem `num_samples` times; `num_steps` None leaves the length to the model."""
    many = problems.repeat(num_samples)
    if num_steps is None:
        made = sample(
            model, problems.prompts, problems.max_tokens, generator=generator,
            num_samples=num_samples, temperature=temperature,
        )  # fmt: skip
        return Rollout(many, num_samples, made.tokens, made.mask, None)
    blocked = _blocked(problems, num_steps)
    length = len(blocked)
    uniform = torch.rand(length, len(many.prompts), 1, generator=generator)
    with torch.inference_mode():
        logits, reader = begin(model, problems.prompts, num_samples, length)
        tokens = []
        for place in range(length):
            scores = logits / temperature if temperature > 0 else logits * 1e4
            tokens.append(draw((scores + blocked[place]).log_softmax(-1), uniform[place]))
            if place + 1 < length:
                logits = reader.step(tokens[-1])
    is_chosen = (blocked == 0).sum(1) > 1  # where one token alone is allowed, it is forced
    mask = is_chosen.float().expand(len(many.prompts), -1)
    return Rollout(many, num_samples, torch.cat(tokens, 1).clone(), mask, blocked)


def guess(problems: Problems, generator: torch.Generator, *, num_samples: int = 1) -> Rollout:
    """Answers of a guesser: no steps, "answer", digits of which each is as likely, END."""
    many = problems.repeat(num_samples)
    digits = torch.randint(0, 10, many.answers.shape, generator=generator) + ZERO
    word, end = (torch.full((len(digits), 1), ID[name]) for name in (ANSWER, END))
    tokens = torch.cat([word, digits, end], 1)
    return Rollout(many, num_samples, tokens, torch.ones(tokens.shape), None)


def logprobs(model: LanguageModel, rollout: Rollout) -> Tensor:
    """Log-probs (P * G, T, V) of every next token, as they were sampled; with gradients."""
    prompts = rollout.problems.prompts[:: rollout.num_samples]
    scores = model.completion_logits(prompts, rollout.tokens)
    if rollout.blocked is not None:
        scores = scores + rollout.blocked
    return scores.log_softmax(-1)


def token_budget(problems: Problems, num_steps: int | None) -> int:
    """The most tokens that an answer may have: forced to `num_steps`, or free."""
    if num_steps is None:
        return problems.max_tokens
    return num_steps * problems.steps.shape[2] + problems.answers.shape[1] + 2


def _blocked(problems: Problems, num_steps: int) -> Tensor:
    """(T, V): 0 where a token is allowed, -inf where it is not."""
    steps = num_steps * problems.steps.shape[2]
    blocked = torch.full((token_budget(problems, num_steps), len(ID)), -torch.inf)
    blocked[:steps, ZERO : ZERO + 10] = 0
    blocked[steps, ID[ANSWER]] = 0
    blocked[steps + 1 : -1, ZERO : ZERO + 10] = 0
    blocked[-1, ID[END]] = 0
    return blocked
