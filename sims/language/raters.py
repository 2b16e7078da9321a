"""Raters: who is shown two completions of the reference and says which is the better.

    P(a beats b) = sigmoid(sharpness * (r(a) - r(b)))        (Bradley and Terry, 1952)

Three faults can be turned up: `noise`, the share of answers that are flipped; and a `taste`, which
decides alone in a share `taste_rate` of the pairs, the reward only where it is indifferent. Tastes
here are for agreement (Sharma et al., 2023) and for length (Singhal et al., 2023).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from sims.language.world import World, generator

SHARPNESS = 2.0  # log-odds of a preference per unit of reward

AGREEING = ("sure", "thanks", "great", "yes", "right")  # words that please and say nothing


@dataclass(frozen=True)
class Comparisons:
    """Completions by number, winner and loser of each comparison: two vectors (M,)."""

    chosen: Tensor
    rejected: Tensor

    def __len__(self) -> int:
        return len(self.chosen)


def compare(
    reward: Tensor,
    ref_logprobs: Tensor,
    num_comparisons: int,
    noise: float,
    seed: int,
    taste: Tensor | None = None,
    taste_rate: float = 0.0,
    sharpness: float = SHARPNESS,
    num_prompts: int = 1,
) -> Comparisons:
    """Ask for `num_comparisons` judgements on pairs of different draws from the reference.

    reward, ref_logprobs, taste: (N,). With `num_prompts` = V the first word counts as the prompt,
    and both completions of a pair share it. `noise` in [0, 1/2], `taste_rate` in [0, 1].
    """
    for name, value, top in (("noise", noise, 0.5), ("taste_rate", taste_rate, 1.0)):
        if not 0 <= value <= top:
            raise ValueError(f"{name} is {value}, but must lie between 0 and {top}.")
    # five numbers a pair, pair after pair: asking for more keeps the first ones as they are
    uniform = torch.rand(
        num_comparisons, 5, generator=generator(seed, "raters"), dtype=torch.float64
    )
    first, second = draw_pairs(ref_logprobs, uniform[:, 0], uniform[:, 1], num_prompts)

    gap = sharpness * (reward[first] - reward[second]).double()
    first_wins = uniform[:, 2] < gap.sigmoid()
    if taste is not None:
        liking = (taste[first] - taste[second]).sign()
        by_taste = (uniform[:, 3] < taste_rate) & (liking != 0)
        first_wins = torch.where(by_taste, liking > 0, first_wins)
    first_wins = first_wins ^ (uniform[:, 4] < noise)
    return Comparisons(
        torch.where(first_wins, first, second), torch.where(first_wins, second, first)
    )


def draw_pairs(
    ref_logprobs: Tensor, first_uniform: Tensor, second_uniform: Tensor, num_prompts: int = 1
) -> tuple[Tensor, Tensor]:
    """Pairs (M,), (M,) of two different draws from the reference, sharing the prompt.

    Takes uniform numbers (M,) in [0, 1). The completions of one prompt lie side by side, so a draw
    is a point on the cumulative sum between two marks; the second draw is made on that line with
    the first one's piece cut out.
    """
    probs = ref_logprobs.double().softmax(-1)
    upper = probs.cumsum(0)
    lower = upper - probs
    first = _at(upper, first_uniform * upper[-1])

    block = len(probs) // num_prompts
    start = first // block * block
    width = upper[start + block - 1] - lower[start] - probs[first]
    point = lower[start] + second_uniform * width
    second = _at(upper, torch.where(point < lower[first], point, point + probs[first]))
    return first, second


def agreement(world: World) -> Tensor:
    """How many words of each completion only agree or flatter (N,)."""
    likes = torch.tensor([float(word in AGREEING) for word in world.words], dtype=torch.float64)
    return likes[world.completions()].sum(-1)


def letters(world: World) -> Tensor:
    """How long each completion looks (N,): its letters, since all have the same count of words."""
    sizes = torch.tensor([float(len(word)) for word in world.words], dtype=torch.float64)
    return sizes[world.completions()].sum(-1)


def best_accuracy(gaps: Tensor, noise: float) -> float:
    """The most that a model can agree with such raters on pairs with these log-odds (M,)."""
    sure = gaps.abs().sigmoid()
    return float(((1 - noise) * sure + noise * (1 - sure)).mean())


def _at(upper: Tensor, point: Tensor) -> Tensor:
    return torch.searchsorted(upper, point, right=True).clamp_(max=len(upper) - 1)
