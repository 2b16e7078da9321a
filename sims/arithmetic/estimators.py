"""What repeated answers are worth: pass@k, votes, best-of-n, and how sure a measured rate is.

Answers come as (P, n): n independent answers to each of P problems. Estimates for k answers use all
n of them, as the mean over subsets of size k; no subset is drawn twice and none is the favourite.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sims.spec import SpecError

SUBSETS = 32  # drawn of each problem's answers for a vote, where there are too many to list


def pass_at_k(num_samples: int, num_right: NDArray, k: int) -> NDArray:
    """1 - C(n - c, k) / C(n, k) for each problem's c (P,): the chance that one of k is right.

    The unbiased estimator of Chen et al. (2021), as a product, so that nothing overflows.
    """
    check_subset(num_samples, k)
    missing = num_samples - np.asarray(num_right)
    places = np.arange(k)
    # the first j of k drawn without replacement are all wrong
    shares = np.maximum(0, missing[:, None] - places) / (num_samples - places)
    return 1 - shares.prod(1)


def best_of(scores: NDArray, is_right: NDArray, k: int) -> NDArray:
    """(P,): the chance that the best-scored of k of the n answers (P, n) is right, exactly.

    The answer with the i-th greatest score is best in C(n - i, k - 1) of the C(n, k) subsets. Of
    equal scores the earlier answer wins.
    """
    num = scores.shape[1]
    check_subset(num, k)
    order = np.argsort(-scores, axis=1, kind="stable")
    sorted_right = np.take_along_axis(is_right.astype(float), order, 1)
    chances = [math.comb(num - i, k - 1) / math.comb(num, k) for i in range(1, num + 1)]
    return sorted_right @ np.array(chances)


def majority(answers: NDArray, right: NDArray, k: int, rng: np.random.Generator) -> NDArray:
    """(P,): how often a vote among k of the answers (P, n) falls on `right` (P,), over subsets.

    Answers are whole numbers; negative ones are no answer and have no vote. A tie is settled by
    lot: the right answer gets its share. (Wang et al., 2023: self-consistency.)
    """
    num = answers.shape[1]
    check_subset(num, k)
    subsets = _subsets(num, k, rng)
    made = np.empty(len(answers))
    for row, (found, wanted) in enumerate(zip(answers, right, strict=True)):
        values, index = np.unique(found, return_inverse=True)
        votes = np.zeros((len(subsets), len(values)), dtype=int)
        for place in range(k):
            np.add.at(votes, (np.arange(len(subsets)), index[subsets[:, place]]), 1)
        votes[:, values < 0] = 0
        is_top = (votes == votes.max(1, keepdims=True)) & (votes > 0)
        shares = is_top / np.maximum(1, is_top.sum(1, keepdims=True))
        made[row] = shares[:, values == wanted].sum() / len(subsets)
    return made


def _subsets(num: int, k: int, rng: np.random.Generator) -> NDArray:
    """(N, k) places: all there is to draw for k = 1 or n, else `SUBSETS` at random."""
    if k == num:
        return np.arange(num)[None]
    if k == 1:
        return np.arange(num)[:, None]
    return rng.random((SUBSETS, num)).argsort(1)[:, :k]


def wilson(rate: float, num: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a rate that `num` independent trials showed (Wilson, 1927)."""
    if num < 1:
        raise SpecError("a rate of no trials has no interval: measure at least one.")
    middle = rate + z * z / (2 * num)
    spread = z * math.sqrt(rate * (1 - rate) / num + z * z / (4 * num * num))
    scale = 1 + z * z / num
    # where all or none are right an end is the rate itself, but for rounding
    return max(0.0, min(rate, (middle - spread) / scale)), min(
        1.0, max(rate, (middle + spread) / scale)
    )


def fit_beta(num_samples: int, num_right: NDArray) -> tuple[float, float]:
    """a, b of the Beta(a, b) from which the problems' success rates may come: most likely for c.

    c of n right has the Beta-binomial probability; log a and log b are searched from the moments.
    """
    counts = np.bincount(np.asarray(num_right, dtype=int), minlength=num_samples + 1)
    point, step = np.log(_moments(num_samples, np.asarray(num_right))), 1.0
    best = _log_likelihood(point, counts)
    while step > 1e-4:  # pattern search: two constants, a smooth hill
        moves = step * np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]])
        trials = [np.clip(point + move, -8, 8) for move in moves]
        values = [_log_likelihood(trial, counts) for trial in trials]
        top = int(np.argmax(values))
        if values[top] > best + 1e-9:
            point, best = trials[top], values[top]
        else:
            step /= 2
    return float(np.exp(point[0])), float(np.exp(point[1]))


def beta_pass_at_k(a: float, b: float, k: int) -> float:
    """1 - B(a, b + k) / B(a, b): pass@k averaged over success rates from Beta(a, b).

    One problem fails (1 - p)^k of the time; the mean fails like k^-a (Schaeffer et al., 2025).
    """
    return 1 - math.exp(
        math.lgamma(b + k) - math.lgamma(b) + math.lgamma(a + b) - math.lgamma(a + b + k)
    )


def check_subset(num: int, k: int) -> None:
    """SpecError, one sentence, unless 1 <= k <= num."""
    if k < 1:
        raise SpecError("k is 0: a budget of no answers leaves nothing to judge; use at least 1.")
    if k > num:
        raise SpecError(
            f"k is {k}, but there are {num} answers to each problem: draw at least {k}."
        )


def _moments(num: int, right: NDArray) -> NDArray:
    """A first guess of (a, b), by mean and variance of the counts."""
    mean = float(np.clip(right.mean() / num, 0.01, 0.99))
    ratio = right.var() / (num * mean * (1 - mean))  # 1 + (n - 1) / (a + b + 1)
    total = np.clip((num - ratio) / max(ratio - 1, 1e-3), 0.1, 1e3)
    return np.array([mean * total, (1 - mean) * total])


def _log_likelihood(point: NDArray, counts: NDArray) -> float:
    """Of counts of c = 0..n, up to a constant; `point` is log a, log b."""
    a, b = np.exp(point)
    num = len(counts) - 1
    gone = math.lgamma(a) + math.lgamma(b) + math.lgamma(a + b + num) - math.lgamma(a + b)
    return float(
        sum(
            times * (math.lgamma(a + c) + math.lgamma(b + num - c) - gone)
            for c, times in enumerate(counts)
            if times
        )
    )
