"""GPT-2 and Llama in plain torch: the same weights as `transformers`, the same logits, less time.

A `Transformer` is a `Config` and a dict of weights under the names that `transformers` gives them,
so a checkpoint of either is one of the other (see `checkpoint`). Tokens are (B, T) int64.

`read` also returns keys and values of what it has read, and can be given those of what came before.
So a prompt is read once for all of its answers, in sampling and, with gradients, in training.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from sims.language.transformer.config import ACTIVATIONS, ARCHITECTURES, Config, gelu_new
from sims.language.transformer.llama import Llama
from sims.language.transformer.networks import Gpt2, shapes
from sims.spec import SpecError

__all__ = [
    "ACTIVATIONS", "ARCHITECTURES", "Config", "Past", "Transformer", "gelu_new", "shapes",
    "token_logprobs",
]  # fmt: skip

INIT_STD = 0.02
MAX_JOINT = 64  # tokens of a prompt and all its completions that are read as one row, not as many

Past = list[tuple[Tensor, Tensor]]  # keys and values of each layer, (B, heads, t, head width)
Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]  # (layer, q, k, v) -> (B, heads, T, …)


class Transformer:
    """A decoder. Its `weights` may be trained in place; names and shapes are the library's."""

    def __init__(self, config: Config, weights: dict[str, Tensor]) -> None:
        self.config = config
        self.weights = weights
        self.network = (Gpt2 if config.architecture == "gpt2" else Llama)(config, weights)

    @staticmethod
    def fresh(config: Config, seed: int) -> "Transformer":
        """Random weights: normal with deviation 0.02, as in the papers; norms 1, biases 0."""
        generator = torch.Generator().manual_seed(seed)
        weights = {}
        for name, shape in shapes(config).items():
            if len(shape) == 1:
                weights[name] = torch.zeros(shape) if name.endswith("bias") else torch.ones(shape)
            else:
                weights[name] = INIT_STD * torch.randn(shape, generator=generator)
        return Transformer(config, weights).trainable()

    def trainable(self) -> "Transformer":
        for weight in self.weights.values():
            weight.requires_grad_()
        return self

    def copy(self) -> "Transformer":
        """The same weights in tensors of its own."""
        copies = {name: weight.detach().clone() for name, weight in self.weights.items()}
        return Transformer(self.config, copies).trainable()

    def parameters(self) -> list[Tensor]:
        return list(self.weights.values())

    def num_weights(self) -> int:
        return sum(weight.numel() for weight in self.weights.values())

    def logits(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Scores (B, T, V) of what follows each token. `mask`: see `read`."""
        return self.head(self.read(tokens, mask)[0])

    def read(
        self,
        tokens: Tensor,
        mask: Tensor | None = None,
        past: Past | None = None,
        last: int | None = None,
    ) -> tuple[Tensor, Past]:
        """Features (B, T, width), and keys and values of all positions so far.

        `mask` (B, T) is False on padding, which belongs on the left (positions count from the first
        real token) and cannot be combined with a past. `last`: see `run`. ValueError beyond the
        model's positions.
        """
        length = tokens.shape[1]
        before = past[0][0].shape[2] if past else 0
        if before + length > self.config.max_length:
            raise SpecError(
                f"{before + length} tokens are more than the model's {self.config.max_length}."
            )
        positions = torch.arange(before, before + length)
        allowed = causal(length, before)
        if mask is not None:
            positions = (mask.long().cumsum(1) - 1).clamp(min=0)
            allowed = allowed & mask[:, None, None, :] | torch.eye(length).bool()
        blocked, seen = blocking(allowed), list[tuple[Tensor, Tensor]]()

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            if past:
                k, v = torch.cat([past[layer][0], k], 2), torch.cat([past[layer][1], v], 2)
            seen.append((k, v))
            return attention(q, self.shared(k), self.shared(v), blocked)

        return self.run(tokens, positions, attend, last), seen

    def run(
        self, tokens: Tensor, positions: Tensor, attend: Attend, last: int | None = None
    ) -> Tensor:
        """Features (B, T, width) of tokens at `positions` (T,) or (B, T); `attend` mixes them.

        With `last`, those of so many positions at the end: in the top layer, the others are needed
        for their keys and values only, and what comes after these is left out.
        """
        network, (batch, length) = self.network, tokens.shape
        turns = network.turns(positions)
        hidden = network.embed(tokens, positions).reshape(batch * length, -1)
        for layer in range(self.config.num_layers):
            q, k, v = network.qkv(layer, hidden, (batch, length), turns)
            if last is not None and layer == self.config.num_layers - 1:
                hidden = hidden.view(batch, length, -1)[:, length - last :].flatten(0, 1)
                q, length = q[:, :, length - last :], last
            mixed = attend(layer, q, k, v).transpose(1, 2).reshape(hidden.shape)
            hidden = network.finish(layer, hidden, mixed)
        return network.norm(hidden).view(batch, length, -1)

    def head(self, features: Tensor) -> Tensor:
        """Logits (…, V) of features (…, width)."""
        return features @ self.network.output.t()

    def shared(self, heads: Tensor) -> Tensor:
        """Keys or values for every query head: Llama lets several share one."""
        times = self.config.num_heads // self.config.kv_heads
        return heads if times == 1 else heads.repeat_interleave(times, 1)

    def completion_logprobs(self, prompts: Tensor, completions: Tensor) -> Tensor:
        """Log-probs (P * G, T) of completions (P * G, T), G in a row after each prompt (P, L).

        With grad. Each prompt is read once; its keys and values serve all G completions.
        """
        start, rest = self.completion_features(prompts, completions[:, :-1])
        start = start.repeat_interleave(len(completions) // len(prompts), 0)
        return token_logprobs(self.head(torch.cat([start[:, None], rest], 1)), completions)

    def completion_features(self, prompts: Tensor, completions: Tensor) -> tuple[Tensor, Tensor]:
        """Features (P, width) at each prompt's end and (P * G, T, width) in its completions."""
        times, length = len(completions) // len(prompts), prompts.shape[1]
        row = length + times * completions.shape[1]
        if row <= MAX_JOINT and completions.shape[1]:
            joint = torch.cat([prompts, completions.reshape(len(prompts), -1)], 1)
            features = self._read_joint(joint, length, completions.shape[1])
            return features[:, 0], features[:, 1:].reshape(*completions.shape, -1)
        features, past = self.read(prompts, last=1)
        if not completions.shape[1]:
            return features[:, -1], features.new_empty(*completions.shape, features.shape[-1])
        repeated = [(k.repeat_interleave(times, 0), v.repeat_interleave(times, 0)) for k, v in past]
        return features[:, -1], self.read(completions, past=repeated)[0]

    def _read_joint(self, tokens: Tensor, length: int, each: int) -> Tensor:
        """Features of rows, a prompt of `length` tokens and completions of `each`, from its end on.

        A completion sees the prompt and itself, and its positions go on from the prompt's.
        """
        place = torch.arange(tokens.shape[1])
        answer = (place - length).div(each, rounding_mode="floor").clamp(min=-1)
        positions = torch.where(answer < 0, place, length + (place - length) % each)
        is_kin = (answer < 0) | (answer == answer[:, None])
        blocked = blocking(causal(len(place), 0) & is_kin)
        if int(positions.max()) >= self.config.max_length:
            raise SpecError(
                f"{length + each} tokens are more than the model's {self.config.max_length}."
            )

        def attend(_layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            return attention(q, self.shared(k), self.shared(v), blocked)

        return self.run(tokens, positions, attend, last=tokens.shape[1] - length + 1)


def attention(q: Tensor, k: Tensor, v: Tensor, blocked: Tensor) -> Tensor:
    """softmax(q k / sqrt(width) + blocked) v in each head (B, heads, T, width).

    `blocked` (…, T or more, N): of more rows, the last T count. Spelt out: for heads of a few dozen
    places the fused kernel takes twice the time, and its backward pass three times.
    """
    shape, width = q.shape, q.shape[-1]
    blocked = blocked[..., blocked.shape[-2] - shape[2] :, :]
    if blocked.dim() > 2:
        blocked = blocked.expand(*shape[:3], -1).flatten(0, 1)
    q, k, v = q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)
    scores = torch.baddbmm(blocked, q, k.transpose(1, 2), alpha=width**-0.5)
    return torch.bmm(scores.softmax(-1), v).view(shape)


def causal(length: int, before: int) -> Tensor:
    """Who may look at whom, (length, before + length): everything up to and including itself."""
    return torch.ones(length, before + length, dtype=torch.bool).tril(before)


def blocking(allowed: Tensor) -> Tensor:
    """What is added to a score of attention: 0 where `allowed`, else minus infinity."""
    return torch.zeros(allowed.shape).masked_fill_(~allowed, -torch.inf)


def token_logprobs(logits: Tensor, tokens: Tensor) -> Tensor:
    """Log-probs (…, T) of `tokens` (…, T) under logits (…, T, V) that stand where they are due."""
    chosen = logits.gather(-1, tokens[..., None])[..., 0]
    return chosen - logits.logsumexp(-1)
