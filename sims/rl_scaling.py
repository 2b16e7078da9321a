"""Accuracy against the compute that RL takes: a line in the logarithm, or a sigmoid?

GRPO on sums with an exact verifier, several seeds in step, measured at 1, 2, 3, 4, 6, 8, … updates
on fresh held-out problems. Two curves are fitted to the first part and judged on the rest:

    log-linear   accuracy = start + slope log10 C                                  (OpenAI, 2024)
    sigmoid      accuracy = low + (high - low) / (1 + (middle / C)^rate)   (Khatri et al., 2025)

with C the answers written in training and `low` the base model's accuracy. Over a short stretch
both look right, but the rise begins slowly and ends at a ceiling: a line through its first part
falls short of the middle, and far enough out it passes 1. The sigmoid comes nearer here; yet it has
to know its ceiling before it has seen it, and the interval says how little the first points tell.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from sims import fits
from sims.arithmetic import base_model, tasks
from sims.arithmetic.scaling import measured
from sims.arithmetic.trainer import Settings
from sims.spec import Frame, SpecError, column, param

NUM_PROMPTS, GROUP_SIZE = 8, 8  # of an update: 64 answers
VERDICTS = ("slope", "ceiling", "ceiling_low", "ceiling_high", "fit_r2", "prediction_error")


@dataclass(frozen=True)
class Params:
    task: str = param(
        "sums",
        choices=("sums", "expressions", "additions"),
        help="sums and expressions of digits, modulo 10; additions of whole numbers",
    )
    difficulty: int = param(3, low=1, high=3, step=1, help="longer problems")
    algorithm: str = param(
        "grpo", choices=("grpo", "dr_grpo", "rloo"), help="what a group of answers is compared with"
    )
    verifier: str = param(
        "exact", choices=("exact", "random"), help="pays the right value, or by the toss of a coin"
    )
    learning_rate: float = param(
        0.4, low=0.1, high=2.0, step=0.1, unit="× usual", help="step size; the usual one is 0.001"
    )
    num_steps: int = param(
        128, low=64, high=1024, step=64, unit="updates", help="of each seed, 64 answers each"
    )
    num_seeds: int = param(3, low=1, high=8, step=1, help="trainings whose mean is measured")
    fit_share: float = param(
        0.6, low=0.5, high=0.9, step=0.05, help="part of the log axis that the curves are fitted to"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the first of the seeds")


class Columns:
    series: str = column("measured, log-linear or sigmoid")
    num_rollouts: int = column("answers written in one seed's training", unit="answers")
    flops: float = column("compute of that training", unit="FLOPs")
    accuracy: float = column("mean over seeds, or what the curve says")
    low: float = column("lower end of the 95 % interval: Wilson, or of the curve")
    high: float = column("upper end of the 95 % interval")
    mean_length: float = column("of an answer", unit="tokens")
    sample: str = column("a problem and an answer")
    is_fitted: bool = column("whether the fit has seen the point")
    slope: float = column(
        "of the log-linear fit: accuracy per tenfold compute; 0 until there is one"
    )
    ceiling: float = column("of the sigmoid fit; 0 until there is one")
    ceiling_low: float = column("lower end of its 95 % interval")
    ceiling_high: float = column("upper end of its 95 % interval")
    fit_r2: float = column("R² of the fit; 0 until there is one")
    prediction_error: float = column("mean absolute error on the points that the fit has not seen")


def run(params: Params) -> Iterator[Frame]:
    """One frame for every measured point, then each fitted curve at all of them.

    The first frame is the base model; curves start at the first update.
    """
    torch.set_num_threads(1)
    size = tasks.size_of(params.task, params.difficulty)
    base, _ = base_model.load(params.task)
    settings = Settings(
        params.task, size, params.algorithm, params.verifier,
        num_prompts=NUM_PROMPTS, group_size=GROUP_SIZE, learning_rate=1e-3 * params.learning_rate,
    )  # fmt: skip
    seeds = [params.seed + 1000 * i for i in range(params.num_seeds)]
    found: list[Frame] = []
    for point in measured(base, settings, params.num_steps, seeds):
        values = dataclasses.asdict(point)
        progress = values.pop("updates") / params.num_steps
        found.append(
            {
                "step": len(found), "series": "measured", **values, "is_fitted": False,
                **dict.fromkeys(VERDICTS, 0.0), "progress": progress,
            }
        )  # fmt: skip
        yield found[-1]
    # the base model has no place on a logarithmic axis: it is where the sigmoid comes from
    yield from _fitted(found[1:], found[0]["accuracy"], params.fit_share)


def _fitted(found: list[Frame], base: float, share: float) -> Iterator[Frame]:
    """Both curves at every measured point, fitted to the first `share` of the logarithmic axis."""
    x = np.array([frame["num_rollouts"] for frame in found], dtype=float)
    y = np.array([frame["accuracy"] for frame in found])
    is_seen = np.log(x) <= np.log(x[0]) + share * np.log(x[-1] / x[0])
    try:
        line = fits.log_linear(x[is_seen], y[is_seen])
        curve = fits.sigmoid(x[is_seen], y[is_seen], low=base)
    except fits.TooFewPoints as error:
        raise SpecError(f"{error} Use more updates, or a greater fit share.") from error
    for place, (series, fit) in enumerate((("log-linear", line), ("sigmoid", curve))):
        told, (low, high) = fit.predict(x), fit.interval(x)
        error = float(np.abs(told - y)[~is_seen].mean())
        verdict = {
            "slope": fit.values.get("slope", 0.0),
            "ceiling": fit.values.get("high", 0.0),
            "ceiling_low": fit.low.get("high", 0.0),
            "ceiling_high": fit.high.get("high", 0.0),
            "fit_r2": fit.r2,
            "prediction_error": error,
        }
        said = (
            f"{series}, fitted to {int(is_seen.sum())} points up to {int(x[is_seen][-1])} answers: "
            f"off by {error:.3f} on the {int((~is_seen).sum())} that it has not seen"
        )
        for i, frame in enumerate(found):
            yield {
                **frame,
                "step": 1 + i + len(found) * (1 + place),
                "series": series,
                "accuracy": float(told[i]),
                "low": float(low[i]),
                "high": float(high[i]),
                "is_fitted": bool(is_seen[i]),
                **verdict,
                "sample": said,
                "progress": 1.0,
            }
