"""Agreement of raters: published values, and circles that are counted by hand."""

import numpy as np
import pytest

from sims.agreement import alpha, circles, groups, majorities, read_labels

NONE = np.nan
# Krippendorff (2011), Computing Krippendorff's alpha-reliability: section A, two observers and two
# values; section C, four observers, five values and missing ones.
TWO = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
]


@pytest.mark.parametrize(("labels", "published"), [(TWO, 0.095), (FOUR, 0.743)])
def test_alpha_is_the_published_one(labels: list[list[float]], published: float) -> None:
    assert alpha(np.array(labels, float)) == pytest.approx(published, abs=5e-4)


def test_alpha_of_full_agreement_and_of_chance() -> None:
    rng = np.random.default_rng(0)
    one = rng.choice([-1.0, 1.0], size=400)
    assert alpha(np.array([one, one, one])) == 1
    # Ten raters by the coin: the standard error is about 1 / sqrt(400 * 45) = 0.0075.
    assert abs(alpha(rng.choice([-1.0, 1.0], size=(10, 400))) or 1) < 0.03


def test_alpha_is_not_defined_without_two_raters_of_a_pair_or_two_values() -> None:
    for labels in ([[1, 1]], [[1, NONE], [NONE, 1]], [[1, 1], [1, 1]], []):
        assert alpha(np.array(labels, float)) is None


def test_majorities_that_run_in_a_circle_are_counted() -> None:
    pairs = [(0, 1), (1, 2), (0, 2), (3, 4)]
    circle = read_labels("LLRL/LLRL/RRLL", 4)
    better = majorities(circle, pairs, 5)
    assert (better[0, 1], better[1, 2], better[2, 0], better[3, 4]) == (1, 1, 1, 1)
    assert circles(better) == (1, 1)
    assert circles(majorities(read_labels("LLLL", 4), pairs, 5)) == (0, 1)
    assert circles(majorities(read_labels("L=RL", 4), pairs, 5)) == (0, 1)  # a tie breaks it
    assert circles(majorities(read_labels("LL", 4), pairs, 5)) == (0, 0)
    assert groups(pairs, 5).tolist() == [0, 0, 0, 1, 1]


def test_letters_are_read_and_others_refused() -> None:
    labels = read_labels("L=R / .R / ...", 3)
    assert np.array_equal(labels, [[1, 0, -1], [NONE, -1, NONE]], equal_nan=True)
    for wrong, words in (("LRX", "'X' is not a label"), ("LRLR", "4 labels for 3 pairs")):
        with pytest.raises(ValueError, match=words):
            read_labels(wrong, 3)
