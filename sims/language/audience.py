"""A room of people as the raters of the sequence world: what they said of pairs of completions.

Their labels are one text, `completions | pairs | letters`: the completions with ; between them,
the pairs by their numbers, and a word of letters for each rater (`sims/agreement.py`):

    great because step done ; sure thanks great thanks ; … | 0-1 0-2 1-2 | LLR/LRL/.LL

Where nobody has labelled, a recorded room stands in: simulated raters judge a few pairs by the true
reward of the world, P(a beats b) = sigmoid(SHARPNESS (r(a) - r(b))).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from sims.agreement import Pairs, alpha, circles, majorities, read_labels, read_pairs
from sims.language.raters import SHARPNESS, Comparisons, draw_pairs
from sims.language.world import World, generator
from sims.spec import SpecError

NUM_RATERS, NUM_PAIRS = 30, 12  # of the recorded room
HELD_OUT = 4  # one rater in so many is not learned from
MOST_COMPLETIONS = 200


@dataclass(frozen=True)
class Audience:
    """`ours` of the raters that are learned from, `held_out` of the others; ties are left out.
    `best_accuracy` is the share of all labels on the side of their majority: no score predicts
    more. `click_accuracy` is how often two raters of one pair chose alike."""

    ours: Comparisons
    held_out: Comparisons
    best_accuracy: float
    click_accuracy: float
    words: str


class Asked(Protocol):
    """The parameters that say whom to ask."""

    @property
    def source(self) -> str: ...
    @property
    def labels(self) -> str: ...
    @property
    def seed(self) -> int: ...


def heard(params: Asked, world: World, gold: Tensor, source: Tensor) -> Audience | None:
    """The room that `params` ask, or None where they ask simulated raters as usual."""
    if params.source != "room":
        return None
    return listen(params.labels, world, gold, source, params.seed)


def listen(text: str, world: World, gold: Tensor, source: Tensor, seed: int) -> Audience:
    """What a room has said, or the recorded room where `text` is empty. gold, source: (N,).
    SpecError for a text that is not a room's."""
    if text:
        completions, pairs, labels = _read(text, world)
        words = "The room"
    else:
        completions, pairs, labels = _recorded(gold, source, seed)
        words = "A recorded room"
    raters = len(labels)
    out = np.arange(raters) % HELD_OUT == HELD_OUT - 1 if raters >= HELD_OUT else _last(raters)
    ours = _comparisons(labels[~out], pairs, completions)
    unseen = _comparisons(labels[out], pairs, completions)
    if not len(ours) or not len(unseen):  # too few to hold anybody out
        ours = unseen = _comparisons(labels, pairs, completions)
    if not len(ours):
        raise SpecError("Nobody in the room has preferred an answer yet. Ask for labels first.")
    facts = _facts(labels, pairs, len(completions), words, bool(text))
    return Audience(ours, unseen, *_agreement(labels), facts)


def _last(raters: int) -> np.ndarray:
    return (np.arange(raters) == raters - 1) & (raters > 1)


def _read(text: str, world: World) -> tuple[list[int], Pairs, np.ndarray]:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 3:
        raise SpecError("labels of a room are three parts: completions | pairs | letters.")
    completions = [_number(words, world) for words in parts[0].split(";")]
    if len(completions) > MOST_COMPLETIONS:
        raise SpecError(f"labels of a room hold {MOST_COMPLETIONS} completions at most.")
    try:
        pairs = read_pairs(parts[1])
        labels = read_labels(parts[2], len(pairs))
    except ValueError as error:
        raise SpecError(f"labels of a room: {error}.") from None
    if max(max(pair) for pair in pairs) >= len(completions):
        raise SpecError("labels of a room: a pair names a completion that is not there.")
    return completions, pairs, labels


def _number(text: str, world: World) -> int:
    """The number of a completion that is written out."""
    words = text.split()
    unknown = [word for word in words if word not in world.words]
    if unknown or len(words) != world.length:
        said = f"'{text.strip()[:60]}' is not a completion of this world"
        fix = f"Write {world.length} words out of: {', '.join(world.words)}."
        raise SpecError(f"{said}. {fix}")
    return int(world.index(torch.tensor([world.words.index(word) for word in words])))


def _recorded(gold: Tensor, source: Tensor, seed: int) -> tuple[list[int], Pairs, np.ndarray]:
    uniform = torch.rand(2, NUM_PAIRS, generator=generator(seed, "room"), dtype=torch.float64)
    first, second = draw_pairs(source, uniform[0], uniform[1])
    completions = torch.cat([first, second]).tolist()
    chance = (SHARPNESS * (gold[first] - gold[second])).sigmoid()
    drawn = torch.rand(
        NUM_RATERS, NUM_PAIRS, generator=generator(seed, "people"), dtype=torch.float64
    )
    labels = torch.where(drawn < chance, 1.0, -1.0).numpy()
    return completions, [(k, NUM_PAIRS + k) for k in range(NUM_PAIRS)], labels


def _comparisons(labels: np.ndarray, pairs: Pairs, completions: list[int]) -> Comparisons:
    """Winner and loser of each label (R, P) that is not a tie, rater after rater."""
    chosen, rejected = [], []
    for rater in labels:
        for (first, second), said in zip(pairs, rater, strict=True):
            if said in (1.0, -1.0):
                better, worse = (first, second) if said > 0 else (second, first)
                chosen.append(completions[better])
                rejected.append(completions[worse])
    return Comparisons(*(torch.tensor(some, dtype=torch.long) for some in (chosen, rejected)))


def _agreement(labels: np.ndarray) -> tuple[float, float]:
    """Share of the labels on the side of their majority, and of pairs of labels that are alike."""
    wins, losses = (labels == 1).sum(axis=0), (labels == -1).sum(axis=0)
    said = wins + losses
    most = float(np.maximum(wins, losses).sum() / said.sum())
    twice = said * (said - 1)
    alike = wins * (wins - 1) + losses * (losses - 1)
    return most, float(alike.sum() / twice.sum()) if twice.sum() else 1.0


def _facts(
    labels: np.ndarray, pairs: Pairs, num_completions: int, words: str, is_real: bool
) -> str:
    """Who has labelled, and how far they agree, in a sentence or two."""
    raters = f"{len(labels)} {'' if is_real else 'simulated '}"
    raters += "rater" if len(labels) == 1 else "raters"
    agreement = alpha(labels)
    said = "not defined" if agreement is None else f"{agreement:.2f}"
    found, compared = circles(majorities(labels, pairs, num_completions))
    count = int(np.isfinite(labels).sum())
    facts = f"{words}: {raters}, {count} labels. Krippendorff's alpha {said}"
    return f"{facts}; {found} of {compared} triples in a circle." if compared else f"{facts}."
