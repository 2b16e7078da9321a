"""The transformer itself: reads tokens, with what it has read before, and says what may follow."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from sims.language.transformer.attention import attention, bias_of, heads, merged
from sims.language.transformer.config import Config
from sims.language.transformer.network import Network, fresh_weights
from sims.spec import SpecError

MAX_JOINT = 64  # tokens of a prompt and all its completions that are read as one row, not as many

Past = list[tuple[Tensor, Tensor]]  # keys and values of each layer, (N, heads, t, head width)
Attend = Callable[[int, Tensor], Tensor]  # (layer, (…, R, 3 x width)) -> (…, R, width)


class Transformer:
    """A decoder, or M of them with an axis of models in front. Weights may be trained in place."""

    def __init__(self, config: Config, weights: dict[str, Tensor]) -> None:
        self.config, self.weights = config, weights
        self.network = Network(config, weights)
        first = next(iter(weights.values()))
        self.num_models = len(first) if first.dim() == 3 else None  # None: without the axis

    @staticmethod
    def fresh(config: Config, seed: int, std: Mapping[str, float] | None = None) -> "Transformer":
        """One model of random weights: normal, norms 1, biases 0.

        Deviations are 0.02, as in GPT-2, or what `std` says for a kind of weight ("qkv").
        """
        return Transformer(config, fresh_weights(config, seed, std or {})).trainable()

    def trainable(self) -> "Transformer":
        for weight in self.weights.values():
            weight.requires_grad_()
        return self

    def copy(self) -> "Transformer":
        """The same weights in tensors of its own."""
        return self._with({name: w.detach().clone() for name, w in self.weights.items()})

    def copies(self, num: int) -> "Transformer":
        """A stack of `num` models, each with the weights of this one, which has no axis of models.

        ValueError for a stack.
        """
        if self.num_models is not None:
            raise ValueError(f"copies are made of a single model, and these are {self.num_models}.")
        return self._with(
            {n: w.detach().repeat(num, *[1] * w.dim()) for n, w in self.weights.items()}
        )

    def select(self, index: int) -> "Transformer":
        """A copy of one of a stack, without the axis."""
        return self._with({name: w[index].detach().clone() for name, w in self.weights.items()})

    def part(self, start: int, stop: int) -> "Transformer":
        """Some of a stack, as a stack; the weights are the same tensors."""
        return Transformer(self.config, {name: w[start:stop] for name, w in self.weights.items()})

    def _with(self, weights: dict[str, Tensor]) -> "Transformer":
        return Transformer(self.config, weights).trainable()

    def parameters(self) -> list[Tensor]:
        return list(self.weights.values())

    def num_weights(self) -> int:
        """Of one model."""
        return sum(weight.numel() for weight in self.weights.values()) // (self.num_models or 1)

    def logits(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Scores (…, B, T, V) of what follows each token. Tokens and `mask`: see `read`."""
        return self.head(self.read(tokens, mask)[0])

    def head(self, features: Tensor) -> Tensor:
        """Logits (…, V) of features (…, width)."""
        return self.network.head(features)

    def read(
        self,
        tokens: Tensor,
        mask: Tensor | None = None,
        past: Past | None = None,
        last: int | None = None,
    ) -> tuple[Tensor, Past]:
        """Features (…, B, T, width), and keys and values of all positions so far.

        Tokens are (B, T), which every model of a stack reads, or (M, B, T). `mask` (B, T) is False
        on padding, which belongs on the left (positions count from the first real token) and cannot
        be combined with a past. `last`: see `run`. ValueError beyond the model's positions.
        """
        length = tokens.shape[-1]
        before = past[0][0].shape[2] if past else 0
        self._check(before + length)
        places = torch.arange(before + length)
        positions = places[before:]
        bias = self._bias(positions, places, None if mask is None else mask[:, None, None, :])
        if mask is not None:
            positions = (mask.long().cumsum(1) - 1).clamp(min=0)
        seen = list[tuple[Tensor, Tensor]]()

        def attend(layer: int, mixed: Tensor) -> Tensor:
            q, k, v = heads(mixed, length, self.config.num_heads)
            if past:
                k, v = torch.cat([past[layer][0], k], 2), torch.cat([past[layer][1], v], 2)
            seen.append((k, v))
            return self._attended(layer, q, k, v, bias, last)

        return self.run(tokens, positions, attend, last), seen

    def run(
        self, tokens: Tensor, positions: Tensor, attend: Attend, last: int | None = None
    ) -> Tensor:
        """Features (…, B, T, width) of tokens at `positions` (T,) or (B, T); `attend` mixes rows.

        With `last`, those of so many positions at the end: in the top layer, the others are needed
        for their keys and values only, and what comes after these is left out.
        """
        network, length = self.network, tokens.shape[-1]
        hidden = network.embed(tokens, positions)
        shape = list(hidden.shape)
        hidden = hidden.view(*shape[:-3], -1, shape[-1])
        for layer in range(self.config.num_layers):
            attended = attend(layer, network.mix(layer, hidden))
            if last is not None and layer == self.config.num_layers - 1:
                hidden = hidden.view(shape)[..., length - last :, :].flatten(-3, -2)
                shape[-2] = last
            hidden = network.finish(layer, hidden, attended)
        return network.last_norm(hidden).view(shape)

    def completion_logits(self, prompts: Tensor, completions: Tensor) -> Tensor:
        """Scores (P * G, T, V) of each token of completions (P * G, T): `completion_logprobs`."""
        start, rest = self.completion_features(prompts, completions[:, :-1])
        start = start.repeat_interleave(len(completions) // len(prompts), 0)
        return self.head(torch.cat([start[:, None], rest], 1))

    def read_completions(self, prompts: Tensor, completions: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (P * G, T, V) of each token of the completions, and features (P * G, T, width)."""
        start, rest = self.completion_features(prompts, completions)
        start = start.repeat_interleave(len(completions) // len(prompts), 0)
        return self.head(torch.cat([start[:, None], rest[:, :-1]], 1)), rest

    def completion_logprobs(self, prompts: Tensor, completions: Tensor) -> Tensor:
        """Log-probs (P * G, T) of completions (P * G, T), G in a row after each prompt (P, L).

        With grad, by a single model. Each prompt is read once for all G completions.
        """
        return token_logprobs(self.completion_logits(prompts, completions), completions)

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
        self._check(length + each)
        place = torch.arange(tokens.shape[1])
        answer = (place - length).div(each, rounding_mode="floor").clamp(min=-1)
        positions = torch.where(answer < 0, place, length + (place - length) % each)
        bias = self._bias(positions, positions, (answer < 0) | (answer == answer[:, None]))
        last = tokens.shape[1] - length + 1

        def attend(layer: int, mixed: Tensor) -> Tensor:
            q, k, v = heads(mixed, len(place), self.config.num_heads)
            return self._attended(layer, q, k, v, bias, last)

        return self.run(tokens, positions, attend, last)

    def _attended(
        self, layer: int, q: Tensor, k: Tensor, v: Tensor, bias: Tensor, last: int | None
    ) -> Tensor:
        """Rows (…, R, width); of the top layer, those of the `last` positions alone."""
        if last is not None and layer == self.config.num_layers - 1:
            q = q[:, :, q.shape[2] - last :]
        return merged(attention(q, k, v, bias), self.num_models)

    def _bias(self, places: Tensor, seen: Tensor, allowed: Tensor | None) -> Tensor:
        """See `bias_of`; with the axes that `attention` asks for."""
        distances = self.weights.get("distances")
        if self.num_models is None:
            return bias_of(places, seen, allowed, distances)
        bias = bias_of(places, seen, allowed, None if distances is None else distances[:, None])
        bias = bias[(None,) * (5 - bias.dim())]
        return bias.expand(self.num_models, *bias.shape[1:])

    def _check(self, length: int) -> None:
        if length > self.config.max_length:
            raise SpecError(f"{length} tokens are more than the model's {self.config.max_length}.")


def token_logprobs(logits: Tensor, tokens: Tensor) -> Tensor:
    """Log-probs (…, T) of `tokens` (…, T) under logits (…, T, V) that stand where they are due."""
    chosen = logits.gather(-1, tokens[..., None])[..., 0]
    return chosen - logits.logsumexp(-1)
