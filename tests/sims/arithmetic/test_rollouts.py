"""Answers sampled freely and with a forced number of steps."""

import pytest
import torch

from sims.arithmetic import base_model, rollouts, tasks
from sims.arithmetic.tasks import ID, TASKS, ZERO
from sims.arithmetic.verifier import grade

torch.set_num_threads(1)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("num_steps", [None, 2])
@pytest.mark.parametrize("task", TASKS)
def test_logprobs_are_those_of_reading_the_whole_text(task: str, num_steps: int | None) -> None:
    model, _ = base_model.load(task)
    problems = tasks.draw(task, 3, 6, generator())
    made = rollouts.write(model, problems, generator(), num_samples=3, num_steps=num_steps)
    with torch.no_grad():
        found = rollouts.logprobs(model, made)
        whole = torch.cat([made.problems.prompts, made.tokens], 1)
        start = problems.prompts.shape[1] - 1
        logits = model.logits(whole)[:, start:-1]
    if made.blocked is not None:
        logits = logits + made.blocked
    wanted = logits.log_softmax(-1)
    real = made.mask > 0
    assert torch.allclose(found[real].exp(), wanted[real].exp(), atol=1e-4)


@pytest.mark.parametrize("num_steps", [0, 1, 3, 7])
@pytest.mark.parametrize("task", TASKS)
def test_forced_answers_have_as_many_steps(task: str, num_steps: int) -> None:
    model, _ = base_model.load(task)
    problems = tasks.draw(task, 3, 40, generator())
    made = rollouts.write(model, problems, generator(), num_steps=num_steps, num_samples=2)
    found = grade(made.problems, made.tokens)
    steps = num_steps * problems.steps.shape[2]
    assert found.is_form.all()
    assert (made.tokens[:, steps] == ID["answer"]).all()
    written = made.tokens[:, :steps]
    assert ((written >= ZERO) & (written < ZERO + 10)).all()
    # "answer" and END are forced, the rest is the model's own
    forced = [steps, made.tokens.shape[1] - 1]
    assert (made.mask[:, forced] == 0).all()
    assert float(made.mask[0].sum()) == made.tokens.shape[1] - 2


def test_the_coldest_answer_is_always_the_same() -> None:
    model, _ = base_model.load("sums")
    problems = tasks.draw("sums", 5, 10, generator())
    for num_steps in (None, 4):
        first, second = (
            rollouts.write(
                model, problems, generator(seed), num_steps=num_steps, temperature=0.0
            ).tokens
            for seed in (1, 2)
        )
        assert torch.equal(first, second)


def test_samples_come_as_often_as_their_probability() -> None:
    model, _ = base_model.load("sums")
    problems = tasks.draw("sums", 4, 1, generator())
    made = rollouts.write(model, problems, generator(), num_samples=4000, num_steps=0)
    with torch.no_grad():
        chances = rollouts.logprobs(model, made)[0, 1].exp()
    counts = torch.bincount(made.tokens[:, 1], minlength=len(ID)) / 4000
    assert torch.allclose(counts, chances, atol=0.03)


def test_tokens_are_counted_up_to_the_end() -> None:
    model, _ = base_model.load("sums")
    problems = tasks.draw("sums", 6, 100, generator())
    made = rollouts.write(model, problems, generator())
    assert made.num_tokens == int(grade(problems, made.tokens).lengths.sum())


@pytest.mark.parametrize("task", TASKS)
def test_a_guesser_has_the_form_of_an_answer_and_is_right_by_luck(task: str) -> None:
    problems = tasks.draw(task, 3, 400, generator())
    made = rollouts.guess(problems, generator(1), num_samples=10)
    found = grade(made.problems, made.tokens)
    assert found.is_form.all()
    luck = 10.0 ** -problems.answers.shape[1]
    deviation = (luck / 4000) ** 0.5
    assert float(found.is_right.float().mean()) == pytest.approx(luck, abs=4 * deviation)
