"""Reward models: scores fitted to comparisons by the Bradley-Terry likelihood.

    loss = -mean log sigmoid(r(chosen) - r(rejected)) + pull of the weights towards 0

The model sees which word stands at which place, V * T inputs of 0 and 1. With hidden = 0 it adds up
one score per word and place: cheap, and blind to what the words are worth together. With hidden
units it can learn that a word said twice helps once.

An ensemble fits each member to its own resample of the comparisons (bootstrap) and believes the
most sceptical one (worst-case optimisation of Coste et al., 2024). Scores have no zero, so each
member is centred under the reference first: else the one whose zero lies lowest is nearly always
taken. They are not scaled: all of them are log-odds of the same raters, in nats.
"""

import functools
import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from sims.language.raters import Comparisons
from sims.language.world import World, generator

BATCH_SIZE = 256  # comparisons of one gradient step
LEARNING_RATE = 1e-2
PULL = 1.0  # of the weights towards 0, as one prior N(0, 1 / PULL) on each
NEWTON_STEPS = 12
CHUNK = 4096  # completions scored at a time: bounds the memory


class RewardModel:
    """`ensemble` scorers side by side, one hidden layer each (none with hidden = 0).

    weights: {"out": (E, V*T, 1)}, or {"in": (E, V*T, H), "bias": (E, 1, H), "out": (E, H, 1)}.
    """

    def __init__(self, world: World, hidden: int, ensemble: int, rng: torch.Generator) -> None:
        self.world, self.hidden, self.ensemble = world, hidden, ensemble
        inputs = len(world.words) * world.length
        self.weights = {"out": torch.zeros(ensemble, hidden or inputs, 1)}
        if hidden:  # random inside, zero outside: scores start at 0 and the loss at ln 2
            first = torch.randn(ensemble, inputs, hidden, generator=rng)
            self.weights["in"] = first / math.sqrt(world.length)
            self.weights["bias"] = torch.zeros(ensemble, 1, hidden)
        for weight in self.weights.values():
            weight.requires_grad_()

    def scores(self, completions: Tensor) -> Tensor:
        """Scores (E, M) of completions by number (M,), or (E, M) of each member's own."""
        seen = features(self.world)[completions]
        if seen.dim() == 2:
            seen = seen.expand(self.ensemble, -1, -1)
        if self.hidden:
            weights = self.weights
            seen = torch.tanh(torch.baddbmm(weights["bias"], seen, weights["in"]))
        return torch.bmm(seen, self.weights["out"])[..., 0]

    @torch.no_grad()
    def all_scores(self) -> Tensor:
        """The score of every completion by each member (E, N)."""
        every = torch.arange(self.world.num_completions)
        return torch.cat([self.scores(some) for some in every.split(CHUNK)], 1)

    def rewards(self, ref_logprobs: Tensor | None = None) -> Tensor:
        """The score of every completion (N,) float64: see `most_sceptical`.

        Without a reference the lowest score as it is, which for several members depends on where
        the zero of each happens to lie.
        """
        scores = self.all_scores()
        return (
            scores.amin(0).double()
            if ref_logprobs is None
            else most_sceptical(scores, ref_logprobs)
        )

    def loss(self, chosen: Tensor, rejected: Tensor) -> Tensor:
        """-mean log sigmoid(r(chosen) - r(rejected)), one for each member (E,)."""
        return F.softplus(self.scores(rejected) - self.scores(chosen)).mean(-1)


def train_reward_model(
    world: World,
    comparisons: Comparisons,
    hidden: int,
    num_steps: int,
    seed: int,
    ensemble: int = 1,
    learning_rate: float = LEARNING_RATE,
) -> Iterator[tuple[RewardModel, float]]:
    """(model, loss of the batch) before the first gradient step and after each one.

    It is the same model every time, changed in between. The learning rate falls to 0 along a
    half cosine, so that the noise of small batches dies out.
    """
    model, ours = _start(world, comparisons, hidden, seed, ensemble)
    yield model, math.log(2)  # at once: a process's first optimizer takes a second to load
    rng = generator(seed, "reward model batches")
    optimizer = torch.optim.Adam(model.weights.values(), learning_rate)
    pull = PULL / (2 * len(comparisons))
    for step in range(num_steps):
        optimizer.param_groups[0]["lr"] = learning_rate * _decay(step / num_steps)
        size = min(BATCH_SIZE, len(comparisons))
        batch = torch.randint(len(comparisons), (ensemble, size), generator=rng)
        loss = model.loss(ours.chosen.gather(1, batch), ours.rejected.gather(1, batch))
        weight_cost = sum((weight**2).sum() for weight in model.weights.values())
        optimizer.zero_grad()
        (loss.sum() + pull * weight_cost).backward()
        optimizer.step()
        yield model, float(loss.detach().mean())


def fit_reward_model(
    world: World,
    comparisons: Comparisons,
    hidden: int,
    num_steps: int,
    seed: int,
    ensemble: int = 1,
    ref_logprobs: Tensor | None = None,
) -> tuple[Tensor, float]:
    """(rewards of every completion (N,) float64, final loss in nats).

    An ensemble needs the log-probabilities (N,) of the reference; see `most_sceptical`.

    The linear model's loss is convex, so Newton's method finds its minimum in a few steps,
    whatever `num_steps`; one with hidden units takes `num_steps` gradient steps.
    """
    model, ours = _start(world, comparisons, hidden, seed, ensemble)
    if hidden == 0:
        for member, weights in enumerate(model.weights["out"].detach()):
            weights[:, 0] = _newton(world, ours.chosen[member], ours.rejected[member])
    else:
        *_, (model, _) = train_reward_model(world, comparisons, hidden, num_steps, seed, ensemble)
    scores = model.all_scores()
    margins = scores[:, comparisons.chosen] - scores[:, comparisons.rejected]
    return most_sceptical(scores, ref_logprobs), float(F.softplus(-margins).mean())


def most_sceptical(scores: Tensor, ref_logprobs: Tensor | None) -> Tensor:
    """The lowest of the members' scores (E, N) of each completion (N,), each with mean 0 under the
    reference. One member alone is left as it is. ValueError for several without a reference.
    """
    if len(scores) == 1:
        return scores[0].double()
    if ref_logprobs is None:
        raise ValueError("an ensemble has no common zero: give the reference's log-probabilities.")
    scores = scores.double()
    return (scores - (scores @ ref_logprobs.double().exp())[:, None]).amin(0)


@functools.lru_cache(maxsize=4)
def features(world: World) -> Tensor:
    """Word at place, as 0 and 1: (N, V * T) float32. Shared: do not write."""
    return F.one_hot(world.completions(), len(world.words)).flatten(1).float()


def _newton(world: World, chosen: Tensor, rejected: Tensor) -> Tensor:
    """The weights (V*T,) at the minimum of the linear model's loss, pull included."""
    gap = (features(world)[chosen] - features(world)[rejected]).double()
    weights = torch.zeros(gap.shape[1], dtype=torch.float64)
    identity = torch.eye(gap.shape[1], dtype=torch.float64)
    for _ in range(NEWTON_STEPS):
        wrong = (-(gap @ weights)).sigmoid()  # probability given to the answer that lost
        slope = PULL * weights - wrong @ gap
        curvature = PULL * identity + gap.T @ (gap * (wrong * (1 - wrong))[:, None])
        move = torch.linalg.solve(curvature, slope)
        weights = weights - move
        if float(move.abs().max()) < 1e-9:
            break
    return weights.float()


def _start(
    world: World, comparisons: Comparisons, hidden: int, seed: int, ensemble: int
) -> tuple[RewardModel, Comparisons]:
    """A fresh model, and comparisons (E, M): all for one member alone, a resample for several."""
    rng, count = generator(seed, "reward model"), len(comparisons)
    model = RewardModel(world, hidden, ensemble, rng)
    if ensemble == 1:
        return model, Comparisons(comparisons.chosen[None], comparisons.rejected[None])
    drawn = torch.randint(count, (ensemble, count), generator=rng)
    return model, Comparisons(comparisons.chosen[drawn], comparisons.rejected[drawn])


def _decay(done: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * done)
