"""One transformer for all tiny models that are trained here, alone or many side by side.

    Config       the shape of a model; what it does not say is as in GPT-2 (Radford et al., 2019)
    Transformer  its weights, and what can be read with them

**Shapes.** B texts of T tokens, int64; width W; V tokens. Features are (B, T, W), logits (B, T, V).
Inside, hidden states are rows (B * T, W); a matrix of weights is (in, out).

**Axis of models.** A stack of M independent models of one config has one more axis in front of
everything: weights (M, in, out), features (M, B, T, W). Tokens (B, T) are read by all of them, and
(M, B, T) by each its own. One `bmm` does what M products would, and no gradient crosses from one
model to another. `copies` makes a stack of a single model, `select` takes one out.
`torch.func.vmap` of a single model does the same and takes longer (docs/decisions, 35).

**Cache.** `read` returns keys and values of what it has read, and can be given those of what came
before, with gradients; so a prompt is read once for all of its answers, in sampling and training.
`sampling.Decoder` writes them into buffers that are made once; `tree` shares those of prefixes that
many short texts have in common.

**Start.** `Transformer.fresh` draws weights as GPT-2 does, or with other deviations. Where a start
is part of the subject, it is drawn there: `language.policies`, `pretraining.stack`.

**Checkpoints** hold the names of the `transformers` library (`to_library`, `from_library`): a model
with GPT-2's layers here is a GPT-2 there, with the same logits, and the reverse.
"""

from sims.language.transformer.config import ACTIVATIONS, Config, gelu_new
from sims.language.transformer.gpt2 import from_library, to_library
from sims.language.transformer.model import Past, Transformer, token_logprobs
from sims.language.transformer.network import shapes

__all__ = [
    "ACTIVATIONS", "Config", "Past", "Transformer", "from_library", "gelu_new", "shapes",
    "to_library", "token_logprobs",
]  # fmt: skip
