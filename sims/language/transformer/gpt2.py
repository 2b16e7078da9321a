"""Weights as the `transformers` library names them in a GPT-2, and as our checkpoints hold them.

So a tiny model of ours is a GPT-2 of the library's, and the reverse. The output layer stands there
as a table (V, width), here as the matrix (width, V) that it is.
"""

from collections.abc import Mapping

from torch import Tensor

from sims.language.transformer.config import Config
from sims.language.transformer.network import shapes

GPT2 = ("learned", "layer")  # positions and norm
TOP = {"tokens": "transformer.wte.weight", "positions": "transformer.wpe.weight",
       "scale": "transformer.ln_f.weight", "shift": "transformer.ln_f.bias",
       "unembed": "lm_head.weight"}  # fmt: skip
LAYER = {"scale_1": "ln_1.weight", "shift_1": "ln_1.bias",
         "qkv": "attn.c_attn.weight", "qkv_bias": "attn.c_attn.bias",
         "out": "attn.c_proj.weight", "out_bias": "attn.c_proj.bias",
         "scale_2": "ln_2.weight", "shift_2": "ln_2.bias",
         "up": "mlp.c_fc.weight", "up_bias": "mlp.c_fc.bias",
         "down": "mlp.c_proj.weight", "down_bias": "mlp.c_proj.bias"}  # fmt: skip


def to_library(config: Config, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights (or their gradients) by the library's names; ValueError if it has none for them."""
    if config.is_plain or config.num_outputs or (config.positions, config.norm) != GPT2:
        raise ValueError("a model without GPT-2's layers cannot be written as a GPT-2.")
    return {
        _library_name(name): weight.t() if name == "unembed" else weight
        for name, weight in weights.items()
    }


def from_library(config: Config, found: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights by our names, of those by the library's; what else is there is left out."""
    made = {name: found[_library_name(name)] for name in shapes(config)}
    return {name: weight.t() if name == "unembed" else weight for name, weight in made.items()}


def _library_name(name: str) -> str:
    layer, dot, kind = name.partition(".")
    return f"transformer.h.{layer}.{LAYER[kind]}" if dot else TOP[name]
