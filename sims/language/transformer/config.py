"""The shape of a transformer, and what its perceptrons may bend with."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

POSITIONS, NORMS = ("learned", "distance"), ("layer", "rms")
SLOPE, CURVE = math.sqrt(8 / math.pi), 0.044715 * math.sqrt(8 / math.pi)


def gelu_new(x: Tensor) -> Tensor:
    """GELU by tanh, as in GPT-2, in a third of the time of `F.gelu(x, approximate="tanh")`.

    1 + tanh(z) = 2 sigmoid(2 z), and the processor is quicker at sigmoids than at tanh.
    """
    return GeluNew.apply(x) if x.requires_grad else _gelu_share(x).mul_(x)


def _gelu_share(x: Tensor) -> Tensor:
    """sigmoid(y), y = 2 z = x (SLOPE + CURVE x^2)."""
    return torch.addcmul(x.new_full((), SLOPE), x, x, value=CURVE).mul_(x).sigmoid_()


class GeluNew(torch.autograd.Function):
    """The same with its gradient, share + x share (1 - share) dy/dx."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        share = _gelu_share(x)
        made = x * share
        ctx.save_for_backward(x, share, made)
        return made

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        x, share, made = ctx.saved_tensors
        slope = torch.addcmul(x.new_full((), SLOPE), x, x, value=3 * CURVE)
        return slope.mul_(torch.addcmul(made, made, share, value=-1)).add_(share).mul_(grad)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu_new": gelu_new,
    "gelu_pytorch_tanh": functools.partial(F.gelu, approximate="tanh"),
    "relu": F.relu,
}


@dataclass(frozen=True)
class Config:
    """The shape of a model, GPT-2's if nothing else is said. ValueError on what does not fit."""

    vocab_size: int  # tokens that may go in
    max_length: int  # positions
    width: int = 32
    num_layers: int = 1
    num_heads: int = 2
    hidden: int = 0  # of the perceptron; 0 means 4 x width
    activation: str = "gelu_new"
    num_outputs: int = 0  # tokens that may come out, the first of the vocabulary; 0 means all
    is_tied: bool = True  # the output layer is the token table
    is_plain: bool = False  # no scale or shift in norms, and a bias before the activation alone
    positions: str = "learned"  # a vector for each; or a bias of attention for each "distance"
    norm: str = "layer"  # or "rms"
    norm_eps: float = 1e-5
    bos: int | None = None
    eos: int | None = None
    pad: int | None = None

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"activation is '{self.activation}', but must be one of {known}.")
        if self.positions not in POSITIONS or self.norm not in NORMS:
            known = " or ".join(POSITIONS), " or ".join(NORMS)
            raise ValueError(f"positions must be {known[0]}, and norm {known[1]}.")
        if self.is_tied and self.num_outputs:
            raise ValueError("with is_tied, num_outputs must be 0: the outputs are all tokens.")
        if self.width % self.num_heads:
            raise ValueError(f"{self.num_heads} heads must divide the width, {self.width}.")

    @property
    def ends(self) -> tuple[int, ...]:
        """Every token that ends an answer: of ours, EOS alone, if any."""
        return () if self.eos is None else (self.eos,)

    @property
    def mlp_width(self) -> int:
        return self.hidden or 4 * self.width
