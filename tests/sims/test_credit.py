"""Credit: variances by listing every answer, and the mean gradient by finite differences."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from sims.credit import LENGTHS, SIGNALS, Params, exact_variance, gradients, run
from sims.spec import Frame


def frames(**values: Any) -> list[Frame]:
    return list(run(Params(**values)))


def all_answers(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every answer (2^T, T) of right and wrong tokens, and its probability."""
    right = np.array(list(itertools.product((False, True), repeat=len(p))))
    return right, np.where(right, p, 1 - p).prod(axis=1)


@pytest.mark.parametrize("use_baseline", [True, False])
@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("p", [0.25, 0.6])
def test_variance_by_enumeration(p: float, signal: str, use_baseline: bool) -> None:
    for length in (1, 2, 5):
        right, chance = all_answers(np.full(length, p))
        pushes = gradients(right, np.full(length, p), signal, use_baseline)
        mean = chance @ pushes
        variance = float((chance @ (pushes - mean) ** 2).mean())
        formula = exact_variance(length, p, signal, use_baseline)
        assert formula == pytest.approx(variance, abs=1e-12)


@pytest.mark.parametrize("use_baseline", [True, False])
@pytest.mark.parametrize("signal", SIGNALS)
def test_all_signals_have_the_gradient_as_their_mean(signal: str, use_baseline: bool) -> None:
    """Central differences of the expected score of all answers, on logits that are not alike."""
    logits, h = np.array([-1.0, 0.3, 0.8]), 1e-5

    def expected_score(at: np.ndarray) -> float:
        right, chance = all_answers(1 / (1 + np.exp(-at)))
        return float(chance @ right.sum(axis=1))

    true = [
        (expected_score(logits + h * e) - expected_score(logits - h * e)) / (2 * h)
        for e in np.eye(3)
    ]
    p = 1 / (1 + np.exp(-logits))
    right, chance = all_answers(p)
    mean = chance @ gradients(right, p, signal, use_baseline)
    assert mean == pytest.approx(true, abs=1e-8)


def test_the_numbers_of_the_slide() -> None:
    exact = {(f["signal"], f["num_tokens"]): f["exact_needed"] for f in frames()}
    assert exact["token", 100] == pytest.approx(16 / 3)
    for length in LENGTHS:
        assert exact["sequence", length] == pytest.approx(16 / 3 + 4 * (length - 1))
        assert exact["to_go", length] == pytest.approx(16 / 3 + 2 * (length - 1))


def test_samples_agree_with_the_formula() -> None:
    for seed in range(3):
        for frame in frames(seed=seed, num_answers=20_000):
            assert frame["needed"] == pytest.approx(frame["exact_needed"], rel=0.06)


def test_without_a_baseline_the_noise_grows_with_the_square() -> None:
    exact = {
        f["num_tokens"]: f["exact_needed"]
        for f in frames(use_baseline=False)
        if f["signal"] == "sequence"
    }
    slope = math.log(exact[200] / exact[100]) / math.log(2)
    assert slope == pytest.approx(2, abs=0.1)


def test_one_score_still_learns_but_leaves_some_tokens_behind() -> None:
    for seed in range(8):
        ends = {f["signal"]: f for f in frames(show="learning", num_tokens=200, seed=seed)[-3:]}
        assert all(end["right_rate"] > 0.85 for end in ends.values())
        assert ends["token"]["least_rate"] > 0.9
        assert ends["sequence"]["least_rate"] < ends["token"]["least_rate"] - 0.1


def test_training_starts_where_it_is_told() -> None:
    first = frames(show="learning", p_right=0.4, num_steps=1)
    assert [f["right_rate"] for f in first[:3]] == pytest.approx([0.4] * 3)
    assert first[-1]["answers"] == 16


def test_the_first_token_hears_all_and_the_last_only_itself() -> None:
    p = np.full(6, 0.4)
    right = np.random.default_rng(0).random((50, 6)) < p
    heard = {signal: gradients(right, p, signal, True) for signal in SIGNALS}
    assert heard["to_go"][:, 0] == pytest.approx(heard["sequence"][:, 0])
    assert heard["to_go"][:, -1] == pytest.approx(heard["token"][:, -1])


@pytest.mark.parametrize(
    ("column", "signal"), [("token_needed", "token"), ("score_needed", "sequence")]
)
def test_every_row_says_what_another_signal_would_need(column: str, signal: str) -> None:
    frames = list(run(Params(num_answers=100)))
    by_length = {f["num_tokens"]: f["needed"] for f in frames if f["signal"] == signal}
    assert all(f[column] == by_length[f["num_tokens"]] for f in frames)
