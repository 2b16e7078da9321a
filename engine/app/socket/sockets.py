"""What a server of many sockets asks of this machine."""

import contextlib
import socket

from engine import portable

MOST_FILES = 65_536


def send_without_delay() -> None:
    """Set TCP_NODELAY on every TCP socket of this process, and so on those it will accept.

    Streamlit opens its port in a way for which asyncio does not do that. Without it a second small
    message waits for the receipt of the first: measured, the first frame after 44 ms, not 12.
    """
    for number in portable.open_files():  # none on Windows: slower, and otherwise the same
        with contextlib.suppress(OSError):  # not TCP, or closed by now
            found = socket.socket(fileno=number)
            try:
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            finally:
                found.detach()  # its owner closes it, never we


def allow_many_files() -> None:
    """Let this process open as many files as its user may, where the usual limit is 1,024.

    A reader takes five (Streamlit's session three, and two sockets): measured, the server fails at
    the 250th.
    """
    portable.allow_many_files(MOST_FILES)
