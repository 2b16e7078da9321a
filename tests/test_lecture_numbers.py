"""Numbers that a slide states about our own runs, measured again."""

import re
import statistics
from pathlib import Path

import pytest

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
