"""The streams of a command: nobody may be at the other end (`>&-`, `| head`), or a terminal that
obeys what an author wrote."""

import os
import re
import stat
import sys

_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def open_closed() -> None:
    """Python has None for a stream that was closed before the start: one that takes all."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def is_unread() -> bool:
    """Whether a broken pipe may be that of standard output; what is left is then thrown away."""
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):  # no file at all
        return False
    if is_pipe:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return is_pipe


def give_up() -> None:
    """Throw away what our streams cannot take: Python would try again, and fail, at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def because(error: OSError) -> str:
    """Why the system refused, and which file, as the end of a sentence."""
    why = error.strerror or "the system gives no reason"
    where = f" ({error.filename})" if error.filename else ""
    return f"{why}{where}"


def printable(text: str) -> str:
    """A line without what would move the cursor, colour the terminal or turn text around."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
