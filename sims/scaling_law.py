"""A scaling law in the making: small transformers predict the loss of a larger one.

    with a floor     L(x) = floor + scale x^-exponent     x: parameters, tokens read, or FLOPs
    without          L(x) = scale x^-exponent             (Kaplan et al., 2020)

The text comes from a source whose entropy rate is known (`pretraining.source`), so it can be told
whether the fitted floor is where no model can get below: the irreducible loss of Hoffmann et al.
(2022). Runs grow from small to large, curves are fitted to all but the largest, and only then is
that one trained, and its loss set beside what the curves said.

Parameters are counted without the token tables, and training costs 6 x parameters x tokens FLOPs,
both as in Kaplan et al. Every token is read once. Small models depend on their random start, so a
loss is the mean over several. A fit through six points says how far it can be trusted: the interval
is often wide, and three unknowns are not fitted to fewer than five points.

Along `data` the size is fixed, and the floor is that of this size: above the entropy. Along
`compute` the smallest runs have hardly begun to learn, and predictions come out a little low.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from sims import fits
from sims.fits import Fit
from sims.language.training import keep_freed_memory
from sims.pretraining.runs import RUNS, Run
from sims.pretraining.source import Source
from sims.spec import Frame, column, param

# Exponents in print. Kaplan et al. (2020), first figure, for laws without a floor. Hoffmann et al.
# (2022), the third of their fits, L = E + A N^-0.34 + B D^-0.28; where N and D grow in the
# proportion that makes the best of compute, both terms fall as C^-(0.34 x 0.28 / (0.34 + 0.28)).
KAPLAN = {"parameters": 0.076, "data": 0.095, "compute": 0.050}
CHINCHILLA = {"parameters": 0.34, "data": 0.28, "compute": 0.154}
NUM_DRAWN = 24  # points of a curve
FITTED = (
    "r2", "exponent", "exponent_low", "exponent_high", "floor", "floor_low", "floor_high",
    "no_floor_exponent", "no_floor_r2", "prediction", "no_floor_prediction", "prediction_error",
    "no_floor_error",
)  # fmt: skip


@dataclass(frozen=True)
class Params:
    axis: str = param(
        "parameters",
        choices=("parameters", "data", "compute"),
        help="what grows: the model, the text that it reads, or both in proportion",
    )
    num_models: int = param(
        7, low=2, high=7, step=1, help="runs, the largest of which is hidden until it is predicted"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the source and every random start")


class Columns:
    curve: str = column("entropy, measured, with a floor, without a floor, or predicted")
    scale: float = column("size along the chosen axis")
    parameters: int = column("of the model; 0 on drawn curves")
    tokens: int = column("of its training; 0 on drawn curves", unit="tokens")
    compute: int = column("of its training; 0 on drawn curves", unit="FLOPs")
    loss: float = column("of a token", unit="nats")
    is_fitted: bool = column("whether there is a fit; until then its columns are 0")
    r2: float = column("R² of the fit with a floor")
    exponent: float = column("of the fit with a floor")
    exponent_low: float = column("lower end of its 95 % interval")
    exponent_high: float = column("upper end of its 95 % interval")
    floor: float = column("loss that no size gets below, fitted", unit="nats")
    floor_low: float = column("lower end of its 95 % interval", unit="nats")
    floor_high: float = column("upper end of its 95 % interval", unit="nats")
    no_floor_exponent: float = column("of the fit without a floor")
    no_floor_r2: float = column("R² of the fit without a floor, of log loss")
    prediction: float = column("of the largest model's loss, with a floor", unit="nats")
    no_floor_prediction: float = column("the same without a floor", unit="nats")
    prediction_error: float = column(
        "predicted less measured; 0 before the last frame", unit="nats"
    )
    no_floor_error: float = column("the same without a floor", unit="nats")
    sample: str = column("how it stands, in words")
    excess: float = column("loss less entropy", unit="nats")
    entropy: float = column("entropy rate of the source", unit="nats")
    kaplan_exponent: float = column("of this axis in Kaplan et al. (2020)")
    chinchilla_exponent: float = column("of this axis in Hoffmann et al. (2022)")


def run(params: Params) -> Iterator[Frame]:
    """The entropy rate, the smaller runs, the curves through them, a prediction, and the truth."""
    torch.set_num_threads(1)
    keep_freed_memory()
    source = Source.random(params.seed)
    for step, frame in enumerate(_frames(source, params)):
        yield {
            "step": step,
            **frame,
            "excess": frame["loss"] - source.entropy_rate,
            "entropy": source.entropy_rate,
            "kaplan_exponent": KAPLAN[params.axis],
            "chinchilla_exponent": CHINCHILLA[params.axis],
        }


def _frames(source: Source, params: Params) -> Iterator[Frame]:
    runs = RUNS[params.axis][-params.num_models :]
    *known_scales, hidden = scales = [each.along(params.axis) for each in runs]
    work = np.cumsum([each.updates * (1 + each.starts) for each in runs])
    known: Frame = {"is_fitted": False} | dict.fromkeys(FITTED, 0.0)

    def point(curve: str, scale: float, loss: float, done: int, sample: str) -> Frame:
        progress = float(work[done - 1] / work[-1]) if done else 0.0
        about = _about(runs[done - 1] if curve == "measured" else None)
        place = {"curve": curve, "scale": scale, **about, "loss": loss}
        return {**place, **known, "sample": sample, "progress": progress}

    for scale in scales:
        yield point(
            "entropy", scale, source.entropy_rate, 0, "no model gets below the entropy rate"
        )
    losses: list[float] = []
    for done, each in enumerate(runs[:-1], 1):
        losses.append(each.loss(source, params.seed))
        said = f"run {done} of {len(runs)}: {losses[-1]:.4f} nats a token"
        yield point("measured", scales[done - 1], losses[-1], done, said)
    done, said = len(losses), "the largest run is hidden until it is predicted"
    try:
        fit = fits.floor_power_law(known_scales, losses)
        plain = fits.power_law(known_scales, losses)
    except fits.TooFewPoints as error:
        said = f"No fit: {error}"
        yield point("entropy", hidden, source.entropy_rate, done, said)
    else:
        known |= {"is_fitted": True, **_numbers(fit, plain, hidden)}
        for name, curve in (("with a floor", fit), ("without a floor", plain)):
            for scale in np.geomspace(scales[0], hidden, NUM_DRAWN).tolist():
                yield point(name, scale, float(curve.predict(scale)[0]), done, said)
        said = f"predicted {known['prediction']:.4f} nats a token"
        yield point("predicted", hidden, known["prediction"], done, said)
    loss = runs[-1].loss(source, params.seed)
    if known["is_fitted"]:
        known["prediction_error"] = known["prediction"] - loss
        known["no_floor_error"] = known["no_floor_prediction"] - loss
    yield point("measured", hidden, loss, len(runs), f"{said}; measured {loss:.4f}")


def _about(run: Run | None) -> dict[str, int]:
    """What was trained; zeros for a point that is not a training."""
    if run is None:
        return {"parameters": 0, "tokens": 0, "compute": 0}
    return {"parameters": run.parameters, "tokens": run.data, "compute": run.compute}


def _numbers(fit: Fit, plain: Fit, hidden: float) -> dict[str, float]:
    ends = {
        f"{name}{end}": values[name]
        for name in ("exponent", "floor")
        for end, values in (("", fit.values), ("_low", fit.low), ("_high", fit.high))
    }
    return ends | {
        "r2": fit.r2,
        "no_floor_exponent": plain.values["exponent"],
        "no_floor_r2": plain.r2,
        "prediction": float(fit.predict(hidden)[0]),
        "no_floor_prediction": float(plain.predict(hidden)[0]),
    }
