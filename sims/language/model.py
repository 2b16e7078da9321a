"""What a language model is to a simulation: something that answers logits, with a cache.

There are two: `sims.language.transformer.Transformer`, ours, for the tiny models, where speed
counts; and `sims.models.pretrained.Pretrained`, any causal language model of the `transformers`
library. `sims.language.sampling` samples from both.
"""

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor


class Shape(Protocol):
    """What is known of a model's tokens. `ends`: each ends an answer; None: there is none."""

    @property
    def vocab_size(self) -> int: ...
    @property
    def max_length(self) -> int: ...
    @property
    def eos(self) -> int | None: ...
    @property
    def pad(self) -> int | None: ...
    @property
    def ends(self) -> tuple[int, ...]: ...


class Reader(Protocol):
    """A model in the middle of some rows of text; it keeps what it has computed of them."""

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (rows, V) of what follows `tokens` (rows, 1)."""
        ...


class LanguageModel(Protocol):
    """Tokens are (B, T) int64; `mask` (B, T) is False on padding, which belongs on the left."""

    @property
    def config(self) -> Shape: ...

    def logits(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Scores (B, T, V) of what follows each token, with gradients."""
        ...

    def completion_logits(self, prompts: Tensor, completions: Tensor) -> Tensor:
        """Scores (P * G, T, V) of each token of completions (P * G, T), G in a row after each
        prompt (P, L), with gradients."""
        ...

    def read_completions(self, prompts: Tensor, completions: Tensor) -> tuple[Tensor, Tensor]:
        """The same scores, and features (P * G, T, width) of the last layer at each token."""
        ...

    def parameters(self) -> Sequence[Tensor]:
        """All weights that may be trained in place."""
        ...

    def num_weights(self) -> int:
        """How many numbers the model is made of."""
        ...

    def copy(self) -> "LanguageModel":
        """The same weights in tensors of its own."""
        ...
