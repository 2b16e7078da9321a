"""Compute at test time: one longer answer, or many, and who picks among them.

    serial    the number of written steps is forced: cut short, or made to go on past the last one
    parallel  k answers to each problem: the majority's, the one that a learned verifier scores
              best, or the right one if there is any (an exact verifier: pass@k)

Same model, same problems, and tokens on the axis (Snell et al., 2024; Brown et al., 2024;
Muennighoff et al., 2025). `view` = pass_at_k sets the base model beside the one that RL has tuned,
each with the Beta-binomial curve of its problems' success rates (Schaeffer et al., 2025). RL lifts
pass@1. In expressions the tuned model repeats the same mistake on some problems, and from about
eight answers on the base model passes it (Yue et al., 2025); in sums both solve everything.

An answer of one digit is right by luck one time in ten: at large k, pass@k says little of ability.
A guesser in the place of the base model shows how much of a curve is luck.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sims.arithmetic import base_model, estimators, rollouts, tasks, tuned_model
from sims.arithmetic.learned_verifier import LearnedVerifier
from sims.arithmetic.rollouts import Rollout
from sims.arithmetic.tasks import Problems
from sims.arithmetic.verifier import grade, judged
from sims.language.model import LanguageModel
from sims.spec import Frame, column, param

EXTRA = 3  # steps beyond the full solution that a model is made to write
NUM_TAUGHT, TAUGHT_SAMPLES = 200, 8  # problems and answers to each that the learned verifier sees


@dataclass(frozen=True)
class Params:
    view: str = param(
        "spend",
        choices=("spend", "pass_at_k"),
        help="ways to spend tokens with one model, or pass@k of the base and the tuned model",
    )
    model: str = param(
        "base",
        choices=("base", "tuned", "guesser"),
        help="which model spends; tuned: by RL, as in rlvr; a guesser writes digits at random",
    )
    task: str = param(
        "sums",
        choices=("sums", "expressions", "additions"),
        help="sums and expressions of digits, modulo 10; additions of whole numbers",
    )
    difficulty: int = param(3, low=1, high=3, step=1, help="longer problems")
    num_problems: int = param(100, low=20, high=500, step=20, help="held-out problems")
    num_samples: int = param(
        32, low=1, high=256, step=1, unit="answers", help="drawn for each problem"
    )
    max_k: int = param(
        0, low=0, high=32, step=1, unit="answers", help="most that are used at once; 0: all drawn"
    )
    temperature: float = param(1.0, low=0.0, high=2.0, step=0.1, help="0 always writes the same")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="problems and answers")


class Columns:
    method: str = column("the way of spending compute")
    k: int = column("answers to a problem", unit="answers")
    num_steps: float = column("forced ones; the mean written where free", unit="steps")
    tokens: float = column("of a problem, all answers together", unit="tokens")
    accuracy: float = column("on held-out problems; pass@k where the exact verifier picks")
    low: float = column("lower end of the 95 % interval, Wilson over problems")
    high: float = column("upper end of the 95 % interval")
    theory: float = column("the Beta-binomial curve; accuracy where there is none")
    num_distinct: int = column("different ones among the held-out problems", unit="problems")
    sample: str = column("a problem and an answer, and how many different ones there are")


def run(params: Params) -> Iterator[Frame]:
    """One frame for each budget of each method.

    SpecError where k is larger than the number of answers drawn.
    """
    torch.set_num_threads(1)
    estimators.check_subset(params.num_samples, params.max_k or params.num_samples)
    size = tasks.size_of(params.task, params.difficulty)
    generator = torch.Generator().manual_seed(params.seed)
    problems = tasks.draw(params.task, size, params.num_problems, generator, held_out=True)
    points = _pass_at_k if params.view == "pass_at_k" else _spend
    for step, point in enumerate(points(params, problems, generator)):
        yield {"step": step, **point}


def budgets(most: int) -> list[int]:
    """1, 2, 4, … answers, and the most."""
    return [*(2**i for i in range(most.bit_length()) if 2**i < most), most]


def _spend(params: Params, problems: Problems, generator: torch.Generator) -> Iterator[Frame]:
    model = _model(params.model, params.task)
    is_guesser = params.model == "guesser"
    full = tasks.num_steps_of(params.task, problems.size)
    ks = budgets(params.max_k or params.num_samples)
    total, done = full + EXTRA + 1 + 3 * len(ks), 0
    for num_steps in range(full + EXTRA + 1):
        made = rollouts.write(
            model, problems, generator, num_steps=num_steps, temperature=params.temperature
        )
        if is_guesser:
            made = rollouts.guess(problems, generator)
        is_right = grade(problems, made.tokens).is_right.numpy()
        done += 1
        yield _point("serial", is_right.astype(float), made, 1, num_steps, done / total)
    made = _answers(params.model, problems, params, generator)
    drawn = tasks.draw(params.task, problems.size, NUM_TAUGHT, generator)
    scores = LearnedVerifier(
        model, _write(params.model, drawn, TAUGHT_SAMPLES, 1.0, generator)
    ).scores(made)
    is_right, answers, right = judged(made.problems, made.tokens, params.num_samples)
    rng = np.random.default_rng(params.seed)
    num_right = is_right.sum(1)
    steps = float(made.mask.sum(1).mean()) - problems.answers.shape[1] - 2
    for method in ("majority", "learned verifier", "exact verifier"):
        for k in ks:
            if method == "majority":
                chances = estimators.majority(answers, right, k, rng)
            elif method == "learned verifier":
                chances = estimators.best_of(scores, is_right, k)
            else:
                chances = estimators.pass_at_k(params.num_samples, num_right, k)
            done += 1
            yield _point(
                method, chances, made, k, max(0.0, steps / problems.steps.shape[2]), done / total
            )


def _pass_at_k(params: Params, problems: Problems, generator: torch.Generator) -> Iterator[Frame]:
    ks = budgets(params.max_k or params.num_samples)
    for place, name in enumerate(("base", "tuned")):
        made = _answers(name, problems, params, generator)
        is_right, _, _ = judged(made.problems, made.tokens, params.num_samples)
        num_right = is_right.sum(1)
        a, b = estimators.fit_beta(params.num_samples, num_right)
        steps = float(made.mask.sum(1).mean()) - problems.answers.shape[1] - 2
        for i, k in enumerate(ks):
            chances = estimators.pass_at_k(params.num_samples, num_right, k)
            progress = (place + (i + 1) / len(ks)) / 2
            yield {
                **_point(name, chances, made, k, max(0.0, steps), progress),
                "theory": estimators.beta_pass_at_k(a, b, k),
            }


def _answers(name: str, problems: Problems, params: Params, generator: torch.Generator) -> Rollout:
    """The answers of a view; a guesser takes the place of the base model alone."""
    name = "guesser" if name == "base" and params.model == "guesser" else name
    return _write(name, problems, params.num_samples, params.temperature, generator)


def _write(
    name: str, problems: Problems, count: int, temperature: float, generator: torch.Generator
) -> Rollout:
    if name == "guesser":
        return rollouts.guess(problems, generator, num_samples=count)
    model = _model(name, problems.task)
    return rollouts.write(model, problems, generator, num_samples=count, temperature=temperature)


def _model(name: str, task: str) -> LanguageModel:
    """The one that answers; of a guesser, the one whose features a learned verifier reads."""
    return tuned_model.load(task) if name == "tuned" else base_model.load(task)[0]


def _point(
    method: str, chances: NDArray, made: Rollout, k: int, num_steps: float, progress: float
) -> Frame:
    accuracy = float(np.clip(chances.mean(), 0, 1))
    num_distinct = made.problems.num_distinct()
    low, high = estimators.wilson(accuracy, num_distinct)
    said = tasks.text(made.problems.prompts[0], made.tokens[0])
    return {
        "method": method,
        "k": k,
        "num_steps": float(num_steps),
        "tokens": k * made.num_tokens / len(made.tokens),
        "accuracy": accuracy,
        "low": low,
        "high": high,
        "theory": accuracy,
        "num_distinct": num_distinct,
        "sample": f"{said}   (one of {num_distinct} different problems)",
        "progress": progress,
    }
