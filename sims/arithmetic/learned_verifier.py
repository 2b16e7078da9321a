"""A verifier that has to guess: logistic regression on what the model itself shows of an answer.

    P(right) = sigmoid(w . [features of the answer's last token, its log-probs, its length])

It is fitted to answers that the exact verifier has judged, on problems of its own. So it learns
what a likely mistake looks like, and is fooled where a wrong answer looks as a right one does
(Cobbe et al., 2021: training verifiers).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from sims.arithmetic.rollouts import Rollout
from sims.arithmetic.verifier import grade
from sims.language.model import LanguageModel
from sims.language.transformer import token_logprobs

RIDGE = 1.0  # pull of the weights towards 0
ROUNDS = 12  # of Newton


class LearnedVerifier:
    """Scores for the answers of one model."""

    def __init__(self, model: LanguageModel, examples: Rollout) -> None:
        self.model = model
        seen = self._features(examples)
        self.mean, self.spread = seen.mean(0), seen.std(0) + 1e-6
        is_right = grade(examples.problems, examples.tokens).is_right.numpy().astype(float)
        self.weights = fit_logistic(self._design(seen), is_right)

    def scores(self, rollout: Rollout) -> NDArray:
        """(P, G): the higher, the likelier the answer is right."""
        found = self._design(self._features(rollout)) @ self.weights
        return found.reshape(-1, rollout.num_samples)

    def _design(self, features: NDArray) -> NDArray:
        scaled = (features - self.mean) / self.spread
        return np.concatenate([np.ones((len(scaled), 1)), scaled], 1)

    def _features(self, rollout: Rollout) -> NDArray:
        """(B, width + 4), from one more reading of each answer."""
        times, tokens = rollout.num_samples, rollout.tokens
        prompts = rollout.problems.prompts[::times]
        with torch.no_grad():
            logits, features = self.model.read_completions(prompts, tokens)
            logprobs = token_logprobs(logits, tokens)
        is_real = rollout.mask > 0
        lengths = is_real.sum(1)
        logprobs = torch.where(is_real, logprobs, 0.0)
        last = features[torch.arange(len(tokens)), (lengths - 1).clamp(min=0)]
        summary = [logprobs.sum(1), logprobs.min(1).values, logprobs[:, 0], lengths.float()]
        return torch.cat([last, torch.stack(summary, 1)], 1).double().numpy()


def fit_logistic(design: NDArray, is_right: NDArray) -> NDArray:
    """Weights (F,) that make the labels (B,) likeliest, with a ridge on all but the first."""
    weights = np.zeros(design.shape[1])
    ridge = RIDGE * np.eye(len(weights))
    ridge[0, 0] = 1e-6
    for _ in range(ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (is_right - chances) - ridge @ weights
        curvature = (design * (chances * (1 - chances))[:, None]).T @ design + ridge
        weights = weights + np.linalg.solve(curvature, slope)
    return weights
