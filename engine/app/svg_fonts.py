"""Figures in the lecture's typefaces: an SVG shown as a picture cannot use the page's fonts.

So each figure is sent with the faces that it names, subsets of some 40 KB that ship in
assets/fonts, put into a style sheet of its own.
"""

import base64
import functools
from pathlib import Path

from engine.paths import ASSETS

FONTS = {"Source Sans": "SourceSans.woff2", "Source Code Pro": "SourceCode.woff2"}


@functools.lru_cache(maxsize=128)
def with_fonts(path: Path, _mtime: int) -> bytes:
    """The SVG file with the faces that its style names; unchanged when it names none of ours."""
    return embedded(path.read_bytes())


def embedded(svg: bytes) -> bytes:
    """An SVG with the faces that its style names; unchanged when it names none of ours."""
    # Whatever its encoding is: most have the letters of a tag in common.
    faces = "".join(_face(family) for family in FONTS if family.encode() in svg)
    # Not by an expression: it would look for the end of the first tag from each of thousands.
    begin = svg.find(b"<svg")
    end = svg.find(b">", begin) + 1 if begin >= 0 else 0
    if not faces or not end:
        return svg
    return b"%s<style>%s</style>%s" % (svg[:end], faces.encode(), svg[end:])


@functools.cache
def _face(family: str) -> str:
    body = base64.b64encode((ASSETS / "fonts" / FONTS[family]).read_bytes()).decode()
    source = f'url("data:font/woff2;base64,{body}") format("woff2")'
    return f'@font-face{{font-family:"{family}";font-weight:200 900;src:{source}}}'
