"""What the browser fetches beside Streamlit: decks, our modules, figures, sources and search.

Everything comes from this server; addresses that carry a hash never change and are cached for
ever. Only files that a slide may show leave the project folder.
"""

import contextlib
import functools
import mimetypes
import re
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from engine.app import joined, pictures, web_files
from engine.app.edit_routes import edit
from engine.app.lectures import course, library, packed, recorded_folders
from engine.app.reopen import paper
from engine.app.site.claims_data import claims_answer
from engine.app.site.room import asked, room_page
from engine.app.site.start import start_page
from engine.app.slide_source import markdown
from engine.app.socket.live import Live
from engine.app.svg_fonts import with_fonts
from engine.deck.course import repository_path
from engine.deck.source import names
from engine.deck.source.inside import LARGEST_PICTURE, Refused, inside
from engine.paths import PACKAGES
from engine.runs.results.files import SUFFIX
from sims import spec

PICTURE_ONLY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
# Classes of Pygments that have no colour in theme.css: half of what would be sent.
_PLAIN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')
LARGEST_DRAWING = 2_000_000  # bytes of an SVG that is kept in memory with its fonts
FOREVER = "public, max-age=31536000, immutable"
# A picture whose address names the file's version. The fonts that are put into a drawing are not in
# that version, so a browser asks again after a day.
FOR_A_DAY = "private, max-age=86400"


def routes(live: Live) -> list[BaseRoute]:
    """All addresses of ours; Streamlit serves the rest."""
    return [
        Route("/", start_page),
        Route("/api/health", health),
        Route("/api/decks/{slug}/{hash}.json", deck),
        Route("/api/web/{hash}/{path:path}", web),
        Route("/api/source/{sim}", source),
        Route("/api/slides/{slug}/{slide}", slide_source),
        Route("/api/edit/{slug}/{slide}", edit, methods=["GET", "POST"]),
        Route("/api/recorded/{name}", recording),
        Route("/api/paper/{slug}", paper),
        Route("/api/search", search),
        Route("/api/claims", claims),
        Route("/api/rooms/{slug}/{slide}.json", asked),
        Route("/api/{path:path}", nothing),
        Route("/lab/{sim}", laboratory),
        Route("/files/{path:path}", shown_file),
        Route("/room", room_page),
        Route("/room/{code}", room_page),
        WebSocketRoute("/api/live", live.endpoint),
    ]


async def nothing(request: Request) -> Response:
    """Streamlit would answer with its page, which no program can read."""
    return JSONResponse({"message": f"no address {request.url.path[:200]}"}, status_code=404)


async def laboratory(request: Request) -> Response:
    """`/lab/NAME`: to the page, whose query says the simulation. Streamlit's pages have no folders.

    The way is relative: a proxy may have taken a prefix off.
    """
    query = urlencode([("sim", request.path_params["sim"]), *request.query_params.multi_items()])
    return RedirectResponse(f"../lab?{query}")


async def health(request: Request) -> Response:
    return JSONResponse({"ok": True})


async def deck(request: Request) -> Response:
    """The slides of a lecture; `hash` names one version, an outdated one gets the newest."""
    try:
        now = await run_in_threadpool(packed, request.path_params["slug"])
    except LookupError as error:
        return JSONResponse({"message": str(error)}, status_code=404)
    fresh = now.hash == request.path_params["hash"]
    headers = {"cache-control": FOREVER if fresh else "no-store", "content-encoding": "gzip"}
    headers["x-deck-hash"] = now.hash
    headers["x-web-hash"] = web_files.version()
    if path := library().paths().get(request.path_params["slug"]):  # else deleted meanwhile
        headers["x-deck-scope"] = quote(names.slug_of(path))
    return Response(now.body, media_type="application/json", headers=headers)


async def web(request: Request) -> Response:
    """A module or style sheet of the app, or the part of Plotly that it draws with."""
    name = request.path_params["path"]
    found = await run_in_threadpool(joined.find, name)
    if found is None:
        return Response(f"no file {name[:100]}", status_code=404)
    fresh = request.path_params["hash"] == found.version
    headers = {"cache-control": FOREVER if fresh else "no-store", "content-encoding": "gzip"}
    return Response(found.body, media_type=found.kind, headers=headers)


async def source(request: Request) -> Response:
    """The source of a simulation, highlighted, as "show the code" presents it."""
    try:
        return JSONResponse(await run_in_threadpool(source_of, request.path_params["sim"]))
    except spec.SpecError as error:
        return JSONResponse({"message": str(error)}, status_code=404)
    except OSError:  # deleted meanwhile, or not ours to read
        return JSONResponse({"message": "This file cannot be read."}, status_code=404)


async def slide_source(request: Request) -> Response:
    """The Markdown of one slide."""
    asked = request.path_params
    try:
        text = await run_in_threadpool(markdown, asked["slug"], asked["slide"])
    except LookupError as error:
        return JSONResponse({"message": str(error.args[0])}, status_code=404)
    return Response(text, media_type="text/plain", headers={"cache-control": "no-store"})


def source_of(sim: str) -> dict[str, str | dict[str, str]]:
    """The highlighted source of a simulation, its name, and the files beside it by their names;
    `at` is the address of their folder where the course is developed, "" without one.

    Raises SpecError for an unknown one, OSError for one that cannot be read.
    """
    path = spec.source(sim)
    html = _highlighted(path, path.stat().st_mtime_ns)
    others = sorted(path.parent.glob("*.py")) if path.name == "__init__.py" else []
    beside = {one.name: _highlighted(one, one.stat().st_mtime_ns) for one in others if one != path}
    file = path.relative_to(PACKAGES) if path.is_relative_to(PACKAGES) else Path(path.name)
    return {"html": html, "file": str(file), "beside": beside, "at": _at_host(path.parent)}


def _at_host(folder: Path) -> str:
    """The page of a folder of simulations in the repository of `practicum.toml`, with a / at its
    end; "" for a folder that is not in the course's own repository."""
    own = course()
    repository = own.text("repository").rstrip("/").removesuffix(".git")
    if not repository or not folder.resolve().is_relative_to(own.root.resolve()):
        return ""
    is_gitlab = "gitlab" in (urlsplit(repository).hostname or "").split(".")
    branch = quote(own.text("branch") or "main")
    within = quote(repository_path(folder, own))
    return f"{repository}{'/-' if is_gitlab else ''}/blob/{branch}/{within}/"


@functools.lru_cache(maxsize=64)
def _highlighted(path: Path, _mtime: int) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    text = path.read_text(encoding="utf-8", errors="replace")
    html = highlight(text, PythonLexer(), HtmlFormatter(nowrap=True))
    return _PLAIN.sub(r"\1", html)


async def recording(request: Request) -> Response:
    """A run that ships with a lecture, as it lies on disk: compressed JSON lines."""
    name = request.path_params["name"]
    is_name = Path(name).name == name and name.endswith(SUFFIX)
    path = await run_in_threadpool(_recorded, name) if is_name else None
    if path is None:
        return Response("no such recording", status_code=404)
    headers = {"content-encoding": "gzip", "cache-control": FOREVER}  # the address has its time
    return FileResponse(path, media_type="application/x-ndjson", headers=headers)


def _recorded(name: str) -> Path | None:
    for folder in recorded_folders():
        with contextlib.suppress(Refused):
            return inside(library().folder, folder / name, LARGEST_PICTURE)
    return None


async def search(request: Request) -> Response:
    """Slides, terms, experiments and works of all lectures that answer `q`."""
    query = request.query_params.get("q", "")[:200]
    return JSONResponse(asdict(await run_in_threadpool(library().search, query)))


async def claims(request: Request) -> Response:
    """The ledger of claims, each with its place, the figure last measured and where it runs."""
    try:
        found = await run_in_threadpool(claims_answer)
    except ValueError as error:
        return JSONResponse({"message": str(error)}, status_code=500)
    return found.to(request.headers)


async def shown_file(request: Request) -> Response:
    """A picture that a slide shows: one below the project's or the lectures' folder, no other."""
    path = await run_in_threadpool(pictures.find, request.path_params["path"], library())
    if path is None:
        return Response("no such picture", status_code=404)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # A picture may not run anything even when it is opened by itself.
    version = pictures.version(path)
    is_named = bool(version) and request.query_params.get("v") == version
    headers = {"content-security-policy": PICTURE_ONLY, "x-content-type-options": "nosniff"}
    headers |= {"cache-control": FOR_A_DAY if is_named else "no-cache", "etag": f'"{version}"'}
    if request.headers.get("if-none-match", "").removeprefix("W/") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    try:
        faces = await run_in_threadpool(_opened, path)
    except OSError:  # deleted meanwhile, or not ours to read
        return Response("no such picture", status_code=404)
    if faces is None:
        return FileResponse(path, media_type=kind, headers=headers)
    return Response(faces, media_type=kind, headers=headers)


def _opened(path: Path) -> bytes | None:
    """A drawing with its fonts; None for a file that is sent in pieces as it is."""
    if path.suffix.lower() == ".svg" and path.stat().st_size <= LARGEST_DRAWING:
        return with_fonts(path, path.stat().st_mtime_ns)
    with path.open("rb"):
        return None
