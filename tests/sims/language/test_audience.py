"""A room as the raters of the sequence world: what is counted, and what is refused."""

import pytest
import torch

from sims import dpo, reward_model, rlhf
from sims.language.audience import Audience, listen
from sims.language.lab import Lab
from sims.spec import SpecError

A, B, C = (
    "great because step done step",
    "sure thanks great thanks sure",
    "step step step step step",
)
THREE = f"{A}; {B}; {C} | 0-1 1-2 2-0 | "


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab(0)


def said(lab: Lab, text: str) -> Audience:
    return listen(text, lab.world, lab.gold, lab.source, seed=0)


def test_labels_become_winners_and_losers(lab: Lab) -> None:
    room = said(lab, THREE + "LR./RL=/L../.R.")
    assert [lab.world.text(int(one)) for one in room.ours.chosen] == [A, C, B, B, A]
    assert [lab.world.text(int(one)) for one in room.ours.rejected] == [B, B, A, C, B]
    # one rater in four is held out, and that is the last
    assert [lab.world.text(int(one)) for one in room.held_out.chosen] == [C]
    # A or B 2 : 1, B or C 1 : 2 on the side of the majority; alike in one pair of three each time
    assert room.best_accuracy == pytest.approx(4 / 6)
    assert room.click_accuracy == pytest.approx(2 / 6)
    assert room.words.startswith("The room: 4 raters, 7 labels.")


def test_a_circle_of_majorities_is_counted(lab: Lab) -> None:
    assert said(lab, THREE + "LLL/LLL").words.endswith("not defined; 1 of 1 triples in a circle.")
    assert said(lab, THREE + "LLR/LLR").words.endswith("0 of 1 triples in a circle.")


def test_a_recorded_room_stands_in_and_says_so(lab: Lab) -> None:
    room = said(lab, "")
    assert room.words.startswith("A recorded room: 30 simulated raters, 360 labels.")
    assert len(room.ours) + len(room.held_out) == 360
    gaps = lab.gold[room.ours.chosen] - lab.gold[room.ours.rejected]
    assert 0.6 < float((gaps > 0).double().mean()) < 0.98  # they go by the true reward, with slips


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sure", "three parts"),
        (THREE + "LX", "'X' is not a label"),
        (THREE + "===", "preferred"),
        (f"{A}; {B} | 0-2 | L", "not there"),
        (f"{A}; hello there | 0-1 | L", "'hello there' is not a completion of this world. Write 5"),
    ],
)
def test_what_is_no_room_is_a_sentence(lab: Lab, text: str, why: str) -> None:
    with pytest.raises(SpecError, match=why):
        said(lab, text)


def test_a_reward_model_is_fitted_to_the_room() -> None:
    labels = THREE + "/".join(["LLR"] * 20)  # all agree: A before B before C
    shown = list(reward_model.run(reward_model.Params(source="room", labels=labels)))[-1]
    assert shown["accuracy"] == 1
    assert shown["best_accuracy"] == 1
    assert shown["said"].startswith("The room: 20 raters, 60 labels.")


def test_the_three_steps_and_dpo_learn_from_the_room() -> None:
    labels = THREE + "/".join(["LLR"] * 20)
    asked = rlhf.Params(source="room", labels=labels, stop_after="reward_model")
    last = list(rlhf.run(asked))[-1]
    assert last["accuracy"] == 1
    frames = dpo.run(dpo.Params(source="room", labels=labels, num_steps=20))
    last = list(frames)[-1]
    assert last["reward_margin"] > 0
    assert last["said"].startswith("The room: 20 raters")
    assert torch.isfinite(torch.tensor(last["gold_reward"]))
