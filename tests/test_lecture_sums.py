"""Arithmetic of the slides, done again: what they call computed has to come out.

Nothing here is learned or drawn at random, so a limit is how far the slide rounds (half of its last
digit and a little), and no seed, processor or thread changes what is compared.
"""

import csv
import math
import re
from itertools import pairwise

import numpy as np
import pytest
import yaml

from tests.lecture_text import FOUR_REF, FOUR_REWARDS, ROOT, slide


def chart(identity: str) -> tuple[list[str], list[np.ndarray]]:
    """Labels and series of a slide's chart."""
    block = slide(identity).split("```chart\n")[1].split("```")[0]
    data = yaml.safe_load(block)["data"]
    return data["labels"], [np.array(one["data"]) for one in data["datasets"]]


def cells(identity: str, start: str) -> list[str]:
    """The cells behind the first of a table's row that begins with `start`."""
    row = re.search(rf"^\| {re.escape(start)} *\|(.*)\|$", slide(identity), re.MULTILINE)
    assert row, start
    return [cell.strip(" *") for cell in row[1].split("|")]


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def tilted(beta: float) -> np.ndarray:
    """The best policy over the four answers at a KL weight."""
    return softmax(np.log(FOUR_REF) + FOUR_REWARDS / beta)


def distance(policy: np.ndarray) -> float:
    return float(policy @ np.log(policy / FOUR_REF))


def test_a_sentence_that_nobody_wrote() -> None:
    texts = ["the cat sat on the mat .", "the dog sat on the rug .", "the cat saw the dog ."]
    words = [["(start)", *text.split()] for text in texts]
    pairs = [pair for one in words for pair in pairwise(one)]
    chance = 1.0
    for before, after in zip(
        ["(start)", "the", "cat", "sat", "on", "the", "rug"],
        ["the", "cat", "sat", "on", "the", "rug", "."],
        strict=True,
    ):
        of = sum(first == before for first, _ in pairs)
        count = pairs.count((before, after))
        assert f"| {after} | {before} | {count} of {of} |" in slide("probability")
        chance *= count / of
    assert chance == pytest.approx(1 / 36)


def test_temperature() -> None:
    scores = np.array([2.0, 1.2, 0.6, 0.0, -1.0])
    for series, temperature in zip(chart("temperature")[1], (0.5, 1.0, 2.0), strict=True):
        assert series == pytest.approx(softmax(scores / temperature), abs=0.006)


def test_one_step_of_the_loss() -> None:
    scores, right = np.array([1.5, 1.0, 0.5, 0.0, -0.5]), np.eye(5)[2]
    before = softmax(scores)
    after = softmax(scores + right - before)
    assert chart("next-token-loss")[1] == pytest.approx(np.array([before, after]), abs=0.006)
    assert "*rug* goes from 0.16 to 0.37" in slide("next-token-loss")
    # the notes: an unlikely wrong token can gain beside a confident one
    start = np.array([0.6, 0.1, 0.2, 0.1])
    moved = softmax(np.log(start) + np.eye(4)[1] - start)
    assert "from 0.100 to 0.109" in slide("next-token-loss")
    assert moved[3] == pytest.approx(0.109, abs=0.0005)


def test_scaling_laws() -> None:
    assert "10^{-0.05} = 0.891" in slide("scaling-laws")
    with (ROOT / "content" / "published" / "kaplan.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["series"].startswith("tenfold compute")]
    series = [float(row["y"]) for row in rows]
    assert series == pytest.approx(10.0 ** (-0.05 * np.arange(7)), abs=0.0006)
    assert series[6] == pytest.approx(0.5, abs=0.005)  # "a million times halves the loss"
    _, [weights, tokens] = chart("rests-on-scaling")
    assert weights == pytest.approx([10**0.73, 10**0.5], abs=0.006)
    assert tokens == pytest.approx([10**0.27, 10**0.5], abs=0.006)


def test_what_the_longer_run_of_olmo_did() -> None:
    with (ROOT / "content" / "published" / "olmo31.csv").open() as file:
        readings = [row for row in csv.DictReader(file) if row["series"] == "AlpacaEval 3"]
    points = [(int(row["x"]), float(row["y"])) for row in readings]
    before = np.mean([y for x, y in points if x <= 750])
    after = np.mean([y for x, y in points if x > 750])
    stated = re.search(
        r"mean (\d+) after step 750, (\d+) before\) and ends at (\d+\.\d)", slide("olmo")
    )
    assert stated
    assert [number(one) for one in stated.groups()] == pytest.approx(
        [after, before, points[-1][1]], abs=0.5
    )


def test_the_tilt_of_four_answers() -> None:
    _, [before, after] = chart("likely-liked")
    assert before == pytest.approx(FOUR_REF)
    assert after == pytest.approx(tilted(0.25), abs=0.0006)
    labels, [scores] = chart("keep-prior")
    betas = (math.inf, 2, 1, 0.5, 0.25, 0.1, 0.05)
    policies = [tilted(beta) for beta in betas]
    assert [number(one) for one in labels] == pytest.approx(
        [distance(one) for one in policies], abs=0.0006
    )
    assert scores == pytest.approx([one @ FOUR_REWARDS for one in policies], abs=0.0006)
    assert 20 * math.log10(128_000) == pytest.approx(102, abs=0.5)


def test_the_terms_of_a_kl() -> None:
    _, [before, after, terms] = chart("kl")
    policy = tilted(0.25)
    assert before == pytest.approx(FOUR_REF)
    assert after == pytest.approx(policy, abs=0.0006)
    assert terms == pytest.approx(policy * np.log(policy / FOUR_REF), abs=0.0006)
    assert f"add up to **{distance(policy):.2f} nats**" in slide("kl")
    other_way = float(FOUR_REF @ np.log(FOUR_REF / policy))
    assert f"from the other side it is {other_way:.2f}" in slide("kl")


def test_the_clip_of_ppo() -> None:
    labels, series = chart("ppo-clip")
    ratio = np.array([number(one) for one in labels])
    for stated, advantage in zip(series, (1, -1), strict=True):
        clipped = np.clip(ratio, 0.8, 1.2) * advantage
        assert stated == pytest.approx(np.minimum(ratio * advantage, clipped))


def test_what_the_first_quarter_of_a_nat_buys() -> None:
    policies = [tilted(beta) for beta in np.geomspace(0.01, 1000, 20_001)]
    kl = np.array([distance(one) for one in policies])[::-1]
    gain = np.array([one @ FOUR_REWARDS for one in policies])[::-1] - FOUR_REF @ FOUR_REWARDS
    whole = 1 - FOUR_REF @ FOUR_REWARDS
    stated = re.search(r"buys (\d+) % of .*, the last quarter (\d+) %", slide("keep-prior"))
    assert stated
    assert 100 * np.interp(0.25, kl, gain) / whole == pytest.approx(float(stated[1]), abs=0.6)
    most = -math.log(FOUR_REF[2])  # only the best answer is left
    rest = whole - np.interp(most - 0.25, kl, gain)
    assert 100 * rest / whole == pytest.approx(float(stated[2]), abs=0.6)


def test_three_estimators() -> None:
    policy = tilted(0.5)
    ratio = FOUR_REF / policy
    values = {
        "$k_1$": -np.log(ratio),
        "$k_2$": np.log(ratio) ** 2 / 2,
        "$k_3$": ratio - 1 - np.log(ratio),
    }
    for name, value in values.items():
        mean, spread = cells("kl-estimators", name)[1:]
        assert policy @ value == pytest.approx(number(mean), abs=0.0006)
        deviation = math.sqrt(policy @ (value - policy @ value) ** 2)
        assert deviation == pytest.approx(number(spread), abs=0.006)
    assert f"Exact: {distance(policy):.3f}" in slide("kl-estimators")


def test_bits_and_groups() -> None:
    assert math.log2(128_000) == pytest.approx(17.0, abs=0.05)
    assert -(0.1 * math.log2(0.1) + 0.9 * math.log2(0.9)) == pytest.approx(0.47, abs=0.005)
    assert f"{100 * 0.9999**16:.1f} % of cases" in slide("quiz-stages")
    assert round(1 / (1 - 0.99**16)) == 7  # "one group in seven teaches"


def test_a_check_mends() -> None:
    lifted = 0.7 * math.exp(1 / 0.5)
    after_rl = 100 * lifted / (lifted + 0.3)
    assert f"70 % right after SFT, **{after_rl:.1f} %** after RL" in slide("rl-mends")
    assert "With 30 % wrong labels" in slide("rl-mends")
    assert "β = 0.5" in slide("rl-mends")


def test_factoring() -> None:
    sieve = np.ones(10**6 + 1, bool)
    sieve[:2] = False
    for i in range(2, 1001):
        if sieve[i]:
            sieve[i * i :: i] = False
    for digits in (4, 6, 8, 10, 12):
        tries, checks = cells("judging-easier", str(digits))
        assert (int(number(tries)), checks) == (int(sieve[: 10 ** (digits // 2)].sum()), "1")


def test_votes_in_a_circle() -> None:
    orders = ["ABC", "ACB", "BAC", "BCA", "CAB", "CBA"]

    def beats(first: str, second: str, votes: tuple[str, ...]) -> bool:
        return sum(one.index(first) < one.index(second) for one in votes) > len(votes) / 2

    three = [(a, b, c) for a in orders for b in orders for c in orders]
    circles = [
        votes
        for votes in three
        if beats("A", "B", votes) == beats("B", "C", votes) == beats("C", "A", votes)
    ]
    assert 100 * len(circles) / len(three) == pytest.approx(5.6, abs=0.05)
    crowd = 100 * (1 / 4 - 3 / (2 * math.pi) * math.asin(1 / 3))
    assert crowd == pytest.approx(8.8, abs=0.05)
    assert "5.6 % of three raters' votes, 8.8 % of a crowd's" in slide("circle")


def test_agreement_limits_every_score() -> None:
    """How often a score is right that takes the side of every majority, where two raters agree in
    73 of 100 pairs: on pairs of one kind, and on any mixture of two kinds of pairs."""
    share = np.linspace(0.5, 1, 251)  # of the raters who are in the majority
    agree = share**2 + (1 - share) ** 2
    low, high = np.meshgrid(np.arange(251), np.arange(251))
    is_between = (agree[low] <= 0.73) & (agree[high] > 0.73)
    low, high = low[is_between], high[is_between]
    part = (0.73 - agree[low]) / (agree[high] - agree[low])
    right = (1 - part) * share[low] + part * share[high]
    assert right.max() == pytest.approx(0.84, abs=0.002)
    assert right.min() == pytest.approx(0.73, abs=0.002)  # half of the pairs split, half agreed on
    assert "**84** of 100" in slide("room-agrees")


def test_memory() -> None:
    rows = {"policy, trained": 16, "value, trained": 16, "reference, frozen": 2}
    rows["reward, frozen"] = 2
    found = {name: number(cells("rlhf-step", name)[0]) for name in rows}
    assert found == {name: 7 * each for name, each in rows.items()}
    assert number(cells("rlhf-step", "**together**")[0]) == 7 * sum(rows.values())
    assert cells("dpo-cheap", "GB at 7 billion parameters") == ["252", str(7 * 18)]


def test_the_best_of_n() -> None:
    text = slide("best-of-n")
    costs = {n: math.log(n) - (n - 1) / n for n in (16, 1024)}
    assert "16 answers cost 1.8 nats at most, 1,024 cost 5.9" in text
    assert costs == {16: pytest.approx(1.835, abs=0.001), 1024: pytest.approx(5.932, abs=0.001)}
    assert f"{1024 // 16} times the work for three times the limit" in text
    assert costs[1024] / costs[16] == pytest.approx(3, abs=0.3)


def test_the_mild_form_of_goodhart() -> None:
    labels, series = chart("goodhart")
    grid = np.linspace(-9, 9, 200_001)
    below = 0.5 * np.array([math.erfc(-x / math.sqrt(2)) for x in grid[::50]])
    for place, label in enumerate(labels):
        # E[max of n] is the integral of 1 - F^n above zero less that of F^n below it
        chance = below ** number(label)
        points = grid[::50]
        above = np.trapezoid(np.where(points > 0, 1 - chance, 0), points)
        mean = above - np.trapezoid(np.where(points < 0, chance, 0), points)
        found = [one[place] for one in series]
        assert found == pytest.approx(mean * np.array([1, 0.9, 0.6, 0.3]), abs=0.012)


def test_many_prompts_or_many_answers() -> None:
    labels, [stated] = chart("prompt-unit")
    prompts = 1024 / np.array([number(one) for one in labels])
    assert stated == pytest.approx(np.sqrt(0.04 / prompts + 0.16 / 1024), abs=0.0006)


def test_a_pair_that_lifts_a_third_answer() -> None:
    """DPO on one pair, with the shared features of the notes: gradient ascent, written out."""
    features = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [0, 0, 1.6, -0.2]])
    start = np.log([0.45, 0.45, 0.10])
    weights, path = np.zeros(4), []
    for _ in range(201):
        policy = softmax(start + features @ weights)
        path.append(policy)
        margin = 0.5 * float((np.log(policy) - start) @ [1, -1, 0])
        push = 0.5 / (1 + math.exp(margin))  # log-probabilities differ by scores alone
        weights = weights + 0.1 * push * (features[0] - features[1])
    stated = np.array(chart("dpo-how-far")[1])
    assert stated == pytest.approx(np.array(path[::20]).T, abs=0.012)
