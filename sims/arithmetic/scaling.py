"""Several trainings in step, measured at evenly spaced places of a logarithmic axis."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from sims.arithmetic import tasks
from sims.arithmetic.estimators import wilson
from sims.arithmetic.tasks import Problems
from sims.arithmetic.trainer import Settings, examine, train
from sims.language.model import LanguageModel

NUM_EXAM = 256  # held-out problems for each seed at each point, drawn anew
FORWARD_PASSES = 4  # one to write a token and, with the backward pass, three to learn from it
PER_OCTAVE = 2  # points for every doubling


@dataclass(frozen=True)
class Point:
    """Means over all trainings."""

    updates: int
    num_rollouts: int  # answers of one training
    flops: float  # 2 x weights x tokens a forward pass, of one training; prompts left out
    accuracy: float
    low: float  # 95 %: Wilson, over all different problems of all trainings
    high: float
    mean_length: float
    sample: str


def points(num_steps: int) -> list[int]:
    """Numbers of updates that are measured: 0, then evenly spread in the logarithm."""
    found = {round(2 ** (i / PER_OCTAVE)) for i in range(num_steps.bit_length() * PER_OCTAVE)}
    return [0, *sorted({n for n in found if n < num_steps} | {num_steps})]


def measured(
    base: LanguageModel, settings: Settings, num_steps: int, seeds: list[int]
) -> Iterator[Point]:
    """Train a copy of `base` for each seed; yields at each of `points`."""
    models = [base.copy() for _ in seeds]
    trainings, askings = [], []
    for model, seed in zip(models, seeds, strict=True):
        trainings.append(train(model, settings, torch.Generator().manual_seed(seed)))
        askings.append(torch.Generator().manual_seed(seed + 1_000_003))
    batches = [next(training) for training in trainings]  # seen, not yet learned from
    done, tokens = 0, 0
    for updates in points(num_steps):
        while done < updates:
            tokens += sum(batch.num_tokens for batch in batches)
            batches = [next(training) for training in trainings]
            done += 1
        exams, asked = [], []
        for model, asking in zip(models, askings, strict=True):
            problems = tasks.draw(settings.task, settings.size, NUM_EXAM, asking, held_out=True)
            asked.append(problems)
            exams.append(examine(model, base, problems, settings, asking))
        accuracy = sum(exam.accuracy for exam in exams) / len(exams)
        low, high = wilson(accuracy, functools.reduce(Problems.joined, asked).num_distinct())
        yield Point(
            updates=updates,
            num_rollouts=updates * settings.num_prompts * settings.group_size,
            flops=2.0 * FORWARD_PASSES * base.num_weights() * tokens / len(exams),
            accuracy=accuracy,
            low=low,
            high=high,
            mean_length=sum(exam.mean_length for exam in exams) / len(exams),
            sample=exams[0].sample,
        )
