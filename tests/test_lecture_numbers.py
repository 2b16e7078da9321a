"""Numbers that a slide states about our own training runs, measured again."""

import re
import statistics

import pytest

from sims import elicitation, rlvr, spec
from sims.cartpole import Params, learn
from tests.lecture_text import TEXT, frames_of, interval, last_frame, slide

pytestmark = pytest.mark.numeric
sweep = pytest.mark.sweep  # many seeds, half a minute or more; the others belong to every run

NAMES = {
    "REINFORCE": "reinforce",
    "with a baseline": "reinforce_baseline",
    "PPO": "ppo",
    "linear search": "linear_search",
}


@sweep
@pytest.mark.parametrize("name", NAMES)
def test_steps_to_solve_the_pole(name: str) -> None:
    row = re.search(rf"^\| {name} \| \**([\d,]+)\** \| (\d+) of 20 \|", TEXT, re.MULTILINE)
    assert row, f"the slide that compares learners has no row for {name}"
    ends = [list(learn(Params(algorithm=NAMES[name], seed=seed)))[-1] for seed in range(20)]
    steps = statistics.median(update.env_steps for update, _ in ends)
    assert steps == pytest.approx(int(row[1].replace(",", "")), rel=0.15)
    assert abs(sum(solved for _, solved in ends) - int(row[2])) <= 1


# Standard deviations over ten seeds, four with AVX2 and six without, of DPO and of RL.
DPO_BESIDE_RL = {
    "true reward": ("gold_reward", 0.19, 0.14),
    "distance, nats": ("kl", 0.34, 0.18),
    "off the optimum, nats": ("gap", 0.18, 0.02),
}


@sweep
def test_dpo_beside_rl() -> None:
    """The medians of five seeds, whose deviation is 0.56 of one seed's, against those stated."""
    frames = [last_frame("dpo", seed=seed) for seed in range(5)]
    text = slide("dpo-beside-rl")
    for words, (column, *deviations) in DPO_BESIDE_RL.items():
        row = re.search(rf"\| {words} \| \**([\d.]+)\** \| \**([\d.]+)\** \|", text)
        assert row, words
        for stated, name, deviation in zip(
            row.groups(), (column, f"rl_{column}"), deviations, strict=True
        ):
            median = statistics.median(frame[name] for frame in frames)
            assert float(stated) == pytest.approx(median, abs=3 * 0.56 * deviation)
    # what the slide and its notes conclude
    assert sum(f["kl"] > f["rl_kl"] for f in frames) == 5
    assert sum(f["gap"] > f["rl_gap"] for f in frames) == 5
    assert sum(f["gold_reward"] > f["rl_gold_reward"] for f in frames) >= 4
    # "at about the same distance RL is ahead": with a beta of 0.35 it goes as far as DPO here
    further = last_frame("dpo", beta=0.35, seed=1)
    assert further["rl_kl"] == pytest.approx(frames[1]["kl"], abs=0.7)
    assert further["rl_gold_reward"] > frames[1]["gold_reward"]
    frame = frames[0]
    written = re.search(r"answers written in training, in our run \| ([\d,]+) \| none \|", TEXT)
    assert written
    assert int(written[1].replace(",", "")) == frame["rl_written"]
    assert frame["written"] == 0


@sweep
def test_what_the_form_alone_is_worth() -> None:
    said = re.search(r"right in (\d+)\s% of cases, and in (\d+)\s% once", slide("not-only-length"))
    assert said
    for length, percent in zip(("free", "fixed"), said.groups(), strict=True):
        runs = [rlvr.run(rlvr.Params(length=length, seed=seed)) for seed in range(10)]
        before = statistics.mean(next(run)["accuracy"] for run in runs)
        assert 100 * before == pytest.approx(int(percent), abs=1)


@sweep
def test_the_ends_of_five_recipes() -> None:
    said = re.search(r"worst ends near (\d+) % right, the best near (\d+) %", slide("elicitation"))
    assert said
    ends = {frame["method"]: frame["accuracy"] for frame in elicitation.run(elicitation.Params())}
    assert len(ends) == 5
    # over ten seeds 9 and 98; standard deviations 1.5 and 0.6, of 300 sums each
    assert 100 * min(ends.values()) == pytest.approx(int(said[1]), abs=6)
    assert 100 * max(ends.values()) == pytest.approx(int(said[2]), abs=2.5)


@sweep
def test_how_often_the_phrase_comes_back() -> None:
    text = slide("sft-formats")
    assert "a quarter of the time with the phrase" in text
    ends = [last_frame("sft", seed=seed) for seed in range(10)]
    rates = [100 * frame["phrase_rate"] for frame in ends]
    right = [100 * frame["accuracy"] for frame in ends]
    said = re.search(
        r"from 22 to (\d+) percent \(medians of ten seeds; 18–33 and (\d+)–(\d+)", text
    )
    assert said
    # one seed's deviation is 4: of the median 1.6
    assert statistics.median(right) == pytest.approx(float(said[1]), abs=5)
    assert float(said[2]) - 8 < min(right) <= max(right) < float(said[3]) + 6
    # one seed's deviation is 7, so that of the median of ten is 2.8, and of the ends about 5
    assert statistics.median(rates) == pytest.approx(25, abs=8.5)
    low, high = interval(text, "ten seeds:")
    assert min(rates) > low - 10
    assert max(rates) < high + 15


@sweep
def test_where_the_curves_of_pass_at_k_cross() -> None:
    """Three seeds of the ten in the notes, whose deviations are 0.02, 0.035, 0.01 and 0.03."""
    text = slide("ceiling")
    said = re.search(
        r"one try solves (\d+) % .* base and (\d+) % .* sixteen tries (\d+) % .* and (\d+) %",
        text,
    )
    assert said
    asked = {"view": "pass_at_k", "task": "expressions"}
    runs = [frames_of("test_time_scaling", seed=seed, **asked) for seed in range(3)]
    places = [(k, method) for k in (1, 16) for method in ("base", "tuned")]
    for (k, method), stated, wide in zip(places, said.groups(), (4, 7, 2.5, 6), strict=True):
        found = [f["accuracy"] for run in runs for f in run if (f["k"], f["method"]) == (k, method)]
        assert 100 * statistics.median(found) == pytest.approx(float(stated), abs=wide)
    assert round(100 * (1 - 0.9**16)) == 81  # "sixteen guesses alone"


@sweep
def test_how_rarely_the_reluctant_base_is_right_and_what_the_hole_leaves() -> None:
    assert "about one sum in a hundred" in slide("first-success")
    starts = [next(rlvr.run(rlvr.Params(base="rare", seed=seed)))["accuracy"] for seed in range(5)]
    assert 0.002 < statistics.mean(starts) < 0.03
    assert "one answer in ten is right" in slide("verifier-hole")
    ends = [last_frame("rlvr", verifier="format", num_steps=20, seed=seed) for seed in range(2)]
    for frame in ends:
        assert frame["proxy_reward"] > 0.97
        assert frame["accuracy"] == pytest.approx(0.1, abs=0.07)


def test_the_new_questions_are_as_many_as_the_slide_says_and_the_base_knows_them() -> None:
    told = re.search(r"\*New\* are (\d+) questions", slide("sft-formats"))
    assert told
    first = next(iter(spec.load("sft").run(spec.load("sft").Params(num_steps=3))))
    assert first["num_held_out"] == int(told[1])
    assert first["knowledge"] > 0.95  # of the shipped model, whatever the seed
