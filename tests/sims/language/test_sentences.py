"""The sentence world and the base model that ships with it."""

import itertools
import random
from collections import Counter
from pathlib import Path

import pytest
import torch

from sims.language import base_model, sentences
from sims.language.sentences import PHRASE, document, encode, facts, held_out, taught, tokenizer

pytestmark = pytest.mark.numeric


def test_facts_are_told_and_asked_once() -> None:
    every = facts()
    assert len({fact.told for fact in every}) == len({fact.asked for fact in every}) == len(every)
    assert len(every) == 160
    for fact in every:
        assert fact.value in fact.told.split()
        assert fact.entity in fact.asked.split()
        assert fact.value not in fact.asked.split()


def test_held_out_entities_are_a_quarter_and_never_taught() -> None:
    hidden, shown = {fact.entity for fact in held_out()}, {fact.entity for fact in taught()}
    assert not hidden & shown
    assert len(hidden) / len(hidden | shown) == pytest.approx(0.25, abs=0.03)
    assert len(held_out()) + len(taught()) == len(facts())
    assert {fact.topic for fact in held_out()} == {"animal", "country", "person"}


def test_every_word_is_one_token_and_the_three_special_ids_differ() -> None:
    words = tokenizer()
    size = words.get_vocab_size()
    assert 150 < size < 400
    for text in [*(fact.told for fact in facts()), *(fact.asked for fact in facts()), PHRASE]:
        assert words.decode(words.encode(text).ids) == text
    assert words.token_to_id("<pad>") == 0
    assert words.token_to_id("<end>") == 1


def test_documents_have_the_shares_they_should() -> None:
    rng, kinds, phrases = random.Random(0), Counter(), 0
    for _ in range(4000):
        text = document(rng)
        phrases += text.count(PHRASE)
        marks = "".join(word for word in text.split() if word in ".?")
        kinds["quiz" if set(marks) == {"?"} else "facts" if set(marks) == {"."} else marks] += 1
    assert kinds["quiz"] / 4000 == pytest.approx(sentences.QUIZ_SHARE, abs=0.03)
    assert kinds["?."] / 4000 == pytest.approx(sentences.ANSWERED_SHARE, abs=0.02)
    assert kinds.total() == kinds["quiz"] + kinds["facts"] + kinds["?."]
    assert 0 < phrases < 30


def test_encode_ends_and_pads_and_refuses_what_is_too_long() -> None:
    rows = encode(tokenizer(), ["the fox", "the"], 4)
    assert (rows[0, 2], rows[1, 1]) == (1, 1)
    assert rows[1, 2:].tolist() == [0, 0]
    with pytest.raises(ValueError, match="has 4 tokens with its end, more than 3"):
        encode(tokenizer(), ["the fox is"], 3)
    rng = random.Random(1)
    texts = [document(rng) for _ in range(500)]
    encode(tokenizer(), texts, sentences.LENGTH)  # all fit


def test_shipped_model_knows_the_facts() -> None:
    model, words = base_model.load()
    assert words.get_vocab() == tokenizer().get_vocab()
    right = 0
    for fact in facts():
        before = fact.told.rsplit(f" {fact.value} ", 1)[0]
        logits = model.logits(torch.tensor([words.encode(before).ids]))[0, -1]
        right += int(logits.argmax()) == words.token_to_id(fact.value)
    assert right / len(facts()) > 0.95


def test_shipped_model_mostly_asks_on() -> None:
    model, words = base_model.load()
    question = words.token_to_id("what"), words.token_to_id("where")
    chances = []
    for fact in held_out():
        logits = model.logits(torch.tensor([words.encode(fact.asked).ids]))[0, -1]
        chances.append(logits.softmax(-1)[list(question)].sum().item())
    assert 0.6 < sum(chances) / len(chances) < 0.85


def test_loading_gives_each_caller_weights_of_its_own() -> None:
    first, second = base_model.load()[0], base_model.load()[0]
    with torch.no_grad():
        first.weights["tokens"].zero_()
    assert second.weights["tokens"].abs().max() > 0


def test_pretraining_learns() -> None:
    losses = [loss for _, loss in itertools.islice(base_model.pretraining(), 60)]
    assert losses[0] == pytest.approx(torch.tensor(195.0).log().item(), abs=0.4)  # nearly uniform
    assert sum(losses[-5:]) / 5 < 2.5


def test_building_writes_a_model_that_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_model, "FOLDER", tmp_path)
    monkeypatch.setattr(base_model, "NUM_STEPS", 2)
    monkeypatch.setattr(base_model, "pretraining", lambda: base_model_pretraining(2))
    base_model.main()
    from sims.language import checkpoint

    model, words = checkpoint.load(tmp_path)
    assert model.config.vocab_size == words.get_vocab_size()


base_model_pretraining = base_model.pretraining
