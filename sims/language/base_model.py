"""The base model of the sentence world: a GPT-2 of 117,000 weights, pre-trained and shipped.

It has read 128,000 documents (`sentences.document`) and done nothing else: no instructions, no
preferences. `python -m sims.language.base_model` trains it again, in about two minutes of one core,
and writes assets/models/sentences in the format of the `transformers` library.
"""

import functools
import os
import random
from collections.abc import Iterator

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sims import losses
from sims.assets import MODELS
from sims.language import checkpoint, sentences
from sims.language.model import LanguageModel
from sims.language.transformer import Config, Transformer, token_logprobs
from sims.models import load as pretrained
from sims.models.pretrained import Pretrained
from sims.spec import SpecError

FOLDER = MODELS / "sentences"
NUM_STEPS, BATCH_SIZE, LEARNING_RATE = 4000, 32, 4e-3
WARM_UP = 50  # steps
NO_MODEL = (
    "there is no real model here: get one with `practicum model get smollm2-135m-instruct` "
    "(93 MB, once), and start again with `--model smollm2-135m-instruct`."
)


def load() -> tuple[LanguageModel, Tokenizer]:
    """A copy of the base model, and its tokenizer. The files are read once in a process.

    It is the shipped one, or the one that PRACTICUM_MODEL names; the command line's `--model` sets
    it. A visitor cannot.
    """
    name = os.environ.get("PRACTICUM_MODEL")
    model, tokenizer = _load(name) if name else _shipped()
    return model.copy(), tokenizer


def choose(which: str) -> tuple[LanguageModel, Tokenizer]:
    """The model for a control `model`, to be read and not trained: "tiny" is the shipped one,
    "real" the one that the server was started with. SpecError: it was started without."""
    if which == "tiny":
        return _shipped()
    name = os.environ.get("PRACTICUM_MODEL")
    if not name:
        raise SpecError(NO_MODEL)
    return _load(name)


def pretraining(num_steps: int = NUM_STEPS, seed: int = 0) -> Iterator[tuple[Transformer, float]]:
    """(model, loss in nats a token) after each update on documents that are drawn anew."""
    words, rng = sentences.tokenizer(), random.Random(seed)
    config = Config(words.get_vocab_size(), 64, width=64, num_layers=2, num_heads=4, eos=1, pad=0)
    model = Transformer.fresh(config, seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    for step in range(num_steps):
        rate = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP) * (1 - step / num_steps)
        optimizer.param_groups[0]["lr"] = rate
        texts = [sentences.document(rng) for _ in range(BATCH_SIZE)]
        loss = text_loss(model, sentences.encode(words, texts, sentences.LENGTH))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield model, loss.item()


def text_loss(model: LanguageModel, tokens: Tensor, pad: int = 0) -> Tensor:
    """Next-token loss in nats a token on texts (B, T) that end with END, `pad` behind it."""
    is_real = tokens != pad
    longest = int(is_real.sum(1).max())  # no column of padding alone
    tokens, is_real = tokens[:, :longest].clamp(min=0), is_real[:, :longest]
    logprobs = token_logprobs(model.logits(tokens[:, :-1]), tokens[:, 1:])
    return losses.sft_loss(logprobs, is_real[:, 1:].float())


@functools.cache
def _shipped() -> tuple[Transformer, Tokenizer]:
    return checkpoint.load(FOLDER)


def _load(name: str) -> tuple[Pretrained, Tokenizer]:
    model = pretrained.load(name)
    return model, model.tokenizer.backend_tokenizer


def main() -> None:
    """Train the base model and write it, with a line of progress every 500 steps."""
    torch.set_num_threads(1)
    for step, (model, loss) in enumerate(pretraining(), 1):
        if step % 500 == 0:
            print(f"step {step}: loss {loss:.3f} nats a token")
        if step == NUM_STEPS:
            checkpoint.save(model, sentences.tokenizer(), FOLDER)
            print(f"wrote {FOLDER}")


if __name__ == "__main__":
    main()
