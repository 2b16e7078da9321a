"""A source of text whose entropy rate is known: a Markov chain that looks back two tokens.

    p(c | a, b) proportional to exp(A[a, c] + B[b, c])

A and B are random matrices with singular values k^-DECAY, k = 1, 2, …: a few regularities matter
much and many matter little, as in language (Zipf's law is the plainest sign of that). A model of
finite width can hold only so many, so its loss falls with its size as a power law does (Bahri et
al., 2021, derive the same from the spectrum of the data).

No model can be better than the entropy rate, in nats a token,

    H = - sum over a, b of pi(a, b) sum over c of p(c | a, b) log p(c | a, b)

where pi is the stationary distribution of pairs: the fixed point of pi'(b, c) = sum over a of
pi(a, b) p(c | a, b).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

VOCABULARY = 64
DECAY, SCALE = 1.25, 2.5  # of the singular values; root mean square of B's entries
OLDER = 0.7  # what the older token weighs, beside the newer one
MOST_ROUNDS = 10_000


@dataclass(frozen=True)
class Source:
    """A chain over V tokens; all float64."""

    probs: Tensor  # (V, V, V): p(c | a, b), b the newer of the two
    pairs: Tensor  # (V, V): how often each pair stands in the text
    entropy_rate: float  # nats a token

    @staticmethod
    def random(seed: int, vocabulary: int = VOCABULARY) -> "Source":
        """The source of this seed."""
        generator = torch.Generator().manual_seed(seed)
        newer = _graded(vocabulary, generator)
        older = OLDER * _graded(vocabulary, generator)
        return Source.of((older[:, None] + newer[None]).softmax(-1))

    @staticmethod
    def of(probs: Tensor) -> "Source":
        pairs = stationary(probs)
        entropies = torch.special.entr(probs).sum(-1)
        return Source(probs, pairs, float((pairs * entropies).sum()))

    def draw(self, num: int, length: int, generator: torch.Generator) -> Tensor:
        """Texts (num, length), each from the midst of an endless one."""
        tokens = torch.empty(num, length, dtype=torch.int64)
        uniform = torch.rand(length, num, 1, generator=generator, dtype=torch.float64)
        first = _pick(self.pairs.flatten().cumsum(0).expand(num, -1), uniform[0])
        tokens[:, 0], tokens[:, 1] = first // len(self.pairs), first % len(self.pairs)
        cumulated = self.probs.cumsum(-1)
        for i in range(2, length):
            rows = cumulated[tokens[:, i - 2], tokens[:, i - 1]]
            tokens[:, i] = _pick(rows, uniform[i])
        return tokens

    def following(self, tokens: Tensor) -> Tensor:
        """The true distributions (B, T - 2, V) of each token of texts (B, T) but the first two."""
        return self.probs[tokens[:, :-2], tokens[:, 1:-1]]


def stationary(probs: Tensor) -> Tensor:
    """The distribution of pairs (V, V) that one more token leaves as it is, to rounding.

    ValueError where the chain does not come to rest.
    """
    pairs = torch.full(probs.shape[:2], 1 / probs.shape[0] ** 2, dtype=probs.dtype)
    for _ in range(MOST_ROUNDS):
        after = torch.bmm(pairs.t()[:, None], probs.transpose(0, 1))[:, 0]
        if float((after - pairs).abs().sum()) < 1e-13:
            return after
        pairs = after
    raise ValueError(f"the chain has no single state of rest that {MOST_ROUNDS} rounds lead to.")


def _graded(size: int, generator: torch.Generator) -> Tensor:
    """A random matrix (size, size) with singular values in proportion to k^-DECAY."""
    left, right = (
        torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64))[0]
        for _ in range(2)
    )
    values = torch.arange(1, size + 1, dtype=torch.float64) ** -DECAY
    matrix = (left * values) @ right.t()
    return SCALE * matrix / matrix.square().mean().sqrt()


def _pick(cumulated: Tensor, uniform: Tensor) -> Tensor:
    """The index (B,) where cumulated probabilities (B, V) pass `uniform` (B, 1)."""
    found = torch.searchsorted(cumulated.contiguous(), uniform * cumulated[:, -1:], right=True)
    return found[:, 0].clamp(max=cumulated.shape[1] - 1)
