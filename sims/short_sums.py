"""Many answers to one short sum: what a vote, a pick and a check make of them.

    accuracy    of one answer
    majority    of k answers the one that is given most often (Wang et al., 2023)
    best_of_n   of k answers the one that the model itself finds the likeliest
    pass_at_k   at least one of k is right: what an exact check would find (Chen et al., 2021)

Of n answers to each sum, every estimate is the mean over subsets of k. `model` = tiny is the base
model of the arithmetic world, which adds modulo 10; `real` is the one that the program was started
with, asked in its chat template, whose answer is the last whole number that it writes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sims.arithmetic import base_model as arithmetic
from sims.arithmetic import estimators, rollouts, tasks
from sims.arithmetic.verifier import judged
from sims.language import base_model
from sims.language.sampling import sample
from sims.models.pretrained import Pretrained
from sims.next_token import encode
from sims.spec import Frame, column, param

ASKED = "What is {sum}? Answer with the number alone."
MAX_TOKENS = 8  # of a real model's answer
NO_ANSWER = -1
LONGEST_SHOWN = 18  # letters of an answer


@dataclass(frozen=True)
class Params:
    model: str = param(
        "tiny",
        choices=("tiny", "real"),
        help="105,000 weights that add modulo 10; or the real model that the server was started "
        "with: about two seconds a sum",
    )
    num_terms: int = param(3, low=3, high=6, step=1, help="numbers from 1 to 9 in each sum")
    num_problems: int = param(12, low=1, high=60, step=1, help="sums, one a frame")
    num_samples: int = param(16, low=1, high=32, step=1, unit="answers", help="drawn for each sum")
    k: int = param(
        16, low=1, high=32, step=1, unit="answers", help="of which so many are used, or all"
    )
    temperature: float = param(1.0, low=0.1, high=2.0, step=0.1, help="1 is the model's own")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="sums and answers")


class Columns:
    num_asked: int = column("so far", unit="sums")
    accuracy: float = column("mean of single answers, over the sums so far")
    majority: float = column("where k answers vote")
    best_of_n: float = column("where the likeliest of k answers is taken")
    pass_at_k: float = column("where one right answer of k is enough")
    low: float = column("lower end of the 95 % interval of accuracy, Wilson over sums")
    high: float = column("upper end of it")
    answer_rate: float = column("share of the answers with a number in them")
    sample: str = column("this sum with the right result, and the first answers")


@dataclass(frozen=True)
class Answers:
    """Of one sum."""

    asked: str
    right: int
    values: NDArray  # (n,) whole numbers, NO_ANSWER where there is none
    scores: NDArray  # (n,) log-probabilities
    texts: tuple[str, ...]


def run(params: Params) -> Iterator[Frame]:
    """One frame a sum. Of fewer answers than k, all are used."""
    torch.set_num_threads(1)
    k = min(params.k, params.num_samples)
    answers = _tiny(params) if params.model == "tiny" else _real(params)
    rng, rates, answered = np.random.default_rng(params.seed), list[list[float]](), list[float]()
    for step, one in enumerate(answers):
        rates.append(estimate(one, k, rng))
        answered.append(float((one.values != NO_ANSWER).mean()))
        accuracy, majority, best, passed = (
            min(1.0, sum(each) / len(rates)) for each in zip(*rates, strict=True)
        )
        low, high = estimators.wilson(accuracy, len(rates))
        yield {
            "step": step,
            "num_asked": step + 1,
            "accuracy": accuracy,
            "majority": majority,
            "best_of_n": best,
            "pass_at_k": passed,
            "low": low,
            "high": high,
            "answer_rate": sum(answered) / len(answered),
            "sample": f"{one.asked} {one.right}; answers: {'; '.join(map(_cut, one.texts[:2]))}",
            "progress": (step + 1) / params.num_problems,
        }


def estimate(one: Answers, k: int, rng: np.random.Generator) -> list[float]:
    """[accuracy, majority, best of n, pass@k] for one sum."""
    is_right = one.values[None] == one.right
    return [
        float(is_right.mean()),
        float(estimators.majority(one.values[None], np.array([one.right]), k, rng)[0]),
        float(estimators.best_of(one.scores[None], is_right, k)[0]),
        float(estimators.pass_at_k(len(one.values), is_right.sum(1), k)[0]),
    ]


def _cut(text: str) -> str:
    """So much of an answer as a line holds."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def last_number(text: str) -> int:
    """The last whole number of a text; NO_ANSWER where there is none. Too long ones are none."""
    found = re.findall(r"\d+", text)
    return int(found[-1]) if found and len(found[-1]) < 10 else NO_ANSWER


def _tiny(params: Params) -> Iterator[Answers]:
    generator = torch.Generator().manual_seed(params.seed)
    model = arithmetic.shipped()
    problems = tasks.draw("sums", params.num_terms, params.num_problems, generator, held_out=True)
    made = rollouts.write(
        model, problems, generator, num_samples=params.num_samples, temperature=params.temperature
    )
    _, values, right = judged(made.problems, made.tokens, params.num_samples)
    with torch.no_grad():
        scored = rollouts.logprobs(model, made).gather(2, made.tokens[..., None])[..., 0]
    scores = (scored * made.mask).nan_to_num().sum(1).view(-1, params.num_samples).numpy()
    for row in range(params.num_problems):
        first = row * params.num_samples
        asked = tasks.text(problems.prompts[row])
        texts = [tasks.text(tokens) for tokens in made.tokens[first : first + params.num_samples]]
        yield Answers(asked, int(right[row]), values[row], scores[row], tuple(texts))


def _real(params: Params) -> Iterator[Answers]:
    generator = torch.Generator().manual_seed(params.seed)
    model, tokenizer = base_model.choose("real")
    has_chat = isinstance(model, Pretrained) and bool(model.tokenizer.chat_template)
    for _ in range(params.num_problems):
        terms = torch.randint(1, 10, (params.num_terms,), generator=generator).tolist()
        asked = " + ".join(map(str, terms))
        ids = encode(model, tokenizer, ASKED.format(sum=asked), is_chat=has_chat)
        made = sample(
            model, torch.tensor([ids]), MAX_TOKENS, generator=generator,
            num_samples=params.num_samples, temperature=params.temperature,
        )  # fmt: skip
        texts = [tokenizer.decode(row).strip() for row in made.written()]
        values = np.array([last_number(text) for text in texts])
        scores = made.logprobs.sum(1).numpy()
        yield Answers(f"{asked} =", sum(terms), values, scores, tuple(texts))
