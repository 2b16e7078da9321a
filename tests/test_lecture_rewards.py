"""Numbers that a slide states about reward models and what optimising them does, measured again."""

import math
import re
import statistics
from functools import lru_cache
from typing import Any

import pytest
import torch
from torch import Tensor

from sims import overoptimization
from sims.language import exact
from sims.language.raters import compare
from sims.language.rewards import fit_reward_model
from sims.language.world import World, gold_reward, source_logprobs
from tests.lecture_text import NUMBER, frames_of, interval, last_frame, number, slide

pytestmark = pytest.mark.numeric
sweep = pytest.mark.sweep  # many seeds, half a minute or more; the others belong to every run


@lru_cache
def lab() -> overoptimization.Lab:
    """The sequence world of the slides: 1,000 clicks, 1 in 10 a slip, seed 0."""
    return overoptimization.prepare(overoptimization.Params())


def mean(logp: Tensor, values: Tensor) -> float:
    return float((logp.exp() * values).sum())


def test_pushed_too_far() -> None:
    text, repeats = slide("too-far"), exact.repeat_rate(lab().world)
    index = {lab().world.text(i): i for i in range(lab().world.num_completions)}
    rows = re.findall(
        rf"^\| (\S+) \| {NUMBER} \| {NUMBER} \| {NUMBER} \| {NUMBER} % \| \*(.+)\* \|$", text, re.M
    )
    assert len(rows) == 5
    for beta, *stated, answer in rows:
        logp = lab().source
        if beta != "reference":
            logp = exact.optimum(lab().source, lab().proxy, float(beta))
        distance = mean(logp, logp - lab().source)
        found = [distance, mean(logp, lab().proxy), mean(logp, lab().gold)]
        assert found == pytest.approx([number(x) for x in stated[:3]], abs=0.051)
        assert 100 * mean(logp, repeats) == pytest.approx(number(stated[3]), abs=0.6)
        # "likely": at most e^3.5 times rarer than the likeliest of 32,768
        assert float(logp.max() - logp[index[answer]]) < 3.5


def test_the_proxy_is_right_on_average_and_wrong_past_2() -> None:
    text, source, proxy, gold = slide("proxy"), lab().source, lab().proxy, lab().gold
    stated = re.search(r"agrees with the truth at (\d\.\d+)", text)
    assert stated
    assert mean(source, proxy * gold) == pytest.approx(float(stated[1]), abs=0.005)

    logp = exact.optimum(source, proxy, 0.2)
    distance = re.search(r"between the two clouds lie ([\d.]+) nats", text)
    assert distance
    assert mean(logp, logp - source) == pytest.approx(float(distance[1]), abs=0.05)
    past = proxy > 2  # "past 2: there the agreement is gone"
    for policy in (source, logp):
        share = torch.where(past, policy.exp(), 0.0)
        x, y, weight = proxy, gold, share / share.sum()
        x, y = x - (weight * x).sum(), y - (weight * y).sum()
        assert (weight * x * y).sum() / ((weight * x**2).sum() * (weight * y**2).sum()).sqrt() < 0.1

    dots = re.findall(r"\{x: ([\d.-]+), y: ([\d.-]+)\}", text)
    assert len(dots) == 120
    every = set(map(tuple, (10 * torch.stack([proxy, gold], 1)).round().int().tolist()))
    assert {(round(10 * float(x)), round(10 * float(y))) for x, y in dots} <= every


def at_one_nat(source: Tensor, reward: Tensor) -> Tensor:
    """The optimum for `reward` (N,) one nat from the source: its beta is found by halving."""
    low, high = math.log(1e-3), math.log(1e3)
    for _ in range(40):
        middle = (low + high) / 2
        logp = exact.optimum(source, reward, math.exp(middle))
        low, high = (middle, high) if mean(logp, logp - source) > 1 else (low, middle)
    return exact.optimum(source, reward, math.exp(high))


def test_what_gets_through_the_reward_model() -> None:
    text, world = slide("compressed"), World()
    learned, true = (
        [float(x) for x in line.split(", ")] for line in re.findall(r"data: \[(.+)\]", text)
    )
    labels = re.search(r"labels: \[(.+)\]", text)
    assert labels
    counts = [int(x.strip(' "').replace(" k", "000")) for x in labels[1].split(",")]
    assert f"would give {true[0]}" in text
    found = dict.fromkeys([0, *counts], 0.0)  # means of ten seeds; 0 is the true reward
    for seed in range(10):
        source = source_logprobs(world, seed)
        gold = exact.standardise(gold_reward(world, seed), source)
        found[0] += mean(at_one_nat(source, gold), gold) / 10
        for count in counts:
            pairs = compare(gold, source, count, 0.1, seed)
            proxy = exact.standardise(fit_reward_model(world, pairs, 0, 0, seed)[0], source)
            found[count] += mean(at_one_nat(source, proxy), gold) / 10
    assert list(found.values()) == pytest.approx([true[0], *learned], abs=0.011)


@sweep
def test_what_500_clicks_give() -> None:
    text = slide("bradley-terry")
    ends = [last_frame("reward_model", seed=seed) for seed in range(10)]
    found = [100 * frame["accuracy"] for frame in ends]
    middle, best = re.search(r"give (\d+) % on .*better than \*\*([\d.]+) %", text).groups()  # type: ignore[union-attr]
    # exact sums and a convex fit: no processor moves them by more than a close call or two
    assert float(middle) == pytest.approx(statistics.median(found), abs=0.6)
    assert (min(found), max(found)) == pytest.approx(interval(text, "ten seeds:"), abs=0.6)
    limits = [100 * frame["best_accuracy"] for frame in ends]
    assert float(best) == pytest.approx(statistics.median(limits), abs=0.3)


def test_a_taste_for_agreement_becomes_a_habit() -> None:
    text = slide("sycophancy")
    stated = re.search(r"from (\d+) % to (\d+) %", text)
    assert stated
    low, high = interval(text, "ten seeds: to")
    shares = []
    for seed in range(10):
        frames = frames_of("sycophancy", seed=seed, algorithm="none")
        at = {round(frame["taste_rate"], 1): frame for frame in frames}
        shares.append(100 * at[0.5]["agreement_rate"])
        assert at[0.5]["gold_reward"] < 0  # "worth less than before any training"
        assert at[0.0]["agreement_rate"] < at[0.0]["ref_agreement_rate"]  # the notes: rarer at 0
        if seed == 0:
            assert 100 * at[0.5]["ref_agreement_rate"] == pytest.approx(float(stated[1]), abs=0.6)
            assert shares[0] == pytest.approx(float(stated[2]), abs=0.6)
            assert at[0.5]["gold_reward"] == pytest.approx(-0.4, abs=0.05)
    assert (min(shares), max(shares)) == pytest.approx((low, high), abs=0.6)
    assert "$q = 0.6$ gives 88 % at $\\beta = 0.2$" in text
    odds = (0.6 / 0.4) ** (1 / 0.2)
    assert odds / (1 + odds) == pytest.approx(0.88, abs=0.005)


def at_two_nats(frames: list[dict[str, float]], name: str) -> float:
    """A column of a sweep over beta at KL 2, on the line between the two neighbours."""
    near = next(i for i, frame in enumerate(frames) if frame["kl"] > 2)
    before, after = frames[near - 1], frames[near]
    share = (2 - before["kl"]) / (after["kl"] - before["kl"])
    return before[name] + share * (after[name] - before[name])


def test_a_taste_for_length_costs_truth() -> None:
    text = slide("signs")
    stated = re.search(
        r"reward is then ([\d.]+) instead of ([\d.]+) \(ten seeds: "
        r"([\d.]+)–([\d.]+) instead of ([\d.]+)–([\d.]+)\)", text
    )  # fmt: skip
    letters = re.search(r"from ([\d.]+) letters to ([\d.]+) at 2 nats", text)
    assert stated
    assert letters
    truth: dict[float, list[float]] = {0.4: [], 0.0: []}
    for seed in range(10):
        for rate, found in truth.items():
            settings = {"taste": "length", "sweep": "beta", "taste_rate": rate, "algorithm": "none"}
            frames = frames_of("sycophancy", seed=seed, **settings)
            found.append(at_two_nats(frames, "gold_reward"))
            if seed == 0 and rate == 0.0:
                assert frames[0]["ref_letters"] == pytest.approx(float(letters[1]), abs=0.05)
                assert at_two_nats(frames, "letters") == pytest.approx(float(letters[2]), abs=0.06)
    biased, honest = truth[0.4], truth[0.0]
    found = [biased[0], honest[0], min(biased), max(biased), min(honest), max(honest)]
    assert found == pytest.approx([float(x) for x in stated.groups()], abs=0.051)


@sweep
def test_how_well_the_law_fits() -> None:
    text = slide("gao-live")
    ends: list[dict[str, Any]] = [
        {
            frame["method"]: frame
            for frame in frames_of("overoptimization", seed=seed, algorithm="none")
        }
        for seed in range(10)
    ]
    misses: dict[str, tuple[str, str]] = dict(
        zip(("best_of_n", "exact"), re.findall(r"([\d.]+)–(\d\.\d+)", text), strict=True)
    )
    for words, method in {"best of \\*n\\*": "best_of_n", "exact optimum": "exact"}.items():
        row = re.search(rf"\| {words} \| {NUMBER} \| {NUMBER} \| {NUMBER} \|", text)
        assert row, words
        frame = ends[0][method]
        found = [frame[name] for name in ("alpha", "decline", "fit_error")]
        assert found == pytest.approx([float(x) for x in row.groups()], abs=0.006)
        errors = [end[method]["fit_error"] for end in ends]
        stated = [float(x) for x in misses[method]]
        assert [min(errors), max(errors)] == pytest.approx(stated, abs=0.006)
    frame = ends[0]["exact"]
    assert math.exp(frame["alpha"] / frame["decline"] - 1) == pytest.approx(0.9, abs=0.05)
    curve = [
        f for f in frames_of("overoptimization", seed=0, algorithm="none") if f["method"] == "exact"
    ]
    assert max(curve, key=lambda f: f["gold_reward"])["root_kl"] == pytest.approx(1.6, abs=0.05)


@sweep
def test_ten_worlds_lie_between_the_numbers_that_slides_give_as_their_spread() -> None:
    far = re.search(
        r"truth of −([\d.]+) to −([\d.]+) and repeats (\d+) to (\d+) %", slide("too-far")
    )
    near = re.search(r"ten worlds: ([\d.]+)–([\d.]+)", slide("proxy"))
    assert far
    assert near
    truths, repeats, agreement = [], [], []
    for seed in range(10):
        made = overoptimization.prepare(overoptimization.Params(seed=seed))
        best = exact.optimum(made.source, made.proxy, 0.03)
        truths.append(float(exact.expected(best, made.gold)))
        repeats.append(100 * float(exact.expected(best, exact.repeat_rate(made.world))))
        agreement.append(float(exact.expected(made.source, made.gold * made.proxy)))
    for found, low, high, room in (
        (truths, -float(far[1]), -float(far[2]), 0.1),
        (repeats, float(far[3]), float(far[4]), 1),
        (agreement, float(near[1]), float(near[2]), 0.01),
    ):
        assert min(found) == pytest.approx(low, abs=room)
        assert max(found) == pytest.approx(high, abs=room)
