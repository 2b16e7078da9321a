"""Which requests are answered at all: those that read, and that bring nothing with them. (A person
at this machine may save a slide: engine/app/editing.py.)

No page of ours takes anything but its address, so nobody's file or form ever fills this server's
memory: what is refused here is refused before any of its body is read. Addresses of Streamlit that
serve something which no page has (uploads, programs, the figures of its memory) are closed.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.app import editing

READING = ("GET", "HEAD")
CLOSED = ("upload_file", "metrics", "agent", "script-health-check")  # below /_stcore/


class OnlyReading:
    """Answers 405 to methods that bring something, 413 to bodies, 403 to what is closed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)


def _refusal(scope: Scope) -> Response | None:
    def answer(status: int, sentence: str, **headers: str) -> Response:
        # Closed, for uvicorn would read the rest of the body to find the next request.
        return PlainTextResponse(f"{sentence}\n", status, {"connection": "close", **headers})

    first, _, rest = scope["path"].strip("/").partition("/")
    if first == "_stcore" and rest.partition("/")[0] in CLOSED:
        return answer(403, "This server accepts no uploads, and shows its memory to nobody.")
    if scope["method"] == "POST" and first == "api" and rest.startswith("edit/"):
        # Its size is counted as it comes; who is not at this machine is told that here already.
        return None if editing.is_allowed(scope) else answer(403, "Nothing is edited here.")
    if scope["method"] not in READING:
        return answer(405, "This server is only for reading.", allow=", ".join(READING))
    headers = Headers(scope=scope)
    if headers.get("content-length", "0").strip() != "0" or "transfer-encoding" in headers:
        return answer(413, "This server accepts no request with a body.")
    return None
