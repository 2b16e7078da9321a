"""Can RL repair a model that learned from messy data? SFT on wrong answers, then RL with a check.

Two models start from one base and learn to write every step and the answer, from examples whose
answers are right (clean), or wrong in a share of them (messy): the last digit is any other one.
Then both are tuned by GRPO, paid by a verifier.

    sft  the messy model repeats what it was shown, and is wrong about as often as its examples
    rl   the verifier does not pay wrong answers, and they go

It is the check that repairs, not the training alone: paid by the toss of a coin (`verifier` =
random), both models lose what they could, and end at luck.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch

from sims.arithmetic import base_model, tasks, trainer
from sims.arithmetic.tasks import ZERO, Problems
from sims.language.model import LanguageModel
from sims.pretraining.recipes import RL, examples, score, sft
from sims.spec import Frame, column, param

TASK, SIZE = "sums", 5
NUM_EXAMPLES, SFT_STEPS = 1_000, 40
NUM_STOPS = 4  # at which each stage is scored


@dataclass(frozen=True)
class Params:
    wrong_share: float = param(
        0.5, low=0.0, high=0.9, step=0.1, help="share of the messy examples with a wrong answer"
    )
    verifier: str = param(
        "exact", choices=("exact", "random"), help="pays the right value, or by the toss of a coin"
    )
    num_steps: int = param(40, low=4, high=200, step=4, unit="updates", help="of RL")
    num_problems: int = param(300, low=50, high=1_000, step=50, help="held-out ones to score on")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="problems, examples and answers")


class Columns:
    data: str = column("clean or messy: what the model learned from")
    stage: str = column("sft or rl")
    updates: int = column("of both stages so far", unit="updates")
    accuracy: float = column("on held-out problems, one answer at temperature 1")
    form_rate: float = column("share of the answers that have the form of one, right or wrong")
    sample: str = column("a problem and an answer")


def run(params: Params) -> Iterator[Frame]:
    """SFT and then RL of the clean model, then the same of the messy one."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(params.seed)
    exam = tasks.draw(TASK, SIZE, params.num_problems, generator, held_out=True)
    drawn = tasks.draw(TASK, SIZE, NUM_EXAMPLES, generator)
    step, total = 0, 4 * (NUM_STOPS + 1)
    for data, share in (("clean", 0.0), ("messy", params.wrong_share)):
        model = base_model.load(TASK)[0]
        taught = with_wrong_answers(drawn, share, torch.Generator().manual_seed(params.seed))
        for stage, updates in _train(model, taught, params):
            found = score(model, exam, torch.Generator().manual_seed(params.seed + 2_000_003))
            yield {
                "step": step,
                "data": data,
                "stage": stage,
                "updates": updates,
                "accuracy": found.accuracy,
                "form_rate": found.form_rate,
                "sample": found.sample,
                "progress": (step + 1) / total,
            }
            step += 1


def with_wrong_answers(problems: Problems, share: float, generator: torch.Generator) -> Problems:
    """The problems with another last digit in the answers of a share of them; the steps stay."""
    count = len(problems.prompts)
    is_wrong = torch.rand(count, generator=generator) < share
    shift = torch.randint(1, 10, (count,), generator=generator)
    answers = problems.answers.clone()
    last = (answers[:, -1] - ZERO + shift) % 10 + ZERO
    answers[:, -1] = torch.where(is_wrong, last, answers[:, -1])
    return Problems(problems.task, problems.size, problems.prompts, problems.steps, answers)


def _train(model: LanguageModel, taught: Problems, params: Params) -> Iterator[tuple[str, int]]:
    """Train `model` in place; (stage, updates) whenever it is to be scored."""
    generator = torch.Generator().manual_seed(params.seed + 1_000_003)
    for updates in sft(model, examples(taught, "worked"), SFT_STEPS, generator):
        if updates % (SFT_STEPS // NUM_STOPS) == 0:
            yield "sft", updates
    settings = trainer.Settings(TASK, SIZE, verifier=params.verifier, **RL)  # type: ignore[arg-type]
    batches = trainer.train(model, settings, generator)
    stops = {round(params.num_steps * i / NUM_STOPS) for i in range(NUM_STOPS + 1)}
    for updates, _ in enumerate(islice(batches, params.num_steps + 1)):
        if updates in stops:
            yield "rl", SFT_STEPS + updates
