"""`figure-title: heading`: the slide's heading becomes the title inside its first SVG figure."""

import base64
import html
import re
from pathlib import Path
from urllib.parse import unquote

from engine.deck.source.inside import inside

_FIGURE = re.compile(r'<img\b[^>]*\bsrc="([^":]+\.svg)"', re.IGNORECASE)
_TEXT = re.compile(r"<text\b[^<>]*+>")
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
    if (made := _with_title(svg, html.escape(heading, quote=False))) is None:
        return slide
    data = base64.b64encode(made.encode()).decode()
    address = f'src="data:image/svg+xml;base64,{data}" data-plot="{found[1]}"'
    return slide.replace(f'src="{found[1]}"', address, 1)


def _with_title(svg: str, title: str) -> str | None:
    """The drawing with `title` in its first title, and without its others; None if it has none."""
    parts, at, texts = [], 0, [f"{title}</text>"]
    for match in _TEXT.finditer(svg):
        if match.start() < at or 'data-role="title"' not in match[0]:
            continue
        end = svg.find("</text>", match.end())
        if end < 0:
            break
        if texts:
            parts += [svg[at : match.end()], texts.pop()]
        else:
            parts.append(svg[at : match.start()])
        at = end + len("</text>")
    return "".join([*parts, svg[at:]]) if parts else None
