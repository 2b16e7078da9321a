"""Ways from paper back to the lecture: an address for each block, and its QR code."""

from typing import TypedDict
from urllib.parse import quote, urlencode

from engine.app.rooms.invitation import qr_rows
from engine.deck.schema.deck_json import DeckJson

SERVED = "http://127.0.0.1:8501/"  # where `practicum serve` shows a lecture, on the same machine
LIVE = ("sim", "play", "label")  # kinds of blocks that a reader operates


class WayBack(TypedDict):
    """Where a block can be opened again; `rows` of its QR code have a "1" for a dark square."""

    address: str
    rows: list[str]


class WaysBack(TypedDict):
    """The page of a lecture, and the ways to its blocks by their ids."""

    home: str
    codes: dict[str, WayBack]


def ways_back(document: DeckJson, base_url: str, slug: str, ending: str = "") -> WaysBack:
    """The ways to a lecture whose pages are below `base_url` (which ends in a slash)."""
    home = f"{base_url}{quote(slug)}{ending}"
    codes: dict[str, WayBack] = {}
    for slide in document["slides"]:
        for block in slide["blocks"]:
            if block["kind"] in LIVE:
                address = f"{home}?{urlencode({'slide': slide['id'], 'run': block['id']})}"
                codes[block["id"]] = {"address": address, "rows": qr_rows(address)}
    return {"home": home, "codes": codes}
