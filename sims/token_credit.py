"""Which word of an answer earned its score? What three signals say to each word, exactly.

    sft      1 - p(word): each word has a target of its own, and moves by what it still lacks
    score    A = r(answer) - E[r]: RL gives every word of the answer this same number
    credit   V(words up to this one) - V(words before it),  V(prefix) = E[r | prefix]

The credits of an answer add up to its score, A = sum of the credits: the sum telescopes. Each has
mean 0 given the words before it, so they are uncorrelated, and the variance of the score is the sum
of their variances. A word's own share of what it is told is therefore Var(credit) / Var(A), and the
shares of all places add up to 1 (the advantage of Sutton and Barto, 2018, summed over time).

Nothing is trained and nothing is estimated: the answers are those of the sequence world's source,
and all of them are listed. The seed makes the world and draws the answer that is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from sims.language import exact
from sims.language.world import World, generator, gold_reward, source_logprobs
from sims.spec import Frame, column, param


@dataclass(frozen=True)
class Params:
    reward: str = param(
        "answer",
        choices=("answer", "first_word"),
        help="what is paid: the true reward of the whole answer, or what its first word alone "
        "leads one to expect",
    )
    temperature: float = param(
        1.0, low=0.2, high=2.0, step=0.1, help="of the source that writes: below 1 it varies less"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the world, and the answer shown")


class Columns:
    place: int = column("of the word in its answer, from 1")
    word: str = column("at this place of the answer that is shown")
    sft_push: float = column("1 - p(word): what SFT on this answer would give it")
    score: float = column(
        "what RL gives it: reward of the answer less the mean, in standard deviations"
    )
    credit: float = column("what the word itself earned, in standard deviations")
    own_share: float = column(
        "share of the score's variance that words at this place earned, over all answers"
    )
    text: str = column("the answer that is shown, up to this word")


def run(params: Params) -> Iterator[Frame]:
    """One frame for each place of the answer."""
    world = World()
    logp = (source_logprobs(world, params.seed) / params.temperature).log_softmax(-1)
    reward = gold_reward(world, params.seed)
    if params.reward == "first_word":
        reward = values(world, logp, reward)[1].repeat_interleave(len(reward) // len(world.words))
    reward = exact.standardise(reward, logp)
    shares = own_shares(world, logp, reward)
    uniform = torch.rand(1, generator=generator(params.seed, "answer"), dtype=torch.float64)
    shown = int(exact.draw(logp.exp(), uniform))
    credits = credit(world, logp, reward, shown)
    probs = word_probs(world, logp, shown)
    words = world.text(shown).split()
    for step, word in enumerate(words):
        yield {
            "step": step,
            "place": step + 1,
            "word": word,
            "sft_push": 1 - probs[step],
            "score": float(reward[shown]),
            "credit": credits[step],
            "own_share": shares[step],
            "text": " ".join(words[: step + 1]),
            "progress": (step + 1) / world.length,
        }


def values(world: World, logp: Tensor, reward: Tensor) -> list[Tensor]:
    """E[reward | first k words] for k = 0 to T: tensors (V^k,), from logp and reward (N,)."""
    found = []
    for k in range(world.length + 1):
        rows = (len(world.words) ** k, -1)
        weight = logp.exp().view(rows)
        found.append((weight * reward.view(rows)).sum(1) / weight.sum(1))
    return found


def credit(world: World, logp: Tensor, reward: Tensor, answer: int) -> list[float]:
    """What each word of the answer of this number earned; they add up to its score."""
    means = values(world, logp, reward)
    size = len(world.words)
    path = [float(means[k][answer // size ** (world.length - k)]) for k in range(len(means))]
    return [after - before for before, after in pairwise(path)]


def own_shares(world: World, logp: Tensor, reward: Tensor) -> list[float]:
    """Var(credit at a place) / Var(score), over all answers."""
    means, size = values(world, logp, reward), len(world.words)
    variances = []
    for k in range(world.length):
        earned = means[k + 1] - means[k].repeat_interleave(size)
        chance = logp.exp().view(len(earned), -1).sum(1)
        variances.append(float((chance * earned**2).sum()))
    return [one / sum(variances) for one in variances]


def word_probs(world: World, logp: Tensor, answer: int) -> list[float]:
    """p(word | those before it) of each word of an answer."""
    size, probs = len(world.words), []
    for k in range(world.length):
        prefixes = logp.exp().view(size ** (k + 1), -1).sum(1)
        at = answer // size ** (world.length - k - 1)
        before = prefixes.view(-1, size)[at // size].sum()
        probs.append(float(prefixes[at] / before))
    return probs
