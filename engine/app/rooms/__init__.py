"""Rooms of one server: who sits in them, what they are told, and what is asked of the store.

The names here are what other parts need before any room is opened, and import nothing large.
"""

from urllib.parse import urlsplit

ALLOWED = "PRACTICUM_ROOM"  # a variable; set: every visitor may open rooms, else this machine's
ADDRESS = "PRACTICUM_ROOM_ADDRESS"  # a variable: by which address phones reach this server


def is_own_machine(address: str) -> bool:
    """Whether an address means the machine of the one who reads it."""
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")
