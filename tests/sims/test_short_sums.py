"""Votes, picks and checks on sums: by counting subsets, and on a model whose answers are known."""

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sims import short_sums
from sims.short_sums import NO_ANSWER, Answers, Params, estimate, last_number, run


def answers(values: list[int], scores: list[float] | None = None, right: int = 7) -> Answers:
    given = np.array(scores or [-float(i) for i in range(len(values))])
    return Answers("3 + 4 =", right, np.array(values), given, tuple(map(str, values)))


def test_estimates_are_means_over_all_subsets() -> None:
    one = answers([7, 5, 7, 5, 5], [-3.0, -1.0, -2.0, -5.0, -4.0])
    pairs = list(itertools.combinations(range(5), 2))

    def share(is_right: Any) -> float:
        return sum(is_right(pair) for pair in pairs) / len(pairs)

    _, _, best, passed = estimate(one, 2, np.random.default_rng(0))
    assert passed == pytest.approx(share(lambda pair: any(one.values[i] == 7 for i in pair)))
    picked = share(lambda pair: one.values[max(pair, key=lambda i: one.scores[i])] == 7)
    assert best == pytest.approx(picked)
    accuracy, majority, best, passed = estimate(one, 5, np.random.default_rng(0))
    assert (accuracy, majority, best, passed) == pytest.approx((0.4, 0.0, 0.0, 1.0))
    assert estimate(one, 1, np.random.default_rng(0)) == pytest.approx([0.4] * 4)


def test_the_last_whole_number_is_the_answer() -> None:
    said = {"7": 7, "3 + 4 = 7.": 7, "The sum of 3 and 4 is 12": 12, "seven": NO_ANSWER, "": -1}
    assert {text: last_number(text) for text in said} == said
    assert last_number("9" * 30) == NO_ANSWER


def test_the_tiny_model_gains_by_votes_and_most_by_checks() -> None:
    """Five seeds gave 0.80 to 0.89, and 0.96 to 1 for votes of 16."""
    last = list(run(Params(num_problems=40)))[-1]
    assert 0.6 < last["accuracy"] < last["majority"] <= last["pass_at_k"] <= 1
    assert last["low"] < last["accuracy"] < last["high"]
    assert last["num_asked"] == 40
    assert next(run(Params(num_samples=4))) == next(run(Params(num_samples=4, k=4)))


def test_a_real_model_is_read_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def sample(model: Any, prompt: Any, length: int, **how: Any) -> Any:
        assert (length, how["num_samples"]) == (short_sums.MAX_TOKENS, 2)
        rows = [[1, 2], [3, 4]]
        return SimpleNamespace(written=lambda: rows, logprobs=short_sums.torch.zeros(2, 2))

    def encode(model: Any, tokenizer: Any, prompt: str, is_chat: bool) -> list[int]:
        assert not is_chat  # it has no template
        asked.append(prompt)
        return [5]

    texts = {(1, 2): "That is 7.", (3, 4): "many"}
    tokenizer = SimpleNamespace(decode=lambda row: texts[tuple(row)])
    monkeypatch.setattr(short_sums.base_model, "choose", lambda _: (object(), tokenizer))
    monkeypatch.setattr(short_sums, "sample", sample)
    monkeypatch.setattr(short_sums, "encode", encode)
    frames = list(run(Params(model="real", num_problems=3, num_samples=2, k=2)))
    assert len(asked) == 3
    assert asked[0].startswith("What is ")
    assert asked[0].endswith("? Answer with the number alone.")
    assert frames[-1]["answer_rate"] == 0.5
    right = eval(asked[0].split("is ")[1].split("?")[0])
    assert frames[0]["accuracy"] == (0.5 if right == 7 else 0)
