"""A reward model, fitted live: from who beat whom to a score for every answer.

    P(a beats b) = sigmoid(r(a) - r(b)),    loss = -mean log P(chosen beats rejected)

(Bradley and Terry, 1952). Raters compare two answers to one prompt: here the first word of a
sentence is the prompt, the others are the answer. They judge by a true reward that the model never
sees, now and then wrongly; how often a model can be right on such pairs at all is known exactly.

Only differences of scores on one prompt count. Another constant for each prompt leaves loss and
accuracy where they were, and so one score by itself says nothing: try `prompt_constant`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from sims.language import exact
from sims.language.audience import heard
from sims.language.raters import SHARPNESS, Comparisons, best_accuracy, compare
from sims.language.rewards import train_reward_model
from sims.language.world import World, generator, gold_reward, source_logprobs
from sims.spec import Frame, column, param

NUM_HELD_OUT = 4_000  # pairs that the model is judged on and never fitted to
STEPS_A_FRAME = 5  # gradient steps between two frames
NUM_BINS = 10  # of the calibration, from a probability of 1/2 to 1
NUM_SHOWN = 4  # held-out pairs in the text panel


@dataclass(frozen=True)
class Params:
    num_comparisons: int = param(
        500, low=20, high=20_000, step=20, unit="pairs", help="judgements to learn from"
    )
    noise: float = param(
        0.1, low=0.0, high=0.5, step=0.05, help="share of the judgements that are flipped"
    )
    hidden: int = param(
        0, low=0, high=128, step=16, unit="units", help="size of the model; 0 adds up words"
    )
    prompt_constant: float = param(
        0.0,
        low=0.0,
        high=20.0,
        step=0.5,
        help="a constant is added to all scores of a prompt, another one for each; this large",
    )
    num_steps: int = param(
        200, low=5, high=2_000, step=5, unit="updates", help="gradient steps, 256 pairs in each"
    )
    source: str = param("simulated", choices=("simulated", "room"), help="who compares: see labels")
    labels: str = param(
        "", max_length=50_000, help="of a room (sims/language/audience.py); empty: a recorded room"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the world, its raters and every draw")


class Columns:
    updates: int = column("gradient steps so far", unit="updates")
    loss: float = column("of a pair; ln 2 = 0.693 is a coin", unit="nats")
    held_out_loss: float = column("the same on unseen pairs", unit="nats")
    train_accuracy: float = column("share of the fitted pairs in the right order")
    accuracy: float = column("share of unseen pairs in the right order; a tie is half right")
    calibration_error: float = column(
        "mean distance of stated from observed probability, on unseen pairs"
    )
    calibration: list = column("[stated, observed, share of pairs] of each bin in use")
    best_accuracy: float = column("of a model that knows the truth")
    click_accuracy: float = column(
        "of one more click: share of unseen pairs in which another rater chooses the same, exact"
    )
    correlation: float = column("of score and true reward among answers to one prompt")
    mean_score: float = column("of the source's answers: what a constant shifts")
    said: str = column("whose labels these are", when={"source": ("room",)})
    pairs: list = column("some pairs: chosen, rejected, their scores and the model's probability")


def run(params: Params) -> Iterator[Frame]:
    """One frame before the first gradient step and after every fifth."""
    world = World()
    source = source_logprobs(world, params.seed)
    gold = exact.standardise(gold_reward(world, params.seed), source)
    ours, held_out, facts = _asked(world, source, gold, params)
    constants = params.prompt_constant * torch.randn(
        len(world.words), generator=generator(params.seed, "constants"), dtype=torch.float64
    )
    prompts = world.completions()[:, 0]

    training = train_reward_model(world, ours, params.hidden, params.num_steps, params.seed)
    step = 0
    for update, (model, _) in enumerate(training):
        if update % STEPS_A_FRAME and update != params.num_steps:
            continue
        scores = model.rewards() + constants[prompts]
        yield {
            "step": step,
            "updates": update,
            **judge(scores, ours, held_out),
            **facts,
            "correlation": correlation(scores, gold, source, len(world.words)),
            "mean_score": float(exact.expected(source, scores)),
            "pairs": _shown(world, scores, held_out),
            "progress": update / params.num_steps,
        }
        step += 1


def _asked(
    world: World, source: Tensor, gold: Tensor, params: Params
) -> tuple[Comparisons, Comparisons, Frame]:
    """Comparisons to fit, held-out ones, and what is known of those who made them."""
    if room := heard(params, world, gold, source):
        known = {"best_accuracy": room.best_accuracy, "click_accuracy": room.click_accuracy}
        return room.ours, room.held_out, known | {"said": room.words}
    ours, held_out = _comparisons(world, source, gold, params)
    gaps = SHARPNESS * (gold[held_out.chosen] - gold[held_out.rejected])
    ceiling, second_click = best_accuracy(gaps, params.noise), click_accuracy(gaps, params.noise)
    return ours, held_out, {"best_accuracy": ceiling, "click_accuracy": second_click}


def judge(scores: Tensor, ours: Comparisons, held_out: Comparisons) -> Frame:
    """Loss, accuracy and calibration of scores (N,) on the fitted and on the held-out pairs."""
    seen, unseen = (scores[pairs.chosen] - scores[pairs.rejected] for pairs in (ours, held_out))
    bins = calibration(unseen)
    return {
        "loss": float(F.softplus(-seen).mean()),
        "held_out_loss": float(F.softplus(-unseen).mean()),
        "train_accuracy": accuracy(seen),
        "accuracy": accuracy(unseen),
        "calibration_error": sum(share * abs(stated - seen) for stated, seen, share in bins),
        "calibration": bins,
    }


def accuracy(margins: Tensor) -> float:
    """Share of pairs (M,) whose chosen answer scores higher; a tie is half right."""
    return float((margins.sign() / 2 + 0.5).mean())


def click_accuracy(gaps: Tensor, noise: float) -> float:
    """How often another rater agrees with labels, whose log-odds without slips are `gaps` (M,)."""
    return float((noise + (1 - 2 * noise) * gaps.sigmoid()).mean())


def calibration(margins: Tensor) -> list[list[float]]:
    """[stated, observed, share of pairs] of each bin in use; all three are means over its pairs.

    Stated is the probability that the model gives to the answer it prefers; observed is how often
    that answer was the chosen one.
    """
    stated = margins.abs().sigmoid()
    right = margins.sign() / 2 + 0.5
    place = ((stated - 0.5) * 2 * NUM_BINS).long().clamp(max=NUM_BINS - 1)
    bins = []
    for i in range(NUM_BINS):
        inside = place == i
        if bool(inside.any()):
            means = [column[inside].mean().item() for column in (stated, right)]
            bins.append([*means, inside.double().mean().item()])
    return bins


def correlation(scores: Tensor, gold: Tensor, source: Tensor, num_prompts: int) -> float:
    """Correlation of score and truth inside prompts, each prompt centred first; 0 if flat."""
    weight = source.exp().view(num_prompts, -1)

    def centred(values: Tensor) -> Tensor:
        values = values.view(num_prompts, -1)
        return values - (weight * values).sum(1, keepdim=True) / weight.sum(1, keepdim=True)

    ours, truth = centred(scores), centred(gold)
    spread = (weight * ours**2).sum().sqrt() * (weight * truth**2).sum().sqrt()
    return float((weight * ours * truth).sum() / spread) if spread > 1e-9 else 0.0


def _comparisons(
    world: World, source: Tensor, gold: Tensor, params: Params
) -> tuple[Comparisons, Comparisons]:
    """Pairs to fit and pairs to judge by: the same raters, asked apart."""
    total = params.num_comparisons + NUM_HELD_OUT
    num_prompts = len(world.words)
    pairs = compare(gold, source, total, params.noise, params.seed, num_prompts=num_prompts)
    chosen, rejected = pairs.chosen, pairs.rejected
    held_out = Comparisons(chosen[:NUM_HELD_OUT], rejected[:NUM_HELD_OUT])
    return Comparisons(chosen[NUM_HELD_OUT:], rejected[NUM_HELD_OUT:]), held_out


def _shown(world: World, scores: Tensor, pairs: Comparisons) -> list[dict[str, str | float]]:
    """The first held-out pairs, with what the model makes of them."""
    shown = []
    for i in range(min(NUM_SHOWN, len(pairs))):
        chosen, rejected = int(pairs.chosen[i]), int(pairs.rejected[i])
        shown.append(
            {
                "chosen": world.text(chosen),
                "rejected": world.text(rejected),
                "chosen_score": float(scores[chosen]),
                "rejected_score": float(scores[rejected]),
                "probability": float((scores[chosen] - scores[rejected]).sigmoid()),
            }
        )
    return shown
