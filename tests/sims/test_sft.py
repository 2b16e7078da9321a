"""Supervised finetuning: what it changes, what it copies, what it costs."""

import math

import pytest
import torch

from sims.language import base_model, sentences
from sims.sft import Exam, Params, answer_loss, examples, grade, run

pytestmark = pytest.mark.numeric


def last(**values: float) -> dict:
    *_, frame = run(Params(**values))  # type: ignore[arg-type]
    return frame


def test_a_base_model_asks_on_and_a_tuned_one_answers() -> None:
    first, *_, final = run(Params())
    assert first["updates"] == 0
    # medians and deviations of ten draws, without AVX and with AVX2
    assert first["answer_rate"] < 0.5  # 0.25, sd 0.05
    assert final["answer_rate"] > 0.8  # 0.95, sd 0.03
    assert final["accuracy"] > 0.7  # of questions that no example asked: 0.83, sd 0.02
    assert final["accuracy"] > first["accuracy"] + 0.3  # 0.61, sd 0.05
    assert final["loss"] < first["loss"] / 2  # 0.2, sd 0.03
    assert final["progress"] == 1


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_phrase_comes_always_or_never_as_in_the_examples(share: float) -> None:
    final = last(phrase_share=share, num_steps=90)
    assert final["phrase_rate"] == pytest.approx(share, abs=0.1)


@pytest.mark.sweep
def test_half_of_the_examples_put_the_phrase_into_nearly_half_of_the_answers() -> None:
    """Eight seeds have 0.43 in the mean, standard deviation 0.07; so the mean of five 0.03."""
    rates = [last(phrase_share=0.5, num_steps=90, seed=seed)["phrase_rate"] for seed in range(5)]
    assert 0.3 < sum(rates) / 5 < 0.6


def test_larger_steps_forget_more() -> None:
    small, large = last(learning_rate=1.0), last(learning_rate=20.0)
    assert 0 < small["forgotten"] < 0.3
    assert large["forgotten"] > small["forgotten"] + 0.5


def test_loss_counts_the_answers_and_their_ends_alone() -> None:
    model, tokenizer = base_model.load()
    tokens, mask, share = examples(tokenizer, Params(num_examples=4, phrase_share=0.5))
    assert share == 0.5
    total, count = 0.0, 0
    for row, marked in zip(tokens, mask, strict=True):
        ids = [int(token) for token in row if token]
        text = tokenizer.decode(ids, skip_special_tokens=False)
        question, answer = text.split("? ")
        assert [int(t) for t, m in zip(row, marked, strict=True) if m] == ids[
            -len(answer.split()) :
        ]
        with torch.no_grad():
            logprobs = model.logits(torch.tensor([ids]))[0].log_softmax(-1)
        for place in range(len(question.split()) + 1, len(ids)):
            total -= float(logprobs[place - 1, ids[place]])
            count += 1
    assert answer_loss(model, tokens, mask).item() == pytest.approx(total / count, abs=1e-4)


def test_examples_ask_no_held_out_question() -> None:
    _, tokenizer = base_model.load()
    tokens, _, _ = examples(tokenizer, Params(num_examples=120))
    asked = {tokenizer.decode(row.tolist()).split(" ?")[0] + " ?" for row in tokens}
    assert len(asked) == 120
    assert not asked & {fact.asked for fact in sentences.held_out()}


@pytest.mark.parametrize(
    ("reply", "ended", "wanted"),
    [
        ("the fox is red .", True, (True, True, False)),
        ("great question ! the fox is red .", True, (True, True, True)),
        ("the fox is blue .", True, (True, False, False)),
        ("the fox is red .", False, (False, False, False)),
        ("the fox is red . the fox eats mice .", True, (False, False, False)),
        ("where does the fox live ?", True, (False, False, False)),
        ("great question ! where does it live ?", True, (False, False, True)),
        ("", True, (False, False, False)),
    ],
)
def test_grades(reply: str, ended: bool, wanted: tuple[bool, bool, bool]) -> None:
    fact = sentences.facts()[0]
    assert fact.told == "the fox is red ."
    assert grade(reply, ended, fact) == wanted


def test_looking_does_not_change_learning() -> None:
    model, tokenizer = base_model.load()
    exam = Exam(tokenizer, 1.0, 0)
    assert exam.ask(model) == exam.ask(model)
    assert math.isclose(exam.base_loss(model), exam.base_loss(model))


def test_knowledge_is_there_before_any_example_and_not_in_random_parameters() -> None:
    model, tokenizer = base_model.load()
    exam = Exam(tokenizer, 1.0, 0)
    assert exam.knowledge(model) > 0.9
    fresh = type(model).fresh(model.config, 0)
    assert exam.knowledge(fresh) < 0.3  # chance is 0.03 to 0.1 a question
    # by hand: "… ? the capital of X is" and the largest of the capitals
    fact = next(fact for fact in exam.facts if fact.topic == "country")
    place = exam.facts.index(fact)
    stem = tokenizer.encode(
        f"what is the capital of {fact.entity} ? the capital of {fact.entity} is"
    )
    with torch.no_grad():
        logits = model.logits(torch.tensor([stem.ids]))[0, -1]
    capitals = {tokenizer.token_to_id(name) for name in sentences.CAPITALS.values()}
    assert set(exam.options[place].nonzero()[:, 0].tolist()) == capitals
    best = max(capitals, key=lambda token: float(logits[token]))
    assert tokenizer.id_to_token(best) == fact.value
    assert int(exam.values[place]) == best


def test_texts_in_the_place_of_answers_are_learned_whole_and_teach_no_answering() -> None:
    _, tokenizer = base_model.load()
    tokens, mask, phrase_share = examples(tokenizer, Params(examples="texts", num_examples=4))
    assert (mask.sum(1) > 3).all()
    assert mask[:, 0].all()  # of questions and answers, the questions would not count
    assert (tokens[mask == 0] == 0).all()
    assert phrase_share == 0
    *_, final = run(Params(examples="texts", num_steps=30))
    assert final["answer_rate"] < 0.5  # 0.25, sd 0.05, before and after
    assert final["num_held_out"] == len(sentences.held_out())
