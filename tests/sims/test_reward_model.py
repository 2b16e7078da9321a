"""The reward model: measures against hand counts, and what must not matter does not."""

import math
from typing import Any

import pytest
import torch

from sims.reward_model import (
    Params,
    accuracy,
    calibration,
    click_accuracy,
    correlation,
    run,
)
from sims.spec import Frame

pytestmark = pytest.mark.numeric


def last(**values: Any) -> Frame:
    *_, frame = run(Params(**values))
    return frame


def test_accuracy_counts_a_tie_as_half() -> None:
    assert accuracy(torch.tensor([2.0, 0.1, -3.0, 0.0], dtype=torch.float64)) == 2.5 / 4


def test_another_click_agrees_as_often_as_by_a_count_of_clicks() -> None:
    rng = torch.Generator().manual_seed(1)
    gaps = 2 * torch.randn(400_000, generator=rng, dtype=torch.float64)

    def click() -> torch.Tensor:
        first_wins = torch.rand(len(gaps), generator=rng, dtype=torch.float64) < gaps.sigmoid()
        return first_wins ^ (torch.rand(len(gaps), generator=rng) < 0.1)

    label, again = click(), click()
    labelled = torch.where(label, gaps, -gaps)  # log-odds of what was chosen, as of held-out pairs
    counted = float((label == again).double().mean())
    assert click_accuracy(labelled, 0.1) == pytest.approx(counted, abs=0.004)
    assert click_accuracy(gaps, 0.5) == pytest.approx(0.5)


def test_calibration_bins_by_the_stated_probability() -> None:
    log_odds = math.log(0.62 / 0.38), math.log(0.93 / 0.07)
    margins = torch.tensor([log_odds[0], -log_odds[0], log_odds[1], log_odds[1]]).double()
    assert calibration(margins) == [
        pytest.approx([0.62, 0.5, 0.5]),  # right once in two
        pytest.approx([0.93, 1.0, 0.5]),
    ]


def test_a_model_that_knows_the_odds_is_calibrated() -> None:
    rng = torch.Generator().manual_seed(0)
    odds = 2 * torch.randn(200_000, generator=rng, dtype=torch.float64)
    wins = torch.rand(200_000, generator=rng, dtype=torch.float64) < odds.sigmoid()
    margins = torch.where(wins, odds, -odds)
    for stated, observed, share in calibration(margins):
        assert abs(stated - observed) < 5 * math.sqrt(0.25 / (share * 200_000))
    overconfident = calibration(3 * margins)
    assert sum(share * abs(a - b) for a, b, share in overconfident) > 0.05


def test_a_constant_for_each_prompt_changes_only_the_scores() -> None:
    plain, moved = (
        list(run(Params(num_steps=40, prompt_constant=constant))) for constant in (0.0, 9.0)
    )
    for a, b in zip(plain, moved, strict=True):
        for key in ("loss", "held_out_loss", "accuracy", "calibration_error", "correlation"):
            assert a[key] == pytest.approx(b[key], abs=1e-9)
        for pair, same in zip(a["pairs"], b["pairs"], strict=True):
            assert pair["probability"] == pytest.approx(same["probability"])
            # the prompt is the first word, and both answers follow it
            assert pair["chosen"].split()[0] == pair["rejected"].split()[0]
    assert abs(plain[-1]["mean_score"] - moved[-1]["mean_score"]) > 0.5


def test_before_the_first_step_the_model_knows_nothing() -> None:
    first = next(run(Params()))
    assert first["loss"] == pytest.approx(math.log(2))
    assert first["held_out_loss"] == pytest.approx(math.log(2))
    assert first["accuracy"] == first["train_accuracy"] == 0.5
    assert first["correlation"] == 0.0


def test_more_comparisons_close_the_gap_to_the_best_possible_accuracy() -> None:
    few = last(num_comparisons=60)
    many = last(num_comparisons=20_000, hidden=64, num_steps=600)
    assert few["train_accuracy"] > few["accuracy"] + 0.1  # learned by heart
    assert few["accuracy"] < many["accuracy"] <= many["best_accuracy"] + 0.02
    assert many["best_accuracy"] - many["accuracy"] < 0.04
    assert many["correlation"] > 0.9 > few["correlation"]


def test_raters_who_flip_every_other_answer_teach_nothing() -> None:
    frame = last(noise=0.5, num_comparisons=2000)
    assert frame["best_accuracy"] == pytest.approx(0.5)
    assert frame["accuracy"] == pytest.approx(0.5, abs=0.04)  # five standard errors of 4,000 pairs
    assert frame["held_out_loss"] > math.log(2)


def test_held_out_pairs_are_the_same_whatever_is_fitted() -> None:
    one, other = (next(run(Params(num_comparisons=num))) for num in (100, 900))
    assert one["best_accuracy"] == other["best_accuracy"]
    assert one["pairs"] == other["pairs"]


def test_correlation_looks_only_inside_prompts() -> None:
    source = torch.full((6,), 1 / 6, dtype=torch.float64).log()
    gold = torch.tensor([0.0, 1.0, 2.0, 5.0, 6.0, 7.0], dtype=torch.float64)
    scores = torch.tensor([50.0, 52.0, 54.0, -3.0, -1.0, 1.0], dtype=torch.float64)
    assert correlation(scores, gold, source, 2) == pytest.approx(1.0)
    assert correlation(scores, gold, source, 1) < 0
    assert correlation(torch.zeros(6).double(), gold, source, 2) == 0.0
