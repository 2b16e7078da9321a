"""The sequence world: so few answers that all of them can be listed, and the truth is known.

A completion is T words out of V, so there are V^T of them (8 words, 5 places: 32,768). Every
distribution over completions is a vector of that many log-probabilities, every reward a vector of
that many numbers, and expectation, KL and optimum are sums instead of estimates.

Completion i is i written in base V, first word first: all completions with the same first word lie
side by side. Token V, the number after the last word, is left to the policies as their start sign.
"""

import functools
import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

MAX_COMPLETIONS = 200_000

# In rising order of use to the asker (`gold_reward`): the first three only please.
WORDS = ("sure", "thanks", "great", "maybe", "because", "answer", "step", "done")

REPEAT_COST = 0.4  # times the square of the number of words said before: one more hurts more
ECHO_COST = 0.6  # of each word that equals the one just before


@dataclass(frozen=True)
class World:
    """The words, and how many of them make a completion.

    Raises ValueError for a word that is empty or there twice, fewer than two words, a length below
    1, and more than MAX_COMPLETIONS completions.
    """

    words: tuple[str, ...] = WORDS
    length: int = 5

    def __post_init__(self) -> None:
        if len(self.words) < 2:
            raise ValueError(f"A world needs at least 2 words, and this one has {len(self.words)}.")
        for place, word in enumerate(self.words):
            if not word.strip() or word != "".join(word.split()):
                raise ValueError(f"Word {place} is '{word}': words are neither empty nor spaced.")
            if word in self.words[:place]:
                raise ValueError(f"The word '{word}' is there twice; each needs its own.")
        if self.length < 1:
            raise ValueError(f"length is {self.length}, but a completion has at least 1 word.")
        if (count := self.num_completions) > MAX_COMPLETIONS:
            raise ValueError(
                f"{len(self.words)} words and length {self.length} make {count:,} completions, and "
                f"at most {MAX_COMPLETIONS:,} can be listed. Take fewer words or a shorter length."
            )

    @property
    def num_completions(self) -> int:
        return len(self.words) ** self.length

    def completions(self) -> Tensor:
        """Every completion (N, T) int64, row i the digits of i in base V. Shared: do not write."""
        return _completions(len(self.words), self.length)

    def index(self, tokens: Tensor) -> Tensor:
        """The number of each completion: tokens (..., T) -> (...)."""
        places = torch.arange(self.length - 1, -1, -1)
        return (tokens * len(self.words) ** places).sum(-1)

    def text(self, tokens: Tensor | int) -> str:
        """The words of one completion, given as tokens (T,) or as its number."""
        if isinstance(tokens, int) or tokens.dim() == 0:
            tokens = self.completions()[int(tokens)]
        return " ".join(self.words[token] for token in tokens.tolist())


def generator(seed: int, purpose: str) -> torch.Generator:
    """A stream of random numbers for one purpose, independent of all others of the same seed."""
    mixed = np.random.SeedSequence([seed, zlib.crc32(purpose.encode())])
    return torch.Generator().manual_seed(int(mixed.generate_state(1)[0]))


def source_logprobs(world: World, seed: int) -> Tensor:
    """Log-probabilities (N,) float64 of the text that the base model learns to imitate.

    Each word depends on the one before it, and the same word twice in a row is rare: so raters who
    only see such text see few repetitions, and none of the same word five times.
    """
    words, rng = len(world.words), generator(seed, "source")
    start = 0.5 * torch.randn(words, generator=rng, dtype=torch.float64)
    follow = 0.5 * torch.randn(words, words, generator=rng, dtype=torch.float64)
    follow.fill_diagonal_(-1.5)
    start, follow = start.log_softmax(-1), follow.log_softmax(-1)
    tokens = world.completions()
    return start[tokens[:, 0]] + follow[tokens[:, :-1], tokens[:, 1:]].sum(-1)


def gold_reward(world: World, seed: int) -> Tensor:
    """The true reward (N,) float64: each word's use counts once, and repetition costs.

    The words' uses are spread like a normal distribution, with some chance in it; later words of
    the world are the more useful. No sum over places can hold this reward, since what a word is
    worth depends on the rest.
    """
    words, rng = len(world.words), generator(seed, "gold")
    ranks = (torch.arange(words, dtype=torch.float64) + 0.5) / words
    chance = torch.randn(words, generator=rng, dtype=torch.float64)
    use = (torch.special.ndtri(ranks) + 0.15 * chance).sort().values
    return said(world) @ use - REPEAT_COST * repeats(world) ** 2 - ECHO_COST * echoes(world)


def said(world: World) -> Tensor:
    """Which words occur at all: (N, V) float64 of 0 and 1. Shared: do not write."""
    return _said(world)


def repeats(world: World) -> Tensor:
    """How many words of each completion were said before in it (N,)."""
    return world.length - said(world).sum(-1)


def echoes(world: World) -> Tensor:
    """How many words of each completion equal the word just before (N,)."""
    tokens = world.completions()
    return (tokens[:, 1:] == tokens[:, :-1]).sum(-1).double()


@functools.lru_cache(maxsize=8)
def _completions(num_words: int, length: int) -> Tensor:
    places = torch.arange(length - 1, -1, -1)
    return torch.arange(num_words**length)[:, None] // num_words**places % num_words


@functools.lru_cache(maxsize=8)
def _said(world: World) -> Tensor:
    found = torch.zeros(world.num_completions, len(world.words), dtype=torch.float64)
    return found.scatter_(1, world.completions(), 1.0)
