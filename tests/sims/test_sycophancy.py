"""Sycophancy: the taste of the raters becomes the habit of the policy."""

import itertools
from typing import Any

import pytest

from sims.spec import Frame
from sims.sycophancy import BETAS, TASTE_RATES, Params, run

pytestmark = pytest.mark.numeric


def exact_frames(**values: Any) -> list[Frame]:
    return list(run(Params(**{"algorithm": "none", **values})))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_agreement_follows_the_raters_and_truth_pays(seed: int) -> None:
    frames = exact_frames(seed=seed)
    assert [frame["taste_rate"] for frame in frames] == list(TASTE_RATES)
    rates = [frame["agreement_rate"] for frame in frames]
    # All of these are exact; beside them median and deviation over 11 seeds.
    assert all(b > a - 0.02 for a, b in itertools.pairwise(rates))  # least rise 0.008, sd 0.005
    fair, biased = frames[0], frames[-1]
    # judged by worth alone, empty words are dropped; judged by taste alone, little else is left
    assert fair["agreement_rate"] < fair["ref_agreement_rate"] / 2  # 0.15 of it, sd 0.03
    assert biased["agreement_rate"] > 0.8  # 0.91, sd 0.014
    assert fair["gold_reward"] > 0  # 0.72, sd 0.21: better than the reference
    assert biased["gold_reward"] < -1.0  # -2.3, sd 0.16


def test_length_follows_raters_who_like_it() -> None:
    frames = exact_frames(taste="length")
    assert frames[-1]["letters"] > frames[0]["letters"] + 5  # 7.6, sd 0.8
    assert frames[-1]["letters"] > frames[-1]["ref_letters"] + 5  # 5.8, sd 0.24
    assert frames[-1]["gold_reward"] < frames[0]["gold_reward"]  # by 1.9, sd 0.25


def test_the_further_from_the_reference_the_more_of_the_taste() -> None:
    frames = exact_frames(sweep="beta", taste_rate=0.8)
    assert [frame["beta"] for frame in frames] == list(BETAS)
    assert all(frame["taste_rate"] == 0.8 for frame in frames)
    for key in ("kl", "agreement_rate", "proxy_reward"):
        assert all(a[key] < b[key] for a, b in itertools.pairwise(frames))
    # 0.037 more, sd 0.003
    assert frames[0]["agreement_rate"] == pytest.approx(frames[0]["ref_agreement_rate"], abs=0.05)


def test_trained_policies_arrive_at_the_exact_optimum() -> None:
    frames = list(run(Params()))
    trained = [frame for frame in frames if frame["method"] == "rloo"]
    assert [frame["taste_rate"] for frame in trained] == list(TASTE_RATES[::2])
    by_rate = {frame["taste_rate"]: frame for frame in frames if frame["method"] == "exact"}
    # median of the worst policy, and its deviation: six seeds with AVX2 and four without
    for frame in trained:
        assert frame["gap"] < 0.02  # 0.0022, sd 0.0003
        near = by_rate[frame["taste_rate"]]
        # off by 0.007, sd 0.005
        assert frame["agreement_rate"] == pytest.approx(near["agreement_rate"], abs=0.05)
    assert frames[-1]["progress"] == 1.0
