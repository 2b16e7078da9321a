"""Copies of a model's largest matrices, in the order in which oneDNN reads them.

A step of sampling multiplies a few rows with every matrix of a model. For so few rows, oneDNN,
which comes with torch, takes 0.45 to 0.8 of the time of torch's usual product in float32, but only
on a matrix whose blocks lie in its own order. The copies take memory, so there is a limit, and the
matrices that gain most come first: those with many outputs.

The copies are used while sampling, and nowhere else: gradients take the weights themselves. A
weight that has changed since (training in place) is used itself as well.
"""

import contextlib
import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MOST_BYTES = 230 * 2**20  # so that a worker with 135 million weights stays below 1.2 GB
MIN_WEIGHTS = 2**19  # of a matrix that is worth a copy
MIN_ROWS = 4  # to make copies at all: a single row is bound by the memory, whatever the order
_ALL: "weakref.WeakKeyDictionary[nn.Module, Packed]" = weakref.WeakKeyDictionary()


class Packed:
    """The copies of one network, made once."""

    def __init__(self, network: nn.Module) -> None:
        self.products: list[tuple[nn.Linear, _Product]] = []
        left = MOST_BYTES
        for linear in sorted(_linears(network), key=_gain, reverse=True):
            left -= linear.weight.nbytes
            if left >= 0:
                self.products.append((linear, _Product(linear)))

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Let the network's layers multiply with the copies."""
        for linear, product in self.products:
            vars(linear)["forward"] = product  # of this layer alone: the class keeps its own
        try:
            yield
        finally:
            for linear, _ in self.products:
                del vars(linear)["forward"]


class _Product:
    """x weight^T + bias, of rows (…, in)."""

    def __init__(self, linear: nn.Linear) -> None:
        self.weight, self.bias = linear.weight, linear.bias
        self.version = linear.weight._version  # counts changes in place
        self.copy = _operators()._reorder_linear_weight(linear.weight.detach(), 16)

    def __call__(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled() or self.weight._version != self.version:
            return F.linear(x, self.weight, self.bias)
        return _operators()._linear_pointwise(x, self.copy, self.bias, "none", [], "")


def packed(network: nn.Module, rows: int) -> Packed | None:
    """The copies for a network that is about to read `rows` rows at a time; None for none."""
    if network not in _ALL and (rows < MIN_ROWS or not _can_pack(network)):
        return None
    if network not in _ALL:
        _ALL[network] = Packed(network)
    return _ALL[network]


def _can_pack(network: nn.Module) -> bool:
    weight = next(network.parameters())
    is_plain = weight.dtype == torch.float32 and weight.device.type == "cpu"
    return is_plain and hasattr(_operators(), "_reorder_linear_weight")


def _linears(network: nn.Module) -> list[nn.Linear]:
    return [
        module
        for module in network.modules()
        if type(module) is nn.Linear and module.weight.numel() >= MIN_WEIGHTS
    ]


def _gain(linear: nn.Linear) -> tuple[int, float]:
    return linear.weight.numel(), linear.out_features / linear.in_features


def _operators() -> Any:
    return torch.ops.mkldnn  # those that torch's own compiler writes
