"""What an answer is worth: no model judges, a comparison does (Lambert et al., 2024: RLVR).

An answer is of the right form if it ends, and its last tokens are "answer" and as many digits as
asked. It is right if these digits are. Steps are not looked at: what they are worth shows in how
often the answer behind them is right.
"""

from dataclasses import dataclass

import torch
from numpy.typing import NDArray
from torch import Tensor

from sims.arithmetic.tasks import ANSWER, END, ID, ZERO, Problems


@dataclass(frozen=True)
class Grades:
    """Of completions (B, T), each (B,)."""

    is_right: Tensor
    is_form: Tensor  # right or wrong, but an answer
    lengths: Tensor  # tokens up to and including END
    is_mentioned: Tensor  # the right digits stand somewhere in the completion, side by side


def grade(problems: Problems, tokens: Tensor) -> Grades:
    """Judge completions (B, T), one for each of B problems."""
    found, is_form, lengths = read(problems, tokens)
    is_right = is_form & (found == problems.answers).all(1)
    return Grades(is_right, is_form, lengths, mentions(problems, tokens, lengths))


def mentions(problems: Problems, tokens: Tensor, lengths: Tensor) -> Tensor:
    """Whether the digits of the answer (B, A) stand side by side in tokens (B, T): (B,)."""
    size = problems.answers.shape[1]
    if tokens.shape[1] < size:
        return torch.zeros(len(tokens), dtype=torch.bool)
    runs = tokens.unfold(1, size, 1)  # (B, T - A + 1, A)
    is_same = (runs == problems.answers[:, None]).all(2)
    is_written = torch.arange(runs.shape[1]) + size <= lengths[:, None]  # padding is not
    return (is_same & is_written).any(1)


def read(problems: Problems, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Answers (B, A) as written, whether they are of the right form, and lengths in tokens.

    Where the form is wrong the answer is -1 throughout.
    """
    size, length = problems.answers.shape[1], tokens.shape[1]
    ends = tokens == ID[END]
    has_end = ends.any(1)
    budget = min(length, problems.max_tokens)  # what is beyond is padding
    lengths = torch.where(has_end, ends.long().argmax(1) + 1, budget)
    start = lengths - size - 2  # where "answer" must stand
    place = (start[:, None] + torch.arange(size + 1)).clamp(min=0, max=length - 1)
    tail = tokens.gather(1, place)
    digits = tail[:, 1:]
    is_digit = (digits >= ZERO) & (digits < ZERO + 10)
    only_one = (tokens == ID[ANSWER]).sum(1) == 1
    is_form = has_end & (start >= 0) & (tail[:, 0] == ID[ANSWER]) & is_digit.all(1) & only_one
    return torch.where(is_form[:, None], digits, -1), is_form, lengths


def judged(
    problems: Problems, tokens: Tensor, num_samples: int
) -> tuple[NDArray, NDArray, NDArray]:
    """Of n answers to each of P problems: is_right (P, n), values (P, n), right values (P,).

    Values are whole numbers, and -1 where there is no answer.
    """
    found, is_form, _ = read(problems, tokens)
    worth = 10 ** torch.arange(found.shape[1] - 1, -1, -1)
    right = ((problems.answers - ZERO) * worth).sum(1)
    values = torch.where(is_form, ((found - ZERO) * worth).sum(1), -1)
    rows = (-1, num_samples)
    return (
        (values == right).view(rows).numpy(),
        values.view(rows).numpy(),
        right[::num_samples].numpy(),
    )
