"""A scaling law: what is fitted, what is predicted, and when nothing is."""

import pytest

from sims import scaling_law
from sims.pretraining.runs import RUNS, Run
from sims.pretraining.source import Source
from sims.scaling_law import Params, run
from sims.spec import Frame

pytestmark = pytest.mark.numeric


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return list(run(Params()))


def test_the_largest_of_seven_models_is_predicted_before_it_is_trained(
    frames: list[Frame],
) -> None:
    curves = [frame["curve"] for frame in frames]
    assert curves.count("measured") == 7
    assert curves.index("predicted") == len(curves) - 2
    assert curves[-1] == "measured"
    losses = [frame["loss"] for frame in frames if frame["curve"] == "measured"]
    assert losses == sorted(losses, reverse=True)
    assert all(loss > frames[0]["entropy"] for loss in losses)
    assert frames[-1]["progress"] == 1.0
    last = frames[-1]
    assert last["prediction_error"] == last["prediction"] - last["loss"]


def test_a_floor_predicts_what_a_line_in_the_logarithms_cannot(frames: list[Frame]) -> None:
    last = frames[-1]
    assert last["r2"] > 0.99
    assert abs(last["prediction_error"]) < 0.05
    assert last["no_floor_error"] < -0.08  # it goes on falling where the loss flattens
    assert last["floor_low"] < last["floor"] < last["floor_high"]
    assert last["floor"] == pytest.approx(last["entropy"], abs=0.15)


def test_exponent_and_floor_are_found_where_the_law_is_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exact(run: Run, source: Source, seed: int) -> float:
        return source.entropy_rate + 3.0 * run.parameters**-0.4

    monkeypatch.setattr(Run, "loss", exact)
    last = list(run(Params(seed=5)))[-1]
    assert last["exponent"] == pytest.approx(0.4, abs=1e-3)
    assert last["floor"] == pytest.approx(last["entropy"], abs=1e-3)
    assert abs(last["prediction_error"]) < 1e-4


@pytest.mark.parametrize("num_models", [2, 3, 4, 5])
def test_too_few_points_are_not_fitted(num_models: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "loss", lambda run, source, seed: 3.0 + run.parameters**-0.3)
    frames = list(run(Params(num_models=num_models)))
    assert not any(frame["is_fitted"] for frame in frames)
    assert {frame["curve"] for frame in frames} == {"entropy", "measured"}
    assert any("at least 5 points" in frame["sample"] for frame in frames)
    assert frames[-1]["r2"] == frames[-1]["prediction"] == frames[-1]["prediction_error"] == 0.0


def test_axes_grow_what_they_say() -> None:
    for axis, runs in RUNS.items():
        scales = [each.along(axis) for each in runs]
        assert len(runs) == 7
        assert scales == sorted(set(scales))
    assert len({each.updates for each in RUNS["parameters"]}) == 1
    assert len({each.width for each in RUNS["data"]}) == 1
    ratios = [each.data / each.parameters for each in RUNS["compute"]]
    assert max(ratios) < 1.1 * min(ratios)


def test_exponents_in_print() -> None:
    alpha, beta = scaling_law.CHINCHILLA["parameters"], scaling_law.CHINCHILLA["data"]
    # at the best split of C = 6 N D, A N^-alpha and B D^-beta fall alike: N ~ C^(beta / sum)
    assert alpha * beta / (alpha + beta) == pytest.approx(
        scaling_law.CHINCHILLA["compute"], abs=5e-4
    )
