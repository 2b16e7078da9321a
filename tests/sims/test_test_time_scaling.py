"""Compute at test time: what more tokens bring, and who picks."""

from typing import Any

import pytest

from sims.spec import Frame, SpecError
from sims.test_time_scaling import Params, budgets, run

pytestmark = pytest.mark.numeric


def by_method(**values: Any) -> dict[str, list[Frame]]:
    made: dict[str, list[Frame]] = {}
    for frame in run(Params(**values)):
        made.setdefault(frame["method"], []).append(frame)
    return made


@pytest.fixture(scope="module")
def spent() -> dict[str, list[Frame]]:
    return by_method(num_problems=200)


def test_steps_cut_short_cost_accuracy(spent: dict[str, list[Frame]]) -> None:
    serial = spent["serial"]
    assert [frame["num_steps"] for frame in serial] == list(range(9))
    assert [frame["tokens"] for frame in serial] == list(range(3, 12))
    assert serial[0]["accuracy"] < 0.2
    assert serial[5]["accuracy"] > 0.6
    # made to go on when all is said, it talks itself out of the right answer
    assert serial[8]["accuracy"] < serial[5]["accuracy"] - 0.02


def test_more_answers_help_whoever_picks(spent: dict[str, list[Frame]]) -> None:
    for method in ("majority", "learned verifier", "exact verifier"):
        curve = spent[method]
        assert [frame["k"] for frame in curve] == budgets(32)
        assert curve[-1]["accuracy"] > curve[0]["accuracy"] + 0.3
        assert curve[-1]["tokens"] == pytest.approx(32 * curve[0]["tokens"])
        assert all(f["low"] <= f["accuracy"] <= f["high"] for f in curve)


def test_a_better_judge_needs_fewer_answers(spent: dict[str, list[Frame]]) -> None:
    at_8 = {method: curve[3]["accuracy"] for method, curve in spent.items() if method != "serial"}
    assert at_8["majority"] < at_8["learned verifier"] - 0.05
    assert at_8["learned verifier"] <= at_8["exact verifier"] + 1e-9


def test_the_easiest_additions_are_few_and_it_is_said() -> None:
    """100 problems are asked, but there are only 20 additions of one digit to hold out."""
    first, *_ = run(Params(task="additions", difficulty=1, num_samples=1, model="guesser"))
    assert first["num_distinct"] < 20
    assert first["sample"].endswith(f"(one of {first['num_distinct']} different problems)")
    assert first["high"] - first["low"] > 0.15  # so the interval is wide, as for so few


def test_one_answer_is_the_same_whoever_picks(spent: dict[str, list[Frame]]) -> None:
    ones = [curve[0]["accuracy"] for method, curve in spent.items() if method != "serial"]
    assert ones == pytest.approx([ones[0]] * 3)


def test_rl_lifts_the_first_answer_and_the_base_model_catches_up() -> None:
    made = by_method(view="pass_at_k", num_samples=64)
    base, tuned = made["base"], made["tuned"]
    assert tuned[0]["accuracy"] > base[0]["accuracy"] + 0.3
    assert base[-1]["accuracy"] > tuned[-1]["accuracy"] - 0.03
    for frame in base + tuned:
        assert frame["theory"] == pytest.approx(frame["accuracy"], abs=0.05)


def test_where_the_tuned_model_repeats_its_mistakes_the_base_model_passes_it() -> None:
    made = by_method(view="pass_at_k", task="expressions", num_samples=64, num_problems=200)
    base, tuned = made["base"], made["tuned"]
    assert tuned[0]["accuracy"] > base[0]["accuracy"] + 0.2
    assert base[-1]["accuracy"] > tuned[-1]["accuracy"] + 0.02


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"num_samples": 8, "max_k": 9},
            "k is 9, but there are 8 answers to each problem: draw at least 9.",
        ),
        (
            {"num_samples": 0},
            "k is 0: a budget of no answers leaves nothing to judge; use at least 1.",
        ),
    ],
)
def test_budgets_that_cannot_be(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError) as error:
        next(run(Params(**values)))
    assert str(error.value) == sentence


@pytest.mark.parametrize(("most", "wanted"), [(1, [1]), (8, [1, 2, 4, 8]), (9, [1, 2, 4, 8, 9])])
def test_budgets_double(most: int, wanted: list[int]) -> None:
    assert budgets(most) == wanted
