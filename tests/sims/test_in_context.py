"""In-context learning: the model reaches the Bayes optimum on mappings that it never saw."""

import itertools
import math

import pytest
import torch

from sims import in_context
from sims.in_context import Params, optimal_accuracy, optimal_loss, run
from sims.pretraining import mappings
from sims.pretraining.mappings import World
from sims.spec import Frame

pytestmark = pytest.mark.numeric


@pytest.mark.parametrize("num_examples", [0, 1, 2, 3])
def test_optimum_equals_the_enumeration_of_all_prompts(num_examples: int) -> None:
    """Three keys: of all prompts, those that hold the key asked about; the rest is a guess."""
    prompts = list(itertools.product(range(3), repeat=num_examples + 1))
    known = sum(asked in shown for *shown, asked in prompts) / len(prompts)
    guess = 1 / mappings.NUM_LABELS
    assert optimal_accuracy(num_examples, 3) == pytest.approx(known + (1 - known) * guess)
    assert optimal_loss(num_examples, 3) == pytest.approx((1 - known) * -math.log(guess))


@pytest.fixture(scope="module")
def default() -> list[Frame]:
    return list(run(Params()))


def curve(frames: list[Frame], name: str) -> list[Frame]:
    return [frame for frame in frames if frame["curve"] == name]


def test_the_model_comes_to_the_optimum_and_no_further(default: list[Frame]) -> None:
    assert [frame["gap"] for frame in curve(default, "optimum")] == [0.0] * 13
    before, after = curve(default, "after 0 updates"), curve(default, "after 480 updates")
    assert max(frame["accuracy"] for frame in before) < 0.25
    for frame in after:
        assert abs(frame["gap"]) < 0.06  # a thousand prompts: four standard errors
        assert frame["loss"] > frame["optimal_loss"] - 0.1
    assert after[-1]["accuracy"] > after[0]["accuracy"] + 0.5
    assert default[-1]["progress"] == 1.0


def test_few_mappings_are_remembered_not_read() -> None:
    frames = list(run(Params(num_mappings=1)))
    unseen, seen = curve(frames, "after 480 updates"), curve(frames, "mappings of the training")
    assert seen[0]["accuracy"] > 0.95  # no example needed
    assert unseen[-1]["accuracy"] < 0.4
    assert unseen[-1]["optimal_accuracy"] > 0.7


def test_prompts_keep_to_their_mapping_and_held_out_ones_stay_out() -> None:
    generator = torch.Generator().manual_seed(0)
    tokens, labels = World.of(4, 9, 0, 0).batch(50, generator, held_out=True)
    for row, answers in zip(tokens.tolist(), labels.tolist(), strict=True):
        pairs = set(zip(row[::2], row[1::2], strict=True))
        assert len(pairs) == len({key for key, _ in pairs})
        assert [label - 4 for label in row[1::2]] == answers
    out = mappings.mappings(3_000, 3, generator, held_out=True).tolist()
    kept = mappings.mappings(3_000, 3, generator, held_out=False).tolist()
    assert not {tuple(row) for row in out} & {tuple(row) for row in kept}


def test_answers_are_read_where_the_label_is_due() -> None:
    world = World.of(4, 5, 0, 0)
    model = mappings.fresh(world, 0)
    tokens, labels = world.batch(3, torch.Generator().manual_seed(0), held_out=False)
    logits = in_context.answers(model, world, tokens)
    assert logits.shape == (*labels.shape, mappings.NUM_LABELS)
    hidden = tokens.clone()
    hidden[:, -1] = 4  # the last label is what is asked: it must not be seen
    assert torch.equal(in_context.answers(model, world, hidden), logits)
