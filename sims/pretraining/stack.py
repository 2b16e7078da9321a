"""Training of a stack of small transformers on text from a known source, for scaling laws.

One layer, one head, root-mean-square norms, a perceptron with GELU. Distances are known by a
learned bias, which starts out as a fondness for the recent (Press et al., 2022); a token need not
look at itself, as it is in the residual already. All models of a stack read the same batches and
differ in their random starts alone.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language.transformer import Config, Transformer
from sims.pretraining.source import Source

LENGTH, BATCH = 8, 64  # tokens of a text, texts of an update
LEARNING_RATE, WARM_UP = 1e-2, 20  # the greatest rate; updates until it is reached
RECENCY = 2.0  # nats that each token of distance costs, at the start
TOKENS_PER_UPDATE = LENGTH * BATCH
TABLES = ("tokens", "unembed")


def fresh(width: int, vocabulary: int, num: int, seed: int) -> Transformer:
    """`num` models of random weights, each with its own."""
    config = Config(
        vocabulary, LENGTH, width=width, num_heads=1, activation="gelu_pytorch_tanh",
        is_tied=False, is_plain=True, positions="distance", norm="rms",
        norm_eps=torch.finfo(torch.float32).eps,
    )  # fmt: skip
    generator = torch.Generator().manual_seed(seed)

    def normal(rows: int, columns: int, scale: float) -> Tensor:
        return torch.randn(num, rows, columns, generator=generator) * scale

    def linear(rows: int, columns: int, scale: float = 1.0) -> Tensor:
        return normal(rows, columns, scale * rows**-0.5)

    queries_and_keys = linear(width, 2 * width, 0.1)  # attention starts by distance alone
    weights = {
        "tokens": normal(vocabulary, width, 1.0),
        "distances": -RECENCY * torch.arange(LENGTH).float().repeat(num, 1, 1),
        "0.qkv": torch.cat([queries_and_keys, linear(width, width)], -1),
        "0.out": linear(width, width),
        "0.up": linear(width, 4 * width),
        "0.up_bias": torch.zeros(num, 4 * width),
        "0.down": linear(4 * width, width),
        "unembed": linear(width, vocabulary, 0.1),
    }
    return Transformer(config, weights).trainable()


def num_parameters(model: Transformer) -> int:
    """Weights of one model outside its token tables, as Kaplan et al. (2020) count them."""
    return sum(w[0].numel() for name, w in model.weights.items() if name not in TABLES)


def loss(model: Transformer, source: Source, tokens: Tensor) -> Tensor:
    """Loss (S,) in nats a token on texts (B, T), its expected value over what comes next.

    That is the entropy rate and the mean KL divergence of the model from the source: what the
    logarithmic loss of drawn tokens is on average, without the noise of the draw.
    """
    true = source.following(tokens).float()
    with torch.no_grad():
        logprobs = model.logits(tokens[:, :-1])[:, :, 1:].log_softmax(-1)
    entropies = torch.special.entr(true).sum((-1, -2)).mean() / true.shape[1]
    crossed = -(true * logprobs).sum((-1, -2)).mean(-1) / true.shape[1]
    return source.entropy_rate + crossed - entropies


def train(model: Transformer, source: Source, num_steps: int, seed: int) -> Iterator[int]:
    """Train in place; yields the number of updates so far, 0 included. Batches are read once."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), fused=True)
    num = len(model.weights["tokens"])
    yield 0
    for step in range(num_steps):
        rate = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP) * (1 - step / num_steps)
        optimizer.param_groups[0]["lr"] = rate
        tokens = source.draw(BATCH, LENGTH, generator)
        # the first token says too little of what follows: nothing is asked there
        logits = model.logits(tokens[:, :-1])[:, :, 1:].flatten(0, 2)
        targets = tokens[:, 2:].expand(num, -1, -1).flatten()
        summed = num * F.cross_entropy(logits, targets)  # each model has its own mean
        optimizer.zero_grad()
        summed.backward()
        optimizer.step()
        yield step + 1
