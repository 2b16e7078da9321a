"""Tokens as text: spaces that can be seen, whole characters, and no two alike."""

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from sims.models.tokens import label, labels, pieces, text_of


@pytest.fixture(scope="module")
def byte_level() -> Tokenizer:
    """As GPT-2's: one token a byte, and a few words with and without a space in front."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["Ġ", "P", "a"]
    vocabulary = {letter: i for i, letter in enumerate(letters)}
    merges = []
    for left, right in (("P", "a"), ("Ġ", "Pa"), ("Ã", "©")):
        vocabulary[left + right] = len(vocabulary)
        merges.append((left, right))
    made = Tokenizer(models.BPE(vocabulary, merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    assert set(words) <= set(vocabulary)
    return made


def token(tokenizer: Tokenizer, word: str) -> int:
    found = tokenizer.token_to_id(word)
    assert found is not None
    return found


def test_a_token_is_its_text(byte_level: Tokenizer) -> None:
    assert label(byte_level, token(byte_level, "ĠPa")) == "Pa"
    assert label(byte_level, token(byte_level, "Ġ")) == "␣"
    assert label(byte_level, token(byte_level, "Ċ")) == "⏎"
    assert label(byte_level, token(byte_level, "Ã©")) == "é"
    assert label(byte_level, token(byte_level, "Ã")) == "(part of a character)"


def test_no_two_labels_are_alike(byte_level: Tokenizer) -> None:
    ids = [token(byte_level, word) for word in ("Pa", "ĠPa", "Ã", "Â")]
    made = labels(byte_level, ids)
    assert "␣Pa" in made
    assert "Pa" in made
    assert len(set(made)) == 4


@pytest.mark.parametrize("text", ["Pa Pa", " é", "日本", "🙂!", "a\n\tb", "مرحبا"])
def test_the_pieces_are_the_text_with_whole_characters(byte_level: Tokenizer, text: str) -> None:
    ids = byte_level.encode(text).ids
    made = pieces(byte_level, ids)
    assert len(made) == len(ids)
    seen = text.replace(" ", "␣").replace("\n", "⏎").replace("\t", "⇥")
    assert "".join(made).replace("…", "") == seen
    assert "\ufffd" not in "".join(made)


def test_half_a_character_waits_for_its_other_half(byte_level: Tokenizer) -> None:
    ids = byte_level.encode("a🙂").ids
    assert text_of(byte_level, ids[:-1]) == "a"
    assert text_of(byte_level, ids) == "a🙂"
