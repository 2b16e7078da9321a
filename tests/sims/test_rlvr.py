"""RL from verifiable rewards: what is paid for is what grows."""

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from sims.arithmetic.trainer import ALGORITHMS, VERIFIERS, Batch, Settings
from sims.rlvr import Params, run
from sims.spec import Frame, SpecError

pytestmark = pytest.mark.numeric


@cache
def frames(**values: Any) -> tuple[Frame, ...]:
    return tuple(run(Params(**values)))


def ends(**values: Any) -> tuple[Frame, Frame]:
    """The first and the last frame."""
    first, *_, final = frames(**values)
    return first, final


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.sweep)])
def test_right_answers_are_paid_and_steps_are_written(seed: int) -> None:
    first, final = ends(seed=seed)
    # medians and deviations of ten seeds without AVX; with AVX2 and two threads the same to 0.001
    assert first["accuracy"] < 0.5  # 0.28, sd 0.03
    assert final["accuracy"] > 0.93  # 0.988, sd 0.004
    assert final["mean_length"] > first["mean_length"] + 1.5  # 3.2, sd 0.12
    assert final["entropy"] < first["entropy"] / 4  # 0.015 of it, sd 0.001
    assert final["zero_std_rate"] > first["zero_std_rate"] + 0.3  # 0.81, sd 0.06
    assert first["kl"] < 1e-6
    assert final["kl"] > 1  # 2.88, sd 0.04
    assert final["proxy_reward"] == final["accuracy"]
    assert final["num_rollouts"] == 40 * 32 * 16
    assert final["progress"] == 1
    answer, _, counted = final["sample"].partition("   ")
    assert answer[-1] in "✓✗"
    assert counted == f"(one of {final['num_distinct']} different problems)"


# The gradients of both are held to the exact one in tests/sims/arithmetic/test_trainer.py, and that
# the one which is asked for is the one that trains, below.
@pytest.mark.sweep
@pytest.mark.parametrize("algorithm", ["rloo", "dr_grpo"])
def test_the_other_algorithms_learn_as_well(algorithm: str) -> None:
    first, final = ends(algorithm=algorithm, num_steps=30)
    assert final["accuracy"] > first["accuracy"] + 0.4  # three seeds: 0.67 to 0.72
    assert final["mean_length"] > first["mean_length"] + 1  # 3.1 to 3.4


def test_a_hole_in_the_verifier_is_found() -> None:
    first, final = ends(verifier="format", num_steps=30)
    assert first["proxy_reward"] < 0.95
    assert final["proxy_reward"] > 0.98
    assert final["accuracy"] < first["accuracy"] - 0.1
    assert final["accuracy"] < 0.2  # a guess among ten digits
    assert final["mean_length"] < 3.5  # "answer", a digit, END


def test_the_gain_is_not_length_alone() -> None:
    first, final = ends(length="fixed", num_steps=40)
    assert first["mean_length"] == final["mean_length"] == 8
    assert final["accuracy"] > first["accuracy"] + 0.1


def test_without_a_first_success_nothing_is_learned() -> None:
    for frame in run(Params(base="never", num_steps=5)):
        assert frame["accuracy"] == 0
        assert frame["zero_std_rate"] == 1
        assert frame["kl"] == 0
    first, final = ends(base="rare", num_steps=40)
    assert first["accuracy"] < 0.1
    assert final["accuracy"] > 0.8  # two seeds: 0.94 and 0.97


def test_tokens_are_what_was_written() -> None:
    for before, after in itertools.pairwise(frames(seed=0)):
        mean = (after["tokens"] - before["tokens"]) / 512
        assert mean == pytest.approx(before["mean_length"], abs=0.6)


def test_the_algorithm_and_the_verifier_asked_for_are_those_that_train(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []

    def train(_model: object, settings: Settings, _generator: object) -> Iterator[Batch]:
        asked.append((settings.algorithm, settings.verifier))
        yield Batch(0.0, 0.0, 0.0, 1.0, 1, 0.0)

    monkeypatch.setattr("sims.rlvr.train", train)
    wanted = list(itertools.product(ALGORITHMS, VERIFIERS))
    for algorithm, verifier in wanted:
        list(run(Params(algorithm=algorithm, verifier=verifier)))
    assert asked == wanted


def test_a_model_that_cannot_do_the_task_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from sims.arithmetic import base_model

    monkeypatch.setenv("PRACTICUM_MODEL", str(base_model.FOLDER.with_name("sentences")))
    with pytest.raises(SpecError, match="does not fit the task 'sums'"):
        next(run(Params()))
