"""DPO and its family against the optimum that is known, and against online RL."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from sims import dpo
from sims.dpo import Batch, Params, Study, run
from sims.language.lab import Lab, sft
from sims.spec import Frame

pytestmark = pytest.mark.numeric

UPDATES = dpo.UPDATES  # of a whole run


def frames(**values: Any) -> list[Frame]:
    return [frame for frame in run(Params(**values)) if frame["stage"] == "pairs"]


def last(**values: Any) -> Frame:
    return frames(**values)[-1]


@pytest.fixture(autouse=True, scope="module")  # for the fixtures of the module as well
def _few_frames() -> Iterator[None]:
    """A frame sums over all completions, so a whole run spends more time on its 51 frames than on
    learning. These tests look at the first and the last one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dpo, "UPDATES", 50)
        yield


def stand_still(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Study, "online_rl", lambda study: itertools.repeat(study.lab.reference.copies(1)))


@pytest.fixture
def without_rl(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what a test says of the method alone: the RL beside it, as much work again, stands still.
    It has draws of its own, so the method's columns are the same."""
    stand_still(monkeypatch)


@pytest.fixture(scope="module")
def default(_few_frames: None) -> list[Frame]:
    """The run with the default parameters, without its RL."""
    with pytest.MonkeyPatch.context() as patch:
        stand_still(patch)
        return list(run(Params()))


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab(0, is_additive=True)
    for _ in sft(made):
        pass
    return made


def test_sft_comes_first_and_progress_ends_at_1(default: list[Frame]) -> None:
    assert default[0]["stage"] == "sft"
    assert default[-1]["stage"] == "pairs"
    assert default[-1]["progress"] == 1
    # 200 updates, of which a frame stands for 50 here, and the one before the first. A curve of
    # the slides has 50 points or more.
    assert sum(frame["stage"] == "pairs" for frame in default) == 5
    assert Params().num_steps >= 50 * UPDATES


def test_at_the_start_the_margin_is_0_and_the_loss_ln_2() -> None:
    start = next(frame for frame in run(Params()) if frame["stage"] == "pairs")
    assert start["loss"] == pytest.approx(math.log(2), abs=1e-6)
    assert start["reward_margin"] == pytest.approx(0, abs=1e-6)
    assert (start["kl"], start["rl_kl"]) == pytest.approx((0, 0), abs=1e-9)
    assert start["gap"] == pytest.approx(start["rl_gap"])  # both are the reference


@pytest.mark.parametrize("pairs", ["reference", "policy"])
def test_rl_stands_beside_the_method_and_changes_nothing_of_it(
    pairs: str, request: pytest.FixtureRequest
) -> None:
    beside = last(pairs=pairs, num_steps=20)
    request.getfixturevalue("without_rl")
    alone = last(pairs=pairs, num_steps=20)
    differ = {name for name in beside if beside[name] != alone[name]}
    assert differ <= {"rl_gap", "rl_kl", "rl_gold_reward", "equal_kl_gold_reward", "rl_written"}
    assert differ >= {"rl_gap", "rl_kl", "rl_written"}


def test_both_logprobs_fall_while_the_margin_grows(default: list[Frame]) -> None:
    """Likelihood displacement: the chosen answers get less likely, too (razin2025displacement)."""
    start, end = next(f for f in default if f["stage"] == "pairs"), default[-1]
    assert end["rejected_logprobs"] < end["chosen_logprobs"] < start["chosen_logprobs"] - 0.5
    assert end["reward_margin"] > 0.5
    assert end["accuracy"] > end["held_out_accuracy"] > 0.7


@pytest.mark.parametrize("beta", [pytest.param(1.0, marks=pytest.mark.sweep), 0.5])
def test_with_every_pair_dpo_and_rl_reach_the_same_optimum(beta: float) -> None:
    end = last(pairs="all", beta=beta)
    assert end["gap"] < 0.02
    assert end["rl_gap"] < 0.02
    assert end["gold_reward"] == pytest.approx(end["rl_gold_reward"], abs=0.05)
    assert end["kl"] == pytest.approx(end["rl_kl"], abs=0.1)


@pytest.mark.usefixtures("without_rl")
def test_few_pairs_are_learned_by_heart() -> None:
    few, many = last(num_comparisons=200), last(num_comparisons=20_000)
    assert few["accuracy"] > 0.95 > many["accuracy"]
    assert few["held_out_accuracy"] < many["held_out_accuracy"]
    assert few["gap"] > 2 * many["gap"]


@pytest.mark.usefixtures("without_rl")
def test_pairs_of_the_policy_itself_beat_as_many_old_ones() -> None:
    """The off-policy gap: 200 updates of 64 fresh pairs are 12,800 labels."""
    fresh = last(pairs="policy", beta=0.2)
    old = last(num_comparisons=12_800, beta=0.2)
    assert fresh["gap"] < 0.3
    assert old["gap"] > 2 * fresh["gap"]


@pytest.mark.parametrize(
    ("pairs", "written"), [("reference", 0), ("another_model", 0), ("policy", 2560), ("all", 2560)]
)
def test_dpo_writes_nothing_where_rl_writes_64_answers_an_update(pairs: str, written: int) -> None:
    start, *_, end = frames(pairs=pairs, num_steps=20)
    assert (start["written"], start["rl_written"]) == (0, 0)
    assert (end["written"], end["rl_written"]) == (written, 20 * 64)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("dpo", math.log(2)), ("ipo", (1 / (2 * 0.5)) ** 2), ("kto", 0.5)],
)
def test_first_loss_of_a_policy_that_is_the_reference(method: str, expected: float) -> None:
    first = next(frame for frame in run(Params(method=method)) if frame["stage"] == "pairs")
    assert first["loss"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.usefixtures("without_rl")
@pytest.mark.parametrize("method", ["ipo", "simpo", "kto", "orpo"])
def test_the_family_tells_unseen_pairs_apart(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if method == "kto":  # it counts gains from the distance that the last frame had
        monkeypatch.setattr(dpo, "UPDATES", 4)
    path = frames(method=method)
    assert path[0]["held_out_accuracy"] == 0.5
    assert path[-1]["held_out_accuracy"] > 0.7
    assert path[-1]["gold_reward"] > path[0]["gold_reward"] + 0.1


def test_a_pair_counts_both_ways_round(lab: Lab) -> None:
    """Won 30 % of the time at log-ratios 0.4 and -0.2: cross-entropy of 0.3 and sigmoid(0.6)."""
    study = Study(Params(beta=0.5), lab)  # log-odds: SHARPNESS * beta = 1 a nat
    first, second = torch.tensor([3]), torch.tensor([77])
    ahead, behind = study.ref[first] + 0.4, study.ref[second] - 0.2
    batch = Batch(first, second, torch.tensor([0.3]), ahead, behind)
    model = 1 / (1 + math.exp(-0.6))
    expected = -0.3 * math.log(model) - 0.7 * math.log(1 - model)
    assert study._loss(batch).item() == pytest.approx(expected, abs=1e-5)


def test_kto_counts_gains_from_the_distance_of_the_last_frame(lab: Lab) -> None:
    """At log-ratios 0.4 and -0.2 and a distance z: 1 - sigmoid(0.4 - z), 1 - sigmoid(z + 0.2)."""
    study = Study(Params(method="kto", beta=0.5), lab)  # SHARPNESS * beta = 1 a nat
    policy = lab.reference.copies(1)
    with torch.no_grad():
        for weights in policy.parameters():
            weights.mul_(1.2)
    z = study.frame(policy, 0.0, lab.reference)["kl"]
    assert z > 0.01
    first, second = torch.tensor([3]), torch.tensor([77])
    ahead, behind = study.ref[first] + 0.4, study.ref[second] - 0.2
    expected = (1 / (1 + math.exp(0.4 - z)) + 1 / (1 + math.exp(z + 0.2))) / 2
    batch = Batch(first, second, torch.ones(1), ahead, behind)
    assert study._loss(batch).item() == pytest.approx(expected, abs=1e-5)


def test_the_learning_rate_follows_its_schedule(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dpo, "schedule", lambda step, num_steps: 0.0)
    *_, (policy, _) = itertools.islice(Study(Params(), lab).learning(), 3)
    assert policy.exact()[0].detach().numpy() == pytest.approx(lab.ref_logprobs.numpy(), abs=1e-5)


def test_all_means_every_pair_of_the_samples_with_the_raters_odds(lab: Lab) -> None:
    study = Study(Params(pairs="all", noise=0.1), lab)
    batch = study._batch(lab.reference)
    size = 2 * dpo.BATCH_SIZE
    assert len(batch.chosen) == size * (size - 1) // 2
    gap = (lab.gold[batch.chosen] - lab.gold[batch.rejected]).numpy()
    true = 1 / (1 + np.exp(-2.0 * gap))
    assert batch.wins.numpy() == pytest.approx(0.9 * true + 0.1 * (1 - true), abs=1e-6)


def test_sampler_and_scorer_agree(lab: Lab) -> None:
    """Log-probs that came with a sample are those of scoring it: so the first ratio is 1."""
    rollout = lab.reference.rollout(200, torch.Generator().manual_seed(0))
    scored = lab.reference.token_logprobs(rollout.tokens)
    assert torch.exp(scored - rollout.token_logprobs).detach().numpy() == pytest.approx(
        np.ones((1, 200, 5)), abs=1e-5
    )


def test_fresh_labels_are_as_noisy_as_the_raters(lab: Lab) -> None:
    study = Study(Params(pairs="policy"), lab)
    batches = [study._batch(lab.reference) for _ in range(100)]
    wins = torch.cat([batch.wins for batch in batches])
    odds = torch.cat([study._odds(batch.chosen, batch.rejected) for batch in batches])
    assert set(wins.tolist()) == {0.0, 1.0}
    strong = odds > 0.8
    assert wins[strong].mean().item() == pytest.approx(odds[strong].mean().item(), abs=0.03)
