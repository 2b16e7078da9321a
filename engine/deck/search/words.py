"""What a reader types, as words to look for.

Words of a question that carry no meaning are left out; spellings of both sides of the Atlantic are
one word; a compound is found with and without its hyphen or space; a word that no lecture has is
read as the nearest one that differs in one letter.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

MOST_WORDS = 16  # of one query
_SHORTEST_TYPO = 5  # letters; shorter words have too many neighbours, except by a swap of two
_SHORTEST_SWAP = 3  # letters: "RLFH" is RLHF
_MOST_READINGS = 8  # of one word that no lecture has

_WORD = re.compile(r"[^\W_]+")
# Of questions such as "how does DPO work" and "what is the difference between A and B".
_STOP = frozenset(
    """
    a about am an and are as at be between by can could define defined definition difference do
    does explain explained find for from get give had happen happens has have how i in instead into
    is it its itself make makes many me mean meaning means much my need needed needs of on or
    should show so some tell than that the their them then there these they this those to use used
    uses using versus vs was we were what when where which who whom whose why will with work works
    would you your
    """.split()  # noqa: SIM905
)
# A British stem, the American one, and what may follow; each spelling stands for the other.
_SPELLINGS = (
    ("is", "iz", r"e[drs]?|ing|ations?"),
    ("ys", "yz", r"e[drs]?|ing"),
    ("our", "or", r"s|ed|ing|al|ist|"),
    ("tre", "ter", r"s|"),
    ("ell", "el", r"ed|ing|ers?"),
    ("ence", "ense", r"s|"),
    ("ogue", "og", r"s|"),
)
_ENDINGS = tuple(
    (re.compile(rf"{here}({rest})$"), rf"{there}\1")
    for british, american, rest in _SPELLINGS
    for here, there in ((british, american), (american, british))
)


@dataclass(frozen=True)
class Wanted:
    """One word of a query: every way to write it, each a tuple of words that follow each other."""

    typed: str
    ways: tuple[tuple[str, ...], ...]
    is_corrected: bool = False  # no lecture has the word as it was typed


def fold(text: str) -> str:
    """Lower case without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).lower()


def split(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    return _WORD.findall(fold(text))


def read(query: str, known: Collection[str]) -> list[Wanted]:
    """The words to look for, given those that the lectures have.

    The last word may be unfinished: the reader is still typing it.
    """
    words = split(query)[:MOST_WORDS]
    kept = [word for word in words if word not in _STOP] or words
    return [_wanted(word, known, word is kept[-1]) for word in kept]


def _wanted(word: str, known: Collection[str], is_last: bool) -> Wanted:
    ways = [(way,) for way in dict.fromkeys((word, *_spellings(word))) if way in known]
    ways += _parts(word, known)
    if ways:
        return Wanted(word, tuple(ways))
    if is_last and (begun := sorted((w for w in known if w.startswith(word)), key=len)):
        return Wanted(word, tuple((way,) for way in begun[:_MOST_READINGS]))
    near = list(_near(word, known))
    return Wanted(word, tuple((way,) for way in near), is_corrected=bool(near))


def _spellings(word: str) -> Iterator[str]:
    for ending, other in _ENDINGS:
        if ending.search(word):
            yield ending.sub(other, word)


def _parts(word: str, known: Collection[str]) -> list[tuple[str, ...]]:
    """A compound as two words: "cartpole" as "cart pole"; short parts would be chance."""
    cuts = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
    return [cut for cut in cuts if cut[0] in known and cut[1] in known]


def _near(word: str, known: Collection[str]) -> Iterator[str]:
    """The known words that differ in one letter, or in two neighbours that changed places."""
    if len(word) < _SHORTEST_SWAP:
        return
    found = 0
    for other in known:
        if abs(len(other) - len(word)) > 1 or OSA.distance(word, other, score_cutoff=1) > 1:
            continue
        if len(word) < _SHORTEST_TYPO and sorted(word) != sorted(other):
            continue
        yield other
        found += 1
        if found == _MOST_READINGS:
            return
