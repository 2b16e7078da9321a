"""The verifier on answers written by hand."""

import numpy as np
import pytest
import torch

from sims.arithmetic.tasks import ID, PAD, Problems
from sims.arithmetic.verifier import grade, judged, read

WIDTH = 9


def tokens(said: str) -> torch.Tensor:
    ids = [ID[word] for word in said.split()]
    return torch.tensor([ids + [ID[PAD]] * (WIDTH - len(ids))])


def addition() -> Problems:
    """4 7 + 8 6 = 133."""
    prompt = torch.tensor([[ID[word] for word in ["4", "7", "+", "8", "6", "="]]])
    steps = torch.tensor([[[ID["1"], ID["3"]], [ID["1"], ID["3"]]]])
    return Problems("additions", 2, prompt, steps, torch.tensor([[ID["1"], ID["3"], ID["3"]]]))


@pytest.mark.parametrize(
    ("said", "is_right", "is_form", "length"),
    [
        ("answer 1 3 3 <end>", True, True, 5),
        ("1 3 1 3 answer 1 3 3 <end>", True, True, 9),
        ("9 9 9 9 answer 1 3 3 <end>", True, True, 9),  # steps are not looked at
        ("answer 1 3 4 <end>", False, True, 5),
        ("answer 1 3 3", False, False, 9),  # does not end
        ("answer 3 3 <end>", False, False, 4),
        ("answer 0 1 3 3 <end>", False, False, 6),
        ("1 3 3 <end>", False, False, 4),
        ("answer answer 1 3 3 <end>", False, False, 6),
        ("answer 1 3 + <end>", False, False, 5),
        ("answer 1 3 3 <end> answer 1 3 3", False, False, 5),  # says it twice, once past the end
        ("<end>", False, False, 1),
    ],
)
def test_verdicts(said: str, is_right: bool, is_form: bool, length: int) -> None:
    found = grade(addition(), tokens(said))
    assert found.is_right.tolist() == [is_right]
    assert found.is_form.tolist() == [is_form]
    assert found.lengths.tolist() == [length]


@pytest.mark.parametrize(
    ("said", "is_mentioned"),
    [
        ("answer 1 3 3 <end>", True),
        ("1 3 3 <end>", True),  # paid without being an answer: the hole of this check
        ("1 3 1 3 3 answer 0 <end>", True),
        ("1 3 0 3 <end>", False),
        ("1 3 <end> 3", False),  # not side by side
        ("9 <end> 1 3 3", False),  # past the end
        ("9 9 9 9 9 9 1 3 3", True),  # up to the last token
    ],
)
def test_a_matcher_takes_the_digits_wherever_they_stand(said: str, is_mentioned: bool) -> None:
    assert grade(addition(), tokens(said)).is_mentioned.tolist() == [is_mentioned]


def test_what_has_no_form_reads_as_minus_one() -> None:
    found, _, _ = read(addition(), tokens("1 3 3 <end>"))
    assert found.tolist() == [[-1, -1, -1]]


def test_values_are_whole_numbers() -> None:
    said = ["answer 1 3 3 <end>", "answer 0 0 7 <end>", "7 <end>", "1 3 answer 1 3 3 <end>"]
    rows = torch.cat([tokens(one) for one in said])
    is_right, values, right = judged(addition().repeat(4), rows, 4)
    assert np.array_equal(values, [[133, 7, -1, 133]])
    assert np.array_equal(is_right, [[True, False, False, True]])
    assert right.tolist() == [133]


def test_each_answer_of_a_batch_is_judged_by_itself() -> None:
    said = ["answer 1 3 3 <end>", "answer 1 3 4 <end>", "1 3 3 <end>"]
    found = grade(addition().repeat(3), torch.cat([tokens(one) for one in said]))
    assert found.is_right.tolist() == [True, False, False]
    assert found.is_form.tolist() == [True, True, False]
