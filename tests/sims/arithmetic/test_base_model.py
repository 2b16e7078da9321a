"""The shipped base model: what it has read, that it can be built again, and what it refuses."""

import shutil
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from sims.arithmetic import base_model, rollouts, tasks, tuned_model
from sims.arithmetic.tasks import ID, SIZES, TASKS, text
from sims.arithmetic.verifier import grade
from sims.language import checkpoint
from sims.spec import SpecError

pytestmark = pytest.mark.numeric


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("task", TASKS)
def test_documents_are_solutions_with_a_few_slips(task: str) -> None:
    problems = tasks.draw(task, SIZES[task][1], 4000, generator())
    rows = base_model.solutions(problems, generator(1))
    found = grade(problems, rows)
    steps, size = problems.num_steps, problems.answers.shape[1]
    each = problems.steps.shape[2]
    written = (found.lengths - size - 2) // each
    # every number of steps is as frequent, but for those that broke off: 1 - (1 - q)^k of k
    broken = 1 - sum((1 - base_model.QUIT_RATE) ** k for k in range(steps + 1)) / (steps + 1)
    assert 1 - float(found.is_form.float().mean()) == pytest.approx(broken, abs=0.02)
    for k in range(steps + 1):
        here = found.is_form & (written == k)
        assert float(here.float().mean()) == pytest.approx(
            (1 - base_model.QUIT_RATE) ** k / (steps + 1), abs=0.03
        )
        right = float(found.is_right[here].float().mean())
        # two slips of one chain may cancel out, and a product may hide one
        assert right == pytest.approx((1 - base_model.SLIP_RATE) ** k, abs=0.05)


def test_a_slip_is_built_upon() -> None:
    problems = tasks.draw("sums", 6, 2000, generator())
    steps, answers = base_model._slipped(problems, torch.full((2000,), 5), generator(1))
    digits = problems.prompts[:, :-1:2] - tasks.ZERO
    values = steps[:, :, 0] - tasks.ZERO
    moves = (values[:, 1:] - values[:, :-1]) % 10 == digits[:, 2:]
    first = values[:, 0] == (digits[:, 0] + digits[:, 1]) % 10
    slips = 1 - torch.cat([first[:, None], moves], 1).float().mean()
    assert slips == pytest.approx(base_model.SLIP_RATE, abs=0.01)
    assert torch.equal(answers[:, 0], steps[:, -1, 0])


def test_no_document_asks_what_is_held_out() -> None:
    rows, mask = base_model.documents(300, generator())
    for row, marked in zip(rows, mask, strict=True):
        prompt = row[: int(marked.argmax())]
        assert int(prompt[-1]) == ID["="]
        assert not tasks.is_held_out(prompt[None])[0]


def test_training_again_gives_the_same_weights(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert [*base_model.build(tmp_path / name, 3)][-1].startswith("wrote ")
    first, second = (tmp_path / name / "model.safetensors" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()
    shipped = base_model.FOLDER
    for file in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        assert (shipped / file).read_bytes() == (tmp_path / "one" / file).read_bytes()


@pytest.mark.parametrize("folder", [base_model.FOLDER, tuned_model.FOLDER])
def test_transformers_reads_the_shipped_models(folder: Path) -> None:
    words, model = (
        AutoTokenizer.from_pretrained(folder),
        AutoModelForCausalLM.from_pretrained(folder),
    )
    asked = words("3 + 8 + 1 + 4 = 1 2", return_tensors="pt")["input_ids"]
    ours, _ = checkpoint.load(folder)
    with torch.no_grad():
        assert torch.allclose(model(asked).logits, ours.logits(asked), atol=1e-4)


# not in additions, whose columns it does side by side in its head: there, steps are slips waiting
@pytest.mark.parametrize("task", ["sums", "expressions"])
def test_the_base_model_can_do_each_step_and_does_not_always(task: str) -> None:
    model, _ = base_model.load(task)
    problems = tasks.draw(task, SIZES[task][1], 500, generator(), held_out=True)
    free = grade(problems, rollouts.write(model, problems, generator()).tokens)
    full = rollouts.write(model, problems, generator(), num_steps=problems.num_steps)
    with_steps = float(grade(problems, full.tokens).is_right.float().mean())
    accuracy = float(free.is_right.float().mean())
    assert 0.15 < accuracy < 0.75
    assert float(free.is_form.float().mean()) > 0.8
    assert with_steps > accuracy + 0.03


@pytest.mark.parametrize("nats", [2.0, 300.0])
def test_reluctance_moves_one_logit_alone(nats: float) -> None:
    model, _ = base_model.load("sums")
    shy = base_model.reluctant(model, nats)
    problems = tasks.draw("sums", 6, 20, generator())
    with torch.no_grad():
        moved = shy.logits(problems.prompts) - model.logits(problems.prompts)
    wanted = torch.zeros(len(ID))
    wanted[ID["answer"]] = -nats
    assert torch.allclose(moved, wanted.expand_as(moved), atol=2e-3)


def test_never_is_probability_zero() -> None:
    model, _ = base_model.load("sums")
    shy = base_model.reluctant(model, 300.0)
    problems = tasks.draw("sums", 6, 500, generator())
    made = rollouts.write(shy, problems, generator(), num_samples=4)
    assert not (made.tokens == ID["answer"]).any()
    with torch.no_grad():
        chances = rollouts.logprobs(shy, made).exp()
    assert (chances[:, :, ID["answer"]] == 0).all()


def test_another_model_takes_its_place_if_it_has_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tuned_model.FOLDER, tmp_path / "mine")
    monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path / "mine"))
    taken, _ = base_model.load("sums")
    tuned = tuned_model.load("sums")
    problems = tasks.draw("sums", 4, 6, generator())
    with torch.no_grad():
        wanted = tuned.logits(problems.prompts)
        torch.testing.assert_close(taken.logits(problems.prompts), wanted, atol=1e-4, rtol=1e-4)
    taken_made, tuned_made = (
        rollouts.write(each, problems, generator(), num_samples=3, num_steps=2)
        for each in (taken, tuned)
    )
    assert taken_made.tokens.tolist() == tuned_made.tokens.tolist()
    with torch.no_grad():
        torch.testing.assert_close(
            rollouts.logprobs(taken, taken_made), rollouts.logprobs(tuned, tuned_made),
            atol=1e-3, rtol=1e-3,
        )  # fmt: skip
        for mine, theirs in zip(
            taken.read_completions(problems.prompts, taken_made.tokens),
            tuned.read_completions(problems.prompts, taken_made.tokens),
            strict=True,
        ):
            torch.testing.assert_close(mine, theirs, atol=1e-3, rtol=1e-3)
    with pytest.raises(SpecError, match="reluctant to answer is made of the tiny model only"):
        base_model.reluctant(taken, 1.0)
    other = base_model.FOLDER.with_name("sentences")
    monkeypatch.setenv("PRACTICUM_MODEL", str(other))
    with pytest.raises(SpecError) as error:
        base_model.load("sums")
    assert str(error.value) == (
        f"the model in {other} does not fit the task 'sums': its tokenizer has no '0' as token 2."
    )


def test_unknown_tasks_are_named() -> None:
    for load in (base_model.load, tuned_model.load):
        with pytest.raises(SpecError, match=r"there is no task 'sum'\. Did you mean 'sums'"):
            load("sum")


def test_text_reads_as_the_tokenizer_writes() -> None:
    _, words = base_model.load("sums")
    problems = tasks.draw("additions", 3, 3, generator())
    for row in problems.prompts:
        assert words.encode(text(row)).ids == row.tolist()
