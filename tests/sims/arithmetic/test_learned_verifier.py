"""The learned verifier: its regression, and that it tells good answers from bad."""

import numpy as np
import pytest
import torch

from sims.arithmetic import base_model, estimators, rollouts, tasks
from sims.arithmetic.learned_verifier import RIDGE, LearnedVerifier, fit_logistic
from sims.arithmetic.verifier import judged

pytestmark = pytest.mark.numeric


def test_the_regression_is_at_its_optimum() -> None:
    rng = np.random.default_rng(0)
    design = np.concatenate([np.ones((300, 1)), rng.normal(size=(300, 3))], 1)
    is_right = (rng.random(300) < 1 / (1 + np.exp(-design @ [0.5, 1.0, -1.0, 0.0]))).astype(float)

    def badness(weights: np.ndarray) -> float:
        z = design @ weights
        loss = np.sum(np.log1p(np.exp(z)) - is_right * z)
        return float(loss + RIDGE / 2 * np.sum(weights[1:] ** 2))

    weights = fit_logistic(design, is_right)
    assert weights == pytest.approx([0.5, 1.0, -1.0, 0.0], abs=0.5)
    for move in 0.01 * np.eye(4):
        assert badness(weights) < min(badness(weights + move), badness(weights - move))


@pytest.mark.parametrize("seed", range(3))
def test_its_choice_beats_chance_and_not_the_truth(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    model, _ = base_model.load("sums")
    seen = tasks.draw("sums", 6, 150, generator)
    verifier = LearnedVerifier(model, rollouts.write(model, seen, generator, num_samples=8))
    asked = tasks.draw("sums", 6, 150, generator, held_out=True)
    made = rollouts.write(model, asked, generator, num_samples=8)
    scores = verifier.scores(made)
    assert scores.shape == (150, 8)
    is_right, _, _ = judged(made.problems, made.tokens, 8)
    chance, best, truth = (
        float(np.mean(estimators.best_of(by, is_right, 8)))
        for by in (np.random.default_rng(0).random((150, 8)), scores, is_right.astype(float))
    )
    assert chance + 0.15 < best <= truth
