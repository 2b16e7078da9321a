"""How phones find a room: a link, its QR code, and what keeps them from it."""

import os
from urllib.parse import quote, urlencode, urlsplit

import segno

from engine.app.rooms import ADDRESS, is_own_machine

LONGEST = 300  # characters of a page's address
ONLY_HERE = (
    "Phones cannot reach this address: the server listens to this machine only. Start it with "
    "practicum serve --room --address 0.0.0.0"
)


def link(code: str, page: str) -> str:
    """The address of a room for phones, from that of the presenter's own pages (or "")."""
    base = _as_base(page)
    outer = os.environ.get(ADDRESS, "")
    if outer and (not base or is_own_machine(base)):
        base = outer
    return f"{base.rstrip('/')}/room/{quote(code)}" if base else ""


def remote_link(code: str, page: str, key: str) -> str:
    """The secret address that makes a phone the remote of a room (or ""): it holds the key, behind
    the # so that no server's log has it."""
    base = link(code, page)
    return f"{base}#{urlencode({'key': key})}" if base else ""


def warning(address: str) -> str:
    """Why phones cannot follow a link; "" when nothing speaks against it."""
    return ONLY_HERE if address and is_own_machine(address) else ""


def qr_rows(text: str) -> list[str]:
    """The QR code of a text with its quiet zone, a row of 0 and 1 for each line of squares."""
    if not text:
        return []
    rows = segno.make(text, error="m", micro=False).matrix_iter(border=4)
    return ["".join("1" if dark else "0" for dark in row) for row in rows]


def _as_base(page: str) -> str:
    try:
        parts = urlsplit(page[:LONGEST])
        is_plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}{quote(parts.path, safe='/%')}" if is_plain else ""
