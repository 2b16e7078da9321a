"""Wrong labels by hand, and what a check does to a model that learned from them."""

import pytest
import torch

from sims.arithmetic import tasks
from sims.label_noise import Params, run, with_wrong_answers

pytestmark = pytest.mark.numeric


def test_a_share_of_the_answers_is_wrong_and_nothing_else_differs() -> None:
    problems = tasks.draw("sums", 5, 2000, torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1)
    made = with_wrong_answers(problems, 0.3, generator)
    is_wrong = (made.answers != problems.answers).any(1)
    assert float(is_wrong.float().mean()) == pytest.approx(0.3, abs=0.04)
    assert torch.equal(made.prompts, problems.prompts)
    assert torch.equal(made.steps, problems.steps)
    digits = made.answers - tasks.ZERO
    assert int(digits.min()) >= 0
    assert int(digits.max()) <= 9
    same = with_wrong_answers(problems, 0.0, generator)
    assert torch.equal(same.answers, problems.answers)


@pytest.mark.sweep
def test_the_check_repairs_and_a_coin_does_not() -> None:
    for verifier, is_repaired in (("exact", True), ("random", False)):
        frames = [f for f in run(Params(verifier=verifier)) if f["data"] == "messy"]
        assert [f["stage"] for f in frames] == ["sft"] * 5 + ["rl"] * 5
        assert 0.2 < frames[4]["accuracy"] < 0.7  # half of its examples were wrong
        assert (frames[-1]["accuracy"] > 0.9) == is_repaired
