"""The loop of choices, reward and policy: what it teaches, and how a viewer's choices travel."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest

from sims import preferences, spec
from sims.acrobot import audience, clips
from sims.preferences import GENERATIONS, ROUNDS, Params, run
from sims.spec import Frame

pytestmark = pytest.mark.numeric


def late(frames: list[Frame], column: str) -> float:
    """A column over the last round: single generations vary, for a flipping body is chaotic."""
    return float(np.mean([frame[column] for frame in frames[-GENERATIONS:]]))


@pytest.fixture(scope="module", params=[3, pytest.param(5, marks=pytest.mark.sweep)])
def seeds(request: pytest.FixtureRequest) -> range:
    """One of them may fail."""
    return range(request.param)


@pytest.fixture(scope="module")
def learned(seeds: range) -> list[list[Frame]]:
    return [list(run(Params(seed=seed))) for seed in seeds]


@pytest.fixture(scope="module")
def by_hand(seeds: range) -> list[list[Frame]]:
    return [list(run(Params(seed=seed, reward="tip_height"))) for seed in seeds]


def test_choices_teach_flips_that_no_reward_was_written_for(learned: list[list[Frame]]) -> None:
    assert sum(late(frames, "turns") > 1.5 for frames in learned) >= len(learned) - 1
    assert all(abs(frames[0]["turns"]) < 0.5 for frames in learned)


def test_the_learned_reward_knows_the_taste_and_the_written_one_does_not(
    learned: list[list[Frame]], by_hand: list[list[Frame]]
) -> None:
    assert sum(late(frames, "accuracy") > 0.65 for frames in learned) >= len(learned) - 1
    blind = [abs(late(frames, "accuracy") - 0.5) < 0.08 for frames in by_hand]
    assert sum(blind) >= len(by_hand) - 1
    assert all(late(frames, "tip_height") > -1 for frames in by_hand)  # it got what it asked for


def test_comparisons_are_counted_round_by_round(learned: list[list[Frame]]) -> None:
    frames = learned[0]
    assert len(frames) == 1 + ROUNDS * GENERATIONS
    counts = [frame["num_comparisons"] for frame in frames[::GENERATIONS]]
    assert counts == [0, 20, 40, 60, 80]
    assert frames[-1]["progress"] == 1.0
    assert frames[0]["accuracy"] == 0.5  # no reward yet: every pair is a tie
    assert not any(frame["pair"] for frame in frames)


def asked(labels: str, seed: int = 0) -> list[Frame]:
    params = Params(rater="viewer", labels=labels, num_comparisons=8, seed=seed)
    return [frame for frame in run(params) if frame["pair"]]


def test_a_viewer_is_asked_for_what_is_still_open() -> None:
    first = asked("")
    assert len(first) == 2  # a quarter of 8
    assert [len(clip) for clip in first[0]["pair"]] == [5 * clips.CLIP_STEPS + 1] * 2
    assert [frame["pair"] for frame in asked("L")] == [first[1]["pair"]]
    second = asked("LR")
    assert len(second) == 2
    assert second[0]["pair"] not in [frame["pair"] for frame in first]
    assert second[0]["num_comparisons"] == 2


def test_other_choices_lead_elsewhere_and_the_same_ones_to_the_same_place() -> None:
    assert asked("LR") == asked("LR")
    assert asked("LR")[0]["poses"] != asked("RL")[0]["poses"]


def test_a_viewer_who_has_said_all_is_asked_no_more() -> None:
    frames = list(run(Params(rater="viewer", labels="LR=LRL=R", num_comparisons=8)))
    assert not any(frame["pair"] for frame in frames)
    assert frames[-1]["num_comparisons"] == 8
    assert frames[-1]["progress"] == 1.0


def test_a_viewer_with_the_synthetic_taste_gets_the_same_reward() -> None:
    """The letters mean what they say: a viewer who chooses as the rater does is taught the same."""
    letters = ""
    rater: Iterator[Frame] = run(Params(num_comparisons=8, noise=0.0, seed=2))
    wanted = list(islice(rater, 1 + GENERATIONS))[-1]["weights"]
    for frame in asked("", seed=2):
        left, right = (clip[-1][0] - clip[0][0] for clip in frame["pair"])
        letters += "L" if left > right else "R"
    assert asked(letters, seed=2)[0]["weights"] == wanted


def test_a_room_is_taught_what_one_viewer_with_the_choices_of_most_is_taught() -> None:
    """The clips of the second round follow from the choices on those of the first."""
    two_rounds = 2 + GENERATIONS
    wall = run(Params(rater="viewer", labels="LR=LRL=R", num_comparisons=8))
    words = "LRLLRL=R/LRRLRL/RR.LR.LL/L...LLR/...R..../"
    room = run(Params(source="room", labels=words, num_comparisons=8))
    for ours, theirs in islice(zip(room, wall, strict=True), two_rounds):
        assert ours["weights"] == theirs["weights"]
        assert ours["turns"] == theirs["turns"]
        assert ours["said"].startswith("The room: 5 raters, 25 choices on 8 of 8 pairs.")


def test_pairs_of_which_nobody_has_spoken_are_left_out() -> None:
    room, rng = audience.listen(".L/.L/.R/==", 8), np.random.default_rng(0)
    is_judged, choices = room.judge(np.zeros(2, bool), 0.0, rng)
    assert (is_judged.tolist(), choices.tolist()) == ([True, True], [0.5, 1.0])
    is_judged, choices = room.judge(np.zeros(2, bool), 0.0, rng)
    assert (is_judged.tolist(), choices.tolist()) == ([False, False], [])
    assert "4 raters, 5 choices on 2 of 8 pairs" in room.words


def test_a_recorded_room_stands_in_and_goes_by_the_taste() -> None:
    room = audience.listen("", 40)
    left = np.arange(40) % 2 == 0
    is_judged, choices = room.judge(left, 0.1, np.random.default_rng(0))
    assert is_judged.all()
    assert (choices == left).all()  # of 30 raters, each of whom errs in one of ten, most are right
    assert (room.labels == np.where(left, 1, -1)).mean() == pytest.approx(0.9, abs=0.03)
    assert room.words.startswith("A recorded room: 30 simulated raters, 1200 choices on 40 of 40")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rater": "viewer", "labels": "LXR"}, "holds 'X', but each choice is L, R or ="),
        ({"rater": "viewer", "labels": "L" * 9, "num_comparisons": 8}, "9 choices, above"),
        ({"labels": "LR"}, "set rater to 'viewer'"),
        ({"source": "room", "labels": "LX"}, "labels of a room: 'X' is not a label"),
        ({"source": "room", "labels": "L" * 9, "num_comparisons": 8}, "9 labels for 8 pairs"),
        ({"source": "room", "labels": "./."}, "Nobody in the room has chosen a clip yet"),
    ],
)
def test_labels_that_make_no_sense_are_refused(values: dict, message: str) -> None:
    with pytest.raises(spec.SpecError, match=message):
        next(run(Params(**values)))


def test_half_of_the_choices_wrong_teaches_nothing_of_the_taste() -> None:
    """Noise of 0.5 is a coin: the labels no longer depend on the clips."""
    rng = np.random.default_rng(0)
    states = np.zeros((clips.CLIP_STEPS + 1, 4, 4_000))
    states[-1, 0] = rng.normal(size=4_000)
    first, second = states[..., :2_000], states[..., 2_000:]
    for noise in (0.0, 0.2, 0.5):
        labels = preferences._judge(Params(noise=noise), first, second, [], rng)
        right = (labels == 1) == (clips.turns(first) > clips.turns(second))
        assert right.mean() == pytest.approx(1 - noise, abs=0.04)
