"""What a loaded model writes: where it ends, how long it may be, and its tokens as text."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from sims.language.sampling import sample
from sims.models import load as loading
from sims.models.load import load
from sims.next_token import Params, write
from sims.spec import SpecError
from tests.sims.models.conftest import change_weights, edit


def test_every_end_counts_and_generation_config_comes_first(saved: Path, tmp_path: Path) -> None:
    def ends(
        generation: dict[str, Any] | None = None, **config: Any
    ) -> tuple[tuple[int, ...], int | None]:
        folder = tmp_path / f"model-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(saved / "llama", folder)
        edit(folder / "config.json", **config)
        edit(folder / "generation_config.json", **{"eos_token_id": None, **(generation or {})})
        shape = load(folder).config
        return shape.ends, shape.pad

    assert ends(eos_token_id=[1, 2]) == ((1, 2), 0)
    assert ends({"eos_token_id": 2}, eos_token_id=[1, 2]) == ((2,), 0)
    assert ends({"eos_token_id": [2, 1, 2]}, eos_token_id=1) == ((2, 1), 0)
    assert ends(eos_token_id=1, pad_token_id=-1) == ((1,), 0)  # the tokenizer's PAD
    outside = ends(eos_token_id=50256)  # of the vocabulary: never written
    assert outside == ((1,), 0)  # so the tokenizer's end counts


def test_writing_stops_at_any_end(llama: Path) -> None:
    change_weights(llama, lambda weights: weights["lm_head.weight"].zero_())  # all as likely
    edit(llama / "generation_config.json", eos_token_id=[1, 2])
    model = load(llama)
    assert model.config.ends == (1, 2)
    made = sample(
        model, torch.tensor([[3]]), 12, num_samples=64, generator=torch.Generator().manual_seed(0)
    )
    lengths = made.mask.sum(1).long()
    last = made.tokens[torch.arange(64), lengths - 1]
    assert set(last[made.is_finished].tolist()) == {1, 2}
    assert not torch.isin(made.tokens[:, :-1][made.mask[:, 1:] > 0], torch.tensor([1, 2])).any()
    seen = set()
    for seed in range(12):
        asked = Params(model="real", max_tokens=12, seed=seed)
        frames = list(write(model, model.tokenizer.backend_tokenizer, "to", asked))
        names = [frame["token"] for frame in frames]
        assert not {"<end>", "to"} & set(names[:-1])
        assert frames[-1]["progress"] == 1
        seen.add(names[-1])
    assert {"<end>", "to"} <= seen


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_more_tokens_than_positions_are_a_sentence(saved: Path, kind: str) -> None:
    model = load(saved / kind)
    words = model.tokenizer.backend_tokenizer
    endless = loading.Pretrained(
        model.network, model.tokenizer, loading.Shape(model.config.vocab_size, 32)
    )

    def asked(max_tokens: int) -> Params:
        return Params(model="real", max_tokens=max_tokens)

    assert len(list(write(endless, words, "to", asked(31)))) == 31
    with pytest.raises(SpecError, match="1 tokens of prompt and 40 new ones are more than the"):
        next(write(endless, words, "to", asked(40)))
    with pytest.raises(SpecError, match="33 tokens of prompt and 1 new ones are more than the"):
        next(write(endless, words, "to " * 33, asked(1)))


def byte_level() -> Tokenizer:
    """A vocabulary of bytes, in GPT-2's letters for them, with " to" as one piece."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {letter: i for i, letter in enumerate([*letters, "Ġt", "Ġto"])}
    made = Tokenizer(models.BPE(words, [("Ġ", "t"), ("Ġt", "o")]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return made


def byte_fallback() -> Tokenizer:
    """As sentencepiece has it: a word mark, and bytes for what has no piece."""
    words = {"<unk>": 0, "▁to": 1, "▁": 2} | {f"<0x{i:02X}>": 3 + i for i in range(256)}
    made = Tokenizer(models.BPE(words, [], unk_token="<unk>", byte_fallback=True))
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    made.decoder = decoders.Sequence([*steps, decoders.Strip(" ", 1, 0)])
    return made


@pytest.mark.parametrize("make", [byte_level, byte_fallback])
def test_tokens_are_shown_as_text(make: Callable[[], Tokenizer]) -> None:
    from sims.models.tokens import label as _name
    from sims.models.tokens import text_of as _text

    tokenizer = make()
    bytes_of = "Ã ©" if make is byte_level else "<0xC3> <0xA9>"  # é
    ids = [tokenizer.token_to_id(piece) for piece in bytes_of.split()]
    assert [_name(tokenizer, i) for i in ids] == ["(part of a character)"] * 2
    word = tokenizer.token_to_id("Ġto" if make is byte_level else "▁to")
    assert _name(tokenizer, word).strip() == "to"
    space = tokenizer.token_to_id("Ġ" if make is byte_level else "<0x20>")
    assert not set(_name(tokenizer, space)) & set("Ġ<0x>")
    assert _name(tokenizer, space).strip()
    assert _text(tokenizer, [word, ids[0]]).strip() == "to"  # the first byte of é: not yet
    assert _text(tokenizer, [word, *ids]).strip() == "toé"
    assert _name(tokenizer, 10_000) == "token 10000"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for m in messages %}{{ m.content", "chat template cannot be used"),
        ("{{ raise_exception('no such role') }}", "cannot be used (no such role)"),
        ("{{ messages.__class__.__mro__[1].__subclasses__() }}", "chat template cannot be used"),
        ("", "has no chat template: switch is_chat off"),
    ],
)
def test_a_chat_template_that_cannot_be_used_is_a_sentence(
    llama: Path, template: str, said: str
) -> None:
    """Broken, unwilling, reaching for what a sandbox keeps from it, or not there."""
    model = load(llama)
    model.tokenizer.chat_template = template
    asked = Params(model="real", is_chat=True, max_tokens=1)
    with pytest.raises(SpecError) as caught:
        next(write(model, model.tokenizer.backend_tokenizer, "to be", asked))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
