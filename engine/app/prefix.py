"""The path under which a proxy serves us (`/course/overview`), taken off and put on again.

Our own routes and the check for lost pages know paths as they are without it. Streamlit's routes
have the one that it was configured with (`server.baseUrlPath`, `--base-path`). A proxy may pass
the prefix on or take it off: both kinds of path are taken, so one option serves both kinds of
proxy. Nothing that is sent to a browser contains it: links and redirects are relative.
"""

import os
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from engine.app.gate import forwarded

VARIABLE = "STREAMLIT_SERVER_BASE_URL_PATH"
OURS = ("", "api", "files", "room")  # first parts of the paths that our routes answer
RESERVED = ("api", "files", "lab", "room", "_stcore", "component", "media", "static")


def as_base_path(text: str) -> str:
    """`/course/2` for `course/2/`; a ValueError says what is wrong with it."""
    path = unquote(text).strip("/")
    parts = path.split("/")
    if not path:
        return ""
    if "://" in path or any(mark in path for mark in '?#\\{}:"<>') or not path.isprintable():
        raise ValueError(f"{text} is not a path; write one such as /course.")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{text} is not a simple path; write one such as /course/2.")
    if parts[0] in RESERVED:
        raise ValueError(f"{text} is an address of the server itself; choose another.")
    return f"/{path}"


def configured() -> str:
    """The prefix of Streamlit's own routes: "" or `/course`."""
    path = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def outer() -> str:
    """The prefix under which a proxy serves us: Streamlit's, or the one in its variable, which
    Streamlit itself reads under `streamlit run` only."""
    path = unquote(configured() or os.environ.get(VARIABLE, "")).strip("/")
    return f"/{path}" if path else ""


class WithoutPrefix:
    """Takes the prefix off the path of a request, when it is there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._base = outer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            root = scope.get("root_path", "")  # `uvicorn --root-path` puts it before every path
            scope = {**_shortened(scope, root), "root_path": ""}
            told = [unquote(name).strip("/") for name in forwarded(scope, "prefix")]
            named = [f"/{name}" for name in told if name]
            known = (self._base, *named, "".join(named), root)  # proxies may stand in a row
            longest = max((base for base in known if _is_below(scope, base)), key=len, default="")
            scope = _shortened(scope, longest)
        await self.app(scope, receive, send)


class WithPrefix:
    """Puts the configured prefix before the paths that Streamlit answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._base = configured()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = scope.get("path", "").strip("/").partition("/")[0]
        if self._base and scope["type"] in ("http", "websocket") and first not in OURS:
            scope = {**scope, "path": self._base + scope["path"]}
        await self.app(scope, receive, send)


def _is_below(scope: Scope, base: str) -> bool:
    return bool(base) and f"{scope['path']}/".startswith(f"{base}/")


def _shortened(scope: Scope, base: str) -> Scope:
    if not _is_below(scope, base):
        return scope
    parts = scope.get("raw_path", scope["path"].encode()).split(b"/")
    raw = b"/" + b"/".join(parts[1 + base.count("/") :])
    return {**scope, "path": scope["path"][len(base) :] or "/", "raw_path": raw}
