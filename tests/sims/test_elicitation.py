"""Elicitation: recipes differ, style comes from few examples, and the base model catches up."""

import itertools

import pytest

from sims.elicitation import NUM_EXAMPLES, Params, run
from sims.pretraining.recipes import RECIPES, STYLES
from sims.spec import Frame

pytestmark = pytest.mark.numeric


def curve(frames: list[Frame], method: str) -> list[Frame]:
    return [frame for frame in frames if frame["method"] == method]


@pytest.fixture(scope="module")
def recipes() -> list[Frame]:
    return list(run(Params()))


def test_five_recipes_from_one_base_end_far_apart(recipes: list[Frame]) -> None:
    first = [curve(recipes, recipe)[0] for recipe in RECIPES]
    assert all(frame["x"] == 0 for frame in first)
    assert len({frame["accuracy"] for frame in first}) == 1  # the same base, the same problems
    last = {recipe: curve(recipes, recipe)[-1]["accuracy"] for recipe in RECIPES}
    base = first[0]["accuracy"]
    assert last["direct"] < base < last["own"] < last["rlvr"]
    assert base + 0.15 < last["compared"] < last["rlvr"]
    assert last["worked"] > 0.9
    assert last["rlvr"] > 0.9
    assert recipes[-1]["progress"] == 1.0


def test_spread_is_the_best_less_the_worst(recipes: list[Frame]) -> None:
    last = [curve(recipes, recipe)[-1]["accuracy"] for recipe in RECIPES]
    assert recipes[-1]["spread"] == pytest.approx(max(last) - min(last))
    assert recipes[0]["spread"] == 0.0


def test_ten_examples_teach_the_style_and_a_thousand_bare_answers_teach_no_sums() -> None:
    frames = list(run(Params(view="examples")))
    assert [frame["x"] for frame in frames] == list(NUM_EXAMPLES) * len(STYLES)
    for style in STYLES:
        none, few, *_ = curve(frames, style)
        assert none["format_rate"] < 0.4
        assert few["format_rate"] > 0.8
    assert all(frame["ability"] < 0.25 for frame in curve(frames, "direct"))
    worked = curve(frames, "worked")
    assert worked[-1]["ability"] > 0.9
    assert worked[-1]["accuracy"] > worked[0]["accuracy"] + 0.5


def test_the_base_model_catches_up_with_more_answers() -> None:
    frames = list(run(Params(view="pass_at_k", task="additions")))
    base, tuned = curve(frames, "base"), curve(frames, "rlvr")
    for rising in (base, tuned):
        assert [frame["x"] for frame in rising] == [1, 2, 4, 8, 16, 32, 64]
        assert all(a["accuracy"] <= b["accuracy"] for a, b in itertools.pairwise(rising))
    assert base[0]["accuracy"] < tuned[0]["accuracy"] - 0.05
    assert base[-1]["accuracy"] >= tuned[-1]["accuracy"] - 0.01
