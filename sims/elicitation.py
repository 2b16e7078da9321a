"""Elicitation: what post-training draws out of a base model, and what it cannot put in.

All start from the same base model of the arithmetic world, which can do each single step and has no
habit of doing all of them. One number stands for each model: its accuracy, the share of held-out
problems that one answer at temperature 1 gets right.

    recipes    Five recipes from one base, the same number of updates each: SFT on bare answers
               (direct), SFT on answers with every step (worked), SFT on the model's own right
               answers (own: rejection sampling), DPO on pairs of its own answers (compared: the
               right one is preferred), RL from a verifier (rlvr: GRPO). `spread` is the best
               accuracy so far less the worst, the base left out.
    examples   SFT on n = 0, 10, 100, 1,000 examples of one style, the same number of updates each
               (few examples are met more often). `format_rate`: answers in the style of the
               examples: with no step (direct), or as many as a full solution has (worked), then
               "answer" and digits. `ability`: right ones among these; 0 where there are none.
    pass_at_k  The chance that one of k answers is right (Chen et al., 2021, unbiased), for the base
               and for the model that RL has tuned (Yue et al., 2025).

Ten examples teach either style. The steps let out what the base could do all along; bare answers to
long sums stay no better than luck, at 1,000 examples as at 10 (Zhou et al., 2023: style is learned
from few). In `sums` one answer in ten is right by luck, so pass@k is fairest with `additions`.

What a base model is worth shows without it: `base` = untrained begins at random parameters, and in
pass_at_k `base` = guesser answers with digits at random.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from sims.arithmetic import base_model, estimators, rollouts, tasks, tuned_model
from sims.arithmetic.tasks import Problems
from sims.arithmetic.verifier import judged
from sims.language.model import LanguageModel
from sims.language.transformer import Transformer
from sims.pretraining.recipes import RECIPES, STYLES, examples, follow, score, sft
from sims.spec import Frame, SpecError, column, param

NUM_EXAMPLES = (0, 10, 100, 1_000)
TAUGHT = 1_000  # examples of the SFT recipes
NUM_STOPS = 5  # at which a recipe is scored on its way
NUM_ANSWERS, MOST_PROBLEMS = 64, 100  # for pass@k


@dataclass(frozen=True)
class Params:
    view: str = param(
        "recipes",
        choices=("recipes", "examples", "pass_at_k"),
        help="five recipes from one base, SFT on more and more examples, or pass@k",
    )
    task: str = param(
        "sums",
        choices=("sums", "expressions", "additions"),
        help="sums and expressions of digits, modulo 10; additions of whole numbers",
    )
    difficulty: int = param(3, low=1, high=3, step=1, help="longer problems")
    base: str = param(
        "usual",
        choices=("usual", "untrained", "guesser"),
        help="the trained model, one with random parameters, or (pass_at_k) digits at random",
    )
    num_problems: int = param(300, low=50, high=1_000, step=50, help="held-out ones to score on")
    num_steps: int = param(40, low=5, high=200, step=5, unit="updates", help="of each training")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="problems, examples and answers")


class Columns:
    method: str = column("the recipe, the style of the examples, or the model")
    x: int = column("updates, examples, or k")
    accuracy: float = column("pass@k there, on held-out problems")
    format_rate: float = column(
        "share of answers in the form of the examples; elsewhere, of any right form"
    )
    ability: float = column(
        "share of right ones among the answers of that form; elsewhere, accuracy"
    )
    mean_length: float = column("of an answer, its end included", unit="tokens")
    spread: float = column(
        "best accuracy of a recipe so far less the worst, base left out; 0 elsewhere"
    )
    sample: str = column("a problem and an answer")


@dataclass(frozen=True)
class Bench:
    """The base model, and the held-out problems on which all are scored."""

    base: LanguageModel
    size: int
    problems: Problems
    params: Params

    def generator(self, purpose: int) -> torch.Generator:
        return torch.Generator().manual_seed(self.params.seed + purpose * 1_000_003)

    def point(
        self, method: str, x: int, model: LanguageModel, style: str, progress: float
    ) -> Frame:
        found = score(model, self.problems, self.generator(1))
        return {
            "method": method,
            "x": x,
            "accuracy": found.accuracy,
            "format_rate": found.rate(style) if style else found.form_rate,
            "ability": found.ability(style) if style else found.accuracy,
            "mean_length": found.mean_length,
            "spread": 0.0,
            "sample": found.sample,
            "progress": progress,
        }


def run(params: Params) -> Iterator[Frame]:
    """One frame for each point of each curve."""
    torch.set_num_threads(1)
    size = tasks.size_of(params.task, params.difficulty)
    generator = torch.Generator().manual_seed(params.seed)
    problems = tasks.draw(params.task, size, params.num_problems, generator, held_out=True)
    if params.base == "guesser" and params.view != "pass_at_k":
        raise SpecError("a guesser has nothing to train: use view=pass_at_k, or base=untrained.")
    base = base_model.load(params.task)[0]
    if params.base == "untrained":
        if not isinstance(base, Transformer):
            raise SpecError("only the tiny model can begin at random parameters.")
        base = Transformer.fresh(base.config, params.seed)
    bench = Bench(base, size, problems, params)
    views = {"recipes": _recipes, "examples": _examples, "pass_at_k": _pass_at_k}
    for step, frame in enumerate(views[params.view](bench)):
        yield {"step": step, **frame}


def _recipes(bench: Bench) -> Iterator[Frame]:
    task, num_steps = bench.params.task, bench.params.num_steps
    stops = {round(num_steps * i / NUM_STOPS) for i in range(NUM_STOPS + 1)}
    best: dict[str, float] = {}
    for place, recipe in enumerate(RECIPES):
        model, generator = bench.base.copy(), bench.generator(2)
        for updates in follow(recipe, model, task, bench.size, num_steps, TAUGHT, generator):
            if updates not in stops:
                continue
            progress = (place + updates / num_steps) / len(RECIPES)
            frame = bench.point(recipe, updates, model, "", progress)
            if updates:
                best[recipe] = frame["accuracy"]
            spread = max(best.values()) - min(best.values()) if best else 0.0
            yield {**frame, "spread": spread}


def _examples(bench: Bench) -> Iterator[Frame]:
    runs = [(style, count) for style in STYLES for count in NUM_EXAMPLES]
    for place, (style, count) in enumerate(runs):
        model, generator = bench.base.copy(), bench.generator(2)
        if count:  # the examples of a smaller number are the first of a larger one
            drawn = tasks.draw(bench.params.task, bench.size, NUM_EXAMPLES[-1], generator)
            data = examples(drawn.take(slice(count)), style)
            for _ in sft(model, data, bench.params.num_steps, generator):
                pass
        yield bench.point(style, count, model, style, (place + 1) / len(runs))


def _pass_at_k(bench: Bench) -> Iterator[Frame]:
    problems = bench.problems.take(slice(MOST_PROBLEMS))
    models = {"base": bench.base, "rlvr": tuned_model.load(bench.params.task)}
    ks = [2**i for i in range(NUM_ANSWERS.bit_length())]
    for place, (name, model) in enumerate(models.items()):
        made = rollouts.write(model, problems, bench.generator(3), num_samples=NUM_ANSWERS)
        if name == "base" and bench.params.base == "guesser":
            made = rollouts.guess(problems, bench.generator(3), num_samples=NUM_ANSWERS)
        num_right = judged(made.problems, made.tokens, NUM_ANSWERS)[0].sum(1)
        point = bench.point(name, 1, model, "", 0.0)
        for i, k in enumerate(ks):
            rate = float(estimators.pass_at_k(NUM_ANSWERS, num_right, k).mean())
            done = (place + (i + 1) / len(ks)) / len(models)
            yield {**point, "x": k, "accuracy": rate, "ability": rate, "progress": done}
