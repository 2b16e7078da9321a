"""The streams of a command when nobody is at the other end of them: `>&-`, a service, `| head`."""

import os
import stat
import sys


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
