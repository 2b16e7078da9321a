"""Accuracy against RL compute, and what curves say of the part that they have not seen."""

import numpy as np
import pytest

from sims import rl_scaling
from sims.rl_scaling import Params, run

pytestmark = pytest.mark.numeric


@pytest.fixture(scope="module")
def frames() -> list[dict]:
    return list(run(Params(num_steps=64, num_seeds=2)))


def of(frames: list[dict], series: str) -> list[dict]:
    return [frame for frame in frames if frame["series"] == series]


def test_accuracy_rises_with_the_logarithm_of_compute(frames: list[dict]) -> None:
    found = of(frames, "measured")[1:]
    rollouts = np.array([frame["num_rollouts"] for frame in found])
    assert rollouts[0] == 64
    assert rollouts[-1] == 64 * 64
    accuracy = [frame["accuracy"] for frame in found]
    assert np.corrcoef(np.log(rollouts), accuracy)[0, 1] > 0.9
    assert accuracy[-1] > accuracy[0] + 0.4
    flops = [frame["flops"] for frame in found]
    assert flops == sorted(flops)


def test_curves_are_fitted_to_the_first_part_and_judged_on_the_rest(frames: list[dict]) -> None:
    found = of(frames, "measured")[1:]
    for series in ("log-linear", "sigmoid"):
        curve = of(frames, series)
        assert [f["num_rollouts"] for f in curve] == [f["num_rollouts"] for f in found]
        seen = [f["is_fitted"] for f in curve]
        assert seen == sorted(seen, reverse=True)
        assert 5 <= sum(seen) < len(seen)
        misses = [
            abs(told["accuracy"] - real["accuracy"])
            for told, real in zip(curve, found, strict=True)
            if not told["is_fitted"]
        ]
        assert curve[0]["prediction_error"] == pytest.approx(np.mean(misses))
        assert curve[0]["fit_r2"] > 0.5
        assert all(f["low"] <= f["accuracy"] <= f["high"] for f in curve)


def test_a_line_is_that_of_numpy(frames: list[dict]) -> None:
    curve, found = of(frames, "log-linear"), of(frames, "measured")[1:]
    pairs = [
        (np.log10(real["num_rollouts"]), real["accuracy"])
        for told, real in zip(curve, found, strict=True)
        if told["is_fitted"]
    ]
    x, y = np.array(pairs).T
    slope, start = np.polyfit(x, y, 1)
    assert curve[0]["slope"] == pytest.approx(slope)
    last = curve[-1]
    assert last["accuracy"] == pytest.approx(start + slope * np.log10(last["num_rollouts"]))


def test_a_ceiling_is_a_rate_and_its_interval_holds_it(frames: list[dict]) -> None:
    first = of(frames, "sigmoid")[0]
    assert 0 < first["ceiling_low"] <= first["ceiling"] <= first["ceiling_high"] <= 1


def test_every_frame_counts_on(frames: list[dict]) -> None:
    assert [frame["step"] for frame in frames] == list(range(len(frames)))
    assert set(rl_scaling.VERDICTS) <= set(frames[0])
