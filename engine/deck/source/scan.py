"""One pass over the lines of a deck: which are code, which are comments, where slides part.

Everything that looks like syntax inside a code fence, a comment or an inline code span is text.
"""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.deck import kinds

# A fence may stand behind list markers and quotes.
_PREFIX = r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*"
_FENCE = re.compile(rf"^({_PREFIX})(`{{3,}}|~{{3,}})(.*)$")
_SEPARATOR = re.compile(r"^---[ \t]*$")
_CLOSING = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*$")


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
    ends = _Ends.of(lines, odd)
    after = 0
    for at in odd:
        if at < after:
            continue  # inside what began on a line before
        line, after = lines[at], at + 1
        opened = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if opened and not (opened[2][0] == "`" and "`" in opened[3]):
            after = _take_fence(found, ends, at, opened)
        elif _SEPARATOR.match(line):
            found.separators.append(at)
        elif "<!--" in line:
            after = _take_comments(found, ends, at)
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


@dataclass(frozen=True)
class _Ends:
    """Lines that may end something, found once: what never ends is not looked for twice."""

    closes: list[int]  # lines with the end of a comment
    opens: list[int]  # lines with the start of a comment before such an end
    separators: list[int]
    fences: dict[str, tuple[list[int], list[int]]]  # by letter: lines, longest mark from there on

    @classmethod
    def of(cls, lines: list[str], odd: list[int]) -> "_Ends":
        marks: dict[str, list[tuple[int, int]]] = {"`": [], "~": []}
        for at in odd:
            if found := _CLOSING.match(lines[at]):
                marks[found[1][0]].append((at, len(found[1])))
        fences = {}
        for letter, closings in marks.items():
            longest, most = [], 0
            for _, length in reversed(closings):
                most = max(most, length)
                longest.append(most)
            fences[letter] = [at for at, _ in closings], longest[::-1]
        return cls(
            [at for at, line in enumerate(lines) if "-->" in line],
            [at for at in odd if "<!--" in lines[at].partition("-->")[0]],
            [at for at in odd if _SEPARATOR.match(lines[at])],
            fences,
        )

    def may_end(self, at: int, letter: str, length: int) -> bool:
        """Whether a fence that opens at line `at` is closed anywhere below."""
        lines, longest = self.fences[letter]
        place = bisect.bisect_right(lines, at)
        return place < len(lines) and longest[place] >= length


def _first(lines: list[int], at: int) -> int:
    """The first of `lines` from line `at` on; -1 without one."""
    place = bisect.bisect_left(lines, at)
    return lines[place] if place < len(lines) else -1


def _take_fence(found: Scan, ends: _Ends, at: int, opened: re.Match[str]) -> int:
    """Mark the fence that opens at line `at`; return the line after it."""
    mark = re.escape(opened[2][0]) + f"{{{len(opened[2])},}}"
    closing = re.compile(rf"^[ \t>]*{mark}[ \t]*$")
    another = re.compile(rf"^{mark}[ \t]*[A-Za-z]")
    words = opened[3].split()
    is_block = bool(words) and words[0].strip("{}.") in kinds.NAMES  # their YAML holds no fences
    stop, parted = None, False
    last = len(found.lines) if ends.may_end(at, opened[2][0], len(opened[2])) else at
    for index in range(at + 1, last):
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


def _take_comments(found: Scan, ends: _Ends, at: int) -> int:
    """Record the comments that start on line `at`; return the line to go on with."""
    column, spans = 0, _code_spans(found.lines[at])
    while True:
        start = found.lines[at].find("<!--", column)
        while start >= 0 and (low := bisect.bisect_right(spans, (start, len(found.lines[at])))):
            if start >= spans[low - 1][1]:
                break
            start = found.lines[at].find("<!--", spans[low - 1][1])
        if start < 0:
            return at + 1
        end, stop = _comment_end(found.lines, ends, at, start + 4)
        if stop < 0:
            found.unclosed.append((at, start, "comment"))
            return at + 1
        inner = found.lines[at : end + 1]
        inner[-1] = inner[-1][:stop]
        inner[0] = inner[0][start + 4 :]
        found.comments.append(Comment("\n".join(inner).strip(), at, start, end, stop + 3))
        if end != at:
            spans = _code_spans(found.lines[end])
        at, column = end, stop + 3


def _code_spans(line: str) -> list[tuple[int, int]]:
    """Where code stands in a line: from some backticks to the next that are as many."""
    runs = [match.span() for match in re.finditer("`+", line)] if "`" in line else []
    following: dict[int, int] = {}  # by length: the next run of that length
    partner = [-1] * len(runs)
    for index in reversed(range(len(runs))):
        length = runs[index][1] - runs[index][0]
        partner[index] = following.get(length, -1)
        following[length] = index
    spans, index = [], 0
    while index < len(runs):
        if partner[index] >= 0:
            spans.append((runs[index][0], runs[partner[index]][1]))
            index = partner[index]
        index += 1
    return spans


def _comment_end(lines: list[str], ends: _Ends, at: int, column: int) -> tuple[int, int]:
    """Line and column of the `-->` of a comment; column -1 when it was forgotten.

    A comment may hide whole slides, but one in which a slide ends and another comment starts is
    one that its author did not close.
    """
    stop = lines[at].find("-->", column)
    if stop >= 0:
        return at, stop
    closed, parted = _first(ends.closes, at + 1), _first(ends.separators, at + 1)
    opened = _first(ends.opens, parted) if parted >= 0 else -1
    if closed < 0 or 0 <= opened <= closed:
        return at, -1
    return closed, lines[closed].find("-->")


def without(found: Scan, comments: list[Comment]) -> list[str]:
    """The lines with `comments` taken out; the count of lines stays, so that numbers still hold."""
    lines = list(found.lines)
    cuts: dict[int, list[tuple[int, int]]] = {}  # by line; -1: it began or ends on another line
    for one in comments:
        if one.line == one.end_line:
            cuts.setdefault(one.line, []).append((one.column, one.end_column))
        else:
            cuts.setdefault(one.line, []).append((one.column, -1))
            cuts.setdefault(one.end_line, []).append((-1, one.end_column))
            lines[one.line + 1 : one.end_line] = [""] * (one.end_line - one.line - 1)
    for at, spans in cuts.items():
        lines[at] = _cut(lines[at], spans)
    return lines


def _cut(line: str, spans: list[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in spans:
        piece = line[last : max(start, 0)]
        parts.append(piece if end >= 0 else piece.rstrip())
        last = end if end >= 0 else len(line)
    rest = "".join([*parts, line[last:]])
    start, end = spans[0]
    if start < 0:
        return rest.lstrip()
    # What follows a leading comment must not become indented code.
    return rest if line[:start].strip() or end < 0 else rest.strip()
