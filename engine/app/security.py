"""What a browser is told to refuse on every page of ours, whatever a deck or a visitor sent.

The policy allows scripts from this server only: neither an inline script nor an event handler nor
a `javascript:` address runs, even if one got past the sanitiser. Inline styles stay allowed, since
Streamlit, Plotly and decks set them; what a deck's styles may say is cut in
`engine/deck/slides/css.py`.
"""

import base64
import functools
import hashlib
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.app import allowed
from engine.app.site.first_slide import SCRIPT
from engine.app.site.start import start_html

# What no page of ours ever asks for, for us and for what an `iframe` block shows. (The rest stays
# with the browser: a film in a frame may fill the screen.)
PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "bluetooth",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-get",
        "serial",
        "usb",
    )
)
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class SafeHeaders:
    """Adds the policy to every answer that does not bring a stricter one of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                names = {name.lower() for name, _ in own}
                ours = _headers(allowed.origins())
                added = (pair for pair in ours if pair[0] not in names)
                message = {**message, "headers": [*own, *added]}
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


@functools.lru_cache(maxsize=8)
def _headers(framed_by: frozenset[str]) -> tuple[tuple[bytes, bytes], ...]:
    """What every answer is sent with, as ASGI has it."""
    headers = {
        "content-security-policy": policy(framed_by),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        # Pages elsewhere may not load our pictures and decks. A frame is not such a load: who may
        # show one is said by `frame-ancestors`.
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
    }
    return tuple((name.encode(), value.encode("latin-1")) for name, value in headers.items())


@functools.lru_cache(maxsize=8)
def policy(framed_by: frozenset[str] = frozenset()) -> str:
    """The Content-Security-Policy of the app, which pages of `framed_by` may show in a frame.

    Streamlit loads the script of a component from a `blob:` of its own making, and the start page
    has three short inline scripts and that of a lecture one, which are allowed by their hashes.
    """
    own = " ".join(map(_hash, [*INLINE_SCRIPT.findall(start_html()), SCRIPT]))
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {own}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "frame-src": "https: http:",  # an `iframe` block, loaded when the reader asks for it
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(["'self'", *sorted(framed_by)]),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
