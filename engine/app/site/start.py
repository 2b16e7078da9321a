"""The first page of the server: Streamlit's, at an address that ends in a slash.

All links of that page are relative to its folder. A proxy that serves us as `/course` and takes
that prefix off gives us the same path for `/course` and `/course/`, so the page itself adds the
slash to its address, before the browser resolves the first link. (A redirect could be undone by
the proxy, and so on for ever.)
"""

import functools
import re
from pathlib import Path
from urllib.parse import quote

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.app import preload, web_files
from engine.app.lectures import library
from engine.app.site.first_slide import first_slide
from engine.app.site.loading import SCRIPT, lecture_here
from engine.app.site.lost import pages
from engine.app.versioned import Versioned, versioned
from engine.paths import ASSETS

INDEX = Path(st.__file__).parent / "static" / "index.html"
ADD_SLASH = (
    'if (!location.pathname.endsWith("/")) history.replaceState('
    'history.state, "", location.pathname + "/" + location.search + location.hash)'
)
TITLE = "<title>Practicum</title>"
# Streamlit's own, which a reader would see in the tab for as long as Streamlit waits.
_TITLE = re.compile(r"<title>[^<]*</title>")
_ICON = re.compile(r'(?<=<link rel="shortcut icon" href=")[^"]*')
# Its script, and what that imports.
_STREAMLIT = re.compile(
    r'<script type="module" crossorigin [^>]*></script>(?:\s*<link rel="modulepreload" [^>]*>)*'
)


async def start_page(request: Request) -> Response:
    return _made(start_html()).to(request.headers)


def start_html() -> str:
    """Streamlit's page with the script at its top."""
    return page_html().replace("<head>", f"<head>\n    <script>{ADD_SLASH}</script>", 1)


def page_html() -> str:
    """Streamlit's page with a script that opens the stage, and one that steps in where Streamlit
    cannot reach its server."""
    return _page_html(web_files.version())


@functools.lru_cache(maxsize=2)
def _page_html(version: str) -> str:
    html = INDEX.read_text(encoding="utf-8")
    boot = f'<script type="module" src="./api/web/{version}/views/boot.js"></script>'
    ours = f"<script>{SCRIPT}</script>\n    {boot}"
    html = _TITLE.sub(TITLE, html, count=1)
    icon = quote((ASSETS / "icon.svg").read_text(encoding="utf-8"))
    html = _ICON.sub(f"data:image/svg+xml,{icon}", html, count=1)
    return html.replace("<head>", f"<head>\n    {ours}", 1)


def _lecture(slug: str, query: str) -> Versioned:
    """The page of a lecture: where it is, the scripts that it will need, and the slide to read."""
    parts = preload.links(query), lecture_here(slug), first_slide(slug, query)
    return _joined(web_files.version(), *parts)


@functools.lru_cache(maxsize=32)
def _joined(version: str, links: str, here: str, slide: str) -> Versioned:
    """What is needed first comes first: what Streamlit asks for is needed later, and is much more.
    The script of the page takes Streamlit's tags out of their `<template>` when the lecture is
    there."""
    html = _page_html(version)
    if here:
        html = html.replace(TITLE, "", 1)  # it names its own
        html = _STREAMLIT.sub(r'<template id="streamlit">\g<0></template>', html, count=1)
    html = html.replace("<head>", f"<head>\n    {links}\n    {here}", 1)
    before, body, after = html.partition("<body>")
    html = f"{before}{body}\n{slide}{after}" if body else html
    return versioned(html.encode(), "text/html")


@functools.lru_cache(maxsize=4)
def _made(html: str) -> Versioned:
    return versioned(html.encode(), "text/html")


class Pages:
    """Answers the address of every page with the page that Streamlit loads itself from."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_get = scope["type"] == "http" and scope["method"] == "GET"
        name = scope["path"].removeprefix("/") if is_get else ""
        if name in pages():
            if name in library().paths():
                query = scope["query_string"].decode("latin-1")
                page = await run_in_threadpool(_lecture, name, query)
            else:
                page = _made(page_html())
            return await page.to(Headers(scope=scope))(scope, receive, send)
        return await self.app(scope, receive, send)
