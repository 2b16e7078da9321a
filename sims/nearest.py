"""Naming the known word that is nearest to one that is not known."""

import difflib
from collections.abc import Iterable

LONGEST = 100  # characters of what somebody wrote are compared


def nearest(
    word: str, known: Iterable[str], otherwise: str = "There are: {known}.", *, cutoff: float = 0.6
) -> str:
    """A sentence that fixes a name: "Did you mean 'kl'?", or `otherwise` where none is near.

    {known} in `otherwise` becomes the list of all, in their order. Capitals do not count.
    """
    known = list(known)
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word[:LONGEST].casefold(), names, n=1, cutoff=cutoff)
    if near:
        return f"Did you mean '{names[near[0]]}'?"
    return otherwise.replace("{known}", ", ".join(known) or "none")
