"""The same prompt to a base model and to a tuned one: one goes on, the other answers and stops.

`model` = tiny: the base model of the sentence world, and the same after SFT on 60 questions with
their answers. `real`: one instruct model, the program's own, that gets the prompt as plain text,
and in the chat template that it was tuned on. Its weights are the same both times, so this shows
what the template lets out, and not what its base model would do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from sims import sft
from sims.language import base_model
from sims.language.model import LanguageModel
from sims.language.sampling import sample
from sims.models.tokens import pieces
from sims.next_token import encode
from sims.spec import Frame, column, param

NUM_UPDATES = 60  # of the SFT of the tiny model


@dataclass(frozen=True)
class Params:
    prompt: str = param(
        "where does the swan live ?",
        max_length=300,
        suggestions=(
            "where does the swan live ?", "what does the bear eat ?", "what colour is the fox ?",
            "What is the capital of France?", "Name three animals that live in the sea.",
        ),
        help="what both get",
    )  # fmt: skip
    model: str = param(
        "tiny",
        choices=("tiny", "real"),
        help="117,000 weights that know 200 words, before and after SFT; or the real model that "
        "the server was started with, without and with its chat template: about ten seconds",
    )
    num_replies: int = param(8, low=2, high=24, step=1, unit="replies", help="of each")
    max_tokens: int = param(24, low=4, high=40, step=1, unit="tokens", help="of a reply, at most")
    temperature: float = param(1.0, low=0.0, high=2.0, step=0.05, help="1 is the model's own")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    num_replies: int = column("of each, so far", unit="replies")
    base_ends_rate: float = column(
        "share of the continuations of plain text that end by themselves"
    )
    tuned_ends_rate: float = column("the same of the tuned model's replies")
    base_question_rate: float = column("share of the continuations with another question in them")
    tuned_question_rate: float = column("the same of the replies")
    base_length: float = column("of a continuation, mean", unit="tokens")
    tuned_length: float = column("of a reply, mean", unit="tokens")
    prompt_tokens: list = column("what the tuned model gets, token by token")
    sample: str = column("one continuation, and one reply")


@dataclass(frozen=True)
class Replies:
    texts: tuple[str, ...]
    is_finished: tuple[bool, ...]
    lengths: tuple[int, ...]  # tokens, the end included


def run(params: Params) -> Iterator[Frame]:
    """One frame for each pair of replies; all are sampled before the first."""
    torch.set_num_threads(1)
    base, tokenizer = base_model.choose(params.model)
    tuned = base if params.model == "real" else after_sft(base, tokenizer, params.seed)
    yield from compare(base, tuned, tokenizer, params)


def compare(
    base: LanguageModel, tuned: LanguageModel, tokenizer: Tokenizer, params: Params
) -> Iterator[Frame]:
    """The frames of any two models with one tokenizer; a real one is asked in its template."""
    plain = encode(base, tokenizer, params.prompt, is_chat=False)
    asked = encode(tuned, tokenizer, params.prompt, is_chat=params.model == "real")
    sides = {
        "base": replies(base, tokenizer, plain, params),
        "tuned": replies(tuned, tokenizer, asked, params),
    }
    shown = pieces(tokenizer, asked)
    for step in range(params.num_replies):
        count, frame = step + 1, dict[str, float]()
        for name, side in sides.items():
            is_asking = ["?" in text for text in side.texts]
            frame[f"{name}_ends_rate"] = sum(side.is_finished[:count]) / count
            frame[f"{name}_question_rate"] = sum(is_asking[:count]) / count
            frame[f"{name}_length"] = sum(side.lengths[:count]) / count
        texts = {name: side.texts[step] or "(nothing)" for name, side in sides.items()}
        yield {
            "step": step,
            "num_replies": count,
            **frame,
            "prompt_tokens": shown,
            "sample": f"goes on: {texts['base']} — answers: {texts['tuned']}",
            "progress": count / params.num_replies,
        }


def replies(model: LanguageModel, tokenizer: Tokenizer, ids: list[int], params: Params) -> Replies:
    """`num_replies` samples behind the prompt, decoded without their end."""
    made = sample(
        model, torch.tensor([ids]), params.max_tokens, num_samples=params.num_replies,
        temperature=params.temperature, generator=torch.Generator().manual_seed(params.seed),
    )  # fmt: skip
    ends, rows = set(model.config.ends), made.written()
    texts = [tokenizer.decode([i for i in row if i not in ends]).strip() for row in rows]
    lengths = [len(row) for row in rows]
    return Replies(tuple(texts), tuple(made.is_finished.tolist()), tuple(lengths))


def after_sft(base: LanguageModel, tokenizer: Tokenizer, seed: int) -> LanguageModel:
    """A copy of the tiny model after SFT on answers, none of which begins with a phrase."""
    model, generator = base.copy(), torch.Generator().manual_seed(seed)
    asked = sft.Params(seed=seed, phrase_share=0.0)
    tokens, mask, _ = sft.examples(tokenizer, asked, model.config.eos)
    optimizer = torch.optim.AdamW(model.parameters(), lr=sft.LEARNING_RATE, weight_decay=0.0)
    sft.learn(model, optimizer, tokens, mask, generator, NUM_UPDATES)
    return model
