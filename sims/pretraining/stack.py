"""S decoder transformers of one shape, trained side by side: one bmm for all of them.

One layer, one head: root-mean-square norm first, attention to what came before, a perceptron with
GELU, each on top of the residual. Distances are known by a learned bias, which starts out as a
fondness for the recent (Press et al., 2022); a token need not look at itself, as it is in the
residual already. All read the same batches and differ in their random starts alone.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.pretraining.source import Source

LENGTH, BATCH = 8, 64  # tokens of a text, texts of an update
LEARNING_RATE, WARM_UP = 1e-2, 20  # the greatest rate; updates until it is reached
RECENCY = 2.0  # nats that each token of distance costs, at the start
TOKENS_PER_UPDATE = LENGTH * BATCH


class Stack:
    """`num` transformers of width `width`; `weights` are trained in place, every one (S, …)."""

    def __init__(self, width: int, vocabulary: int, num: int, seed: int) -> None:
        self.width, self.vocabulary, self.num = width, vocabulary, num
        generator = torch.Generator().manual_seed(seed)

        def normal(rows: int, columns: int, scale: float) -> Tensor:
            return torch.randn(num, rows, columns, generator=generator) * scale

        def linear(rows: int, columns: int, scale: float = 1.0) -> Tensor:
            return normal(rows, columns, scale * rows**-0.5)

        queries_and_keys = linear(width, 2 * width, 0.1)  # attention starts by distance alone
        self.weights = {
            "tokens": normal(vocabulary, width, 1.0),
            "distances": -RECENCY * torch.arange(LENGTH).float().repeat(num, 1),
            "qkv": torch.cat([queries_and_keys, linear(width, width)], -1),
            "out": linear(width, width),
            "up": linear(width, 4 * width),
            "up_bias": torch.zeros(num, 1, 4 * width),
            "down": linear(4 * width, width),
            "unembed": linear(width, vocabulary, 0.1),
        }
        for weight in self.weights.values():
            weight.requires_grad_()

    def num_parameters(self) -> int:
        """Weights of one model outside its token tables, as Kaplan et al. (2020) count them."""
        tables = {"tokens", "unembed"}
        return sum(w[0].numel() for name, w in self.weights.items() if name not in tables)

    def logits(self, tokens: Tensor) -> Tensor:
        """Scores (S, B, T, V) of what follows each token of texts (B, T), by each model."""
        weights, width, (batch, length) = self.weights, self.width, tokens.shape
        rows = tokens.flatten() + torch.arange(self.num)[:, None] * self.vocabulary
        hidden = F.embedding(rows, weights["tokens"].flatten(0, 1))
        mixed = torch.bmm(_norm(hidden), weights["qkv"]).view(self.num * batch, length, -1)
        q, k, v = mixed.split(width, -1)
        scores = torch.bmm(q, k.transpose(1, 2)).view(self.num, batch, length, length)
        shares = (scores * width**-0.5 + self._bias(length)).softmax(-1)
        attended = torch.bmm(shares.view(self.num * batch, length, length), v)
        hidden = hidden + torch.bmm(attended.view(hidden.shape), weights["out"])
        wide = torch.baddbmm(weights["up_bias"], _norm(hidden), weights["up"])
        hidden = hidden + torch.bmm(F.gelu(wide, approximate="tanh"), weights["down"])
        return torch.bmm(_norm(hidden), weights["unembed"]).view(self.num, batch, length, -1)

    def _bias(self, length: int) -> Tensor:
        """What each distance adds to a score, (S, 1, T, T): only the past may be looked at."""
        place = torch.arange(length)
        gap = place[:, None] - place
        may_look = gap > 0
        may_look[0, 0] = True  # the first has no past, and a softmax over nothing is no number
        bias = self.weights["distances"][:, gap.clamp(min=0)]
        return bias.masked_fill(~may_look, -math.inf)[:, None]

    def loss(self, source: Source, tokens: Tensor) -> Tensor:
        """Loss (S,) in nats a token on texts (B, T), its expected value over what comes next.

        That is the entropy rate and the mean KL divergence of the model from the source: what the
        logarithmic loss of drawn tokens is on average, without the noise of the draw.
        """
        true = source.following(tokens).float()
        with torch.no_grad():
            logprobs = self.logits(tokens[:, :-1])[:, :, 1:].log_softmax(-1)
        entropies = torch.special.entr(true).sum((-1, -2)).mean() / true.shape[1]
        crossed = -(true * logprobs).sum((-1, -2)).mean(-1) / true.shape[1]
        return source.entropy_rate + crossed - entropies

    def train(self, source: Source, num_steps: int, seed: int) -> Iterator[int]:
        """Yield the number of updates so far, 0 included; each batch is new text, read once."""
        generator = torch.Generator().manual_seed(seed)
        optimizer = torch.optim.Adam(self.weights.values(), betas=(0.9, 0.98), fused=True)
        yield 0
        for step in range(num_steps):
            rate = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP) * (1 - step / num_steps)
            optimizer.param_groups[0]["lr"] = rate
            tokens = source.draw(BATCH, LENGTH, generator)
            # the first token says too little of what follows: nothing is asked there
            logits = self.logits(tokens[:, :-1])[:, :, 1:].flatten(0, 2)
            targets = tokens[:, 2:].expand(self.num, -1, -1).flatten()
            loss = self.num * F.cross_entropy(logits, targets)  # each model has its own mean
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield step + 1


def _norm(hidden: Tensor) -> Tensor:
    return F.rms_norm(hidden, hidden.shape[-1:])
