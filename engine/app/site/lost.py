"""Addresses of no page, and of a page with a slash too many.

Every way that is given is relative (`../overview`): a proxy may have taken a prefix off.
"""

from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.app.lectures import library
from engine.app.prefix import RESERVED


class LostPages:
    """Sends an address of no page to the list of lectures, which says so and names the nearest.

    Streamlit would open its own dialog over the default page instead.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        name = path.strip("/")
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            if self._is_lost(name, scope):
                await _to_start(name, scope)(scope, receive, send)
                return
            if name and path.endswith("/") and name in pages():
                await _without_slash(scope)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_lost(self, name: str, scope: Scope) -> bool:
        if not name or name in pages():
            return False
        if "/" not in name and "." not in name:
            return name != "room"
        # The name of a file: lost only where a reader typed it, and no folder of files holds it.
        is_typed = "text/html" in Headers(scope=scope).get("accept", "")
        return is_typed and name.partition("/")[0] not in RESERVED


def pages() -> set[str]:
    """Addresses of all pages."""
    return {*library().paths(), "references", "claims", "lab"}


def _to_start(name: str, scope: Scope) -> Response:
    """To the list of lectures."""
    if b"lost=" in scope.get("query_string", b""):  # came back: some proxy adds to the path
        sentence = f"There is no page {name[:200]}. Behind a proxy: practicum serve --base-path."
        return PlainTextResponse(sentence, status_code=404)
    return RedirectResponse(f"{_up(scope)}?lost={quote(name)}")


def _without_slash(scope: Scope) -> Response:
    """To the page without the slash at the end of its address, from which links would miss."""
    query = scope.get("query_string", b"").decode("latin-1")
    page = quote(scope["path"].strip("/"))
    return RedirectResponse(f"{_up(scope)}{page}{'?' if query else ''}{query}")


def _up(scope: Scope) -> str:
    """From the address of a request to the start page: `./`, `../`, …"""
    depth = scope.get("raw_path", scope["path"].encode()).count(b"/") - 1
    return "../" * depth or "./"
