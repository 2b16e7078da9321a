"""`figure-title: heading`: the slide's heading becomes the title inside its first SVG figure."""

import base64
import html
import re
from pathlib import Path
from urllib.parse import unquote

from engine.deck.source.inside import inside

_FIGURE = re.compile(r'<img\b[^>]*\bsrc="([^":]+\.svg)"', re.IGNORECASE)
_TITLE = re.compile(r'(<text\b[^>]*\bdata-role="title"[^>]*>).*?</text>', re.DOTALL)
LARGEST = 2_000_000  # bytes


def retitled(slide: str, heading: str, folder: Path) -> str:
    """The slide's HTML with the retitled figure inlined; unchanged when there is nothing to do."""
    found = _FIGURE.search(slide)
    if not found or not heading:
        return slide
    path = folder / unquote(html.unescape(found[1]))
    try:
        svg = inside(folder, path, LARGEST).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return slide  # a missing figure is a problem of its own
    if not _TITLE.search(svg):
        return slide
    first = True

    def title(match: re.Match[str]) -> str:
        nonlocal first
        text = f"{match[1]}{html.escape(heading, quote=False)}</text>" if first else ""
        first = False
        return text

    data = base64.b64encode(_TITLE.sub(title, svg).encode()).decode()
    address = f'src="data:image/svg+xml;base64,{data}" data-plot="{found[1]}"'
    return slide.replace(f'src="{found[1]}"', address, 1)
