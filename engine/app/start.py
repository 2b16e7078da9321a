"""The first page of the server: Streamlit's, at an address that ends in a slash.

All links of that page are relative to its folder. A proxy that serves us as `/course` and takes
that prefix off gives us the same path for `/course` and `/course/`, so the page itself adds the
slash to its address, before the browser resolves the first link. (A redirect could be undone by
the proxy, and so on for ever.)
"""

import functools
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse

INDEX = Path(st.__file__).parent / "static" / "index.html"
ADD_SLASH = (
    'if (!location.pathname.endsWith("/")) history.replaceState('
    'history.state, "", location.pathname + "/" + location.search + location.hash)'
)


async def start_page(request: Request) -> HTMLResponse:
    return HTMLResponse(start_html(), headers={"cache-control": "no-cache"})


@functools.cache
def start_html() -> str:
    """Streamlit's page with the script at its top."""
    html = INDEX.read_text(encoding="utf-8")
    return html.replace("<head>", f"<head>\n    <script>{ADD_SLASH}</script>", 1)
