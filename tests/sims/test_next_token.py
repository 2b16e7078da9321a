"""Writing token by token: probabilities by hand, temperature's ends, and any other model."""

import math
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from sims.language import base_model, checkpoint
from sims.language.transformer import Config, Transformer
from sims.models.catalogue import ModelError
from sims.next_token import Params, run, write

pytestmark = pytest.mark.numeric


def test_each_frame_adds_one_token_and_the_text_has_the_sum_of_their_logprobs() -> None:
    frames = list(run(Params(prompt="the fox", temperature=0.7, seed=4)))
    model, tokenizer = base_model.load()
    ids = tokenizer.encode(frames[-1]["text"]).ids
    assert len(ids) == 2 + len(frames)
    with torch.no_grad():
        logprobs = model.logits(torch.tensor([ids]))[0].double().log_softmax(-1)  # all at once
    total = 0.0
    for t, frame in enumerate(frames):
        token = ids[2 + t]
        assert tokenizer.id_to_token(token) == frame["token"]
        assert frame["surprise"] == pytest.approx(-float(logprobs[1 + t, token]), abs=1e-4)
        total += float(logprobs[1 + t, token])
        assert frame["logprob"] == pytest.approx(total, abs=1e-3)
        probs = logprobs[1 + t].exp()
        warmed = probs ** (1 / 0.7) / (probs ** (1 / 0.7)).sum()
        assert frame["prob"] == pytest.approx(float(warmed[token]), abs=1e-4)
        assert frame["entropy"] == pytest.approx(-float((warmed * warmed.log()).sum()), abs=1e-3)
        assert frame["own_probs"] == pytest.approx(
            probs.sort(descending=True).values[:8].tolist(), rel=1e-3
        )
    assert frames[-1]["progress"] == 1


def test_the_model_knows_capitals() -> None:
    frame = next(run(Params(prompt="the capital of france is", temperature=0)))
    assert frame["token"] == "paris"
    assert frame["own_probs"][0] > 0.9
    assert frame["prob"] == 1


def test_temperature_raises_probabilities_to_its_inverse_power() -> None:
    own = next(run(Params()))["own_probs"]
    for temperature in (0.5, 2.0):
        made = next(run(Params(temperature=temperature)))
        assert made["own_probs"] == own
        ratio = (own[0] / own[1]) ** (1 / temperature)
        assert made["probs"][0] / made["probs"][1] == pytest.approx(ratio, rel=1e-4)


def test_temperature_zero_always_takes_the_likeliest() -> None:
    texts = {list(run(Params(temperature=0, seed=seed)))[-1]["text"] for seed in range(3)}
    assert len(texts) == 1
    assert next(run(Params(temperature=0)))["entropy"] == 0


def test_top_k_shares_the_probability_among_k() -> None:
    frame = next(run(Params(top_k=3)))
    own = frame["own_probs"]
    assert frame["probs"][:3] == pytest.approx([p / sum(own[:3]) for p in own[:3]], rel=1e-4)
    assert frame["probs"][3:] == [0] * 5
    assert frame["entropy"] < math.log(3) + 1e-6


def test_max_tokens_is_kept_and_the_end_ends() -> None:
    assert len(list(run(Params(max_tokens=3)))) == 3
    frames = list(run(Params(prompt="what colour is the swan ?", max_tokens=40, seed=1)))
    assert len(frames) < 40
    assert frames[-1]["token"] == "<end>"


def test_another_model_takes_its_place(tmp_path: Path) -> None:
    words = ["<pad>", "<end>", "to", "be", "or", "not"]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    config = Config(6, 20, width=16, num_heads=4, pad=0)
    checkpoint.save(Transformer.fresh(config, 0), tokenizer, tmp_path)
    frames = list(write(*checkpoint.load(tmp_path), "to be or", Params(max_tokens=5)))
    assert len(frames) == 5
    assert sorted(frames[0]["words"]) == sorted(words)  # all six: fewer than are shown
    assert sum(frames[0]["probs"]) == pytest.approx(1)
    with pytest.raises(ValueError, match="no tokens: write at least one word"):
        next(write(*checkpoint.load(tmp_path), " ", Params()))
    with pytest.raises(ValueError, match="has no chat template: switch is_chat off"):
        next(write(*checkpoint.load(tmp_path), "to be", Params(is_chat=True)))


def test_a_word_that_the_tiny_model_has_never_seen_is_named() -> None:
    with pytest.raises(ValueError, match="has never seen 'London': it knows"):
        next(run(Params(prompt="the capital of London")))


def test_the_nucleus_is_the_fewest_tokens_that_reach_top_p() -> None:
    own = next(run(Params()))["own_probs"]
    frame = next(run(Params(top_p=sum(own[:2]) + 1e-3)))
    kept = own[:3]
    assert frame["probs"][:3] == pytest.approx([p / sum(kept) for p in kept], rel=1e-3)
    assert frame["probs"][3:] == [0] * 5
    assert next(run(Params(top_p=0.05)))["entropy"] == 0  # the likeliest always stays


def test_another_model_takes_the_place_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    _, tokenizer = base_model.load()
    shape = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64}
    size = {"vocab_size": tokenizer.get_vocab_size(), "eos_token_id": 1, "pad_token_id": 0}
    theirs = LlamaForCausalLM(LlamaConfig(**shape, **heads, **size)).eval()
    theirs.save_pretrained(tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    monkeypatch.delenv("PRACTICUM_MODEL", raising=False)
    with pytest.raises(ValueError, match="get one with `practicum model get smollm2"):
        next(run(Params(model="real")))
    monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path))
    frame = next(run(Params(prompt="the fox", model="real", temperature=0)))
    with torch.no_grad():
        logits = theirs(torch.tensor([tokenizer.encode("the fox").ids])).logits[0, -1]
    assert frame["token"] == tokenizer.id_to_token(int(logits.argmax()))
    monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match="nowhere"):
        next(run(Params(model="real")))


def test_an_untrained_model_finds_all_words_alike_in_any_order() -> None:
    frames = list(run(Params(trained=False, max_tokens=10)))
    vocabulary = base_model.load()[0].config.vocab_size
    assert frames[0]["entropy"] == pytest.approx(math.log(vocabulary), rel=0.02)
    last = frames[-1]
    assert last["shuffled_logprob"] == pytest.approx(last["logprob"], rel=0.05)
    assert frames[0]["shuffled_logprob"] == pytest.approx(frames[0]["logprob"], abs=1e-3)


def test_without_the_loop_each_token_is_drawn_as_the_first() -> None:
    alone = list(run(Params(use_feedback=False, temperature=0.0, max_tokens=5)))
    assert len({frame["token"] for frame in alone}) == 1  # the likeliest, again and again
    looped = list(run(Params(temperature=0.0, max_tokens=5)))
    assert looped[0]["token"] == alone[0]["token"]
    assert len({frame["token"] for frame in looped}) > 1
    # its text is judged by the model that reads it, as ever
    assert sum(f["surprise"] for f in alone) == pytest.approx(-alone[-1]["logprob"], abs=1e-3)
