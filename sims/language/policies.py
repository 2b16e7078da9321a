"""Policies over one enumerable world: a stack of S tiny transformers, one bmm for all.

A policy is a decoder of one layer in GPT-2's arrangement, with 13,120 weights in a world of 8 words
and length 5; its norms have no weights of their own, as the layer behind them can hold these. So a
whole sweep over beta and seeds costs one call of each operation.

Token V, one beyond the last word, starts every completion (BOS). It goes in and never comes out:
the inputs are V + 1, the outputs V, and a completion is always T words, so there is no EOS.

Prefixes are a tree, and most of its top is shared: sampling runs the empty prefix and the V
prefixes of one word once for each policy, not once for each sample, and `exact` runs every prefix
of the world once instead of every completion from its start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language.transformer import Config, Transformer, tree
from sims.language.transformer.tree import Prefixes
from sims.language.world import World

WIDTH, NUM_HEADS, HIDDEN = 32, 4, 128  # WIDTH: of `Rollout.features`, too
PRETRAIN_STEPS, PRETRAIN_BATCH, PRETRAIN_RATE = 150, 128, 5e-3
MAX_ROWS = 1024  # prefixes at a time in `exact`: more would leave the processor's cache


@dataclass(frozen=True)
class Rollout:
    """Samples of S policies with what the sampler knew of them."""

    tokens: Tensor  # (S, B, T)
    token_logprobs: Tensor  # (S, B, T), with grad if asked for: the very numbers sampled from
    seen: tuple[Tensor, ...]  # the features (S, B, width) before each token, no grad

    @property
    def features(self) -> Tensor:
        """(S, B, T, width): what a value head may read."""
        return torch.stack(self.seen, -2)

    @property
    def logprobs(self) -> Tensor:
        """(S, B): log-probability of each completion."""
        return self.token_logprobs.sum(-1)


class Policies:
    """S policies over the completions of `world`. Weights change in place as they train."""

    def __init__(self, world: World, model: Transformer) -> None:
        self.world, self.model = world, model
        self.num = len(model.weights["tokens"])

    @staticmethod
    def fresh(world: World, seed: int, num: int = 1) -> "Policies":
        """`num` policies with the same random weights: nearly uniform over the completions."""
        return Policies(world, _fresh(world, seed).copies(num))

    @staticmethod
    def pretrain(
        world: World, source_logprobs: Tensor, seed: int, num_steps: int = PRETRAIN_STEPS
    ) -> "Policies":
        """One policy that imitates the source (N,), learned from its samples (see `pretraining`).

        The work is done once in a process for the same arguments; each caller gets a copy.
        """
        source = source_logprobs.double().contiguous()
        return _pretrained(world, source.numpy().tobytes(), seed, num_steps).copies(1)

    def copies(self, num: int) -> "Policies":
        """`num` policies with the weights of this one (which must be alone, S = 1)."""
        if self.num != 1:
            raise ValueError(f"copies() takes a single policy, and these are {self.num}.")
        return Policies(self.world, self.model.select(0).copies(num))

    def select(self, index: int) -> "Policies":
        """A copy of one of them, alone."""
        return Policies(self.world, self.model.select(index).copies(1))

    @property
    def weights(self) -> dict[str, Tensor]:
        """(S, …), by name."""
        return self.model.weights

    def parameters(self) -> list[Tensor]:
        return self.model.parameters()

    def num_weights(self) -> int:
        """Of one policy."""
        return self.model.num_weights()

    def sample(self, num: int, generator: torch.Generator) -> Tensor:
        """Tokens (S, num, T) of `num` completions of each policy."""
        with torch.no_grad():
            return self.rollout(num, generator).tokens

    def rollout(self, num: int, generator: torch.Generator) -> Rollout:
        """`num` samples of each policy with log-probs that carry gradients: no second pass needed.

        Draws by inverse CDF: one uniform number a token against the cumulated probabilities.
        """
        size, length = len(self.world.words), self.world.length
        uniform = torch.rand(self.num, num, length, generator=generator)
        features, own = tree.advance(self.model, self._starts(), None)
        past = tree.append(None, own)
        tokens, logprobs, seen = [], [], []
        rows: Tensor | None = torch.zeros(self.num, num, dtype=torch.int64)  # of sample b
        for t in range(length):
            outputs = F.log_softmax(self.model.head(features), -1)
            outputs, features = (
                tree.rows_of(outputs, rows),
                tree.rows_of(features.detach(), rows),
            )
            tokens.append(_draw(outputs.detach(), uniform[..., t]))
            logprobs.append(outputs.gather(-1, tokens[t][..., None])[..., 0])
            seen.append(features)
            if t == length - 1:
                break
            if t == 0 and size < num:  # all prefixes of one word are fewer than the samples
                features, own = tree.advance(self.model, self._words(past), past)
                rows = tokens[0]
            else:
                past = tree.picked(past, rows)
                features, own = tree.advance(self.model, tokens[t], past)
                rows = None  # from here on each sample has its own
            if t + 2 < length:
                past = tree.append(past, own)
        return Rollout(torch.stack(tokens, -1), torch.stack(logprobs, -1), tuple(seen))

    def logprobs(self, tokens: Tensor) -> Tensor:
        """Log-probabilities (S, B) of completions (S, B, T), with grad."""
        return self.token_logprobs(tokens).sum(-1)

    def token_logprobs(self, tokens: Tensor) -> Tensor:
        """Log-probability (S, B, T) of each token given those before it, with grad.

        Tokens (1, B, T) are read by all S policies.
        """
        tokens = tokens.expand(self.num, -1, -1)
        starts = torch.full_like(tokens[..., :1], len(self.world.words))
        logits = self.model.logits(torch.cat([starts, tokens[..., :-1]], -1))
        outputs = F.log_softmax(logits, -1)
        return outputs.gather(-1, tokens[..., None])[..., 0]

    @torch.no_grad()
    def exact(self) -> Tensor:
        """Log-probability (S, N) of every completion of the world, in its order; float64."""
        chunk = max(1, MAX_ROWS // len(self.world.words) ** (self.world.length - 1))
        pieces = [
            Policies(self.world, self.model.part(start, start + chunk))._tree()
            for start in range(0, self.num, chunk)
        ]
        return torch.cat(pieces)

    def _tree(self) -> Tensor:
        """`exact` of all policies at once: one level of prefixes after the other."""
        features, own = tree.advance(self.model, self._starts(), None)
        past = tree.append(None, own)
        levels = [self._outputs(features)]
        for _ in range(2, self.world.length):
            features, own = tree.advance(self.model, self._words(past), past)
            past = tree.append(past, own)
            levels.append(self._outputs(features))
        if self.world.length > 1:
            parts = tree.pieces(past, MAX_ROWS // len(self.world.words))
            levels.append(torch.cat([self._leaves(part) for part in parts], 1))
        total = levels[0]
        for level in levels[1:]:
            total = total.view(self.num, -1, 1) + level
        return total.view(self.num, -1)

    def _leaves(self, past: Prefixes) -> Tensor:
        """Log-probs (S, M, V) of the last word after each of the prefixes."""
        return self._outputs(tree.advance(self.model, self._words(past), past)[0])

    def _outputs(self, features: Tensor) -> Tensor:
        """Log-probs (S, M, V) of the next word; float64, so that a whole tree adds up to 1."""
        return self.model.head(features).double().log_softmax(-1)

    def _starts(self) -> Tensor:
        return torch.full((self.num, 1), len(self.world.words))

    def _words(self, past: Prefixes) -> Tensor:
        """Every word after every row of the past."""
        return torch.arange(len(self.world.words)).repeat(self.num, past[0][0].shape[2])


def _fresh(world: World, seed: int) -> Transformer:
    """Random weights of one policy over words and the start sign; it is nearly uniform."""
    generator, num_words = torch.Generator().manual_seed(seed), len(world.words)
    config = Config(
        num_words + 1, world.length, width=WIDTH, num_heads=NUM_HEADS, hidden=HIDDEN,
        activation="gelu", num_outputs=num_words, is_tied=False, is_plain=True,
    )  # fmt: skip

    def normal(*shape: int, scale: float) -> Tensor:
        return torch.randn(shape, generator=generator) * scale

    qkv = normal(WIDTH, 3 * WIDTH, scale=WIDTH**-0.5)
    # Attention starts nearly even over the past: a head that has settled on one place early is slow
    # to learn later that a word was said before: in our trials it ended ten times farther away.
    qkv[:, : 2 * WIDTH] *= 0.1
    weights = {
        "tokens": normal(num_words + 1, WIDTH, scale=0.3),
        "positions": normal(world.length, WIDTH, scale=0.1),
        "0.qkv": qkv,
        "0.out": normal(WIDTH, WIDTH, scale=(2 * WIDTH) ** -0.5),
        "0.up": normal(WIDTH, HIDDEN, scale=WIDTH**-0.5),
        "0.up_bias": torch.zeros(HIDDEN),
        "0.down": normal(HIDDEN, WIDTH, scale=(2 * HIDDEN) ** -0.5),
        "unembed": normal(WIDTH, num_words, scale=0.1 * WIDTH**-0.5),
    }
    return Transformer(config, weights)


def pretraining(
    world: World, source_logprobs: Tensor, seed: int, num_steps: int = PRETRAIN_STEPS
) -> Iterator[tuple[Policies, float]]:
    """(policy, loss in nats a completion) after each update on samples of the source (N,).

    The same object every time: its weights change in place. The loss cannot fall below the source's
    entropy.
    """
    policy = Policies.fresh(world, seed)
    optimizer = torch.optim.Adam(policy.parameters(), lr=PRETRAIN_RATE, fused=True)
    generator = torch.Generator().manual_seed(seed)
    cumulated = source_logprobs.double().exp().cumsum(0)
    completions = world.completions()
    for step in range(num_steps):
        uniform = torch.rand(PRETRAIN_BATCH, generator=generator, dtype=torch.float64)
        drawn = torch.searchsorted(cumulated, uniform * cumulated[-1])
        loss = -policy.logprobs(completions[drawn][None]).mean()
        optimizer.param_groups[0]["lr"] = PRETRAIN_RATE * schedule(step, num_steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield policy, loss.item()


def schedule(step: int, num_steps: int) -> float:
    """Factor of the learning rate: ten steps of warm-up, then a line down to nothing."""
    return min(1.0, (step + 1) / 10) * (1 - step / num_steps)


@lru_cache(maxsize=8)
def _pretrained(world: World, source: bytes, seed: int, num_steps: int) -> Policies:
    logprobs = torch.frombuffer(bytearray(source), dtype=torch.float64)
    policy = Policies.fresh(world, seed)
    for trained, _ in pretraining(world, logprobs, seed, num_steps):
        policy = trained
    return policy


def _draw(logprobs: Tensor, uniform: Tensor) -> Tensor:
    """Tokens (S, B) from log-probs (S, B, V): the first whose cumulated probability passes u."""
    cumulated = logprobs.exp().cumsum(-1)
    passed = uniform[..., None] * cumulated[..., -1:] >= cumulated
    return passed.sum(-1).clamp_(max=logprobs.shape[-1] - 1)  # rounding at the very end
