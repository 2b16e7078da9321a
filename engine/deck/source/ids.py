"""Names of slides that survive insertion: from the author, the title, or the first words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Naming:
    """What a slide's id is made from."""

    given: str  # by the author, or ""
    title: str
    text: str  # its Markdown, for slides without a title


def slug(text: str) -> str:
    """`text` as an identifier: letters and digits of any script, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", plain.lower()).strip("-")[:80].strip("-")


def assign(slides: Sequence[Naming]) -> tuple[list[str], list[int]]:
    """An id for each slide, and the positions of slides whose given id was taken already.

    Ids that authors gave are settled first. Only slides of the same title get -2, -3, … in order,
    so a slide with another title changes no id but its own.
    """
    taken = {one.given for one in slides if one.given}
    used: set[str] = set()
    counts: Counter[str] = Counter()
    out, twice = [], []
    for index, one in enumerate(slides):
        name = one.given
        if name in used:
            twice.append(index)
            name = _next(name, taken, counts)
        elif not name:
            base = slug(one.title) or slug(" ".join(_words(one.text)[:6])) or "slide"
            name = _next(base, taken, counts) if base in taken else base
        used.add(name)
        taken.add(name)
        out.append(name)
    return out, twice


def _next(base: str, taken: set[str], counts: Counter[str]) -> str:
    number = counts[base] + 2
    while f"{base}-{number}" in taken:
        number += 1
    counts[base] = number - 1
    return f"{base}-{number}"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^<>]*>|\]\([^()]*\)|```\w*+", " ", text))
