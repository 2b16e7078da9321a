"""Naming the nearest known word to one that is not known."""

import difflib
from collections.abc import Iterable


def nearest(
    word: str, known: Iterable[str], *, cutoff: float = 0.6, otherwise: str = "There are"
) -> str:
    """A sentence that fixes a name: the nearest one, or all of them; empty where there are none."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"{otherwise}: {', '.join(known)}." if known else ""
