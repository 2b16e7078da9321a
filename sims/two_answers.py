"""Which of two answers a language model itself prefers, and whether it judges by place.

    margin = log p(better | question) - log p(worse | question)      above 0: it prefers the better

DPO starts from this number of the reference model. A model can also be asked which answer is the
better one, as a judge (Zheng et al., 2023). Both orders are asked: what the sum of the two answers
favours is the place, not the answer.

    P(A) = p("A") / (p("A") + p("B"))    position_bias = mean over both orders of P(A) - 1/2

`model` = real asks an instruct model in its chat template; the tiny one knows no such requests and
only has the margin.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from sims.language import base_model
from sims.language.model import LanguageModel
from sims.language.transformer import token_logprobs
from sims.models import tokens as shown
from sims.next_token import encode
from sims.spec import Frame, SpecError, column, param

# (question, the better answer, the worse), of what each model may know
PAIRS = {
    "tiny": (
        ("what colour is the swan ?", "the swan is white .", "the swan is black ."),
        ("what does the bear eat ?", "the bear eats berries .", "the bear eats mice ."),
        ("where does the crow live ?", "the crow lives in the city .",
         "the crow lives in the lake ."),
    ),
    "real": (
        ("What is the capital of France?", "Paris.", "Rome."),
        ("What is the capital of Japan?", "Tokyo.", "Kyoto."),
        ("How many days has a week?", "Seven.", "Nine."),
        ("Which animal barks?", "The dog.", "The cat."),
        ("What colour is the sky on a clear day?", "Blue.", "Green."),
        ("Which is larger, the sun or the moon?", "The sun.", "The moon."),
    ),
}  # fmt: skip
ASKED = (
    "Question: {question}\nAnswer A: {first}\nAnswer B: {second}\n"
    "Which answer is better? Reply with the letter A or B only."
)


@dataclass(frozen=True)
class Params:
    model: str = param(
        "tiny",
        choices=("tiny", "real"),
        help="117,000 weights that know 200 words; or the real model that the server was started "
        "with: about two seconds a pair",
    )
    question: str = param(
        "", max_length=200, help="a question of your own, asked first; empty: none"
    )
    better: str = param("", max_length=200, help="the better answer to it")
    worse: str = param("", max_length=200, help="the worse answer to it")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="changes nothing: nothing is drawn")


class Columns:
    question: str = column("that was asked")
    reply: str = column("the better answer and the worse, with their log-probabilities")
    margin: float = column("log-probability of the better answer minus the worse", unit="nats")
    preferred_rate: float = column("share of the pairs so far with a margin above 0")
    first_prob: float = column(
        "P(A) of the judge where the better answer is A", when={"model": ("real",)}
    )
    second_prob: float = column(
        "P(A) of the judge where the worse answer is A", when={"model": ("real",)}
    )
    position_bias: float = column(
        "mean P(A) - 1/2 over both orders of the pairs so far", when={"model": ("real",)}
    )
    consistent_rate: float = column(
        "share of the pairs so far in which the judge takes the same answer in both orders",
        when={"model": ("real",)},
    )


def run(params: Params) -> Iterator[Frame]:
    """One frame a pair, yours first."""
    torch.set_num_threads(1)
    yield from compare(*base_model.choose(params.model), params)


def compare(model: LanguageModel, tokenizer: Tokenizer, params: Params) -> Iterator[Frame]:
    """The frames of any model; as a judge it needs a chat template."""
    pairs, is_judge = [*_own(params), *PAIRS[params.model]], params.model == "real"
    margins, biases, agreed = list[float](), list[float](), 0
    for step, (question, better, worse) in enumerate(pairs):
        with torch.no_grad():
            scores = [
                _logprob(model, tokenizer, question, one, is_judge) for one in (better, worse)
            ]
        margins.append(scores[0] - scores[1])
        frame: Frame = {
            "step": step,
            "question": question,
            "reply": f"{better} {scores[0]:.1f} nats; {worse} {scores[1]:.1f} nats",
            "margin": margins[-1],
            "preferred_rate": sum(margin > 0 for margin in margins) / len(margins),
            "progress": (step + 1) / len(pairs),
        }
        if is_judge:
            probs = [
                judged(model, tokenizer, question, *order)
                for order in ((better, worse), (worse, better))
            ]
            biases.append(sum(probs) / 2 - 0.5)
            agreed += (probs[0] > 0.5) != (probs[1] > 0.5)
            frame |= {
                "first_prob": probs[0],
                "second_prob": probs[1],
                "position_bias": sum(biases) / len(biases),
                "consistent_rate": agreed / len(biases),
            }
        yield frame


def judged(
    model: LanguageModel, tokenizer: Tokenizer, question: str, first: str, second: str
) -> float:
    """P(A): the probability of the letter A against B, where `first` is called A."""
    asked = ASKED.format(question=question, first=first, second=second)
    prompt = shown.chat(getattr(model, "tokenizer", None), asked) or tokenizer.encode(asked).ids
    letters = [tokenizer.encode(letter, add_special_tokens=False).ids[-1] for letter in "AB"]
    with torch.no_grad():
        pair = model.logits(torch.tensor([prompt]))[0, -1, letters]
    return float(pair.softmax(-1)[0])


def _own(params: Params) -> list[tuple[str, str, str]]:
    """The viewer's pair, if there is one."""
    given = (params.question.strip(), params.better.strip(), params.worse.strip())
    if any(given) and not all(given):
        raise SpecError("a pair of your own needs a question, a better and a worse answer.")
    return [given] if all(given) else []


def _logprob(
    model: LanguageModel, tokenizer: Tokenizer, question: str, answer: str, is_chat: bool
) -> float:
    """Nats of the answer's tokens after the question."""
    chat = shown.chat(getattr(model, "tokenizer", None), question) if is_chat else None
    prompt = chat or encode(model, tokenizer, question, is_chat=False)
    said = tokenizer.encode(answer, add_special_tokens=False).ids
    tokens = torch.tensor([[*prompt, *said]])
    logits = model.logits(tokens)[:, len(prompt) - 1 : -1]
    return float(token_logprobs(logits, tokens[:, len(prompt) :]).sum())
