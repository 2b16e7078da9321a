"""The lab's exact numbers against sampling, and its bound against every policy at hand."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from sims.language import exact, lab
from sims.language.lab import Lab, accuracy, additive, sft, untrained
from sims.language.policies import Policies
from sims.language.rewards import features

pytestmark = pytest.mark.numeric


@pytest.fixture(scope="module")
def trained() -> Lab:
    made = Lab(0)
    for _ in sft(made):
        pass
    return made


def test_sft_comes_close_to_its_demonstrations() -> None:
    frames = list(sft(Lab(1)))
    assert len(frames) == lab.NUM_SFT_FRAMES
    assert frames[0]["gap"] > 0.5
    assert frames[-1]["gap"] < 0.03
    floors = [frame["loss"] - frame["gap"] for frame in frames]  # the entropy of the source
    assert floors == pytest.approx([floors[0]] * len(floors))
    assert {frame["kl"] for frame in frames} == {0.0}


def test_an_untrained_model_is_nearly_uniform() -> None:
    made = Lab(0)
    frame = untrained(made)
    assert frame["entropy"] == pytest.approx(math.log(made.world.num_completions), abs=0.1)
    assert frame["log_ratios"] == [0.0] * made.world.length


def test_numbers_are_those_of_samples(trained: Lab) -> None:
    """Sums over all completions against means over 20,000 samples, within 5 standard errors."""
    policy, (logp,) = trained.reference, trained.reference.exact()
    frame = trained.frame("rl", policy, logp, 0.0, 0.0)
    tokens = policy.sample(20_000, torch.Generator().manual_seed(1))
    index = trained.world.index(tokens)[0]
    words = tokens[0].numpy()
    repeated = 5 - np.array([len(set(row)) for row in words.tolist()])
    sampled = {
        "gold_reward": trained.gold[index].numpy(),
        "entropy": -logp[index].numpy(),
        "repeat_rate": repeated / 4,
    }
    for key, values in sampled.items():
        error = values.std() / math.sqrt(len(values))
        assert frame[key] == pytest.approx(values.mean(), abs=5 * error), key


def test_log_ratios_add_up_to_that_of_the_completion(trained: Lab) -> None:
    other = Policies.fresh(trained.world, 5)
    frame = trained.frame("rl", other, other.exact()[0], 0.0, 0.0)
    tokens = torch.tensor([trained.world.words.index(word) for word in frame["words"]])
    row = trained.world.index(tokens)
    assert frame["samples"][0] == " ".join(frame["words"])
    ratio = other.exact()[0][row] - trained.ref_logprobs[row]
    assert sum(frame["log_ratios"]) == pytest.approx(float(ratio), abs=1e-4)


def test_no_policy_passes_the_frontier_and_the_optimum_lies_on_it(trained: Lab) -> None:
    trained.set_proxy(trained.gold)
    rng = torch.Generator().manual_seed(2)
    for scale in (0.1, 1.0, 4.0):  # distributions that lean to the reward, more or less neatly
        blur = torch.randn(len(trained.gold), generator=rng, dtype=torch.float64)
        logp = (trained.ref_logprobs + scale * (trained.proxy + blur)).log_softmax(0)
        reached = float(exact.expected(logp, trained.proxy))
        assert reached < trained.frontier_reward(float(exact.kl(logp, trained.ref_logprobs)))
    for beta in (0.07, 0.33, 1.9):  # none of them on the grid
        star = exact.optimum(trained.ref_logprobs, trained.proxy, beta)
        best = trained.frontier_reward(float(exact.kl(star, trained.ref_logprobs)))
        assert best == pytest.approx(float(exact.expected(star, trained.proxy)), abs=2e-3)


def test_work_is_done_once_and_a_replay_is_the_same() -> None:
    lab._imitation.cache_clear()
    first = list(sft(Lab(3)))
    again = list(sft(Lab(3)))
    assert first == again
    lab._imitation.cache_clear()
    assert list(sft(Lab(3))) == first  # the record was not the reason


def test_a_run_that_is_left_half_way_is_taken_up() -> None:
    lab._imitation.cache_clear()
    whole = list(sft(Lab(4)))
    lab._imitation.cache_clear()
    half = sft(Lab(4))
    assert [next(half) for _ in range(3)] == whole[:3]
    half.close()
    made = Lab(4)
    assert list(sft(made)) == whole
    assert float(exact.kl(made.source, made.ref_logprobs)) == pytest.approx(whole[-1]["gap"])


def test_a_failure_in_the_middle_leaves_no_half_record(monkeypatch: pytest.MonkeyPatch) -> None:
    lab._imitation.cache_clear()
    working = lab.pretraining

    def failing(*args: Any) -> Iterator[tuple[Policies, float]]:
        yield next(working(*args))
        raise MemoryError

    monkeypatch.setattr(lab, "pretraining", failing)
    with pytest.raises(MemoryError):
        list(sft(Lab(4)))
    monkeypatch.setattr(lab, "pretraining", working)
    assert len(list(sft(Lab(4)))) == lab.NUM_SFT_FRAMES


def test_additive_is_the_nearest_sum_over_places(trained: Lab) -> None:
    """What is left over is orthogonal to every word at every place, under the weights."""
    near = additive(trained.world, trained.gold, trained.source)
    left: Tensor = (trained.gold - near) * trained.source.exp()
    assert (features(trained.world).double().T @ left).abs().max() < 1e-9
    assert left.abs().sum() > 0.1  # the true reward is not such a sum
    again = additive(trained.world, near, trained.source)
    assert again.numpy() == pytest.approx(near.numpy())


def test_accuracy_counts_a_tie_half() -> None:
    assert accuracy(torch.tensor([1.0, -2.0, 0.0, 0.5])) == 2.5 / 4


def test_the_true_reward_at_a_distance_is_that_of_the_best_policy_there(trained: Lab) -> None:
    trained.set_proxy(trained.gold + 0.3 * trained.repeats)
    for beta in (0.2, 0.7):
        best = exact.optimum(trained.ref_logprobs, trained.proxy, beta)
        distance = float(exact.kl(best, trained.ref_logprobs))
        wanted = float(exact.expected(best, trained.gold))
        assert trained.optimum_gold_reward(distance) == pytest.approx(wanted, abs=0.01)
    assert Lab(0).optimum_gold_reward(1.0) == 0.0  # no proxy yet
