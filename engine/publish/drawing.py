"""Decks drawn in a real browser without a server: what `check --render` and `diff` look at.

The page is made of the deck's own HTML, the app's style sheets and its live blocks; a block shows
the run that ships with it. Nothing is asked of a network.
"""

import contextlib
import gzip
import html
import importlib.util
import mimetypes
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from engine import palette, recording_folders
from engine.app.web_files import PLOTLY, SLIDE_SHEETS, THEME
from engine.deck.course import course_of
from engine.deck.schema.deck_json import DeckJson, SlideJson
from engine.deck.source import names
from engine.deck.source.inside import LARGEST_PICTURE, Refused, inside
from engine.paths import ASSETS, WEB

HOST = "http://deck.invalid"  # nothing is asked of a network: `_answer` has it all
CHROMIUM = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")


class NoBrowser(RuntimeError):
    """Chromium or its driver is missing; the message says how to get it."""


@dataclass(frozen=True)
class DeckFiles:
    """A deck on disk, and what its page draws on."""

    path: Path  # of the deck
    recordings: Sequence[Path] = ()  # folders of recorded runs, the first that has one wins
    assets: Path = ASSETS  # has the look of a slide


@contextlib.contextmanager
def browser_page(asked_by: str, **options: Any) -> Iterator[Any]:
    """A page of Chromium with these options of Playwright's. Raises `NoBrowser` when there is
    nothing to draw with."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        how = by_python("pip", "install", "playwright")
        raise NoBrowser(f"Playwright is not installed for {asked_by}: {how}") from None
    with sync_playwright() as playwright:
        browser = _browser(playwright, asked_by)
        try:
            yield browser.new_page(**options)
        finally:
            browser.close()


def _browser(playwright: Any, asked_by: str) -> Any:
    """Chromium of the path; else Playwright's own, or the Chrome or Edge of a desktop system,
    which lie where only Playwright looks."""
    from playwright.sync_api import Error

    ways = [{"executable_path": path} for name in CHROMIUM if (path := shutil.which(name))]
    for way in [*ways[:1], {}, {"channel": "chrome"}, {"channel": "msedge"}]:
        with contextlib.suppress(Error):
            return playwright.chromium.launch(**way, args=["--no-sandbox"])
    raise NoBrowser(
        f"no Chromium and no Chrome was found for {asked_by}; this fetches one: "
        f"{by_python('playwright', 'install', 'chromium')}"
    )


def by_python(module: str, *words: str) -> str:
    """A command for a shell that runs a module with the Python that runs us: another one, as the
    `pip` of the path, may belong to another environment."""
    return subprocess.list2cmdline([sys.executable, "-m", module, *words])


@contextlib.contextmanager
def opened(
    page: Any, place: DeckFiles, deck: DeckJson, size: tuple[int, int], theme: str = "light"
) -> Iterator[None]:
    """While this lasts, `page` shows all slides of a deck; its live blocks are not mounted yet."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.route(f"{HOST}/**", partial(_answer, _page(deck, place.path, theme), place))
    try:
        page.goto(f"{HOST}{place.path.resolve().parent.as_posix()}/")
        yield
    finally:
        page.unroute(f"{HOST}/**")


def with_recordings(slide: SlideJson, folders: Sequence[Path]) -> SlideJson:
    """The slide, in which each block says where the run is that ships with it."""
    return recording_folders.with_recordings(slide, folders, lambda path: f"recorded/{path.name}")


def _answer(sheet: str, place: DeckFiles, route: Any) -> None:
    """Files of the page, by their address: the app's modules, recorded runs, fonts and pictures."""
    where = unquote(urlsplit(route.request.url).path)
    if where.endswith("/"):
        return route.fulfill(body=sheet, content_type="text/html; charset=utf-8")
    homes = {
        "web": WEB,
        "publish": Path(__file__).parent,
        "static": _streamlit() / "static",
    }
    top, _, rest = where.lstrip("/").partition("/")
    file: Path | None = None
    if top in homes:
        beside = {PLOTLY.name: PLOTLY, **{name: place.assets / name for name in THEME}}
        file = (beside if top == "web" else {}).get(rest, homes[top] / rest)
    elif top == "recorded":  # the first of the folders that has it
        file = next((one for folder in place.recordings if (one := folder / rest).is_file()), None)
    else:
        with contextlib.suppress(Refused):
            file = inside(place.path.parent, Path("/", top, rest), LARGEST_PICTURE)
    if file is None or not file.is_file():
        return route.fulfill(status=404)
    body = gzip.decompress(file.read_bytes()) if top == "recorded" else file.read_bytes()
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    return route.fulfill(body=body, content_type="text/plain" if top == "recorded" else kind)


def _streamlit() -> Path:
    """The folder of Streamlit's static files: its style sheet has KaTeX's rules and the fonts."""
    spec = importlib.util.find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"


def _page(deck: DeckJson, path: Path, theme: str) -> str:
    """All slides of a deck as one page."""
    sheets = [
        f"/static/css/{one.name}" for one in (_streamlit() / "static" / "css").glob("index.*")
    ]
    sheets += [f"/web/{name}" for name in SLIDE_SHEETS]
    links = "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    course = course_of(path.parent)
    own = palette.over(course.colours(), course.colours(dark=True))
    sections = "".join(_section(slide) for slide in deck["slides"])
    return (
        '<!doctype html><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">{links}'
        f"<style>html, body {{ margin: 0 }}</style><style>{own}{deck.get('css', '')}</style>"
        f'<div class="practicum" data-theme="{theme}">'
        f'<div class="stage" data-theme="{theme}" data-deck="{names.slug_of(path)}">'
        f'<div class="slides">{sections}</div></div></div>'
    )


def _section(slide: SlideJson) -> str:
    classes = " ".join(["slide is-shown", f"slide--{slide['layout']}", *slide["classes"]])
    style = html.escape(slide.get("style") or "")
    return f'<section class="{html.escape(classes)}" style="{style}">{slide["html"]}</section>'
