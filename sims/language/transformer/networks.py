"""GPT-2's own parts, and shapes: `transformer` puts a network together of these.

GPT-2: Radford et al. (2019). Names of weights are those of the `transformers` library. Inside,
hidden states are (B * T, width).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language.transformer.config import ACTIVATIONS, Config
from sims.language.transformer.llama import llama_shapes


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


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight, as `transformers` has them."""
    made = gpt2_shapes(config) if config.architecture == "gpt2" else llama_shapes(config)
    if not config.is_tied:
        made["lm_head.weight"] = (config.vocab_size, config.width)
    return made


def gpt2_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight but an output layer's of its own."""
    width, wide, vocab = config.width, config.mlp_width, config.vocab_size
    made: dict[str, tuple[int, ...]] = {
        "transformer.wte.weight": (vocab, width),
        "transformer.wpe.weight": (config.max_length, width),
    }
    linear = {"attn.c_attn": (width, 3 * width), "attn.c_proj": (width, width),
              "mlp.c_fc": (width, wide), "mlp.c_proj": (wide, width)}  # fmt: skip
    for i in range(config.num_layers):
        for name in ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"):
            shape = linear.get(name, (width,))
            made[f"transformer.h.{i}.{name}.weight"] = shape
            made[f"transformer.h.{i}.{name}.bias"] = shape[-1:]
    made |= {"transformer.ln_f.weight": (width,), "transformer.ln_f.bias": (width,)}
    return made
