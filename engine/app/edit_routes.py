"""`/api/edit/LECTURE/SLIDE`: reading, checking and saving a slide (engine/app/editing.py)."""

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from engine.app import editing

OFF = (
    "Slides are edited here only at the machine whose server listens to nobody else: "
    "practicum serve (or --edit)."
)
NO_STORE = {"cache-control": "no-store"}


async def edit(request: Request) -> JSONResponse:
    """GET: the Markdown of a slide. POST `{base, text, save}`: what is wrong with a draft, which is
    saved when `save` is true; 409 with the slide of the file where that has changed."""
    if not editing.is_allowed(request.scope):
        return _answer(403, message=OFF)
    slug, name = request.path_params["slug"], request.path_params["slide"]
    try:
        if request.method != "POST":
            return _answer(200, **await run_in_threadpool(editing.opened, slug, name))
        asked = await _asked(request)
        given = slug, name, asked["base"], asked["text"]
        found = await run_in_threadpool(editing.checked, *given)
        if asked["save"]:
            await run_in_threadpool(editing.save, *given)
        return _answer(200, saved=asked["save"], **found)
    except editing.Conflict as error:
        return _answer(409, message=str(error), text=error.text)
    except LookupError as error:
        return _answer(404, message=str(error.args[0]))
    except editing.Unfit as error:
        return _answer(422, message=str(error))
    except OSError as error:
        return _answer(500, message=f"The file cannot be written: {error.strerror or error}.")


async def _asked(request: Request) -> dict[str, Any]:
    """What a page sends. Raises `Unfit`."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise editing.Unfit("Send JSON.")  # which no form of another page can
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > editing.LARGEST:
            raise editing.Unfit(f"A slide has at most {editing.LARGEST >> 10} kB here.")
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise editing.Unfit("This is not JSON.") from None
    wanted = {"base": str, "text": str, "save": bool}
    if not isinstance(asked, dict) or not all(
        type(asked.get(name)) is kind for name, kind in wanted.items()
    ):
        raise editing.Unfit("Send {base: text, text: text, save: true or false}.")
    return asked


def _answer(status: int, **fields: Any) -> JSONResponse:
    return JSONResponse(fields, status_code=status, headers=NO_STORE)
