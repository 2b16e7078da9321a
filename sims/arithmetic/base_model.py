"""The base model of the arithmetic world: a GPT-2 of 105,000 weights, pre-trained and shipped.

It has read solutions of all tasks and sizes as people might leave them: some write every step and
some none, now and then a step is wrong, and a few break off without an answer. So it can do each
single step, and has no habit of doing all of them. `practicum train-assets arithmetic` trains it
again and writes assets/models/arithmetic in the format of the `transformers` library.
"""

import functools
import os
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sims import losses
from sims.arithmetic import tasks
from sims.arithmetic.tasks import ANSWER, END, ID, PAD, SIZES, ZERO, Problems
from sims.assets import MODELS
from sims.language import checkpoint
from sims.language.model import LanguageModel
from sims.language.transformer import Config, Transformer, token_logprobs
from sims.models import load as pretrained
from sims.spec import SpecError

FOLDER = MODELS / "arithmetic"
NUM_STEPS, BATCH_SIZE, LEARNING_RATE = 3500, 128, 4e-3
WARM_UP, COOL_DOWN = 100, 6000  # steps: the rate would be 0 at the latter; see `pretraining`
SLIP_RATE = 0.04  # chance that a written step is wrong; what follows builds on it
QUIT_RATE = 0.04  # chance after each step that the document breaks off
MAX_LENGTH = 48  # positions


def load(task: str) -> tuple[LanguageModel, Tokenizer]:
    """A copy of the base model, and its tokenizer. The files are read once in a process.

    It is the shipped one, or the one that PRACTICUM_MODEL names, of any architecture.
    SpecError, one sentence, if that model cannot do the task.
    """
    name = os.environ.get("PRACTICUM_MODEL")
    tasks.check(task, SIZES[task][0] if task in SIZES else 0)
    model, tokenizer = _named(name) if name else _shipped()
    lacking = [word for word, i in ID.items() if tokenizer.token_to_id(word) != i]
    if lacking:
        raise SpecError(
            f"the model in {name} does not fit the task '{task}': its tokenizer has no "
            f"'{lacking[0]}' as token {ID[lacking[0]]}."
        )
    if model.config.vocab_size != len(ID):
        raise SpecError(
            f"the model in {name} does not fit the task '{task}': it has "
            f"{model.config.vocab_size} tokens, and not the {len(ID)} that problems are made of."
        )
    return model.copy(), tokenizer


def reluctant(model: LanguageModel, nats: float) -> Transformer:
    """The same model, but it says "answer" with log-odds lower by `nats`, wherever it is.

    The last layer norm's bias adds a constant to each logit: the shift of it that moves this one
    alone is found by least squares. From 150 nats on, the probability is 0 in 32 bits. SpecError
    for a model that is not ours.
    """
    if not isinstance(model, Transformer):
        raise SpecError("a base that is reluctant to answer is made of the tiny model only.")
    made = model.copy()
    wanted = torch.zeros(model.config.vocab_size, dtype=torch.float64)
    wanted[ID[ANSWER]] = -nats
    with torch.no_grad():
        made.weights["shift"] += torch.linalg.pinv(made.network.output.mT.double()) @ wanted
    return made


def solutions(problems: Problems, generator: torch.Generator) -> Tensor:
    """Completions (P, T) as the base model reads them: any number of steps, slips, some cut off."""
    count, size, each = problems.steps.shape
    num_steps = torch.randint(size + 1, (count,), generator=generator)
    steps, answers = _slipped(problems, num_steps, generator)
    rows = tasks.completions(problems, num_steps, steps, answers)
    quits = torch.rand(count, size, generator=generator) < QUIT_RATE
    at = torch.where(quits.any(1), quits.long().argmax(1) + 1, size + 1)
    place = torch.arange(rows.shape[1])
    cut = torch.where(at <= num_steps, at * each, rows.shape[1])[:, None]
    return rows.masked_fill(place == cut, ID[END]).masked_fill(place > cut, ID[PAD])


def _slipped(
    problems: Problems, num_steps: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Steps and answers with mistakes: a slip at a written step shifts all that builds on it.

    In a chain the shift is added to every later value, which is exact for sums and near enough
    for expressions. In an addition a column's digit is wrong in the step and in the answer.
    """
    digits = problems.steps[:, :, -1] - ZERO  # (P, S)
    written = torch.arange(digits.shape[1]) < num_steps[:, None]
    slips = (torch.rand(digits.shape, generator=generator) < SLIP_RATE) & written
    shifts = torch.randint(1, 10, digits.shape, generator=generator) * slips
    if problems.task != "additions":
        shifts = shifts.cumsum(1)
    wrong = ZERO + (digits + shifts) % 10
    steps, answers = problems.steps.clone(), problems.answers.clone()
    steps[:, :, -1] = wrong
    if problems.task == "additions":
        answers[:, 1:] = wrong.flip(1)
    else:
        answers[:, 0] = wrong[:, -1]
    return steps, answers


def pretraining(num_steps: int = NUM_STEPS, seed: int = 0) -> Iterator[tuple[Transformer, float]]:
    """(model, loss in nats a token) after each update on documents that are drawn anew.

    It stops early: after 6,000 steps the model also adds two or three digits in its head, and has
    less need of steps.
    """
    generator = torch.Generator().manual_seed(seed)
    model = _fresh(seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    for step in range(num_steps):
        rate = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP) * (1 - step / COOL_DOWN)
        optimizer.param_groups[0]["lr"] = rate
        loss = document_loss(model, *documents(BATCH_SIZE, generator))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        yield model, loss.item()


def _fresh(seed: int) -> Transformer:
    """Random weights, larger than GPT-2's: with those it took ten times as long to learn to add."""
    config = Config(
        len(ID), MAX_LENGTH, width=64, num_layers=2, num_heads=4, eos=ID[END], pad=ID[PAD],
        is_tied=False,
    )  # fmt: skip
    tables, linear = ("tokens", "positions"), ("qkv", "up", "unembed")
    std = dict.fromkeys(tables, 0.5) | dict.fromkeys(linear, 0.1) | {"out": 0.05, "down": 0.05}
    return Transformer.fresh(config, seed, std)


def documents(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Tokens (B, T) of problems of all tasks with solutions, and a mask that is 1 on the latter."""
    rows, masks = [], []
    for task, (low, high) in SIZES.items():
        size = int(torch.randint(low, high + 1, (), generator=generator))
        problems = tasks.draw(task, size, count // len(SIZES), generator)
        solved = solutions(problems, generator)
        row = torch.cat([problems.prompts, solved], 1)
        rows.append(row)
        masks.append((torch.arange(row.shape[1]) >= problems.prompts.shape[1]) & (row != ID[PAD]))
    longest = max(row.shape[1] for row in rows)
    padded = [
        torch.cat([torch.nn.functional.pad(p, (0, longest - p.shape[1])) for p in parts])
        for parts in (rows, masks)
    ]
    return padded[0], padded[1].float()


def document_loss(model: LanguageModel, tokens: Tensor, mask: Tensor) -> Tensor:
    """Nats a token on what `mask` marks."""
    return losses.sft_loss(token_logprobs(model.logits(tokens[:, :-1]), tokens[:, 1:]), mask[:, 1:])


def shipped() -> Transformer:
    """A copy of the shipped base model, whatever PRACTICUM_MODEL names."""
    return _shipped()[0].copy()


@functools.cache
def _shipped() -> tuple[Transformer, Tokenizer]:
    return checkpoint.load(FOLDER)


def _named(name: str) -> tuple[LanguageModel, Tokenizer]:
    model = pretrained.load(name)
    return model, model.tokenizer.backend_tokenizer


def build(folder: Path = FOLDER, num_steps: int = NUM_STEPS) -> Iterator[str]:
    """Train the base model and write it; yields lines of progress."""
    torch.set_num_threads(1)
    for step, (model, loss) in enumerate(pretraining(num_steps), 1):
        if step % 500 == 0:
            yield f"step {step}: loss {loss:.3f} nats a token"
        if step == num_steps:
            checkpoint.save(model, tasks.tokenizer(), folder)
            yield f"wrote {folder}"


def main() -> None:
    """Train the base model and write it, with a line of progress now and then."""
    for line in build():
        print(line, flush=True)
