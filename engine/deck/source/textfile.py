"""Reading files that people write: what is not UTF-8 is named, or read and named.

A deck must be UTF-8, because its text is shown. A file of data is read as what it most probably
is (UTF-16 or UTF-32 by its mark or its zeros, else Windows-1252), and a sentence says so.
"""

import codecs
import os
import re
from pathlib import Path

from engine.deck.model import Problem
from engine.deck.source import names
from engine.deck.source.inside import Refused, inside

_WIDE = (  # mark -> encoding; that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip
_FIX = "Save it as UTF-8."
_UNSEEN = r"[\u200b-\u200f\u2060]"
_SEPARATOR = re.compile(
    rf"^{_UNSEEN}++---(?:[^\S\n]|{_UNSEEN})*$|^---(?:[^\S\n]|{_UNSEEN})+$", re.MULTILINE
)


class Unreadable(Exception):
    """A deck that cannot be read; `problem` says why, without the folder it lies in."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def deck(path: Path) -> str:
    """The text of a deck. Raises `Unreadable` when there is none."""
    try:
        data = inside(path.parent, path).read_bytes()
    except Refused as error:
        fix = "Put a Markdown file there." if error.fix else "Check the file."
        raise _unreadable(path, str(error), fix) from error
    except OSError as error:
        why = error.strerror or "the system gives no reason"
        raise _unreadable(path, why[:1].lower() + why[1:], "Check the file.") from error
    if wide := _wide(data):
        raise _unreadable(path, f"it is {wide[:6]}, not UTF-8", _FIX)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, "it is not UTF-8", _FIX, line) from error


def _wide(data: bytes) -> str:
    """The encoding of text whose letters take two or four bytes, "" if it is another."""
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return encoding
    start = data[:200]
    if start.count(b"\0") * 3 < len(start) or len(start) < 2:
        return ""
    return "UTF-16-LE" if start[1] == 0 else "UTF-16-BE"  # without its mark


def data(path: Path, folder: Path) -> tuple[str, Problem | None]:
    """The text of a file of data (its lines end in \\n), and a warning when it is not UTF-8.

    `folder` is that of the decks which name it. Raises OSError when it cannot be read, `Refused`
    when it may not be.
    """
    found = inside(folder, path).read_bytes()
    line, encoding = 1, _wide(found)
    if encoding:
        text, called = found.decode(encoding, "replace"), encoding[:6]
    else:
        found = found.replace(b"\r\n", b"\n")
        try:
            return found.decode("utf-8-sig").replace("\r", "\n"), None
        except UnicodeDecodeError as error:
            line = found.count(b"\n", 0, error.start) + 1
        # The five bytes that Windows-1252 does not have are control characters of Latin-1.
        text, called = found.decode("cp1252", "replace"), "Windows-1252 (Latin-1)"
    message = f"This file is not UTF-8; it was read as {called}."
    odd = Problem(message, _FIX, line, 1, "warning", names.shown(path))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), odd


def _unreadable(path: Path, why: str, fix: str, line: int = 1) -> Unreadable:
    what = "This lecture cannot" if os.path.lexists(path) else "Cannot"
    message = f"{what} be read: {why}."
    return Unreadable(Problem(message, fix, line, 1, file=names.shown(path)))


def normal(text: str) -> str:
    """Text with one kind of line end and no characters that HTML or UTF-8 forbid.

    Marks of byte order stand inside where files were put one behind the other. A line of three
    hyphens parts slides whatever is behind them that nobody sees.
    """
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    text = _SEPARATOR.sub("---", text)
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def times(files: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Time and size of each file, (0, 0) for one that does not exist."""
    out = []
    for file in files:
        try:
            stat = os.stat(file)
            out.append((stat.st_mtime_ns, stat.st_size))
        except (OSError, ValueError):
            out.append((0, 0))
    return tuple(out)
