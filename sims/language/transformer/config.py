"""The shape of a transformer, and what its perceptrons may bend with."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

ARCHITECTURES = ("gpt2", "llama")
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
    "silu": F.silu,
}


@dataclass(frozen=True)
class Config:
    """The shape of a model, GPT-2's if nothing else is said. ValueError on what does not fit."""

    vocab_size: int  # tokens that may go in
    max_length: int  # positions
    width: int = 32
    num_layers: int = 1
    num_heads: int = 2
    num_kv_heads: int = 0  # Llama: heads of keys and values; 0 means num_heads
    hidden: int = 0  # of the perceptron; 0 means 4 x width
    architecture: str = "gpt2"
    activation: str = "gelu_new"  # Llama: "silu"
    num_outputs: int = 0  # tokens that may come out, the first of the vocabulary; 0 means all
    is_tied: bool = True  # the output layer is the token table
    is_plain: bool = False  # no scale or shift in norms, and a bias before the activation alone
    positions: str = "learned"  # a vector for each; or a bias of attention for each "distance"
    norm: str = "layer"  # or "rms"
    norm_eps: float = 1e-5
    rope_theta: float = 10_000.0  # Llama: wavelength of the slowest rotation, over 2 pi
    bos: int | None = None
    eos: int | None = None
    pad: int | None = None
    other_ends: tuple[int, ...] = ()  # a model may end in more ways than by EOS

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            known = " and ".join(ARCHITECTURES)
            raise ValueError(f"architecture is '{self.architecture}', but here are {known}.")
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"activation is '{self.activation}', but must be one of {known}.")
        if self.positions not in POSITIONS or self.norm not in NORMS:
            known = " or ".join(POSITIONS), " or ".join(NORMS)
            raise ValueError(f"positions must be {known[0]}, and norm {known[1]}.")
        if self.is_tied and self.num_outputs:
            raise ValueError("with is_tied, num_outputs must be 0: the outputs are all tokens.")
        if self.width % self.num_heads or self.num_heads % self.kv_heads:
            raise ValueError(
                f"width {self.width}, {self.num_heads} heads and {self.kv_heads} heads of keys do "
                "not fit: each must divide the one before it."
            )

    @property
    def ends(self) -> tuple[int, ...]:
        """Every token that ends an answer."""
        return self.other_ends if self.eos is None else (self.eos, *self.other_ends)

    @property
    def kv_heads(self) -> int:
        return self.num_kv_heads or self.num_heads

    @property
    def mlp_width(self) -> int:
        return self.hidden or 4 * self.width

    @property
    def head_width(self) -> int:
        return self.width // self.num_heads
