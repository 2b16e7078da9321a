"""The base model after RL from verifiable rewards on all three tasks in turn, shipped beside it.

`practicum train-assets arithmetic-tuned` trains it again, from the shipped base model.
"""

import functools
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch

from sims.arithmetic import base_model, tasks
from sims.arithmetic.trainer import Settings, train
from sims.language import checkpoint
from sims.language.transformer import Transformer

FOLDER = base_model.FOLDER.with_name("arithmetic-tuned")
NUM_STEPS = 180  # updates, a third of them on each task


def load(task: str) -> Transformer:
    """A copy of the tuned model; the files are read once in a process. SpecError: no such task."""
    tasks.size_of(task, 1)
    return _load().copy()


@functools.cache
def _load() -> Transformer:
    return checkpoint.load(FOLDER)[0]


def build(folder: Path = FOLDER, num_steps: int = NUM_STEPS) -> Iterator[str]:
    """Tune the base model and write it; yields lines of progress."""
    torch.set_num_threads(1)
    model = base_model.shipped()
    recipes = [Settings(task, tasks.SIZES[task][1]) for task in tasks.TASKS]
    batches = train(model, recipes, torch.Generator().manual_seed(0))
    for step, batch in enumerate(islice(batches, num_steps + 1)):
        if step % 30 < len(recipes):
            yield f"update {step}: {recipes[step % 3].task} {batch.accuracy:.3f} right"
    checkpoint.save(model, tasks.tokenizer(), folder)
    yield f"wrote {folder}"


def main() -> None:
    """Tune the base model and write it, with a line of progress now and then."""
    for line in build():
        print(line, flush=True)
