"""The trainer: its gradient against the exact one, and what the verifier's money buys."""

from dataclasses import replace
from itertools import islice

import pytest
import torch

from sims.arithmetic import base_model, rollouts, tasks, trainer
from sims.arithmetic.rollouts import Rollout
from sims.arithmetic.tasks import Problems
from sims.arithmetic.trainer import Settings, examine, train
from sims.arithmetic.verifier import Grades, grade
from sims.language.transformer import Transformer

pytestmark = pytest.mark.numeric


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def exact_accuracy(model: Transformer, problem: Problems, name: str, shift: float) -> float:
    """Chance of the right digit when the answer is forced at once, one weight shifted."""
    moved = model.copy()
    with torch.no_grad():
        moved.weights[name].view(-1)[0] += shift
        tokens = torch.cat([problem.prompts, torch.tensor([[tasks.ID["answer"]]])], 1)
        digits = moved.logits(tokens)[0, -1, tasks.ZERO : tasks.ZERO + 10].double().softmax(-1)
    return float(digits[int(problem.answers[0, 0]) - tasks.ZERO])


@pytest.mark.parametrize("algorithm", ["rloo", "dr_grpo"])
def test_the_mean_gradient_is_that_of_the_success_rate(algorithm: str) -> None:
    """A policy that answers at once chooses one token: its success rate has a closed form, and
    central differences of that know nothing of log-probs, advantages or masks."""
    model, _ = base_model.load("sums")
    problem = tasks.draw("sums", 3, 1, generator(3))
    group = 20_000  # so large that leaving one out changes nothing
    settings = Settings(algorithm=algorithm, num_prompts=1, group_size=group, num_steps=0)
    made = rollouts.write(model, problem, generator(), num_samples=group, num_steps=0)
    is_right = made.tokens[:, 1] == problem.answers[0, 0]
    loss = trainer.policy_loss(model, None, made, is_right.float()[None], settings)
    loss.backward()
    length = made.tokens.shape[1]  # both algorithms divide by a constant
    name, h = "shift", 0.05
    found = -float(model.weights[name].grad.view(-1)[0]) * length  # type: ignore[union-attr]
    rise = exact_accuracy(model, problem, name, h) - exact_accuracy(model, problem, name, -h)
    assert abs(rise) > 1e-4
    assert found == pytest.approx(rise / (2 * h), rel=0.15)


@pytest.mark.parametrize("num_steps", [None, 2])
@pytest.mark.parametrize("algorithm", trainer.ALGORITHMS)
def test_columns_of_padding_change_no_gradient(algorithm: str, num_steps: int | None) -> None:
    """The same answers as a batch with one more, longer answer would hold them."""
    model, _ = base_model.load("sums")
    reference = base_model.reluctant(model, 1.0)  # any other policy
    settings = Settings(
        algorithm=algorithm, num_prompts=4, group_size=4, beta=0.1, token_cost=0.01,
        num_steps=num_steps,
    )  # fmt: skip
    problems = tasks.draw("sums", 6, 4, generator())
    made = rollouts.write(model, problems, generator(), num_samples=4, num_steps=num_steps)
    expected = gradient_of(model, reference, made, settings)
    for width in (1, 3):
        pad = torch.nn.functional.pad
        blocked = None if made.blocked is None else pad(made.blocked, (0, 0, 0, width))
        padded = replace(
            made, tokens=pad(made.tokens, (0, width)), mask=pad(made.mask, (0, width)),
            blocked=blocked,
        )  # fmt: skip
        found = gradient_of(model, reference, padded, settings)
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-6)


def gradient_of(
    model: Transformer, reference: Transformer, made: Rollout, settings: Settings
) -> torch.Tensor:
    """Of all weights in one row; rewards from the verifier, costs included."""
    model = model.copy()
    groups = trainer.rewards(grade(made.problems, made.tokens), settings).view(4, 4)
    trainer.policy_loss(model, reference, made, groups, settings).backward()
    return torch.cat([weight.grad.flatten() for weight in model.parameters()])  # type: ignore[union-attr]


def test_groups_that_all_earn_the_same_change_nothing() -> None:
    model = base_model.reluctant(base_model.load("sums")[0], 300.0)
    before = model.copy()
    batches = list(islice(train(model, Settings(num_prompts=4, group_size=4), generator()), 4))
    assert all(batch.zero_std_rate == 1 and batch.accuracy == 0 for batch in batches)
    for name, weight in model.weights.items():
        assert torch.equal(weight, before.weights[name]), name


def test_advantages_by_hand() -> None:
    groups = torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    third = 1 / 3**0.5
    grpo = trainer.advantages(groups, "grpo")
    assert grpo[0].tolist() == pytest.approx([3**0.5, -third, -third, -third], rel=1e-3)
    assert trainer.advantages(groups, "rloo")[0, 0] == pytest.approx(1)
    assert trainer.advantages(groups, "dr_grpo")[0].tolist() == [0.75, -0.25, -0.25, -0.25]
    for algorithm in trainer.ALGORITHMS:
        assert trainer.advantages(groups, algorithm)[1].tolist() == [0, 0, 0, 0]


def test_rewards_are_the_verdict_less_the_tokens() -> None:
    graded = Grades(
        torch.tensor([True, False, False]),
        torch.tensor([True, True, False]),
        torch.tensor([8, 3, 1]),
        torch.tensor([True, False, True]),
    )
    exact = trainer.rewards(graded, Settings(token_cost=0.01))
    assert exact.tolist() == pytest.approx([0.92, -0.03, -0.01])
    holed = trainer.rewards(graded, Settings(token_cost=0.01, verifier="format"))
    assert holed.tolist() == pytest.approx([0.92, 0.97, -0.01])
    matched = trainer.rewards(graded, Settings(token_cost=0.01, verifier="matcher"))
    assert matched.tolist() == pytest.approx([0.92, -0.03, 0.99])


def test_the_first_batch_is_of_the_model_as_it_came() -> None:
    model, _ = base_model.load("sums")
    before = model.copy()
    batches = train(model, Settings(num_prompts=4), generator())
    next(batches)
    assert torch.equal(model.weights["unembed"], before.weights["unembed"])
    next(batches)
    assert not torch.equal(model.weights["unembed"], before.weights["unembed"])


def test_an_exam_of_the_reference_itself() -> None:
    model, _ = base_model.load("sums")
    problems = tasks.draw("sums", 6, 200, generator(), held_out=True)
    exam = examine(model, model, problems, Settings(), generator())
    assert exam.kl == 0
    assert exam.pay_rate == exam.accuracy
    assert examine(model, model, problems, Settings(), generator()) == exam
    assert exam.sample[-1] in "✓✗"


def test_the_kl_of_an_exam_is_the_mean_log_ratio() -> None:
    model, _ = base_model.load("sums")
    tuned = base_model.reluctant(model, 1.0)  # any other policy
    problems = tasks.draw("sums", 6, 4000, generator(), held_out=True)
    exam = examine(tuned, model, problems, Settings(), generator())
    made = rollouts.write(tuned, problems, generator(1))
    with torch.no_grad():
        own, ref = (rollouts.logprobs(m, made) for m in (tuned, model))
    ratios = (own - ref).gather(2, made.tokens[..., None])[..., 0]
    means = torch.where(made.mask > 0, ratios, 0.0).sum(1)
    spread = float(means.std()) / len(means) ** 0.5
    assert exam.kl == pytest.approx(float(means.mean()), abs=4 * spread)


def test_a_kl_penalty_keeps_the_policy_near() -> None:
    drifts = []
    for beta in (0.0, 0.5):
        model, _ = base_model.load("sums")
        reference = model.copy()
        settings = Settings(num_prompts=8, group_size=8, beta=beta)
        list(islice(train(model, settings, generator()), 16))
        problems = tasks.draw("sums", 6, 300, generator(), held_out=True)
        drifts.append(examine(model, reference, problems, settings, generator()).kl)
    assert drifts[1] < drifts[0] / 2


def test_a_coin_pays_right_and_wrong_answers_alike() -> None:
    is_right = torch.arange(4000) % 2 == 0
    graded = Grades(is_right, torch.ones(4000, dtype=torch.bool), torch.ones(4000), is_right)
    paid = trainer.verdict(graded, "random", generator())
    assert set(paid.tolist()) == {0.0, 1.0}
    for group in (paid[is_right], paid[~is_right]):
        assert float(group.mean()) == pytest.approx(0.5, abs=0.05)
    assert torch.equal(paid, trainer.verdict(graded, "random", generator()))
