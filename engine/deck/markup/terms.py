"""Finding the terms of the glossary in a text.

A name in capitals (`KL`, `PPO`) is sought as it is written, any other also with a first capital.
Where a term may be marked is decided in `engine.deck.markup.markdown`: in running text, never in
code, math, headings, links and citations.
"""

import re
from collections.abc import Iterator

from engine.deck.model import Glossary


def find(text: str, glossary: Glossary, taken: set[str]) -> Iterator[tuple[int, int, str]]:
    """(start, end, id) of every term in `text` that is not `taken` yet; takes those it finds."""
    for match in glossary.pattern.finditer(text) if glossary.pattern else ():
        name = match[0] if match[0] in glossary.names else match[0][0].lower() + match[0][1:]
        term = glossary.names.get(name)
        if term is not None and term not in taken:
            taken.add(term)
            yield match.start(), match.end(), term


def named(listed: str, glossary: Glossary) -> dict[str, str | None]:
    """Each name of a list parted by commas with the id of its term, or None."""
    names = [" ".join(name.split()) for name in listed.split(",") if name.strip()]
    return {name: glossary.names.get(name) for name in names} if glossary.terms else {}


def pattern(names: dict[str, str]) -> re.Pattern[str] | None:
    """Finds any of the names as whole words, the longest first; None when there are none."""
    if not names:
        return None
    longest = sorted(names, key=len, reverse=True)
    choices = "|".join(_sought(name) for name in longest)
    return re.compile(rf"(?<![\w@/-])(?:{choices})(?![\w-])")


def _sought(name: str) -> str:
    if name == name.lower() and name[0].isalpha():
        return f"[{name[0].upper()}{name[0]}]{re.escape(name[1:])}"
    return re.escape(name)
