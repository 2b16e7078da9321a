"""What learns from a room names the label block of its own things."""

from typing import Any

import pytest

from engine.deck.blocks.rooms import check
from engine.deck.model import Block

CLIPS = Block("label", "flip", 1, {"sim": "preferences", "params": {"num_comparisons": 24}})
TEXTS = Block("label", "texts", 9, {"pairs": [{"a": "one", "b": "two"}]})
CLASS = {"labels": "", "rater": "viewer", "num_comparisons": 24}


def fault(sim: str, room: str, params: dict[str, Any]) -> tuple[int, str, str]:
    data = {"sim": sim, "room": room, "params": params}
    learner = Block("sim", "learner", 20, data, f"sim: {sim}\nroom: {room}\n")
    [found] = check([CLIPS, TEXTS, learner])
    return found.line, found.message, found.fix


@pytest.mark.parametrize(
    ("sim", "room", "params", "message", "fix"),
    [
        ("preferences", "flpi", CLASS, "no label block 'flpi'", "'flip'"),
        ("preferences", "texts", CLASS, "preferences learns from clips", "'sim: preferences'"),
        ("dpo", "flip", {"labels": ""}, "clips of preferences, which dpo", "'sim: preferences'"),
        ("preferences", "flip", CLASS | {"seed": 3}, "seed is 3, but None", "seed: None"),
        ("preferences", "flip", CLASS | {"num_comparisons": 8}, "is 8, but 24", "comparisons: 24"),
    ],
)
def test_labels_of_other_things_are_a_problem(
    sim: str, room: str, params: dict[str, Any], message: str, fix: str
) -> None:
    line, said, advice = fault(sim, room, params)
    assert line == 22  # the second line of the block
    assert message in said
    assert fix in advice


def test_labels_of_its_own_things_are_none() -> None:
    both = [("preferences", "flip", CLASS), ("dpo", "texts", {"labels": ""})]
    for sim, room, params in both:
        learner = Block("sim", "learner", 20, {"sim": sim, "room": room, "params": params})
        assert list(check([CLIPS, TEXTS, learner])) == []
