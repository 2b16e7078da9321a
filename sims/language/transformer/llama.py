"""Llama's own parts, for checkpoints that people bring: none of ours is one.

Touvron et al. (2023), with grouped keys and values. Names of weights are those of the
`transformers` library. Inside, hidden states are (B * T, width).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language.transformer.config import ACTIVATIONS, Config


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
        """Cosine and sine (…, T, 1, head width) by which queries and keys are turned."""
        angles = positions[..., None, None] * self.frequencies
        angles = torch.cat([angles, angles], -1)
        return angles.cos(), angles.sin()

    def embed(self, tokens: Tensor, positions: Tensor) -> Tensor:
        self.shape, self.turned = tokens.shape, self.turns(positions)  # for the layers that follow
        return F.embedding(tokens, self.weights["model.embed_tokens.weight"])

    def mix(self, layer: int, hidden: Tensor) -> Tensor:
        """Queries, keys and values (R, 3 x width); keys and values once for each query head."""
        scale, *projections = self.layers[layer][:4]
        normed, each = self._rms_norm(hidden, scale), self.config.head_width
        q, k, v = (F.linear(normed, weight).view(*self.shape, -1, each) for weight in projections)
        cos, sin = self.turned
        times = self.config.num_heads // self.config.kv_heads
        k, v = (part.repeat_interleave(times, 2) for part in (_turn(k, cos, sin), v))
        return torch.cat([part.flatten(2) for part in (_turn(q, cos, sin), k, v)], -1).flatten(0, 1)

    def finish(self, layer: int, hidden: Tensor, attended: Tensor) -> Tensor:
        out, scale, gate, up, down = self.layers[layer][4:]
        hidden = hidden + F.linear(attended, out)
        normed = self._rms_norm(hidden, scale)
        wide = self.act(F.linear(normed, gate)) * F.linear(normed, up)
        return hidden + F.linear(wide, down)

    def last_norm(self, hidden: Tensor) -> Tensor:
        return self._rms_norm(hidden, self.weights["model.norm.weight"])

    def head(self, features: Tensor) -> Tensor:
        return features @ self.output.mT

    def _rms_norm(self, hidden: Tensor, scale: Tensor) -> Tensor:
        return F.rms_norm(hidden, (self.config.width,), scale, self.config.norm_eps)


def _turn(heads: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions: the first half of a head with the second, pair by pair."""
    first, second = heads.chunk(2, -1)
    return heads * cos + torch.cat([-second, first], -1) * sin


def llama_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight."""
    width, wide, vocab = config.width, config.mlp_width, config.vocab_size
    made: dict[str, tuple[int, ...]] = {}
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
