"""The layers: what becomes of hidden states (…, R, width), R rows of any number of texts.

The norm comes before what it is for (Radford et al., 2019). With an axis of models in front, a
layer is one `bmm` for all of them; a product of matrices alone is the same bit by bit.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language.transformer.config import ACTIVATIONS, Config

INIT_STD = 0.02  # GPT-2's
Pair = tuple[Tensor, Tensor | None]  # a matrix (…, in, out) with its bias (…, out)
Scaling = tuple[Tensor | None, Tensor | None]  # scale and shift (…, width) behind a norm


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of one model, in the order of their use."""
    width, wide = config.width, config.mlp_width
    left_out: tuple[str, ...] = ("shift",) if config.norm == "rms" else ()
    if config.is_plain:
        left_out = ("scale", "shift", "qkv_bias", "out_bias", "down_bias")
    each: dict[str, tuple[int, ...]] = {
        "scale_1": (width,), "shift_1": (width,), "qkv": (width, 3 * width),
        "qkv_bias": (3 * width,), "out": (width, width), "out_bias": (width,),
        "scale_2": (width,), "shift_2": (width,), "up": (width, wide), "up_bias": (wide,),
        "down": (wide, width), "down_bias": (width,),
    }  # fmt: skip
    made: dict[str, tuple[int, ...]] = {"tokens": (config.vocab_size, width)}
    if config.positions == "learned":
        made["positions"] = (config.max_length, width)
    else:
        made["distances"] = (config.num_heads, config.max_length)
    for i in range(config.num_layers):
        made |= {f"{i}.{name}": shape for name, shape in each.items()}
    made |= {"scale": (width,), "shift": (width,)}
    if not config.is_tied:
        made["unembed"] = (width, config.num_outputs or config.vocab_size)
    return {n: shape for n, shape in made.items() if not n.split(".")[-1].startswith(left_out)}


def fresh_weights(config: Config, seed: int, std: Mapping[str, float]) -> dict[str, Tensor]:
    """Random weights of one model; see `Transformer.fresh`."""
    generator, weights = torch.Generator().manual_seed(seed), dict[str, Tensor]()
    for name, shape in shapes(config).items():
        kind = name.split(".")[-1]
        if len(shape) == 1:
            weights[name] = torch.ones(shape) if "scale" in kind else torch.zeros(shape)
        elif kind == "unembed":  # drawn and stored as the table (V, width) that it is in GPT-2
            weights[name] = INIT_STD * torch.randn(shape[::-1], generator=generator).t()
        else:
            weights[name] = INIT_STD * torch.randn(shape, generator=generator)
        if kind in std:
            weights[name].mul_(std[kind] / INIT_STD)
    return weights


class Layer(NamedTuple):
    """Weights in the order of their use."""

    norm_1: Scaling
    qkv: Pair
    out: Pair
    norm_2: Scaling
    up: Pair
    down: Pair


class Network:
    """The layers of one model, or of each of a stack."""

    def __init__(self, config: Config, weights: dict[str, Tensor]) -> None:
        self.config, self.weights = config, weights
        self.layers = [self._layer(f"{i}.") for i in range(config.num_layers)]
        self.end = weights.get("scale"), weights.get("shift")
        self.act = ACTIVATIONS[config.activation]

    def _layer(self, prefix: str) -> Layer:
        found = self.weights.get
        qkv, out, up, down = (
            (self.weights[prefix + name], found(f"{prefix}{name}_bias"))
            for name in ("qkv", "out", "up", "down")
        )
        norm_1, norm_2 = ((found(f"{prefix}scale_{i}"), found(f"{prefix}shift_{i}")) for i in "12")
        return Layer(norm_1, qkv, out, norm_2, up, down)

    def embed(self, tokens: Tensor, positions: Tensor) -> Tensor:
        """(…, B, T, width) of tokens (…, B, T) at positions (T,) or (B, T)."""
        hidden = lookup(self.weights["tokens"], tokens)
        if "positions" not in self.weights:
            return hidden
        return hidden + lookup(self.weights["positions"], positions)

    def mix(self, layer: int, hidden: Tensor) -> Tensor:
        """Queries, keys and values (…, R, 3 x width), each of all heads."""
        weights = self.layers[layer]
        return linear(self.norm(hidden, weights.norm_1), weights.qkv)

    def finish(self, layer: int, hidden: Tensor, attended: Tensor) -> Tensor:
        """What attention found is added, and then what the perceptron makes of it."""
        weights = self.layers[layer]
        hidden = hidden + linear(attended, weights.out)
        wide = self.act(linear(self.norm(hidden, weights.norm_2), weights.up))
        return hidden + linear(wide, weights.down)

    def last_norm(self, hidden: Tensor) -> Tensor:
        return self.norm(hidden, self.end)

    def norm(self, hidden: Tensor, scaling: Scaling) -> Tensor:
        shape, eps, (scale, shift) = (self.config.width,), self.config.norm_eps, scaling
        if scale is not None and scale.dim() == 2:  # the library's norms know no axis of models
            scaled = self.norm(hidden, (None, None)) * _of_rows(scale)
            return scaled if shift is None else scaled + _of_rows(shift)
        if self.config.norm == "rms":
            return F.rms_norm(hidden, shape, scale, eps)
        return F.layer_norm(hidden, shape, scale, shift, eps)

    def head(self, features: Tensor) -> Tensor:
        """Logits (…, V) of features (…, width)."""
        output = self.output
        if output.dim() == 2:
            return features @ output
        made = torch.bmm(features.flatten(1, -2), output)
        return made.view(*features.shape[:-1], -1)

    @property
    def output(self) -> Tensor:
        """The last layer (…, width, V)."""
        return self.weights["tokens"].mT if self.config.is_tied else self.weights["unembed"]


def linear(x: Tensor, pair: Pair) -> Tensor:
    """x weight + bias (…, R, out) of x (…, R, in), with an axis of models or without."""
    weight, bias = pair
    if weight.dim() == 2:
        return x @ weight if bias is None else torch.addmm(bias, x, weight)
    return torch.bmm(x, weight) if bias is None else torch.baddbmm(_of_rows(bias), x, weight)


def lookup(table: Tensor, index: Tensor) -> Tensor:
    """Rows of a table (V, width), or of each model's (M, V, width) by an index (…) or (M, B, T)."""
    if table.dim() == 2:
        return F.embedding(index, table)
    models = torch.arange(len(table))[:, None, None] * table.shape[1]
    return F.embedding(index + models, table.flatten(0, 1))


def _of_rows(values: Tensor) -> Tensor:
    """(M, N) to (M, 1, N): the same for every row."""
    return values[:, None]
