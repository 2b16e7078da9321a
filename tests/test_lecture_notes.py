"""Numbers of charts and notes that small programs give: the programs are written out again here."""

import re
import statistics

import numpy as np
import pytest
import yaml

from tests.lecture_text import FOUR_REF, FOUR_REWARDS, frames_of, slide

pytestmark = pytest.mark.numeric


def chart(identity: str) -> list[list[float]]:
    """The series of a slide's chart."""
    block = slide(identity).split("```chart\n")[1].split("```")[0]
    return [one["data"] for one in yaml.safe_load(block)["data"]["datasets"]]


def softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def test_reinforce_on_four_answers() -> None:
    """The program of the slide, over its 20 seeds."""
    tries, stated = (0, 100, 200, 400, 600, 1000, 2000), chart("rl-worked")[0]
    paths = []
    for seed in range(20):
        rng, logits, mean = np.random.default_rng(seed), np.log(FOUR_REF), 0.0
        path = []
        for _ in range(2001):
            p = softmax(logits)
            path.append(p[2])
            y = rng.choice(4, p=p)
            r = FOUR_REWARDS[y] - 0.25 * np.log(p[y] / FOUR_REF[y])
            logits = logits + 0.1 * (r - mean) * (np.eye(4)[y] - p)
            mean += 0.05 * (r - mean)
        paths.append([path[number] for number in tries])
    assert stated == pytest.approx(np.median(paths, axis=0), abs=0.02)


def test_estimators_further_out() -> None:
    policy = softmax(np.log(FOUR_REF) + FOUR_REWARDS / 0.25)
    ratio = FOUR_REF / policy
    values = (-np.log(ratio), np.log(ratio) ** 2 / 2, ratio - 1 - np.log(ratio))
    found = [float(np.sqrt(policy @ (one - policy @ one) ** 2)) for one in values]
    stated = re.search(
        r"KL 1\.01, the spreads are ([\d.]+), ([\d.]+) and (\d\.\d+)", slide("kl-estimators")
    )
    assert stated
    assert [float(one) for one in stated.groups()] == pytest.approx(found, abs=0.006)


def test_a_fit_of_strengths_against_one_click() -> None:
    """Bradley-Terry on 20 answers, by Newton's method with the ridge of the notes."""
    counts, stated = (10, 80, 320, 2560), chart("captures-preference")[0]
    places = [(10, 20, 40, 80, 160, 320, 640, 1280, 2560).index(count) for count in counts]
    right: dict[int, list[float]] = {count: [] for count in counts}
    for seed in range(40):
        rng = np.random.default_rng(seed)
        strengths = rng.normal(0, 1.5, 20)
        first, gap = rng.integers(20, size=2560), rng.integers(1, 20, size=2560)
        second = (first + gap) % 20
        wins = rng.random(2560) < 1 / (1 + np.exp(strengths[second] - strengths[first]))
        rows = np.eye(20)[np.where(wins, first, second)] - np.eye(20)[np.where(wins, second, first)]
        upper = np.triu_indices(20, 1)
        for count in counts:
            fit = fitted(rows[:count])
            truth = np.subtract.outer(strengths, strengths)[upper]
            fits = np.subtract.outer(fit, fit)[upper].round(9)  # two that never met are a tie
            right[count].append(100 * float((0.5 + 0.5 * np.sign(fits) * np.sign(truth)).mean()))
    for place, count in zip(places, counts, strict=True):
        assert stated[place] == pytest.approx(statistics.mean(right[count]), abs=3)
    assert statistics.mean(right[10]) < 78 < statistics.mean(right[320])


def fitted(rows: np.ndarray, ridge: float = 0.1) -> np.ndarray:
    """Strengths that maximise the likelihood of `rows`, winner less loser, with a small ridge."""
    scores = np.zeros(rows.shape[1])
    for _ in range(12):
        lost = 1 / (1 + np.exp(rows @ scores))
        slope = rows.T @ lost - ridge * scores
        bend = (rows.T * (lost * (1 - lost))) @ rows + ridge * np.eye(len(scores))
        scores = scores + np.linalg.solve(bend, slope)
    return scores


def test_one_evening_of_a_thermostat() -> None:
    found: dict[tuple[float, str], list[float]] = {}
    for softness in (0.5, 0.2):
        for seed in range(10):
            asked = {"show": "trajectory", "switch_point": 70.0, "seed": seed}
            if softness == 0.2:
                asked["softness"] = softness
            last = frames_of("thermostat", **asked)[-1]
            for name in ("log_policy", "log_dynamics"):
                found.setdefault((softness, name), []).append(last[name])
    stated = re.search(
        r"ends between -(\d+) and -(\d+), the dynamics' between -(\d+) and -(\d+); "
        r"at softness 0\.2 the policy's between -(\d+) and -(\d+)",
        slide("trajectory-live"),
    )
    assert stated
    numbers = [-float(one) for one in stated.groups()]
    keys = [(0.5, "log_policy"), (0.5, "log_dynamics"), (0.2, "log_policy")]
    ends = [end for key in keys for end in (max(found[key]), min(found[key]))]
    assert numbers == pytest.approx(ends, abs=1)


def test_where_raters_and_reward_part() -> None:
    said = re.search(
        r"shares from ([\d.]+) to ([\d.]+), .* says ([\d.]+) to (0\.\d+)", slide("circle")
    )
    assert said
    crossed = [
        next(f for f in frames_of("condorcet", seed=seed) if f["c_over_a"] > 0.5)
        for seed in range(10)
    ]
    shares = [frame["circle_share"] for frame in crossed]
    scores = [frame["proxy_c_over_a"] for frame in crossed]
    found = [min(shares), max(shares), min(scores), max(scores)]
    assert [float(one) for one in said.groups()] == pytest.approx(found, abs=0.006)


def test_a_learned_switch_point() -> None:
    said = re.search(
        r"band ([\d.]+) percent .* at the end (\d+); .* within ([\d.]+) degrees",
        slide("thermostat"),
    )
    assert said
    runs = [frames_of("thermostat", seed=seed) for seed in range(2)]
    before = 100 * statistics.median(run[0]["exact_comfort"] for run in runs)
    after = 100 * statistics.median(run[-1]["exact_comfort"] for run in runs)
    assert before == pytest.approx(float(said[1]), abs=0.05)
    assert after == pytest.approx(float(said[2]), abs=1)
    off = [abs(run[-1]["switch_point"] - run[-1]["best_switch_point"]) for run in runs]
    assert max(off) < float(said[3])


def test_sixty_merges() -> None:
    said = re.search(r"from (\d+) pieces to (\d+) in 60 merges", slide("tokens-live"))
    assert said
    run = frames_of("byte_pairs", num_merges=60)
    assert [run[0]["num_tokens"], run[-1]["num_tokens"]] == [int(one) for one in said.groups()]
