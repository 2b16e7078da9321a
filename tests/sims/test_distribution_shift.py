"""Out of distribution: bare answers lose what was there, rewards carry over."""

import pytest

from sims.distribution_shift import Params, run
from sims.spec import Frame

pytestmark = pytest.mark.numeric


def last(frames: list[Frame], method: str) -> Frame:
    return [frame for frame in frames if frame["method"] == method][-1]


@pytest.fixture(scope="module")
def direct() -> list[Frame]:
    return list(run(Params()))


def test_both_start_from_the_same_model(direct: list[Frame]) -> None:
    start = [frame for frame in direct if frame["updates"] == 0]
    assert [frame["method"] for frame in start] == ["sft", "rl"]
    scores = ("accuracy", "longer_accuracy", "other_accuracy", "steps_rate", "sample")
    assert [start[0][key] for key in scores] == [start[1][key] for key in scores]
    assert start[0]["longer_gain"] == start[1]["other_gain"] == 0.0
    assert [frame["updates"] for frame in direct] == [0, 10, 20, 30, 40, 50, 60] * 2
    assert direct[-1]["progress"] == 1.0


def test_rl_carries_over_and_bare_answers_do_not(direct: list[Frame]) -> None:
    sft, rl = last(direct, "sft"), last(direct, "rl")
    assert rl["longer_gain"] > 0.3
    assert rl["other_gain"] > 0.1
    assert sft["longer_gain"] < 0
    assert sft["other_gain"] < 0
    assert sft["steps_rate"] < 0.05 < 0.4 < rl["steps_rate"]


def test_sft_on_worked_examples_carries_over_as_well() -> None:
    frames = list(run(Params(examples="worked")))
    assert last(frames, "sft")["longer_gain"] > 0.3
    assert last(frames, "sft")["longer_gain"] > last(frames, "rl")["longer_gain"] - 0.15
