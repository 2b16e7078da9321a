"""Over-optimisation: what the curves must do, and fits that must find planted coefficients."""

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import pytest
import torch

from sims.overoptimization import DRAWS, TRAINED_BETAS, Params, gao_fit, run
from sims.spec import Frame

pytestmark = pytest.mark.numeric


@cache  # several tests look at the same run
def curves(params: Params) -> dict[str, list[Frame]]:
    found: dict[str, list[Frame]] = defaultdict(list)
    for frame in run(params):
        found[frame["method"]].append(frame)
    return found


def fall(frames: list[Frame]) -> float:
    """From the highest true reward to the last one, in deviations of the reference's."""
    gold = [frame["gold_reward"] for frame in frames]
    return max(gold) - gold[-1]


@pytest.mark.parametrize("is_best_of_n", [True, False])
def test_gao_fit_finds_planted_coefficients_(is_best_of_n: bool) -> None:
    alpha, beta = 1.3, 0.45
    d = torch.linspace(0, 3, 13, dtype=torch.float64)
    planted = [
        x * (alpha - beta * (x if is_best_of_n else math.log(x))) if x else 0.0 for x in d.tolist()
    ]
    gold = torch.tensor(planted, dtype=torch.float64)
    found_alpha, found_beta, fitted = gao_fit(d, gold, is_best_of_n)
    assert (found_alpha, found_beta) == pytest.approx((alpha, beta))
    assert torch.allclose(fitted, gold, atol=1e-12)


@pytest.mark.parametrize(
    ("seeds", "least"), [((0, 3, 8), 2), pytest.param(range(10), 8, marks=pytest.mark.sweep)]
)
def test_gold_peaks_inside_and_falls_by_a_deviation_in_most_seeds(
    seeds: Sequence[int], least: int
) -> None:
    good = 0
    for seed in seeds:
        found = curves(Params(algorithm="none", seed=seed))
        assert found.keys() == {"exact", "best_of_n"}
        is_good = True
        for frames in found.values():
            kl, proxy, gold = (
                [frame[key] for frame in frames] for key in ("kl", "proxy_reward", "gold_reward")
            )
            assert all(a < b for a, b in itertools.pairwise(kl))
            assert all(a < b for a, b in itertools.pairwise(proxy))
            is_inside = 0 < gold.index(max(gold)) < len(gold) - 1
            is_good = is_good and is_inside and fall(frames) >= 1.0
        good += is_good
    assert good >= least  # 11 of 11 seeds: the fall is 1.6, sd 0.4, at least 1.02


@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.sweep) for s in (3, 8))])
def test_many_comparisons_and_a_large_model_take_most_of_the_fall_away(seed: int) -> None:
    small = curves(Params(algorithm="none", seed=seed))
    large = curves(Params(algorithm="none", seed=seed, num_comparisons=100_000, hidden=128))
    for method, frames in large.items():
        assert fall(frames) < fall(small[method]) / 3
        assert frames[-1]["gold_reward"] > 1.5


def test_the_overoptimised_policy_repeats_itself() -> None:
    frames = curves(Params(algorithm="none"))["exact"]
    # exact; median and deviation over 11 seeds
    assert frames[0]["repeat_rate"] < 0.3  # 0.22, sd 0.005
    assert frames[-1]["repeat_rate"] > 2 * frames[0]["repeat_rate"]  # 3.7 times, sd 0.5
    assert frames[-1]["entropy"] < frames[0]["entropy"] - 4  # 8.6 less, sd 0.5
    assert len(set(frames[-1]["sample"].split())) < len(set(frames[0]["sample"].split()))


def test_best_of_n_starts_at_the_reference_and_keeps_below_its_bound() -> None:
    frames = curves(Params(algorithm="none"))["best_of_n"]
    assert [frame["n"] for frame in frames] == list(DRAWS)
    first = frames[0]
    assert [first[key] for key in ("kl", "proxy_reward", "gold_reward")] == pytest.approx(
        [0.0] * 3, abs=1e-9
    )
    for frame in frames:
        n = frame["n"]
        assert frame["kl"] <= math.log(n) - (n - 1) / n + 1e-9
        assert frame["beta"] == 0.0


def test_trained_policies_land_on_the_exact_optimum() -> None:
    found = curves(Params(algorithm="rloo"))
    trained = found["rloo"]
    assert [frame["beta"] for frame in trained] == list(TRAINED_BETAS)
    # Median of the worst policy, and its deviation (six seeds with AVX2 and four without): 0.0022,
    # sd 0.0005 while beta is at least 0.2, and 0.0074, sd 0.003 below it.
    for frame in trained:
        assert frame["gap"] <= (0.02 if frame["beta"] >= 0.2 else 0.05)
    # so true reward on the way is that of the exact curve, read between two of its points; at the
    # far end the transformer's idea of rare texts, its reference, is not the source's any more
    exact_kl, exact_gold = ([f[key] for f in found["exact"]] for key in ("kl", "gold_reward"))
    for frame in trained[:-2]:  # outside of its two neighbours by 0.023, sd 0.009
        after = next(i for i, kl in enumerate(exact_kl) if kl >= frame["kl"])
        near = exact_gold[max(0, after - 1) : after + 1]
        assert min(near) - 0.1 <= frame["gold_reward"] <= max(near) + 0.1


def test_a_sceptical_ensemble_is_another_reward_model() -> None:
    alone, several = (curves(Params(algorithm="none", ensemble=e))["exact"] for e in (1, 4))
    assert alone[-1]["gold_reward"] != several[-1]["gold_reward"]


def test_paid_by_the_truth_there_is_nothing_to_over_optimise() -> None:
    for frame in run(Params(algorithm="none", scorer="gold_reward")):
        assert frame["gold_reward"] == pytest.approx(frame["proxy_reward"])
