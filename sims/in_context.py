"""In-context learning: examples in the prompt teach a mapping that no weight has ever held.

    C t A x C t B y A ?     each key, a capital, is followed by its label; A was said to be x

A small transformer reads many such prompts, each with a random mapping of its own, and learns to
predict the labels. What is the same in all of them is only the way to find an answer: look for the
key's last occurrence, copy what followed it (an induction head: Olsson et al., 2022). It is then
asked about mappings that were held out; its weights stay as they are (Brown et al., 2020).

Nobody can do better than the Bayes optimum. With K keys and L labels, all equally likely, the key
asked about was shown among n examples with probability 1 - (1 - 1/K)^n, and else is guessed:

    accuracy(n) = 1 - (1 - 1/K)^n (1 - 1/L)        loss(n) = (1 - 1/K)^n log L  nats

Trained on four mappings (`num_mappings`) it remembers these and learns no way to find new ones, on
16 it does some of both, and 64 are enough for the way to be the easier thing to learn (Raventos et
al., 2023).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language.training import keep_freed_memory
from sims.language.transformer import Transformer
from sims.pretraining.mappings import NUM_LABELS, World, fresh
from sims.spec import Frame, column, param

BATCH, LEARNING_RATE, WARM_UP = 64, 6e-3, 50
NUM_TEST = 1_000  # prompts, each with a mapping of its own
SNAPSHOTS = (0.0, 0.125, 0.25, 0.5, 1.0)  # shares of the training after which the model is tested


@dataclass(frozen=True)
class Params:
    num_keys: int = param(8, low=2, high=16, step=1, help="keys that a mapping has a label for")
    num_examples: int = param(
        12, low=2, high=20, step=1, help="pairs of key and label before the last question, at most"
    )
    num_mappings: int = param(
        0, low=0, high=4096, step=1, help="different mappings to train on; 0: a new one each time"
    )
    num_steps: int = param(480, low=40, high=2_000, step=40, unit="updates", help="of training")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="prompts, mappings and random start")


class Columns:
    curve: str = column(
        "optimum; after 0 updates, …; mappings of the training, if these are limited"
    )
    num_examples: int = column("in the prompt, before the question", unit="examples")
    accuracy: float = column("right greedy answers of 1,000, as a share")
    loss: float = column("of the answer", unit="nats")
    updates: int = column("of the model's training so far", unit="updates")
    sample: str = column("a prompt with the answer")
    optimal_accuracy: float = column("of the optimum")
    optimal_loss: float = column("of the optimum", unit="nats")
    gap: float = column("optimal accuracy less the model's own")


def run(params: Params) -> Iterator[Frame]:
    """The optimum's curve, then the model's, of five stages of its training."""
    torch.set_num_threads(1)
    keep_freed_memory()
    world = World.of(params.num_keys, params.num_examples + 1, params.num_mappings, params.seed)
    for step, frame in enumerate(_points(world, params)):
        best = optimal_accuracy(frame["num_examples"], params.num_keys)
        yield {
            "step": step,
            **frame,
            "optimal_accuracy": best,
            "optimal_loss": optimal_loss(frame["num_examples"], params.num_keys),
            "gap": best - frame["accuracy"],
        }


def _points(world: World, params: Params) -> Iterator[Frame]:
    def point(curve: str, n: int, accuracy: float, loss: float, updates: int, said: str) -> Frame:
        measured = {"num_examples": n, "accuracy": accuracy, "loss": loss}
        progress = updates / params.num_steps
        return {
            "curve": curve,
            **measured,
            "updates": updates,
            "sample": said,
            "progress": progress,
        }

    prompt, _ = world.batch(1, torch.Generator().manual_seed(params.seed), held_out=True)
    for n in range(world.length):
        best, loss = optimal_accuracy(n, params.num_keys), optimal_loss(n, params.num_keys)
        said = world.text(prompt[0, : 2 * n + 1])
        yield point("optimum", n, best, loss, 0, f"{said} → ?")
    stops = {round(share * params.num_steps) for share in SNAPSHOTS}
    for updates, model in _train(world, params):
        if updates not in stops:
            continue
        curves = [(f"after {updates} updates", True)]
        if updates == params.num_steps and world.trained is not None:
            curves.append(("mappings of the training", False))
        for curve, held_out in curves:
            accuracies, losses, said = examine(model, world, params.seed, held_out)
            for n, (accuracy, loss) in enumerate(zip(accuracies, losses, strict=True)):
                yield point(curve, n, accuracy, loss, updates, said)


def _train(world: World, params: Params) -> Iterator[tuple[int, Transformer]]:
    """(updates so far, model), before the first and after each; loss on the labels alone."""
    generator = torch.Generator().manual_seed(params.seed)
    model = fresh(world, params.seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.98), weight_decay=0.0, fused=True
    )
    yield 0, model
    for step in range(params.num_steps):
        rate = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP) * (1 - step / params.num_steps)
        optimizer.param_groups[0]["lr"] = rate
        tokens, labels = world.batch(BATCH, generator, held_out=False)
        loss = F.cross_entropy(answers(model, world, tokens).flatten(0, 1), labels.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield step + 1, model


def answers(model: Transformer, world: World, tokens: Tensor) -> Tensor:
    """Logits (B, length, labels) at each key of the prompts."""
    return model.logits(tokens[:, :-1])[:, ::2, world.num_keys :]


def examine(
    model: Transformer, world: World, seed: int, held_out: bool
) -> tuple[list[float], list[float], str]:
    """Accuracy and loss after n = 0, 1, … examples, and the last question of one prompt."""
    generator = torch.Generator().manual_seed(seed + 1_000_003)
    tokens, labels = world.batch(NUM_TEST, generator, held_out)
    with torch.no_grad():
        logprobs = answers(model, world, tokens).log_softmax(-1)
    said = logprobs.argmax(-1)
    right = said == labels
    losses = -logprobs.gather(2, labels[..., None])[..., 0].mean(0)
    reply = world.text(world.num_keys + said[0, -1:])
    sample = f"{world.text(tokens[0, :-1])} → {reply} {'✓' if right[0, -1] else '✗'}"
    return right.float().mean(0).tolist(), losses.tolist(), sample


def optimal_accuracy(num_examples: int, num_keys: int) -> float:
    """Of the Bayes optimum: the key was seen, or a label is guessed."""
    return 1 - (1 - 1 / num_keys) ** num_examples * (1 - 1 / NUM_LABELS)


def optimal_loss(num_examples: int, num_keys: int) -> float:
    """Nats: none where the key was seen, and those of an even guess where it was not."""
    return (1 - 1 / num_keys) ** num_examples * math.log(NUM_LABELS)
