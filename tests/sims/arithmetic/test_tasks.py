"""Problems, their steps and their answers, beside Python's own arithmetic."""

import re

import pytest
import torch

from sims.arithmetic import tasks
from sims.arithmetic.tasks import ID, SIZES, TASKS, Problems, completions, draw, text
from sims.spec import SpecError

CASES = [(task, size) for task in TASKS for size in range(SIZES[task][0], SIZES[task][1] + 1)]


def problems(task: str, size: int, seed: int = 0, held_out: bool = False) -> Problems:
    return draw(task, size, 200, torch.Generator().manual_seed(seed), held_out=held_out)


@pytest.mark.parametrize(("task", "size"), CASES)
def test_answers_are_what_python_makes_of_the_text(task: str, size: int) -> None:
    made = problems(task, size)
    for prompt, answer in zip(made.prompts, made.answers, strict=True):
        asked = text(prompt).removesuffix(" =").replace("×", "*")
        if task == "additions":
            first, second = asked.replace(" ", "").split("+")
            wanted = str(int(first) + int(second)).zfill(size + 1)
        else:
            assert re.fullmatch(r"\d( [-+*] \d)*", asked)
            wanted = str(eval_chain(asked) % 10)
        assert text(answer).replace(" ", "") == wanted


def eval_chain(asked: str) -> int:
    """Products first, then sums: with Python's integers, modulo nothing."""
    total = 0
    for term in re.findall(r"(?:^|[-+]) ?\d(?: \* \d)*", asked):
        value = 1
        for digit in re.findall(r"\d", term):
            value *= int(digit)
        total += -value if term.startswith("-") else value
    return total


@pytest.mark.parametrize(("task", "size"), CASES)
def test_the_last_step_says_the_answer(task: str, size: int) -> None:
    made = problems(task, size)
    assert made.num_steps == tasks.num_steps_of(task, size)
    if task == "additions":
        carried = torch.cat([made.steps[:, -1:, 0], made.steps[:, :, 1].flip(1)], 1)
        assert torch.equal(carried, made.answers)
    else:
        assert torch.equal(made.steps[:, -1], made.answers)


def test_sums_are_written_as_partial_sums() -> None:
    made = problems("sums", 4)
    for prompt, steps in zip(made.prompts, made.steps[:, :, 0], strict=True):
        digits = [int(word) for word in text(prompt).split() if word.isdigit()]
        wanted = [sum(digits[: n + 2]) % 10 for n in range(3)]
        assert text(steps).split() == [str(value) for value in wanted]


def test_a_tenth_is_held_out_and_never_drawn_for_training() -> None:
    taught, asked = problems("sums", 3), problems("sums", 3, held_out=True)
    assert not tasks.is_held_out(taught.prompts).any()
    assert tasks.is_held_out(asked.prompts).all()
    rows = {tuple(row) for row in taught.prompts.tolist()}
    assert not rows & {tuple(row) for row in asked.prompts.tolist()}
    digits = torch.cartesian_prod(*[torch.arange(10)] * 4)
    every = torch.full((len(digits), 8), ID["+"])
    every[:, ::2] = digits + tasks.ZERO
    every[:, -1] = ID["="]
    assert tasks.is_held_out(every).float().mean() == pytest.approx(0.1, abs=0.02)


def test_completions_write_as_many_steps_as_asked() -> None:
    made = problems("sums", 4).take(slice(0, 4))
    rows = completions(made, torch.tensor([0, 1, 2, 3]))
    for row, num_steps, prompt in zip(rows, range(4), made.prompts, strict=True):
        said = text(row).split()
        assert said.index("answer") == num_steps
        assert (row == ID["<end>"]).sum() == 1
        digits = [int(word) for word in text(prompt).split() if word.isdigit()]
        assert said[-1] == str(sum(digits) % 10)


def test_every_word_is_one_token() -> None:
    words = tasks.tokenizer()
    said = "3 + 8 × 2 - 4 = 6 9 5 answer 5"
    assert words.encode(said).ids == [ID[word] for word in said.split()]
    assert words.decode(words.encode(said).ids) == said


@pytest.mark.parametrize(
    ("task", "size", "sentence"),
    [
        ("sum", 4, "there is no task 'sum'. Did you mean 'sums'?"),
        ("sums", 40, "sums have a size from 3 to 6, not 40."),
        ("additions", 0, "additions have a size from 1 to 3, not 0."),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(task: str, size: int, sentence: str) -> None:
    with pytest.raises(SpecError) as error:
        draw(task, size, 1, torch.Generator())
    assert str(error.value) == sentence
