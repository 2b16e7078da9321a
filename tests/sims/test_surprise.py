"""Surprise by hand: minus the log-probabilities of a text that is read at once."""

import math

import pytest
import torch

from sims.language import base_model
from sims.surprise import Params, run


def test_the_surprises_are_minus_the_logprobs_of_the_text() -> None:
    frames = list(run(Params(text="the capital of france is paris .")))
    model, tokenizer = base_model.load()
    ids = tokenizer.encode("the capital of france is paris .").ids
    total = 0.0
    for t in range(1, len(ids)):
        with torch.no_grad():  # anew for each token, from what stands before it
            probs = model.logits(torch.tensor([ids[:t]]))[0, -1].double().softmax(-1)
        frame = frames[t - 1]
        total -= math.log(float(probs[ids[t]]))
        assert frame["surprise"] == pytest.approx(-math.log(float(probs[ids[t]])), abs=1e-4)
        assert frame["rank"] == 1 + int((probs > probs[ids[t]]).sum())
        assert frame["perplexity"] == pytest.approx(math.exp(total / t), rel=1e-4)
        assert frame["expected"] == tokenizer.id_to_token(int(probs.argmax()))
    assert frames[-1]["text"] == "the capital of france is paris ."


def test_a_false_fact_surprises_where_it_stands() -> None:
    right = list(run(Params(text="the capital of france is paris .")))
    wrong = list(run(Params(text="the capital of france is rome .")))
    assert [frame["surprise"] for frame in right[:4]] == [f["surprise"] for f in wrong[:4]]
    assert wrong[4]["surprise"] > right[4]["surprise"] + 3
    assert wrong[4]["expected"] == "paris"


@pytest.mark.parametrize(("text", "said"), [("the", "is one token"), ("", "no tokens")])
def test_too_little_to_read_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        next(run(Params(text=text)))
