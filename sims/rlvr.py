"""RL from verifiable rewards: a check in place of a reward model.

A small transformer has read solved sums, careless ones among them: it can do every step, and often
does none. GRPO (Shao et al., 2024) pays an answer that a verifier finds right, and nothing else.
The policy then writes its steps out, answers get longer and nearly always right (as in R1-Zero:
Guo et al., 2025). Not all of the gain is length: with the number of steps fixed, it also stops to
slip (`length` = fixed). Paid by the toss of a coin (`verifier` = random), it learns nothing.

A verifier is a proxy where it has a hole. `verifier` = format pays whatever has the form of an
answer, and a hundredth less for each token: the policy drops its steps, and guesses. A cost of
tokens with the exact verifier (`token_cost`) does no such harm: answers grow as long as that makes
them right, and shrink again once most are, since a group in which all are right is then compared by
length alone.

RL needs a first success. `base` = rare says "answer" so seldom that it is right about once in a
hundred times; `base` = never has probability 0 of it: every group earns the same, no group teaches
anything, and the policy never changes.

Longer is not better as such: in additions the base model does all columns in its head, a written
step is one more chance to slip, and answers hardly grow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch

from sims.arithmetic import base_model, tasks
from sims.arithmetic.trainer import Settings, examine, train
from sims.spec import Frame, column, param

NUM_EXAM = 256  # held-out problems, drawn anew for each frame
FORMAT_COST = 0.01  # of a token, where the form alone is paid
RELUCTANCE = {"usual": 0.0, "rare": 7.0, "never": 300.0}  # nats off the log-odds of "answer"


@dataclass(frozen=True)
class Params:
    task: str = param(
        "sums",
        choices=("sums", "expressions", "additions"),
        help="sums and expressions of digits, modulo 10; additions of whole numbers",
    )
    difficulty: int = param(
        3, low=1, high=3, step=1, help="longer problems: 4 to 6 digits in a sum"
    )
    algorithm: str = param(
        "grpo", choices=("grpo", "dr_grpo", "rloo"), help="what a group of answers is compared with"
    )
    verifier: str = param(
        "exact",
        choices=("exact", "format", "matcher", "random"),
        help=(
            "pays the right value; or any answer of the right form, and shorter ones a little "
            "more; or a text that has the right digits anywhere; or by the toss of a coin"
        ),
    )
    length: str = param(
        "free",
        choices=("free", "fixed"),
        help="the policy decides how many steps it writes, or always writes all of them",
    )
    base: str = param(
        "usual",
        choices=("usual", "rare", "never"),
        help="how often the base model gives an answer at all",
    )
    token_cost: float = param(
        0.0, low=0.0, high=0.1, step=0.005, help="taken off the reward for each token written"
    )
    learning_rate: float = param(
        1.0, low=0.1, high=3.0, step=0.1, unit="× usual", help="step size; the usual one is 0.001"
    )
    beta: float = param(
        0.0, low=0.0, high=0.5, step=0.01, help="weight of the KL to the base model, in the loss"
    )
    num_steps: int = param(40, low=5, high=300, step=5, unit="updates", help="gradient updates")
    group_size: int = param(16, low=4, high=32, step=4, help="answers to each problem")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    updates: int = column("so far", unit="updates")
    num_rollouts: int = column("answers written in training so far", unit="answers")
    tokens: int = column("written in training so far", unit="tokens")
    accuracy: float = column("on problems that are never trained on")
    proxy_reward: float = column("share of these problems that the verifier pays")
    mean_length: float = column("of an answer", unit="tokens")
    entropy: float = column("of a token", unit="nats")
    kl: float = column("of an answer, to the base model", unit="nats")
    zero_std_rate: float = column(
        "share of the next batch's groups whose answers all earn the same"
    )
    base_accuracy: float = column("accuracy of the first frame")
    num_distinct: int = column("different ones among these problems", unit="problems")
    sample: str = column("a problem and an answer, and how many different ones there are")


def run(params: Params) -> Iterator[Frame]:
    """One frame before the first update and one after each, on problems never trained on."""
    torch.set_num_threads(1)
    size = tasks.size_of(params.task, params.difficulty)
    model, _ = base_model.load(params.task)
    if params.base != "usual":
        model = base_model.reluctant(model, RELUCTANCE[params.base])
    reference = model.copy()
    settings = _settings(params, size)
    asking = torch.Generator().manual_seed(params.seed + 1_000_003)
    batches = train(model, settings, torch.Generator().manual_seed(params.seed))
    num_rollouts, tokens, base_accuracy = 0, 0, 0.0
    for step, batch in enumerate(islice(batches, params.num_steps + 1)):
        problems = tasks.draw(params.task, size, NUM_EXAM, asking, held_out=True)
        exam = examine(model, reference, problems, settings, asking)
        base_accuracy = exam.accuracy if step == 0 else base_accuracy
        num_distinct = problems.num_distinct()
        yield {
            "step": step,
            "updates": step,
            "num_rollouts": num_rollouts,
            "tokens": tokens,
            "accuracy": exam.accuracy,
            "proxy_reward": exam.pay_rate,
            "mean_length": exam.mean_length,
            "entropy": exam.entropy,
            "kl": exam.kl,
            "zero_std_rate": batch.zero_std_rate,
            "base_accuracy": base_accuracy,
            "num_distinct": num_distinct,
            "sample": f"{exam.sample}   (one of {num_distinct} different problems)",
            "progress": step / params.num_steps,
        }
        num_rollouts += settings.num_prompts * settings.group_size
        tokens += batch.num_tokens


def _settings(params: Params, size: int) -> Settings:
    return Settings(
        task=params.task,
        size=size,
        algorithm=params.algorithm,
        verifier=params.verifier,
        group_size=params.group_size,
        learning_rate=1e-3 * params.learning_rate,
        beta=params.beta,
        token_cost=params.token_cost + (FORMAT_COST if params.verifier == "format" else 0.0),
        num_steps=tasks.num_steps_of(params.task, size) if params.length == "fixed" else None,
    )
