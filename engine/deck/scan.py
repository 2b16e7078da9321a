"""One pass over the lines of a deck: which are code, which are comments, where slides part.

Everything that looks like syntax inside a code fence, a comment or an inline code span is text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.deck.model import LIVE_KINDS

# A fence may stand behind list markers and quotes.
_PREFIX = r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*"
_FENCE = re.compile(rf"^({_PREFIX})(`{{3,}}|~{{3,}})(.*)$")
_BLOCKS = {*LIVE_KINDS, "box", "conversation", "chart", "iframe", "builtwith", "toc", "quiz"}
_SEPARATOR = re.compile(r"^---[ \t]*$")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Comment:
    """An HTML comment: its inner text and its extent (0-based lines and columns)."""

    text: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Scan:
    """What the lines of a text are."""

    lines: list[str]
    code: list[bool]  # the line belongs to a code fence (its marks included)
    comments: list[Comment]
    separators: list[int]  # lines that part slides
    unclosed: list[tuple[int, int, str]]  # line, column and name of what never ends


@dataclass(frozen=True)
class Segment:
    """The source of one slide: 1-based first and last line, and the text between them."""

    line: int
    end_line: int
    source: str


def scan(text: str) -> Scan:
    """Classify every line of `text`."""
    lines = text.split("\n")
    found = Scan(lines, [False] * len(lines), [], [], [])
    # Most lines hold nothing that matters here; only the others are looked at.
    odd = [
        at
        for at, line in enumerate(lines)
        if "<!--" in line or "---" in line or "```" in line or "~~~" in line
    ]
    after = 0
    for at in odd:
        if at < after:
            continue  # inside what began on a line before
        line, after = lines[at], at + 1
        opened = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if opened and not (opened[2][0] == "`" and "`" in opened[3]):
            after = _take_fence(found, at, opened)
        elif _SEPARATOR.match(line):
            found.separators.append(at)
        elif "<!--" in line:
            after = _take_comments(found, at)
    return found


def segments(text: str, first: int = 0) -> Iterator[Segment]:
    """The slides of `text` from line `first` (0-based) on; empty ones are left out."""
    lines = text.split("\n")[first:]
    start = 0
    for end in [*scan("\n".join(lines)).separators, len(lines)]:
        head, tail = start, end
        while head < tail and not lines[head].strip():
            head += 1
        while tail > head and not lines[tail - 1].strip():
            tail -= 1
        if head < tail:
            yield Segment(first + head + 1, first + tail, "\n".join(lines[head:tail]))
        start = end + 1


def _take_fence(found: Scan, at: int, opened: re.Match[str]) -> int:
    """Mark the fence that opens at line `at`; return the line after it."""
    mark = re.escape(opened[2][0]) + f"{{{len(opened[2])},}}"
    closing = re.compile(rf"^[ \t>]*{mark}[ \t]*$")
    another = re.compile(rf"^{mark}[ \t]*[A-Za-z]")
    words = opened[3].split()
    is_block = bool(words) and words[0].strip("{}.") in _BLOCKS  # their YAML holds no fences
    stop, parted = None, False
    for index in range(at + 1, len(found.lines)):
        line = found.lines[index]
        parted = parted or bool(_SEPARATOR.match(line))
        if is_block and parted and another.match(line):
            break  # a fence of a later slide: the mark after it is that one's end
        if closing.match(line):
            stop = index
            break
    if stop is None:  # the author forgot the end: the next slide is not code
        found.unclosed.append((at, len(opened[1]), "code fence"))
        stop = at
        while stop + 1 < len(found.lines) and not _SEPARATOR.match(found.lines[stop + 1]):
            stop += 1
    for index in range(at, stop + 1):
        found.code[index] = True
    return stop + 1


def _take_comments(found: Scan, at: int) -> int:
    """Record the comments that start on line `at`; return the line to go on with."""
    column = 0
    while True:
        line = found.lines[at]
        start = line.find("<!--", column)
        if start < 0:
            return at + 1
        spans = [match.span() for match in _CODE_SPAN.finditer(line)] if "`" in line else []
        while start >= 0 and any(low <= start < high for low, high in spans):
            start = line.find("<!--", start + 4)
        if start < 0:
            return at + 1
        end, stop = _comment_end(found.lines, at, start + 4)
        if stop < 0:
            found.unclosed.append((at, start, "comment"))
            return at + 1
        inner = found.lines[at : end + 1]
        inner[-1] = inner[-1][:stop]
        inner[0] = inner[0][start + 4 :]
        found.comments.append(Comment("\n".join(inner).strip(), at, start, end, stop + 3))
        at, column = end, stop + 3


def _comment_end(lines: list[str], at: int, column: int) -> tuple[int, int]:
    """Line and column of the `-->` of a comment; column -1 when it was forgotten.

    A comment may hide whole slides, but one in which a slide ends and another comment starts is
    one that its author did not close.
    """
    stop, parted = lines[at].find("-->", column), False
    while stop < 0 and at + 1 < len(lines):
        at += 1
        stop = lines[at].find("-->")
        parted = parted or bool(_SEPARATOR.match(lines[at]))
        if parted and "<!--" in (lines[at] if stop < 0 else lines[at][:stop]):
            return at, -1
    return at, stop


def without(found: Scan, comments: list[Comment]) -> list[str]:
    """The lines with `comments` taken out; the count of lines stays, so that numbers still hold."""
    lines = list(found.lines)
    for comment in reversed(comments):
        head, tail = lines[comment.line][: comment.column], lines[comment.end_line]
        rest = tail[comment.end_column :]
        if comment.line == comment.end_line:
            # What follows a leading comment must not become indented code.
            lines[comment.line] = head + rest if head.strip() else rest.strip()
        else:
            lines[comment.line] = head.rstrip()
            for index in range(comment.line + 1, comment.end_line):
                lines[index] = ""
            lines[comment.end_line] = rest.lstrip()
    return lines
