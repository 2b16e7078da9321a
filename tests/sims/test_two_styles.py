"""Base against tuned: what is counted, on models that are written down, and on the tiny ones."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from sims.two_styles import Params, compare, run

WORDS = ["<end>", "?", "yes", "no", "a"]


class Fixed:
    """Writes the same tokens every time, whatever stands before them."""

    config = SimpleNamespace(pad=None, ends=(0,), vocab_size=len(WORDS), max_length=99)

    def __init__(self, *said: str) -> None:
        self.said = [WORDS.index(word) for word in said]


def words() -> Tokenizer:
    made = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="a"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def test_ends_questions_and_lengths_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    from sims import two_styles
    from sims.language.sampling import Samples

    def sample(model: Any, prompt: Any, length: int, **how: Any) -> Samples:
        row, count = model.said[:length], how["num_samples"]
        tokens = torch.tensor([row] * count)
        is_finished = torch.tensor([0 in row] * count)
        return Samples(tokens, torch.zeros(tokens.shape), torch.ones(tokens.shape), is_finished)

    monkeypatch.setattr(two_styles, "sample", sample)
    base, tuned = Fixed("no", "?", "a", "a", "a"), Fixed("yes", "<end>")
    asked = Params(prompt="a ?", num_replies=3, max_tokens=5)
    frames = list(compare(base, tuned, words(), asked))  # type: ignore[arg-type]
    assert len(frames) == 3
    last = frames[-1]
    assert (last["base_ends_rate"], last["tuned_ends_rate"]) == (0, 1)
    assert (last["base_question_rate"], last["tuned_question_rate"]) == (1, 0)
    assert (last["base_length"], last["tuned_length"]) == (5, 2)
    assert last["sample"] == "goes on: no ? a a a — answers: yes"
    assert last["prompt_tokens"] == ["a", "?"]


def test_after_sft_the_tiny_model_answers_where_the_base_asks_on() -> None:
    """Questions behind the prompt: 0.54 of the base's, 0.08 of the tuned model's, over 3 seeds."""
    last = list(run(Params(num_replies=24)))[-1]
    assert last["base_question_rate"] > 0.25
    assert last["tuned_question_rate"] < last["base_question_rate"] - 0.15
