"""Out of distribution: SFT and RL learn the same problems; what do they do with others?

Both start from the base model of the arithmetic world and are trained on sums of four digits, for
as many updates each.

    sft    on right solutions: bare answers (direct), or with every step written out (worked)
    rl     GRPO on a verifier's reward; nobody shows it a solution

Then both are asked about sums of five and six digits, and about expressions with products. Chu et
al. (2025) found that SFT memorises and RL generalises. SFT on bare answers does what they say: it
learns the form, stays near luck where sums are longer, and drops the steps from expressions too.
RL finds for itself that steps pay, and writes them in longer sums too.

But it is not SFT as such: on worked examples it carries over to longer sums about as well as RL.
What the examples show decides, and the base model has met all lengths before.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from sims.arithmetic import base_model, tasks
from sims.arithmetic.tasks import Problems
from sims.language.model import LanguageModel
from sims.pretraining.recipes import BATCH, RL, examples, rl, score, sft
from sims.spec import Frame, column, param

TRAINED = ("sums", 4)
# name of the column: task and size
EXAMS = {"trained": TRAINED, "longer": ("sums", 6), "other": ("expressions", 4)}
NUM_EXAMPLES = 2_000
ANSWERS = {"sft": BATCH, "rl": RL["num_prompts"] * RL["group_size"]}  # of one update
NUM_STOPS = 6  # at which a training is scored


@dataclass(frozen=True)
class Params:
    examples: str = param(
        "direct",
        choices=("direct", "worked"),
        help="what SFT is shown: bare answers, or every step before them",
    )
    num_steps: int = param(60, low=6, high=300, step=6, unit="updates", help="of each training")
    num_problems: int = param(
        300, low=50, high=1_000, step=50, help="held-out ones of each kind to score on"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="problems, examples and answers")


class Columns:
    method: str = column("sft or rl")
    updates: int = column(
        "so far; the first frame of each method is the base model", unit="updates"
    )
    num_answers: int = column(
        "examples that SFT has read, or answers that RL has written, so far", unit="answers"
    )
    accuracy: float = column(
        "on sums of four digits, held out of the training, one answer at temperature 1"
    )
    longer_accuracy: float = column("the same on sums of six digits")
    other_accuracy: float = column("the same on expressions of four digits")
    steps_rate: float = column("share of the longer sums that are answered with every step written")
    sample: str = column("an answer to a longer sum")
    longer_gain: float = column("longer_accuracy less the base model's")
    other_gain: float = column("other_accuracy less the base model's")


def run(params: Params) -> Iterator[Frame]:
    """SFT's curve, then RL's; the first frame of each is the base model."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(params.seed)
    exams = {
        name: tasks.draw(task, size, params.num_problems, generator, held_out=True)
        for name, (task, size) in EXAMS.items()
    }
    base, _ = base_model.load("sums")
    start = _scores(base, exams, params.seed)
    stops = {round(params.num_steps * i / NUM_STOPS) for i in range(NUM_STOPS + 1)}
    step = 0
    for place, method in enumerate(("sft", "rl")):
        model = base.copy()
        for updates in _train(method, model, params):
            if updates not in stops:
                continue
            found = _scores(model, exams, params.seed) if updates else start
            yield {
                "step": step,
                "method": method,
                "updates": updates,
                "num_answers": updates * ANSWERS[method],
                **found,
                "longer_gain": found["longer_accuracy"] - start["longer_accuracy"],
                "other_gain": found["other_accuracy"] - start["other_accuracy"],
                "progress": (place + updates / params.num_steps) / 2,
            }
            step += 1


def _train(method: str, model: LanguageModel, params: Params) -> Iterator[int]:
    generator = torch.Generator().manual_seed(params.seed + 1_000_003)
    if method == "rl":
        return rl(model, *TRAINED, params.num_steps, generator)
    problems = tasks.draw(*TRAINED, NUM_EXAMPLES, generator)
    return sft(model, examples(problems, params.examples), params.num_steps, generator)


def _scores(model: LanguageModel, exams: dict[str, Problems], seed: int) -> Frame:
    """The same problems and random numbers for every model."""
    found = {
        name: score(model, problems, torch.Generator().manual_seed(seed + 2_000_003))
        for name, problems in exams.items()
    }
    return {
        "accuracy": found["trained"].accuracy,
        "longer_accuracy": found["longer"].accuracy,
        "other_accuracy": found["other"].accuracy,
        "steps_rate": found["longer"].worked_rate,
        "sample": found["longer"].sample,
    }
