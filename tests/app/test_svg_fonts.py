"""Which typefaces a figure brings along."""

import base64
import re

import pytest

from engine.app.svg_fonts import embedded
from engine.paths import ASSETS

RULES = 'text{font-family:"Source Sans",serif}.m{font-family:"Source Code Pro",monospace}'


def drawing(body: str, rules: str = RULES) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><style>{rules}</style>{body}</svg>'.encode()


def faces(svg: bytes) -> list[str]:
    """The files of assets/fonts that a figure was given, in their order."""
    files = {path.read_bytes(): path.name for path in (ASSETS / "fonts").glob("*.woff2")}
    found = re.findall(rb'url\("data:font/woff2;base64,([^"]*)"\)', embedded(svg))
    return [files[base64.b64decode(body)] for body in found]


@pytest.mark.parametrize(
    ("svg", "brought"),
    [
        (drawing("<text>5 × 10²</text>"), ["SourceSansShort.woff2"]),
        (drawing("<text>π and θ</text>"), ["SourceSans.woff2"]),
        (drawing("<text>&#960;</text>"), ["SourceSans.woff2"]),
        (
            drawing('<text class="b m">x = 1</text>'),
            ["SourceSansShort.woff2", "SourceCodeShort.woff2"],
        ),
        (drawing("<text class='m'>π</text>"), ["SourceSans.woff2", "SourceCode.woff2"]),
        (drawing('<text class="mid">m</text>'), ["SourceSansShort.woff2"]),
        (drawing('<text font-family="Source Code Pro">x</text>', ""), ["SourceCodeShort.woff2"]),
        (
            drawing("<tspan>x</tspan>", 'tspan,.m{font-family:"Source Code Pro"}'),
            ["SourceCodeShort.woff2"],
        ),
        (
            drawing("<tspan>x</tspan>", '.m,tspan{font-family:"Source Code Pro"}'),
            ["SourceCodeShort.woff2"],
        ),
        (drawing("<text>x</text>", "text{font-family:serif}"), []),
        (drawing("<text>é</text>").decode().encode("latin-1"), ["SourceSans.woff2"]),
    ],
)
def test_a_figure_brings_the_typefaces_that_it_draws_with(svg: bytes, brought: list[str]) -> None:
    assert faces(svg) == brought
