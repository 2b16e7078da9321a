"""The grid of a `sim` block: values that a slider stops at, its ends and the deck's own."""

from pathlib import Path
from typing import Any, cast

import pytest

from engine.deck.blocks.grid import points, values
from engine.deck.document import load

FIELD = {"name": "x", "type": "float", "low": 0.0, "high": 1.0, "step": 0.1, "choices": []}


@pytest.mark.parametrize(
    ("count", "own", "changes", "expected"),
    [
        (3, 0.5, {}, [0, 0.5, 1]),
        (3, 0.2, {}, [0, 0.2, 1]),
        (4, 1.0, {}, [0, 0.3, 0.7, 1]),
        (3, 10, {"low": 1, "high": 100, "type": "int", "step": 1}, [1, 10, 100]),
        (4, 0.1, {"low": 0.001, "high": 1.0}, [0.001, 0.01, 0.1, 1]),
        (3, 7, {"name": "seed", "low": 0, "high": 1_000_000, "type": "int"}, [7, 8, 9]),
        (2, "b", {"type": "str", "choices": ["a", "b", "c"]}, ["a", "b"]),
        (2, True, {"type": "bool"}, [False, True]),
        (5, 1, {"high": None}, []),
    ],
)
def test_values_hold_both_ends_and_that_of_the_deck(
    count: int, own: Any, changes: dict[str, Any], expected: list[Any]
) -> None:
    assert values(cast(Any, FIELD | changes), count, own) == expected


def test_a_grid_is_every_combination_and_what_is_wrong_with_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "deck.md"
    block = "```sim\nsim: bandit\nid: one\ngrid: {GRID}\n```\n"
    path.write_text("## One\n\n" + block.replace("GRID", "epsilon: 3, seed: 2"))
    [slide] = load(path)["slides"]
    data = slide["blocks"][0]["data"]
    asked = [(one["epsilon"], one["seed"]) for one in points(data)]
    assert asked == [(x, seed) for x in data["grid"]["epsilon"] for seed in (0, 1)]
    for wrong, words in (
        ("epsilom: 3", "bandit has no parameter 'epsilom' for a grid."),
        ("epsilon: 50, seed: 50", "The grid has 2500 runs."),
        ("epsilon: 1", "The grid of 1 is not a count of values."),
    ):
        path.write_text("## One\n\n" + block.replace("GRID", wrong))
        assert words in [one["message"] for one in load(path)["problems"]]
