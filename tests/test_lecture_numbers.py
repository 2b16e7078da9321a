"""Numbers that a slide states about our own runs, measured again."""

import re
import statistics
from pathlib import Path

import pytest

from sims import spec
from sims.cartpole import Params, learn

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "lectures" / "01-overview.md").read_text(encoding="utf-8")
NAMES = {
    "REINFORCE": "reinforce",
    "with a baseline": "reinforce_baseline",
    "PPO": "ppo",
    "linear search": "linear_search",
}


@pytest.mark.parametrize("name", NAMES)
def test_steps_to_solve_the_pole(name: str) -> None:
    row = re.search(rf"^\| {name} \| \**([\d,]+)\** \| (\d+) of 20 \|", TEXT, re.MULTILINE)
    assert row, f"the slide that compares learners has no row for {name}"
    ends = [list(learn(Params(algorithm=NAMES[name], seed=seed)))[-1] for seed in range(20)]
    steps = statistics.median(update.env_steps for update, _ in ends)
    assert steps == pytest.approx(int(row[1].replace(",", "")), rel=0.15)
    assert abs(sum(solved for _, solved in ends) - int(row[2])) <= 1


def last_frame(sim: str, **params: object) -> dict[str, float]:
    """The end of a run with a block's parameters."""
    module = spec.load(sim)
    return list(module.run(module.Params(**params)))[-1]


def slide(identity: str) -> str:
    """The source of one slide."""
    return TEXT.split(f"<!-- id: {identity} -->")[1].split("\n---\n")[0]


def test_dpo_beside_rl() -> None:
    frame = last_frame("dpo")
    text = slide("dpo-beside-rl")
    columns = {"true reward": "gold_reward", "distance, nats": "kl", "off the optimum, nats": "gap"}
    for words, column in columns.items():
        row = re.search(rf"\| {words} \| \**([\d.]+)\** \| \**([\d.]+)\** \|", text)
        assert row, words
        assert float(row[1]) == pytest.approx(frame[column], abs=0.12)
        assert float(row[2]) == pytest.approx(frame[f"rl_{column}"], abs=0.06)


def test_what_500_clicks_give() -> None:
    frame = last_frame("reward_model")
    new, best = re.findall(r"(\d[\d.]*) %", slide("bradley-terry"))[:2]
    assert float(new) == pytest.approx(100 * frame["accuracy"], abs=1.5)
    assert float(best) == pytest.approx(100 * frame["best_accuracy"], abs=0.5)


def test_how_often_the_phrase_comes_back() -> None:
    frame = last_frame("sft")
    stated = re.search(
        r"the tuned one answers, (\d+) % of the time with the phrase", slide("sft-formats")
    )
    assert stated
    assert float(stated[1]) == pytest.approx(100 * frame["phrase_rate"], abs=6)
