"""How far raters agree with each other, and where their majorities run in circles.

Labels are a matrix of raters and pairs: +1 where the first answer of the pair is the better one,
-1 where the second is, 0 for a tie, NaN where a rater has not said anything.
"""

from itertools import combinations

import krippendorff
import numpy as np

Pairs = list[tuple[int, int]]  # the two answers of each pair, by their numbers
MOST_ANSWERS = 200
LETTERS = {"L": 1.0, "R": -1.0, "=": 0.0, ".": np.nan}


def read_labels(text: str, num_pairs: int) -> np.ndarray:
    """Labels (R, P) from letters: a word for each rater, with slashes between; a rater who has said
    less is silent about the rest. ValueError for another letter, or too many."""
    words = [word for word in text.replace("/", " ").split() if set(word) & set("LR=")]
    labels = np.full((len(words), num_pairs), np.nan)
    for rater, word in enumerate(words):
        if len(word) > num_pairs:
            raise ValueError(f"rater {rater + 1} has {len(word)} labels for {num_pairs} pairs")
        if wrong := sorted(set(word) - set(LETTERS)):
            raise ValueError(f"'{wrong[0]}' is not a label; write L, R, = or . for none")
        labels[rater, : len(word)] = [LETTERS[letter] for letter in word]
    return labels


def read_pairs(text: str) -> Pairs:
    """`0-1 0-2` as pairs of numbers. ValueError for anything else."""
    try:
        pairs = [(int(a), int(b)) for a, b in (word.split("-") for word in text.split())]
    except ValueError:
        raise ValueError("pairs are written 0-1 0-2 1-2") from None
    if not pairs or any(a == b or not 0 <= max(a, b) < MOST_ANSWERS for a, b in pairs):
        raise ValueError(f"pairs are of two different answers from 0 to {MOST_ANSWERS - 1}")
    return pairs


def alpha(labels: np.ndarray) -> float | None:
    """Krippendorff's alpha of nominal labels (R, P): 1 full agreement, 0 what chance gives.

    None where it is not defined: no pair has two raters, or all labels are the same.
    (Krippendorff, 2011: Computing Krippendorff's alpha-reliability.)
    """
    paired = labels[:, np.isfinite(labels).sum(axis=0) >= 2] if labels.size else labels
    if not paired.size or len(np.unique(paired[np.isfinite(paired)])) < 2:
        return None
    return float(krippendorff.alpha(paired, level_of_measurement="nominal"))


def majorities(labels: np.ndarray, pairs: Pairs, num_answers: int) -> np.ndarray:
    """(N, N): +1 where most raters take answer i for better than j, -1 for worse, 0 level; NaN
    where nobody has compared them."""
    surplus = np.full((num_answers, num_answers), np.nan)
    for place, (first, second) in enumerate(pairs):
        said = labels[:, place][np.isfinite(labels[:, place])]
        if said.size:
            before = np.nan_to_num(surplus[first, second])
            surplus[first, second] = before + said.sum()
            surplus[second, first] = -surplus[first, second]
    return np.sign(surplus)


def circles(better: np.ndarray) -> tuple[int, int]:
    """How many triples of answers go in a circle (a beats b, b beats c, c beats a), and how many
    triples were compared at all three sides."""
    found = compared = 0
    for a, b, c in combinations(range(len(better)), 3):
        sides = [better[a, b], better[b, c], better[c, a]]
        if np.isfinite(sides).all():
            compared += 1
            found += int(abs(sum(sides)) == 3)
    return found, compared


def groups(pairs: Pairs, num_answers: int) -> np.ndarray:
    """(N,) the group of each answer: those that chains of pairs connect answer one prompt."""
    group = np.arange(num_answers)
    for _ in range(num_answers):
        for first, second in pairs:
            group[group == group[second]] = group[first]
    return np.unique(group, return_inverse=True)[1]
