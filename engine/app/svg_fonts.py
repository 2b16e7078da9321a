"""Figures in the lecture's typefaces: an SVG shown as a picture cannot use the page's fonts.

So each figure is sent with the faces that it draws with, put into a style sheet of its own. There
are two subsets of each in assets/fonts: 13 to 16 KB for figures with common letters alone, 25 to 31
KB for those with Greek and others.
"""

import base64
import functools
import re
from pathlib import Path

from engine.paths import ASSETS

FONTS = {"Source Sans": "SourceSans", "Source Code Pro": "SourceCode"}
# The letters of the short subsets. Two of them (⁻✗) the typeface of code has in neither subset.
COMMON = frozenset(
    [*map(chr, range(0x20, 0x7F)), *"\t\r\n\u00a0", *"°²³·¹×–—‘’“”…⁰ⁱ⁴⁵⁶⁷⁸⁹⁻←↑→↓−✓✗"]
)
_CLASSES = re.compile(rb"\bclass=[\"']([^\"'<>]*)[\"']")


@functools.lru_cache(maxsize=128)
def with_fonts(path: Path, _mtime: int) -> bytes:
    """The SVG file with the faces that it draws with; unchanged when these are none of ours."""
    return embedded(path.read_bytes())


def embedded(svg: bytes) -> bytes:
    """An SVG with the faces that it draws with; unchanged when these are none of ours."""
    # Whatever its encoding is: most have the letters of a tag in common.
    is_short = _has_common_letters(svg)
    faces = "".join(_face(family, is_short) for family in FONTS if _draws(svg, family.encode()))
    # Not by an expression: it would look for the end of the first tag from each of thousands.
    begin = svg.find(b"<svg")
    end = svg.find(b">", begin) + 1 if begin >= 0 else 0
    if not faces or not end:
        return svg
    return b"%s<style>%s</style>%s" % (svg[:end], faces.encode(), svg[end:])


def _draws(svg: bytes, family: bytes) -> bool:
    """Whether an SVG may draw with a typeface: a rule for a class that nothing has does not."""
    rules = re.findall(rb"[}>]\.([\w-]+)\{font-family:\"" + re.escape(family) + rb"\"", svg)
    if len(rules) < svg.count(family):
        return True  # it is named in another way
    classes = {name for found in _CLASSES.findall(svg) for name in found.split()}
    return not classes.isdisjoint(rules)


def _has_common_letters(svg: bytes) -> bool:
    """Whether the short subsets have every letter of an SVG; False where that cannot be told."""
    if b"&#" in svg or b"<!ENTITY" in svg:
        return False
    try:
        return COMMON.issuperset(svg.decode())
    except UnicodeDecodeError:
        return False


@functools.cache
def _face(family: str, is_short: bool) -> str:
    name = f"{FONTS[family]}{'Short' * is_short}.woff2"
    body = base64.b64encode((ASSETS / "fonts" / name).read_bytes()).decode()
    source = f'url("data:font/woff2;base64,{body}") format("woff2")'
    return f'@font-face{{font-family:"{family}";font-weight:200 900;src:{source}}}'
