"""Brackets of a text, paired in one pass: a text may hold thousands of them."""

import re


def closings(text: str, pair: str) -> dict[int, int]:
    """The index of each opening bracket that is closed -> the index of the bracket that closes it.

    `pair` is two characters, as "{}"; a bracket after a backslash is none.
    """
    found: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer(rf"\\.|[{re.escape(pair)}]", text, re.DOTALL):
        if match[0] == pair[0]:
            opened.append(match.start())
        elif match[0] == pair[1] and opened:
            found[opened.pop()] = match.start()
    return found
