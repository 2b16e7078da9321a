"""SFT of models that are not ours: their tokenizers have other ends, other padding or none."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from sims import sft
from sims.language import checkpoint
from sims.language.transformer import Config, Transformer
from sims.sft import Params, examples


def of_bytes() -> Tokenizer:
    """One token a byte, in GPT-2's letters for them, and an end behind them."""
    words = {letter: i for i, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    made = Tokenizer(models.BPE(words, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(["<|endoftext|>"])
    return made


@pytest.mark.parametrize("pad", [None, 256, 5])
@pytest.mark.parametrize("eos", [256, None])
def test_any_tokenizer_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eos: int | None, pad: int | None
) -> None:
    """No PAD, PAD = EOS, PAD a letter; with an end and without."""
    config = Config(257, 256, width=8, num_layers=1, num_heads=2, eos=eos, pad=pad)
    checkpoint.save(Transformer.fresh(config, 0), of_bytes(), tmp_path)
    monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path))
    monkeypatch.setattr(sft, "NUM_TEXTS", 4)
    frames = list(sft.run(Params(num_steps=5, num_examples=4, learning_rate=20.0)))
    assert [frame["updates"] for frame in frames] == [0, 3, 5]
    assert [frame["progress"] for frame in frames] == [0, 0.6, 1]
    assert frames[-1]["loss"] < frames[0]["loss"]


def test_padding_is_masked_whatever_token_it_is() -> None:
    tokens, mask, _ = examples(of_bytes(), Params(num_examples=4), end=256)
    letters = of_bytes()
    for row, real in zip(tokens, mask, strict=True):
        answer = row[real > 0].tolist()
        assert answer[-1] == 256
        assert letters.decode(answer[:-1]).endswith(" .")
        assert answer.count(256) == 1
