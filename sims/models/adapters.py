"""Low-rank adapters (Hu et al., 2022): a large model is trained through a few small matrices.

W x + (alpha / r) B A x        W stays as it is; B starts at 0, so training starts at the model
"""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import torch

from sims.models.pretrained import Pretrained
from sims.models.quiet import quietly

RANK, ALPHA = 8, 16


@contextlib.contextmanager
def adapted(model: Pretrained, num_layers: int) -> Iterator[Pretrained]:
    """The model with adapters in its last `num_layers` layers, and nothing else that learns.

    It is the same network: at the end the adapters are taken out, and it is as it was.
    """
    from peft import LoraConfig, get_peft_model

    was_learning = [weight.requires_grad for weight in model.network.parameters()]
    weights = list(model.network.parameters())
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=_targets(model, num_layers))
    with quietly(), warnings.catch_warnings():  # the two libraries' about each other
        warnings.simplefilter("ignore")
        tuned = get_peft_model(model.network, config)
    try:
        yield Pretrained(model.network, model.tokenizer, model.config)
    finally:
        with quietly():
            tuned.unload()
        for weight, is_learning in zip(weights, was_learning, strict=True):
            weight.requires_grad_(is_learning)


@contextlib.contextmanager
def without_adapters(model: Pretrained) -> Iterator[None]:
    """The model as it was before its adapters learned, for as long as the block lasts."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    layers = [part for part in model.network.modules() if isinstance(part, BaseTunerLayer)]
    for layer in layers:
        layer.enable_adapters(False)
    try:
        yield
    finally:
        for layer in layers:
            layer.enable_adapters(True)


def _targets(model: Pretrained, num_layers: int) -> list[str]:
    """Names of all linear maps in the last layers."""
    from transformers.pytorch_utils import Conv1D  # GPT-2's linear map

    network: Any = model.network
    count = network.config.get_text_config().num_hidden_layers
    stacks = [
        (name, part)
        for name, part in network.named_modules()
        if isinstance(part, torch.nn.ModuleList) and len(part) == count
    ]
    prefix, stack = stacks[0]
    return [
        f"{prefix}.{index}.{name}"
        for index in range(max(0, count - num_layers), count)
        for name, part in stack[index].named_modules()
        if isinstance(part, torch.nn.Linear | Conv1D)
    ]
