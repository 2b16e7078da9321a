"""Recipes: examples are right and in their style, and scores say what was written."""

from typing import Any

import pytest
import torch

from sims.arithmetic import base_model, rollouts, tasks
from sims.arithmetic.rollouts import Rollout
from sims.arithmetic.tasks import Problems
from sims.arithmetic.verifier import grade
from sims.pretraining import recipes
from sims.pretraining.recipes import examples, follow, own_answers, own_pairs, score

pytestmark = pytest.mark.numeric


def problems(task: str = "sums", size: int = 5, count: int = 40) -> Problems:
    return tasks.draw(task, size, count, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("task", tasks.TASKS)
@pytest.mark.parametrize("style", recipes.STYLES)
def test_examples_are_right_and_in_their_style(task: str, style: str) -> None:
    asked = problems(task, 3)
    tokens, mask = examples(asked, style)
    length = asked.prompts.shape[1]
    assert grade(asked, tokens[:, length:]).is_right.all()
    assert not mask[:, :length].any()
    assert mask[:, length].all()
    written = (tokens[0, length:] == tasks.ID[tasks.ANSWER]).long().argmax()
    assert int(written) == (asked.steps[0].numel() if style == "worked" else 0)


def test_scores_of_answers_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four answers to 1 + 2 + 3: worked and right, bare and right, bare and wrong, no answer."""
    ids = [tasks.ID[word] for word in ["1", "+", "2", "+", "3", "="]]
    step = torch.tensor([[[tasks.ID["3"]], [tasks.ID["6"]]]])
    asked = Problems("sums", 3, torch.tensor([ids]), step, torch.tensor([[tasks.ID["6"]]]))
    said = ["3 6 answer 6 <end>", "answer 6 <end>", "answer 7 <end>", "3 6 <end>"]
    rows = torch.zeros(4, 5, dtype=torch.int64)
    for row, text in zip(rows, said, strict=True):
        written = [tasks.ID[word] for word in text.split()]
        row[: len(written)] = torch.tensor(written)

    def write(_model: Any, many: Problems, _generator: torch.Generator) -> Rollout:
        return Rollout(many, 1, rows, (rows != 0).float(), None)

    monkeypatch.setattr(rollouts, "write", write)
    found = score(base_model.load("sums")[0], asked.repeat(4), torch.Generator())
    assert (found.accuracy, found.form_rate) == (0.5, 0.75)
    assert (found.direct_rate, found.worked_rate) == (0.5, 0.25)
    assert (found.direct_accuracy, found.worked_accuracy) == (0.5, 1.0)
    assert found.mean_length == (5 + 3 + 3 + 3) / 4


def test_own_answers_are_right_and_none_are_no_loss() -> None:
    model = base_model.load("sums")[0]
    tokens, mask = own_answers(model, "sums", 4, torch.Generator().manual_seed(0))
    assert len(tokens) > 100
    last = (mask.cumsum(1) * mask).argmax(1)  # END
    digits = tokens[:, [0, 2, 4, 6]] - tasks.ZERO
    said = tokens.gather(1, last[:, None] - 1)[:, 0] - tasks.ZERO
    assert torch.equal(said, digits.sum(1) % 10)
    mute = base_model.reluctant(model, 150.0)  # it never answers, so it is never right
    _, mask = own_answers(mute, "sums", 4, torch.Generator().manual_seed(0))
    assert mask.shape[0] == 1
    assert not mask.any()
    counts = follow("own", mute, "sums", 4, 1, 20, torch.Generator().manual_seed(0))
    assert list(counts) == [0, 1]
    assert all(torch.isfinite(weight).all() for weight in mute.parameters())


def test_pairs_are_two_answers_to_one_problem_the_right_one_first() -> None:
    model = base_model.load("sums")[0]
    pairs = own_pairs(model, "sums", 4, torch.Generator().manual_seed(0))
    (chosen, _), (rejected, _) = pairs
    assert len(chosen) == len(rejected) > 100
    assert torch.equal(chosen[:, :8], rejected[:, :8])  # a + b + c + d =
    for tokens, is_right in ((chosen, True), (rejected, False)):
        digits = tokens[:, [0, 2, 4, 6]] - tasks.ZERO
        asked = Problems("sums", 4, tokens[:, :8], digits[..., None], tokens[:, :1])
        asked.answers[:, 0] = tasks.ZERO + digits.sum(1) % 10
        assert bool((grade(asked, tokens[:, 8:]).is_right == is_right).all())


def test_preference_widens_the_gap_between_both_answers() -> None:
    model, generator = base_model.load("sums")[0].copy(), torch.Generator().manual_seed(0)
    pairs = own_pairs(model, "sums", 4, generator)

    def gap() -> float:
        with torch.no_grad():
            chosen, rejected = (recipes.answer_logprobs(model, *side) for side in pairs)
        return float((chosen - rejected).mean())

    before = gap()
    assert list(recipes.dpo(model, pairs, 5, generator)) == [0, 1, 2, 3, 4, 5]
    assert gap() > before + 0.5
    none = tuple((tokens[:0], mask[:0]) for tokens, mask in pairs)
    weights = {name: weight.clone() for name, weight in model.weights.items()}
    assert list(recipes.dpo(model, none, 2, generator)) == [0, 1, 2]  # type: ignore[arg-type]
    assert all(torch.equal(weights[name], weight) for name, weight in model.weights.items())


@pytest.mark.parametrize("recipe", recipes.RECIPES)
def test_every_recipe_counts_its_updates_and_moves_the_model(recipe: str) -> None:
    base = base_model.load("sums")[0]
    model = base.copy()
    counts = list(follow(recipe, model, "sums", 4, 2, 20, torch.Generator().manual_seed(0)))
    assert counts == [0, 1, 2]
    name = "tokens"
    assert not torch.equal(model.weights[name], base.weights[name])
