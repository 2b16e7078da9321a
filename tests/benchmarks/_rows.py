"""Rows of the table that `practicum bench` prints."""

from typing import Any


def at_most(what: str, ours: float, most: float) -> dict[str, Any]:
    """A figure without a peer, and the most that it may be."""
    return {
        "what": what,
        "ours": round(ours, 3),
        "peer": "",
        "ratio": "",
        "budget": f"<= {most:g}",
        "ok": ours <= most,
    }
