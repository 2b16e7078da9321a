"""The page of a phone in a room: what the presenter's slide asks, and nothing beside it.

It is a page of its own, since a phone is to vote within seconds: Streamlit and the deck are two
megabytes, this is a hundred kilobytes. The lecture itself is one tap away.
"""

from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from engine.app import web_files
from engine.app.lectures import library
from engine.app.site.templates import fill
from engine.deck.schema.deck_json import BlockJson
from engine.deck.slide_json import slide_named

ASKING = ("vote", "label")


async def room_page(request: Request) -> ASGIApp:
    """The page at `/room/CODE`, and at `/room`, where the code is typed."""
    up = "../" if "code" in request.path_params else "./"
    html = fill("room", "page", up, await run_in_threadpool(web_files.version))
    return GZipMiddleware(HTMLResponse(html, headers={"cache-control": "no-cache"}))


async def asked(request: Request) -> Response:
    """The title of a slide, and the blocks of it that ask the room."""
    slug, slide = request.path_params["slug"], request.path_params["slide"]
    try:
        found = await run_in_threadpool(_asked, slug, slide)
    except LookupError:
        return JSONResponse({"message": "There is no such slide."}, status_code=404)
    return JSONResponse(found, headers={"cache-control": "no-cache"})


def _asked(slug: str, name: str) -> dict[str, object]:
    document = library().at_hand(slug) or library().document(slug)
    slide = slide_named(document["slides"], name)
    if slide is None:
        raise LookupError(name)
    blocks = [
        {"kind": block["kind"], "id": block["id"], "data": block["data"]}
        for block in slide["blocks"]
        if block["kind"] in ASKING
    ]
    sims = [_controls(block) for block in slide["blocks"] if block["kind"] == "sim"]
    about = {"id": slide["id"], "title": slide["title"], "number": slide["number"]}
    said = {"notes": slide["notes"], "steps": slide["steps"]}
    return {**about, **said, "lecture": document["title"], "blocks": blocks, "sims": sims}


def _controls(block: BlockJson) -> dict[str, object]:
    """What the presenter's remote can set of an experiment."""
    data = cast("dict[str, Any]", block["data"])
    fields = [one for one in data["fields"] if one["name"] in data["controls"]]
    return {"id": block["id"], "title": data.get("title", ""), "fields": fields}
