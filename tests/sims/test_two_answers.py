"""Two answers, and a judge whose bias is known because its logits are written down."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from sims.language import base_model
from sims.language.transformer import token_logprobs
from sims.two_answers import PAIRS, Params, compare, run


class Judge:
    """Prefers the letter A by so many nats, and the answer "good" by others, wherever it stands."""

    config = SimpleNamespace(pad=None, vocab_size=100, ends=())

    def __init__(self, tokenizer: Tokenizer, for_a: float, for_good: float) -> None:
        self.ids = tokenizer, for_a, for_good

    def logits(self, tokens: torch.Tensor) -> torch.Tensor:
        tokenizer, for_a, for_good = self.ids
        row, made = tokens[0].tolist(), torch.zeros(*tokens.shape, 100)
        good, bad, letter = (tokenizer.token_to_id(word) for word in ("good", "bad", "A"))
        if good in row and bad in row:
            sign = 1 if row.index(good) < row.index(bad) else -1
            made[:, -1, letter] = for_a + sign * for_good
        made[:, :, good] = for_good  # what it says itself
        return made


def words() -> Tokenizer:
    known = ["?", "A", "B", "why", "good", "bad"]
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(known)}, unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


@pytest.mark.parametrize(
    ("for_a", "for_good", "bias", "consistent"),
    [(0.0, 2.0, 0.0, 1.0), (3.0, 0.0, 1 / (1 + math.exp(-3)) - 0.5, 0.0), (1.0, 2.0, None, 1.0)],
)
def test_the_bias_is_what_stays_when_the_order_is_swapped(
    monkeypatch: pytest.MonkeyPatch, for_a: float, for_good: float, bias: Any, consistent: float
) -> None:
    monkeypatch.setitem(PAIRS, "real", (("why", "good", "bad"),))
    tokenizer = words()
    judge: Any = Judge(tokenizer, for_a, for_good)
    [frame] = compare(judge, tokenizer, Params(model="real"))
    first, second = (1 / (1 + math.exp(-x)) for x in (for_a + for_good, for_a - for_good))
    assert frame["first_prob"] == pytest.approx(first, abs=1e-6)
    assert frame["second_prob"] == pytest.approx(second, abs=1e-6)
    expected = (first + second) / 2 - 0.5 if bias is None else bias
    assert frame["position_bias"] == pytest.approx(expected, abs=1e-6)
    assert frame["consistent_rate"] == consistent
    assert frame["margin"] == pytest.approx(for_good, abs=1e-6)


def test_the_tiny_model_prefers_what_it_has_read() -> None:
    frames = list(run(Params()))
    model, tokenizer = base_model.load()
    question, better, worse = PAIRS["tiny"][0]
    sums = []
    for answer in (better, worse):  # the log-probability of the whole, minus that of the question
        ids = torch.tensor([tokenizer.encode(f"{question} {answer}").ids])
        asked = len(tokenizer.encode(question).ids)
        with torch.no_grad():
            all_of_it = token_logprobs(model.logits(ids[:, :-1]), ids[:, 1:])
        sums.append(float(all_of_it.sum() - all_of_it[:, : asked - 1].sum()))
    assert frames[0]["margin"] == pytest.approx(sums[0] - sums[1], abs=1e-3)
    assert frames[-1]["preferred_rate"] == 1
    assert "position_bias" not in frames[0]


def test_a_pair_of_your_own_comes_first_and_must_be_whole() -> None:
    own = Params(question="what colour is the bear ?", better="the bear is brown .",
                 worse="the bear is red .")  # fmt: skip
    assert next(run(own))["margin"] > 0
    with pytest.raises(ValueError, match="needs a question, a better and a worse answer"):
        next(run(Params(question="why ?")))
