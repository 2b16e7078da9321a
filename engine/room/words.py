"""Codes, tokens and what people write: made, read and checked."""

import hashlib
import secrets
import unicodedata

from engine.room.faults import RoomError

# No vowels, so that no code is a word; nothing that is read as another sign.
LETTERS = "BCDFGHJKMNPQRSTVWXZ23456789"
CODE_LENGTH = 5
_READ_AS = str.maketrans({"0": "Q", "O": "Q", "1": "J", "I": "J", "L": "J"})


def new_code() -> str:
    """The name of a room, short enough to be typed on a phone."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def as_code(given: str) -> str:
    """A code as somebody has typed it, in our letters. RoomError when it can be none."""
    code = "".join(sign for sign in given.upper() if sign.isalnum())
    if len(code) != CODE_LENGTH or not code.isascii():
        raise RoomError(
            f"A room's code has {CODE_LENGTH} letters and digits, such as {new_code()}."
        )
    return code.translate(_READ_AS)


def new_token() -> str:
    """A secret that nobody guesses: 192 random bits."""
    return secrets.token_urlsafe(24)


def hash_of(token: str) -> str:
    """What the store keeps of a token. It is random and long, so it needs no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def plain(text: str, most: int) -> str:
    """What somebody wrote on one line of at most `most` characters, without signs that are not
    seen or that turn the direction of the text around."""
    kept = "".join(" " if sign.isspace() else sign for sign in text if _is_seen(sign))
    return " ".join(kept.split())[:most].rstrip()


def _is_seen(sign: str) -> bool:
    # Cc, Cf, Cs, Co, Cn: control, format, half characters, private and unassigned.
    return sign.isspace() or not unicodedata.category(sign).startswith("C")
