"""Estimates from n answers, beside enumeration of all subsets and known tables."""

import itertools
import math

import numpy as np
import pytest

from sims.arithmetic import estimators
from sims.spec import SpecError

NUM = 7


def subset_mean(k: int, verdict: object) -> float:
    subsets = list(itertools.combinations(range(NUM), k))
    return sum(float(verdict(subset)) for subset in subsets) / len(subsets)  # type: ignore[operator]


@pytest.mark.parametrize("k", range(1, NUM + 1))
@pytest.mark.parametrize("right", range(NUM + 1))
def test_pass_at_k_is_the_mean_over_all_subsets(k: int, right: int) -> None:
    wanted = subset_mean(k, lambda subset: any(place < right for place in subset))
    assert estimators.pass_at_k(NUM, np.array([right]), k)[0] == pytest.approx(wanted, abs=1e-12)


def test_pass_at_k_of_many_answers_does_not_overflow() -> None:
    found = estimators.pass_at_k(100_000, np.array([1, 99_999]), 1000)
    assert found == pytest.approx([0.01, 1.0])


@pytest.mark.parametrize("k", range(1, NUM + 1))
def test_best_of_is_the_mean_over_all_subsets(k: int) -> None:
    rng = np.random.default_rng(k)
    scores, is_right = rng.normal(size=(1, NUM)), rng.random((1, NUM)) < 0.5
    wanted = subset_mean(k, lambda s: is_right[0, max(s, key=lambda place: scores[0, place])])
    assert estimators.best_of(scores, is_right, k)[0] == pytest.approx(wanted, abs=1e-12)


def test_best_by_the_truth_is_pass_at_k() -> None:
    is_right = np.random.default_rng(0).random((5, NUM)) < 0.3
    for k in (1, 3, NUM):
        best = estimators.best_of(is_right.astype(float), is_right, k)
        assert best == pytest.approx(estimators.pass_at_k(NUM, is_right.sum(1), k))


def test_a_vote_by_hand() -> None:
    rng = np.random.default_rng(0)
    answers = np.array([[5, 5, 3], [3, 3, 5], [5, 3, -1], [-1, -1, 5], [-1, -1, -1]])
    found = estimators.majority(answers, np.full(5, 5), 3, rng)
    assert found == pytest.approx([1, 0, 0.5, 1, 0])  # no answer has no vote; a tie is halved


@pytest.mark.parametrize(("chance", "limit"), [(0.6, 1.0), (0.4, 0.0)])
def test_a_vote_ends_at_the_likelier_answer(chance: float, limit: float) -> None:
    rng = np.random.default_rng(0)
    answers = (rng.random((300, 255)) < chance).astype(int)
    means = [estimators.majority(answers, np.ones(300, int), k, rng).mean() for k in (1, 15, 255)]
    assert means[0] == pytest.approx(chance, abs=0.01)
    # odd k, two answers: a binomial tail
    tail = sum(math.comb(15, j) * chance**j * (1 - chance) ** (15 - j) for j in range(8, 16))
    assert means[1] == pytest.approx(tail, abs=0.02)
    assert means[2] == pytest.approx(limit, abs=0.01)


def test_wilson_against_a_table() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: 81/263, 15/148, 0/20, 1/29
    for right, num, low, high in (
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):  # fmt: skip
        assert estimators.wilson(right / num, num) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("k", [1, 2, 9])
@pytest.mark.parametrize(("a", "b"), [(0.5, 2.0), (3.0, 1.0)])
def test_beta_curve_is_the_mean_of_one_problem_curves(a: float, b: float, k: int) -> None:
    places = (np.arange(200_000) + 0.5) / 200_000  # integral over p, by the midpoint rule
    density = places ** (a - 1) * (1 - places) ** (b - 1)
    wanted = np.sum(density * (1 - (1 - places) ** k)) / np.sum(density)
    assert estimators.beta_pass_at_k(a, b, k) == pytest.approx(wanted, abs=2e-3)


@pytest.mark.parametrize("seed", range(3))
def test_fitted_beta_finds_the_one_that_made_the_problems(seed: int) -> None:
    rng = np.random.default_rng(seed)
    num_right = rng.binomial(64, rng.beta(0.6, 1.8, 3000))
    a, b = estimators.fit_beta(64, num_right)
    assert (a, b) == (pytest.approx(0.6, rel=0.1), pytest.approx(1.8, rel=0.1))


@pytest.mark.parametrize("num_right", [[0, 0, 0], [8, 8, 8], [4, 4, 4]])
def test_problems_that_are_all_alike_have_a_fit_too(num_right: list[int]) -> None:
    a, b = estimators.fit_beta(8, np.array(num_right))
    assert a / (a + b) == pytest.approx(num_right[0] / 8, abs=0.02)


@pytest.mark.parametrize(
    ("k", "sentence"),
    [
        (9, "k is 9, but there are 8 answers to each problem: draw at least 9."),
        (0, "k is 0: a budget of no answers leaves nothing to judge; use at least 1."),
    ],
)
def test_budgets_that_cannot_be(k: int, sentence: str) -> None:
    with pytest.raises(SpecError) as error:
        estimators.pass_at_k(8, np.array([1]), k)
    assert str(error.value) == sentence
    with pytest.raises(SpecError):
        estimators.wilson(0.5, 0)


def test_one_trial_has_an_interval() -> None:
    z2 = 1.959964**2
    assert estimators.wilson(1.0, 1) == (pytest.approx(1 / (1 + z2)), 1.0)


def test_of_many_equal_scores_the_first_answer_wins() -> None:
    is_right = np.zeros((1, 200), dtype=bool)
    is_right[0, 0] = True
    assert estimators.best_of(np.zeros((1, 200)), is_right, 200) == pytest.approx(np.ones(1))
