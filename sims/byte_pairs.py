"""Byte-pair encoding: the most frequent pair of neighbours becomes one token, again and again.

Sennrich et al. (2016). The merges are learned from a corpus, here 300 documents of the sentence
world drawn with the seed; your text is then cut up by them. What is frequent in the corpus becomes
one token, and what never occurs there stays in letters. The `tokenizers` library does the counting.
A mark (▁) stands for the space in front of a word.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from sims.language import sentences
from sims.spec import Frame, column, param

NUM_DOCUMENTS = 300
MAX_CHARACTERS = 400  # of the viewer's text; the rest is left out


@dataclass(frozen=True)
class Params:
    text: str = param(
        "the whale lives in the sea . the capital of nowhere is unsayable .",
        help="what is cut into tokens, at most 400 characters",
    )
    num_merges: int = param(60, low=0, high=400, step=5, help="how many pairs become one token")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="which documents the corpus has")


class Columns:
    merge: str = column("the two pieces that became one; empty at first")
    pieces: list = column("the tokens of the text")
    text: str = column("the same in one line")
    num_tokens: int = column("tokens of the text", unit="tokens")
    characters_per_token: float = column("of the text", unit="characters")
    corpus_tokens: int = column("how many tokens the corpus takes", unit="tokens")
    vocabulary: int = column("how many different tokens there are", unit="tokens")


def run(params: Params) -> Iterator[Frame]:
    """One frame a merge, the first with none."""
    text = params.text[:MAX_CHARACTERS]
    letters, merges, corpus = learn(text, params.num_merges, params.seed)
    for step in range(len(merges) + 1):
        tokenizer = cutter(letters, merges[:step])
        pieces = tokenizer.encode(text).tokens
        spent = {word: len(tokenizer.encode(word[1:])) for word in corpus}
        yield {
            "step": step,
            "merge": " + ".join(merges[step - 1]) + f" → {''.join(merges[step - 1])}"
            if step
            else "",
            "pieces": pieces,
            "text": "·".join(pieces),
            "num_tokens": len(pieces),
            "characters_per_token": len(text) / max(1, len(pieces)),
            "corpus_tokens": sum(count * spent[word] for word, count in corpus.items()),
            "vocabulary": len(letters) + step,
            "progress": step / max(1, len(merges)),
        }


def learn(
    text: str, num_merges: int, seed: int
) -> tuple[list[str], list[tuple[str, str]], Counter[str]]:
    """(letters, merges, words): all letters of corpus and text, the merges in order (fewer if
    nothing is left to merge), and how often each word of the corpus occurs, its mark in front.
    """
    rng = random.Random(seed)
    corpus = [sentences.document(rng) for _ in range(NUM_DOCUMENTS)]
    letters = sorted({"▁", *"".join(corpus), *text.replace(" ", "▁")} - {" "})
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _words()
    trainer = trainers.BpeTrainer(
        vocab_size=len(letters) + num_merges, initial_alphabet=letters, show_progress=False
    )
    tokenizer.train_from_iterator(corpus, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"][:num_merges]
    words = Counter(f"▁{word}" for document in corpus for word in document.split())
    return letters, [(left, right) for left, right in merges], words


def cut(text: str, letters: list[str], merges: list[tuple[str, str]]) -> list[str]:
    """The tokens of a text under these merges."""
    return cutter(letters, merges).encode(text).tokens


def cutter(letters: list[str], merges: list[tuple[str, str]]) -> Tokenizer:
    """The tokenizer that knows these letters and these merges."""
    vocabulary = {letter: i for i, letter in enumerate(letters)}
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = _words()
    return tokenizer


def _words() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Metaspace()
