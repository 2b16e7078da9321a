"""A causal language model of the `transformers` library, as the simulations use one.

It stays on its device and in its type; tokens and masks come from the CPU, logits go back there as
float32. So a simulation is the same for every model, and samples with the same random numbers.
"""

import contextlib
import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sims.models.packed import packed
from sims.spec import SpecError

UNLIMITED = 1_000_000  # positions, of a model that states none


@dataclass(frozen=True)
class Shape:
    """What a simulation has to know of the model's tokens."""

    vocab_size: int
    max_length: int
    ends: tuple[int, ...] = ()  # every token that ends an answer
    pad: int | None = None  # never one of the ends

    @property
    def eos(self) -> int | None:
        return self.ends[0] if self.ends else None


class Pretrained:
    """A model and its tokenizer, both of the library."""

    def __init__(self, network: Any, tokenizer: Any, shape: Shape) -> None:
        self.network, self.tokenizer, self.config = network, tokenizer, shape
        self.takes = set(inspect.signature(network.forward).parameters)

    def parameters(self) -> Sequence[Tensor]:
        return [weight for weight in self.network.parameters() if weight.requires_grad]

    def num_weights(self) -> int:
        return sum(weight.numel() for weight in self.network.parameters())

    def copy(self) -> "Pretrained":
        """The same weights in tensors of its own."""
        return Pretrained(copy.deepcopy(self.network), self.tokenizer, self.config)

    def logits(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Scores (B, T, V) of what follows each token. SpecError beyond the model's positions."""
        self.check_length(tokens.shape[1], 0)
        return self.ask(tokens, mask, use_cache=False).logits.float().cpu()

    def completion_logits(self, prompts: Tensor, completions: Tensor) -> Tensor:
        """Scores (P * G, T, V) of each token of completions, G in a row after each prompt.

        Each prompt is read once for all of its completions, and gradients go through that.
        """
        times, length = len(completions) // len(prompts), prompts.shape[1]
        self.check_length(length + completions.shape[1], 0)
        start = self.ask(prompts, None, use_cache=True, logits_to_keep=1)
        cache: Any = getattr(start, self.cache_name, None)
        try:
            cache.batch_repeat_interleave(times)
        except (AttributeError, NotImplementedError):
            return self.logits(_joined(prompts, completions[:, :-1]))[:, length - 1 :]
        logits = [start.logits[:, -1:].repeat_interleave(times, 0)]
        if completions.shape[1] > 1:
            more = {self.cache_name: cache, "use_cache": True}
            logits.append(self.ask(completions[:, :-1], None, **more).logits)
        return torch.cat(logits, 1).float().cpu()

    def read_completions(self, prompts: Tensor, completions: Tensor) -> tuple[Tensor, Tensor]:
        """The same scores, and features (P * G, T, width) of the last layer at each token."""
        rows, length, seen = _joined(prompts, completions), prompts.shape[1], list[Tensor]()
        head = self.network.get_output_embeddings()
        hook = head.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        try:
            logits = self.logits(rows)[:, length - 1 : -1]
        finally:
            hook.remove()
        return logits, seen[-1].float().cpu()[:, length:]

    def begin(
        self, prompts: Tensor, num_samples: int, room: int, mask: Tensor | None = None
    ) -> tuple[Tensor, "CacheReader | Rereader"]:
        """Logits (P * num_samples, V) behind prompts (P, L), and what reads on from there.

        Each prompt is read once; all of its samples start from the same keys and values.
        """
        from sims.models.room import spread  # the library: it is here by now

        self.check_length(prompts.shape[1], room)
        answer = self.ask(prompts, mask, use_cache=True, logits_to_keep=1)
        cache: Any = getattr(answer, self.cache_name, None)
        logits = answer.logits[:, -1].float().cpu().repeat_interleave(num_samples, 0)
        mask = torch.ones_like(prompts).bool() if mask is None else mask
        mask = mask.repeat_interleave(num_samples, 0)
        try:
            spread(cache, num_samples, room)
        except (AttributeError, NotImplementedError):  # of another kind, or none at all
            return logits, Rereader(self, prompts.repeat_interleave(num_samples, 0), mask)
        return logits, CacheReader(self, cache, mask)

    def ask(self, tokens: Tensor, mask: Tensor | None, **more: Any) -> Any:
        """The network's answer to tokens (B, T); `mask` (B, T and what came before)."""
        device = self.network.device
        given: dict[str, Any] = {"input_ids": tokens.to(device), **more}
        if mask is not None:
            given["attention_mask"] = mask.long().to(device)
            positions = (mask.long().cumsum(1) - 1).clamp(min=0)
            given["position_ids"] = positions[:, -tokens.shape[1] :].to(device)
        return self.network(**{name: each for name, each in given.items() if name in self.takes})

    def check_length(self, length: int, room: int) -> None:
        if length + room > self.config.max_length:
            more = f" and {room} new ones" if room else ""
            raise SpecError(
                f"{length} tokens of prompt{more} are more than the model's "
                f"{self.config.max_length}: write less."
            )

    @property
    def cache_name(self) -> str:
        return "cache" if "cache" in self.takes else "past_key_values"


def _joined(prompts: Tensor, completions: Tensor) -> Tensor:
    """Each completion behind its prompt."""
    return torch.cat(
        [prompts.repeat_interleave(len(completions) // len(prompts), 0), completions], 1
    )


class CacheReader:
    """Reads one more token a row at a time, with the library's cache of keys and values."""

    def __init__(self, model: Pretrained, cache: Any, mask: Tensor) -> None:
        self.model, self.cache = model, cache
        self.mask = None if bool(mask.all()) else mask
        self.copies = packed(model.network, len(mask))

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (rows, V) of what follows `tokens` (rows, 1)."""
        if self.mask is not None:
            self.mask = torch.cat([self.mask, torch.ones_like(tokens).bool()], 1)
        more = {self.model.cache_name: self.cache, "use_cache": True}
        with self.copies.in_use() if self.copies else contextlib.nullcontext():
            answer = self.model.ask(tokens, self.mask, **more)
        return answer.logits[:, -1].float().cpu()


class Rereader:
    """The same for a model whose state cannot be repeated: it reads everything anew each time."""

    def __init__(self, model: Pretrained, tokens: Tensor, mask: Tensor) -> None:
        self.model, self.tokens, self.mask = model, tokens, mask

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (rows, V) of what follows `tokens` (rows, 1)."""
        self.tokens = torch.cat([self.tokens, tokens], 1)
        self.mask = torch.cat([self.mask, torch.ones_like(tokens).bool()], 1)
        answer = self.model.ask(self.tokens, self.mask, use_cache=False, logits_to_keep=1)
        return answer.logits[:, -1].float().cpu()
