"""The generated sections of a page, each between two comments that name it."""

import re


def filled(page: str, name: str, text: str) -> str:
    """`page` with `text` between the comments of section `name`.

    ValueError if the page does not have exactly one such section.
    """
    begin, end = f"<!-- begin {name}: written by `make docs` -->", f"<!-- end {name} -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"one '{begin}' and one '{end}' are needed in the page.")
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{rest.partition(end)[2]}"


def plain(text: str) -> str:
    """`text` in which Markdown finds no markup outside of `code`."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([*<_|\[\]])", r"\\\1", part) for part in parts
    )


def cell(text: str) -> str:
    """`text` for one cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(plain(text).split()))
