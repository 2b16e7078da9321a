"""A lecture laid out on paper: exported into a temporary folder, and opened in a browser."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.publish.drawing import browser_page
from engine.publish.paper.sheets import OpenSheets, lay_out
from engine.publish.site import build
from engine.publish.site.decks import SiteDeck

VIEWPORT = {"width": 1280, "height": 720}


@contextlib.contextmanager
def laid_out(
    deck: SiteDeck, base_url: str, query: Mapping[str, str], what: str, scale: float = 2
) -> Iterator[OpenSheets]:
    """The sheets that `query` asks for (see engine/app/web/views/paper.js), in a browser that is
    closed at the end. Raises NoBrowser, NotPrinted."""
    look = {"viewport": VIEWPORT, "device_scale_factor": scale, "color_scheme": "light"}
    with (
        tempfile.TemporaryDirectory(prefix="practicum-paper-") as place,
        browser_page(what, **look) as page,
    ):
        build.fill(Path(place), [deck], base_url)
        yield lay_out(page, Path(place), deck.slug, query)
