"""Prompts of keys and labels, each with a random mapping of its own, some of them held out."""

from dataclasses import dataclass

import torch
from torch import Tensor

from sims.language.transformer import Config, Transformer

NUM_LABELS = 8
WIDTH, NUM_LAYERS, NUM_HEADS = 32, 2, 2  # of the transformer that reads them
HELD_OUT = 10  # one mapping in so many is never trained on


@dataclass(frozen=True)
class World:
    """Random mappings, and prompts made of them. Keys come first in the vocabulary, then labels."""

    num_keys: int
    length: int  # pairs in a prompt, the question included
    trained: Tensor | None  # (M, K): the only mappings to train on, if there are so few

    @staticmethod
    def of(num_keys: int, length: int, num_mappings: int, seed: int) -> "World":
        """`num_mappings` 0 draws a new mapping for every prompt."""
        few = None
        if num_mappings:
            generator = torch.Generator().manual_seed(seed + 3_000_003)
            few = mappings(num_mappings, num_keys, generator, held_out=False)
        return World(num_keys, length, few)

    def batch(self, count: int, generator: torch.Generator, held_out: bool) -> tuple[Tensor, ...]:
        """Prompts (count, 2 * length), keys and labels in turn, and the labels (count, length)."""
        if held_out or self.trained is None:
            chosen = mappings(count, self.num_keys, generator, held_out=held_out)
        else:
            chosen = self.trained[torch.randint(len(self.trained), (count,), generator=generator)]
        keys = torch.randint(self.num_keys, (count, self.length), generator=generator)
        labels = chosen.gather(1, keys)
        return torch.stack([keys, self.num_keys + labels], 2).flatten(1), labels

    def text(self, tokens: Tensor) -> str:
        """Keys as capitals, labels as small letters."""
        names = [*(chr(65 + i) for i in range(self.num_keys)), *"stuvwxyz"]
        return " ".join(names[i] for i in tokens.tolist())


def fresh(world: World, seed: int) -> Transformer:
    """Random weights, larger than GPT-2's: in so small a model those take long to come alive."""
    config = Config(
        world.num_keys + NUM_LABELS, 2 * world.length, width=WIDTH, num_layers=NUM_LAYERS,
        num_heads=NUM_HEADS, hidden=2 * WIDTH, is_tied=False,
    )  # fmt: skip
    linear = dict.fromkeys(("qkv", "out", "up", "down", "unembed"), 0.1)
    return Transformer.fresh(config, seed, {"tokens": 1.0, "positions": 1.0, **linear})


def mappings(count: int, num_keys: int, generator: torch.Generator, *, held_out: bool) -> Tensor:
    """Random mappings (count, K), all held out or none: by a checksum of their labels."""
    chance = 1 / HELD_OUT if held_out else 1 - 1 / HELD_OUT
    found = torch.randint(
        NUM_LABELS, (int(count / chance * 1.5) + 64, num_keys), generator=generator
    )
    checksum = (found * (torch.arange(num_keys) * 7 + 3)).sum(1) * 31 % 101 % HELD_OUT
    rows = ((checksum == 0) == held_out).nonzero()[:, 0]
    while len(rows) < count:  # hardly ever
        rows = torch.cat([rows, rows])
    return found[rows[:count]]
