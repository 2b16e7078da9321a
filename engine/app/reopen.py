"""Ways from paper back to the lecture: an address for each block, and its QR code."""

import functools
from typing import TypedDict
from urllib.parse import quote, urlencode, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from engine.app.lectures import course, library, packed
from engine.app.rooms.invitation import qr_rows
from engine.deck.schema.deck_json import DeckJson

SERVED = "http://127.0.0.1:8501/"  # where `practicum serve` shows a lecture, on the same machine
LONGEST = 500  # characters of an address that a page says it is at
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# A visitor chooses the address, so each may be a new one: one at a time takes one processor.
_ONE = CapacityLimiter(1)
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


async def paper(request: Request) -> JSONResponse:
    """`/api/paper/LECTURE?at=URL`: the ways back, for a page in the folder `at` that is printed."""
    slug, at = request.path_params["slug"], request.query_params.get("at", SERVED)
    if not _is_folder(at):
        message = "at must be the address of the page's folder, such as http://127.0.0.1:8501/"
        return JSONResponse({"message": message}, status_code=400)
    try:
        found = await to_thread.run_sync(_served, slug, at, limiter=_ONE)
    except LookupError as error:
        return JSONResponse({"message": str(error)}, status_code=404)
    return JSONResponse(found, headers={"cache-control": "no-store"})


def _is_folder(at: str) -> bool:
    try:
        parts = urlsplit(at)
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return is_web and at.endswith("/") and len(at) <= LONGEST and not parts.query


def _served(slug: str, at: str) -> WaysBack:
    """The ways for a page at `at`. A phone cannot reach this machine by its own name for itself:
    there they lead to the site of the course, where it has one."""
    site = course().text("base_url").rstrip("/")
    if site and urlsplit(at).hostname in LOOPBACK:
        return _kept(slug, packed(slug).hash, f"{site}/", ".html")
    return _kept(slug, packed(slug).hash, at, "")


@functools.lru_cache(maxsize=8)  # the codes of a lecture of 200 slides take a second
def _kept(slug: str, _hash: str, base_url: str, ending: str) -> WaysBack:
    return ways_back(library().document(slug), base_url, slug, ending)
