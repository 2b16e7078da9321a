r"""Signs of other slide programs, which Markdown shows as text: each is said, with what to write.

Quarto and pandoc (`:::`, `. . .`, `{{< … >}}`, `[text]{.class}`), Slidev (`::right::`), GitHub
(`> [!NOTE]`), LaTeX (`\cite{key}`).
"""

import re
from collections.abc import Iterator

from engine.deck.source.scan import Scan

_STEP = "Write <!-- step --> on a line of its own."
_GRID = "Write <!-- columns: 2 -->, and ||| between them; speaker notes are <!-- notes: … -->."
_CLASS = "Leave it out, or write <!-- class: name --> for the slide."
# what a line may hold: the sign, and what to write instead
_SIGNS = (
    (re.compile(r"\s{0,3}(:{3,}\s*(?:\{[^}]*\}|[\w-]+)\s*:*)$"), _GRID),
    (re.compile(r"#{1,6} [^{}]+(\{(?:[.#][\w-]+|[\w-]+=)[^{}]{0,200}\})\s*$"), _CLASS),
    (re.compile(r"::[a-z]+::\s*$"), _GRID),
    (re.compile(r"\. \. \.\s*$"), _STEP),
    (re.compile(r"\{\{<.{1,200}>\}\}"), "Leave it out: there are no shortcodes here."),
    (re.compile(r"(?<=\])\{[.#][\w-][^{}]{0,200}\}"), _CLASS),
    (re.compile(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]"), "Write a fence ```box."),
    (
        re.compile(r"\\(?:[Cc]ite[a-z]*|(?:paren|text|auto|foot)cite)\*?(?:\[[^\]]*\])*\{[^{}]*\}"),
        "Write [@key] or [@key1; @key2].",
    ),
    (
        re.compile(r"\[(?:-|(?:see|cf\.|e\.g\.,?) (?:\w+ )?)@\w[^\]]*\]"),
        "Write [@key] or [@key1; @key2]; write other words outside the brackets.",
    ),
)
_MAY_HOLD = re.compile(r"::|\. \. \.|\{[{.#\w]|\[!|[Cc]ite|\[(?:-|see|cf|e\.g).*@")
_BY_ITS_START = 4  # of the signs, so many begin their line


def signs(found: Scan, lines: list[str]) -> Iterator[tuple[int, int, str, str]]:
    """(line, column, message, fix) of each sign in `lines`, which have no comments any more."""
    for at, line in enumerate(lines):
        if found.code[at] or not _MAY_HOLD.search(line):
            continue
        text = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", lambda code: " " * len(code[0]), line)
        for index, (pattern, fix) in enumerate(_SIGNS):
            sign = pattern.match(text) if index < _BY_ITS_START else pattern.search(text)
            if (
                sign
                and "$" not in text[: sign.start()]
                and text[sign.start() - 1 : sign.start()] != "\\"
            ):
                shown = " ".join(sign[sign.lastindex or 0].split())[:60]
                yield at, sign.start(), f"'{shown}' is shown as text.", fix
