"""What GPT-2 and Llama do differently: shapes, and the parts that `transformer` puts together.

GPT-2: Radford et al. (2019). Llama: Touvron et al. (2023), with grouped keys and values. Names of
weights are those of the `transformers` library. Inside, hidden states are (B * T, width).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

ARCHITECTURES = ("gpt2", "llama")


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
    "relu": F.relu,
    "silu": F.silu,
}


@dataclass(frozen=True)
class Config:
    """The shape of a model. ValueError where the numbers do not fit together."""

    vocab_size: int
    max_length: int  # positions
    width: int = 32
    num_layers: int = 1
    num_heads: int = 2
    num_kv_heads: int = 0  # Llama: heads of keys and values; 0 means num_heads
    hidden: int = 0  # of the perceptron; 0 means 4 x width
    architecture: str = "gpt2"
    activation: str = "gelu_new"  # Llama: "silu"
    is_tied: bool = True  # the output layer is the token table
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


class Gpt2:
    """GPT-2's own parts: learned positions, layer norm, one matrix for q, k and v."""

    def __init__(self, config: Config, weights: dict[str, Tensor]) -> None:
        self.config, self.weights = config, weights
        self.layers = [self._layer(i) for i in range(config.num_layers)]
        self.output = weights["transformer.wte.weight" if config.is_tied else "lm_head.weight"]
        self.act = ACTIVATIONS[config.activation]

    def _layer(self, i: int) -> list[Tensor]:
        names = ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj")
        kinds = ("weight", "bias")
        return [self.weights[f"transformer.h.{i}.{n}.{kind}"] for n in names for kind in kinds]

    def turns(self, _positions: Tensor) -> tuple[Tensor, ...]:
        """None: positions are in the embedding."""
        return ()

    def embed(self, tokens: Tensor, positions: Tensor) -> Tensor:
        table, places = (self.weights[f"transformer.{name}.weight"] for name in ("wte", "wpe"))
        return F.embedding(tokens, table) + F.embedding(positions, places)

    def qkv(
        self, layer: int, hidden: Tensor, shape: tuple[int, int], _turns: tuple[Tensor, ...]
    ) -> tuple[Tensor, ...]:
        scale, shift, weight, bias = self.layers[layer][:4]
        mixed = torch.addmm(bias, self._layer_norm(hidden, scale, shift), weight)
        split = mixed.view(*shape, 3, self.config.num_heads, self.config.head_width)
        # one copy of all three: attention would make three, and its backward pass three more
        return split.permute(2, 0, 3, 1, 4).contiguous().unbind(0)

    def finish(self, layer: int, hidden: Tensor, attended: Tensor) -> Tensor:
        out, out_bias, scale, shift, up, up_bias, down, down_bias = self.layers[layer][4:]
        hidden = hidden + torch.addmm(out_bias, attended, out)
        wide = self.act(torch.addmm(up_bias, self._layer_norm(hidden, scale, shift), up))
        return hidden + torch.addmm(down_bias, wide, down)

    def norm(self, hidden: Tensor) -> Tensor:
        weights = self.weights
        return self._layer_norm(
            hidden, weights["transformer.ln_f.weight"], weights["transformer.ln_f.bias"]
        )

    def _layer_norm(self, hidden: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        return F.layer_norm(hidden, (self.config.width,), scale, shift, self.config.norm_eps)


class Llama:
    """Llama's own parts: rotary positions, root-mean-square norm, gated perceptron, no biases."""

    def __init__(self, config: Config, weights: dict[str, Tensor]) -> None:
        self.config, self.weights = config, weights
        self.layers = [self._layer(i) for i in range(config.num_layers)]
        name = "model.embed_tokens.weight" if config.is_tied else "lm_head.weight"
        self.output = weights[name]
        self.act = ACTIVATIONS[config.activation]
        half = torch.arange(0, config.head_width, 2) / config.head_width
        self.frequencies = config.rope_theta**-half

    def _layer(self, i: int) -> list[Tensor]:
        names = (
            "input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
            "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj",
            "mlp.down_proj",
        )  # fmt: skip
        return [self.weights[f"model.layers.{i}.{name}.weight"] for name in names]

    def turns(self, positions: Tensor) -> tuple[Tensor, ...]:
        """Cosine and sine (…, T, head width) by which queries and keys are turned."""
        angles = positions[..., None] * self.frequencies
        angles = torch.cat([angles, angles], -1)
        if positions.dim() == 2:
            angles = angles[:, None]  # rows differ, heads do not
        return angles.cos(), angles.sin()

    def embed(self, tokens: Tensor, _positions: Tensor) -> Tensor:
        return F.embedding(tokens, self.weights["model.embed_tokens.weight"])

    def qkv(
        self, layer: int, hidden: Tensor, shape: tuple[int, int], turns: tuple[Tensor, ...]
    ) -> tuple[Tensor, ...]:
        scale, *projections = self.layers[layer][:4]
        normed = self._rms_norm(hidden, scale)
        q, k, v = (
            F.linear(normed, weight).view(*shape, -1, self.config.head_width).transpose(1, 2)
            for weight in projections
        )
        cos, sin = turns
        return _turn(q, cos, sin), _turn(k, cos, sin), v

    def finish(self, layer: int, hidden: Tensor, attended: Tensor) -> Tensor:
        out, scale, gate, up, down = self.layers[layer][4:]
        hidden = hidden + F.linear(attended, out)
        normed = self._rms_norm(hidden, scale)
        wide = self.act(F.linear(normed, gate)) * F.linear(normed, up)
        return hidden + F.linear(wide, down)

    def norm(self, hidden: Tensor) -> Tensor:
        return self._rms_norm(hidden, self.weights["model.norm.weight"])

    def _rms_norm(self, hidden: Tensor, scale: Tensor) -> Tensor:
        return F.rms_norm(hidden, (self.config.width,), scale, self.config.norm_eps)


def _turn(heads: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions: the first half of a head with the second, pair by pair."""
    first, second = heads.chunk(2, -1)
    return heads * cos + torch.cat([-second, first], -1) * sin


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight, as `transformers` has them."""
    width, wide, vocab = config.width, config.mlp_width, config.vocab_size
    made: dict[str, tuple[int, ...]] = {}
    if config.architecture == "gpt2":
        made["transformer.wte.weight"] = (vocab, width)
        made["transformer.wpe.weight"] = (config.max_length, width)
        linear = {"attn.c_attn": (width, 3 * width), "attn.c_proj": (width, width),
                  "mlp.c_fc": (width, wide), "mlp.c_proj": (wide, width)}  # fmt: skip
        for i in range(config.num_layers):
            for name in ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"):
                shape = linear.get(name, (width,))
                made[f"transformer.h.{i}.{name}.weight"] = shape
                made[f"transformer.h.{i}.{name}.bias"] = shape[-1:]
        made |= {"transformer.ln_f.weight": (width,), "transformer.ln_f.bias": (width,)}
    else:
        keys = config.kv_heads * config.head_width
        linear = {"self_attn.q_proj": (width, width), "self_attn.k_proj": (keys, width),
                  "self_attn.v_proj": (keys, width), "self_attn.o_proj": (width, width),
                  "mlp.gate_proj": (wide, width), "mlp.up_proj": (wide, width),
                  "mlp.down_proj": (width, wide), "input_layernorm": (width,),
                  "post_attention_layernorm": (width,)}  # fmt: skip
        made["model.embed_tokens.weight"] = (vocab, width)
        for i in range(config.num_layers):
            made |= {f"model.layers.{i}.{name}.weight": shape for name, shape in linear.items()}
        made["model.norm.weight"] = (width,)
    if not config.is_tied:
        made["lm_head.weight"] = (vocab, width)
    return made
