"""Byte pairs against a count by hand, on the example of the paper."""

from collections import Counter
from itertools import pairwise

import pytest

from sims import byte_pairs
from sims.byte_pairs import Params, cut, learn, run
from sims.language import sentences


def by_hand(words: Counter, num_merges: int) -> list[tuple[str, str]]:
    """The loop of Sennrich et al. (2016), figure 1, ties excluded by the test."""
    split = {word: list(word) for word in words}
    made = []
    for _ in range(num_merges):
        pairs: Counter = Counter()
        for word, count in words.items():
            for pair in zip(split[word], split[word][1:], strict=False):
                pairs[pair] += count
        (best, most), *rest = pairs.most_common()
        if rest and rest[0][1] == most:
            break  # a tie: which one comes first is the library's choice
        made.append(best)
        for word, pieces in split.items():
            merged: list[str] = []
            for piece in pieces:
                if merged and (merged[-1], piece) == best:
                    merged[-1] += piece
                else:
                    merged.append(piece)
            split[word] = merged
    return made


def test_merges_are_the_most_frequent_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["low " * 5, "lower " * 2, "newest " * 6, "widest " * 3, "stop " * 4, "yes " * 7]
    monkeypatch.setattr(byte_pairs, "NUM_DOCUMENTS", len(texts))
    given = iter(texts)
    monkeypatch.setattr(sentences, "document", lambda _rng: next(given).strip())
    _, merges, counted = learn("low", 12, 0)
    words = Counter(f"▁{word}" for text in texts for word in text.split())
    assert counted == words
    wanted = by_hand(words, 12)
    assert wanted == [("e", "s"), ("es", "t")]  # 16 and 9 times; then five pairs tie at 7
    assert merges[: len(wanted)] == wanted


def test_pieces_make_up_the_text_and_get_fewer() -> None:
    frames = list(run(Params(num_merges=100)))
    text = Params().text
    assert len(frames) == 101
    counts = [frame["num_tokens"] for frame in frames]
    assert counts[0] == len("▁" + text)
    assert all(after <= before for before, after in pairwise(counts))
    for frame in (frames[0], frames[50], frames[-1]):
        assert "".join(frame["pieces"]).replace("▁", " ").strip() == text
    assert "▁the" in frames[-1]["pieces"]  # frequent in the corpus
    assert "▁unsayable" not in frames[-1]["pieces"]  # never in it
    assert frames[-1]["characters_per_token"] > 2 * frames[0]["characters_per_token"]


def test_letters_of_the_text_that_the_corpus_lacks_stay_letters() -> None:
    frames = list(run(Params(text="größe 猫", num_merges=20)))
    assert "".join(frames[-1]["pieces"]) == "▁größe▁猫"
    assert "猫" in frames[-1]["pieces"]


def test_no_text_and_too_much_text() -> None:
    assert next(run(Params(text="")))["pieces"] == []
    frame = next(run(Params(text="a" * 10_000)))
    assert frame["num_tokens"] <= byte_pairs.MAX_CHARACTERS + 1


def test_cut_applies_merges_in_order() -> None:
    letters = ["▁", "a", "b", "c"]
    assert cut("abc", letters, []) == ["▁", "a", "b", "c"]
    assert cut("abc", letters, [("b", "c")]) == ["▁", "a", "bc"]
    assert cut("abc", letters, [("a", "b"), ("b", "c")]) == ["▁", "ab", "c"]
