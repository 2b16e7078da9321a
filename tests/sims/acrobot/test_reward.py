"""Fitting a reward to choices: against finite differences, and choices whose author is known."""

import numpy as np
import pytest

from sims.acrobot import dynamics, reward


def test_features_of_a_body_that_stands_and_of_one_that_spins() -> None:
    upright = np.zeros((4, 4))
    upright[:, 0] = np.pi
    seen = dict(zip(reward.FEATURES, reward.features(upright), strict=True))
    assert seen["body up"] == seen["tip up"] == seen["stretched"] == pytest.approx(1)
    assert seen["turns, either way"] == 0

    spinning = np.zeros((4, 4))
    spinning[:, 2], spinning[:, 3] = -np.pi, 4 * np.pi
    seen = dict(zip(reward.FEATURES, reward.features(spinning), strict=True))
    assert seen["turns, counter-clockwise"] == pytest.approx(-0.5)
    assert seen["turns, either way"] == pytest.approx(0.5)
    assert seen["knee turns, counter-clockwise"] == pytest.approx(2)


def test_hand_written_rewards_pay_for_what_they_say() -> None:
    states = np.random.default_rng(0).uniform(-2, 2, (10, 4, 5))
    height = dynamics.tip_height(states.swapaxes(0, 1)).mean(axis=0)
    paid = reward.features(states) @ reward.HAND_WRITTEN["tip_height"]
    assert paid == pytest.approx(height / 2)
    speed = np.abs(states[:, 2:]).sum(axis=1).mean(axis=0) / (2 * np.pi)
    assert reward.features(states) @ reward.HAND_WRITTEN["spin"] == pytest.approx(speed)


def test_the_fit_is_where_the_loss_is_least() -> None:
    rng = np.random.default_rng(1)
    differences = rng.normal(size=(40, 4)) * [0.1, 1.0, 3.0, 1.0]
    labels = rng.choice([0.0, 0.5, 1.0], 40)
    scale = np.sqrt((differences**2).mean(axis=0))

    def loss(weights: np.ndarray) -> float:
        margin = differences @ weights
        nats = labels * np.logaddexp(0, -margin) + (1 - labels) * np.logaddexp(0, margin)
        return float(nats.sum() + reward.PULL / 2 * ((weights * scale) ** 2).sum())

    found, h = reward.fit(differences, labels), 1e-5
    slopes = [(loss(found + h * e) - loss(found - h * e)) / (2 * h) for e in np.eye(4)]
    assert slopes == pytest.approx(np.zeros(4), abs=1e-5)


def test_a_taste_is_recovered_from_choices() -> None:
    """Choices drawn from known weights by the Bradley-Terry rule give these weights back."""
    rng = np.random.default_rng(2)
    true = np.array([2.0, -1.0, 0.0])
    differences = rng.normal(size=(20_000, 3))
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-differences @ true))).astype(float)
    assert reward.fit(differences, labels) == pytest.approx(true, abs=0.08)


def test_ties_alone_teach_nothing() -> None:
    differences = np.random.default_rng(3).normal(size=(12, 9))
    assert reward.fit(differences, np.full(12, 0.5)) == pytest.approx(np.zeros(9))


def test_agreement_counts_ties_half() -> None:
    assert reward.agreement(np.array([1.0, -2, 3, 0]), np.array([5.0, 1, 1, 1])) == 0.625


def test_left_out_choices_are_foretold_only_where_there_is_a_taste() -> None:
    rng = np.random.default_rng(4)
    differences = rng.normal(size=(60, 9))
    taste = (differences[:, 2] > 0).astype(float)
    assert reward.left_out(differences, taste) > 0.8
    coins = rng.integers(0, 2, (20, 20)).astype(float)
    told = [reward.left_out(rng.normal(size=(20, 9)), coin) for coin in coins]
    assert np.mean(told) == pytest.approx(0.5, abs=0.1)  # predicted from itself: above 0.8
