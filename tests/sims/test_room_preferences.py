"""A room's labels: a fit and a policy with known answers, and raters who were held out."""

import math
from typing import Any

import numpy as np
import pytest

from sims.agreement import read_labels
from sims.room_preferences import Params, accuracy_held_out, fit, gradient, run, simulated_room
from sims.spec import Frame, SpecError


def frames(**values: Any) -> list[Frame]:
    return list(run(Params(**values)))


def test_the_fit_of_two_answers_is_the_logarithm_of_the_odds() -> None:
    labels = read_labels("/".join("LLLLLLR" * 100), 1)
    scores = fit(labels, [(0, 1)], 2)
    # Six of seven: log-odds ln 6 = 1.792, but for the weak prior on 700 labels.
    assert scores[0] - scores[1] == pytest.approx(math.log(6), abs=0.01)
    assert fit(read_labels("=/=", 1), [(0, 1)], 2) == pytest.approx([0, 0])


def test_the_policy_arrives_at_the_optimum_that_is_known() -> None:
    last = frames(beta=1.0, num_steps=500)[-1]
    assert last["proxy_reward"] == pytest.approx(last["optimum"], abs=1e-3)
    for group in range(0, 12, 4):
        some = last["scores"][group : group + 4]
        weights = np.exp([score for _, score, _ in some])
        assert [p for *_, p in some] == pytest.approx(weights / weights.sum(), abs=1e-3)


def test_the_gradient_is_that_of_the_objective() -> None:
    group, beta = np.array([0, 0, 0, 1, 1]), 0.7
    scores, logits = np.array([1.0, -0.5, 0.2, 0.4, -1.0]), np.array([0.1, 0.3, -0.2, 0.5, 0.0])

    def objective(at: np.ndarray) -> float:
        total = 0.0
        for members in ([0, 1, 2], [3, 4]):
            policy = np.exp(at[members]) / np.exp(at[members]).sum()
            kl = (policy * np.log(policy * len(members))).sum()
            total += policy @ scores[members] - beta * kl
        return float(total)

    policy = np.concatenate(
        [np.exp(logits[m]) / np.exp(logits[m]).sum() for m in ([0, 1, 2], [3, 4])]
    )
    step = 1e-6 * np.eye(5)
    expected = [(objective(logits + d) - objective(logits - d)) / 2e-6 for d in step]
    assert gradient(policy, scores, group, beta) == pytest.approx(expected, abs=1e-6)


def test_held_out_raters_who_agree_are_predicted_and_those_by_the_coin_are_not() -> None:
    pairs = "0-1 1-2 0-2"
    agreed = frames(pairs=pairs, labels="LLL/LLL/LLL/LLL", num_steps=5)[0]
    assert (agreed["accuracy"], agreed["alpha"], agreed["circles"]) == (1, 0, 0)
    assert "not defined" in agreed["said"]
    # 3,600 labels by the coin: the standard error is 0.0083.
    coin = simulated_room(Params(num_raters=200, seed=1))
    labels = np.random.default_rng(0).choice([-1.0, 1.0], size=coin.labels.shape)
    assert abs(accuracy_held_out(type(coin)(coin.pairs, labels, 12, None, "")) - 0.5) < 0.03


def test_raters_in_a_circle_make_circles_and_agree_less() -> None:
    plain, circle = (frames(circle_share=share, num_steps=5)[0] for share in (0.0, 1.0))
    assert circle["circles"] >= 3  # one in each prompt by construction, others by chance
    assert circle["alpha"] < plain["alpha"]
    assert circle["accuracy"] < plain["accuracy"]


def test_a_room_is_named_and_a_recorded_one_says_so() -> None:
    room = frames(pairs="0-1", labels="L/R/=", num_steps=5)[0]
    assert room["said"].startswith("The room: 3 raters, 3 labels.")
    assert "gold_reward" not in room
    recorded = frames(num_steps=5)[0]
    assert recorded["said"].startswith("A recorded room: 30 simulated raters, 540 labels.")
    assert "gold_reward" in recorded


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"pairs": "0-1", "labels": "/./"}, "Nobody in the room"),
        ({"pairs": "", "labels": "L"}, "two different answers"),
        ({"pairs": "0-0", "labels": "L"}, "two different answers"),
        ({"pairs": "a-b", "labels": "L"}, "written 0-1"),
        ({"pairs": "0-1", "labels": "LL"}, "2 labels for 1 pairs"),
    ],
)
def test_what_is_no_room_is_a_sentence(values: dict[str, str], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        frames(**values)
