"""Which slides do not fit: every slide is drawn in a real browser and measured.

The page is made of the deck's own HTML, the app's style sheets and its live blocks, without a
server; a block shows the run that ships with it. With all its steps revealed a slide overflows when
something on it reaches below the line of its footnotes or footer, past the right margin, or out of
the card of a live block; when a chart has too little height to be read; and on a phone when the
page would have to be pushed sideways. A window of 4:3 shows the same slide, smaller (`stage.css`).
"""

import contextlib
import gzip
import html
import importlib.util
import mimetypes
import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from engine import palette, recording_folders
from engine.deck.course import course_of
from engine.deck.document import load
from engine.deck.model import Problem
from engine.deck.schema.deck_json import BlockJson, DeckJson, SlideJson
from engine.deck.source import names
from engine.paths import ASSETS, WEB
from engine.runs.results import recordings as recorded
from sims.spec import SpecError

HOST = "http://deck.invalid"  # nothing is asked of a network: `_answer` has it all
SIZES = ((1280, 720), (1024, 768), (390, 844))  # a projector, an old one, a phone
SHEETS = ("theme.css", "styles/stage.css", "styles/live.css", "styles/claims.css")
WORDS = {
    "below": "“{what}” reaches {by:.0f} px below the line of the footer",
    "wide": "“{what}” is {by:.0f} px wider than its column even at 70 % of its size",
    "right": "“{what}” reaches {by:.0f} px past the right margin",
    "inside": "“{what}” is cut off inside its frame by {by:.0f} px",
    "card": "“{what}” reaches {by:.0f} px out of its card",
    "cut": "the name “{what}” is cut short by {by:.0f} px",
    "low": "a chart is {what} high, {by:.0f} px too low to be read",
    "phone": "“{what}” is {by:.0f} px wider than the page",
    "overlap": "“{what}” lie on each other by {by:.0f} px",
    "contrast": "“{what}” has a contrast of {by:.1f} with its ground",
    "glyph": "no font of this machine has {what}",
}
LEGIBLE = ("overlap", "contrast", "glyph")
FIXES = {
    "overlap": "Move one of them, or give each a column.",
    "contrast": "Take a darker or lighter colour: text needs 4.5, large text 3.",
    "glyph": "Write another character.",
    "card": "Show fewer controls, or give the block more of the slide.",
    "cut": "Show fewer controls, or give the block a wider column.",
    "wide": "Break it into lines, or give it a wider column.",
    "low": "Say less beside or above it, or give the block more of the slide.",
}


class NoBrowser(RuntimeError):
    """Chromium or its driver is missing; the message says how to get it."""


def overflow(paths: list[Path]) -> list[Problem]:
    """One error for each fault of the decks' slides at the sizes of `SIZES`.

    Raises `NoBrowser` when there is nothing to draw with.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowser("--render needs Playwright: pip install 'playwright>=1.50'.") from None
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise NoBrowser(
            "--render needs Chromium on the path, for instance apt-get install chromium."
        )
    found: list[Problem] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for path in paths:
            deck = load(path)
            folders = recording_folders.folders(path.parent)
            slides = [_with_recordings(slide, folders) for slide in deck["slides"]]
            sheet = _page(deck, path)
            page.route(f"{HOST}/**", partial(_answer, sheet, folders))
            found += _faults(page, path, slides)
            page.unroute(f"{HOST}/**")
        browser.close()
    return found


def _faults(page: Any, path: Path, slides: list[SlideJson]) -> list[Problem]:
    """Draw a deck's page and measure it at each size: the same fault is told once."""
    script = "import('/publish/measure.js')"
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    page.goto(f"{HOST}{path.resolve().parent.as_posix()}/")
    page.evaluate(f"slides => {script}.then(({{ mountAll }}) => mountAll(slides))", slides)
    faults: dict[tuple[int, str, str], dict[str, Any]] = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(f"{script}.then(({{ settled }}) => settled())")
        reads = str((width, height) == SIZES[0]).lower()
        found = page.evaluate(f"{script}.then((made) => made.measure({reads}))")
        for index, own in enumerate(found):
            for one in own:
                what = "" if one["side"] == "low" else one["what"]
                fault = faults.setdefault((index, one["side"], what), one | {"sizes": []})
                fault["sizes"].append(f"{width}x{height}")
    return [_problem(path, slides[index], fault) for (index, *_), fault in sorted(faults.items())]


def _with_recordings(slide: SlideJson, folders: Sequence[Path]) -> SlideJson:
    """The slide, in which each block says where the run is that ships with it. A simulation that
    cannot run is a fault of its own (`check`), and has none."""
    blocks: list[BlockJson] = []
    for block in slide["blocks"]:
        data = block["data"]
        if block["kind"] == "sim" and "sim" in data and "params" in data:
            kept = None
            with contextlib.suppress(SpecError):
                kept = recorded.find(data["sim"], data["params"], folders)
            if kept:
                data = data | {"recorded": f"recorded/{kept.name}"}
        blocks.append({**block, "data": data})
    return {**slide, "blocks": blocks}


def _answer(sheet: str, folders: Sequence[Path], route: Any) -> None:
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
    file = ASSETS / rest if rest == "theme.css" else homes.get(top, Path("/", top)) / rest
    if top == "recorded":  # the first of the folders that has it
        file = next((one for folder in folders if (one := folder / rest).is_file()), file)
    if not file.is_file():
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


def _page(deck: DeckJson, path: Path) -> str:
    """All slides of a deck as one page."""
    sheets = [
        f"/static/css/{one.name}" for one in (_streamlit() / "static" / "css").glob("index.*")
    ]
    sheets += [f"/web/{name}" for name in SHEETS]
    links = "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    course = course_of(path.parent)
    own = palette.over(course.colours(), course.colours(dark=True))
    sections = "".join(_section(slide) for slide in deck["slides"])
    return (
        '<!doctype html><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">{links}'
        f"<style>html, body {{ margin: 0 }}</style><style>{own}{deck.get('css', '')}</style>"
        '<div class="practicum" data-theme="light">'
        f'<div class="stage" data-theme="light" data-deck="{names.slug_of(path)}">'
        f'<div class="slides">{sections}</div></div></div>'
    )


def _section(slide: SlideJson) -> str:
    classes = " ".join(["slide is-shown", f"slide--{slide['layout']}", *slide["classes"]])
    style = html.escape(slide.get("style") or "")
    return f'<section class="{html.escape(classes)}" style="{style}">{slide["html"]}</section>'


def _problem(path: Path, slide: SlideJson, fault: dict[str, Any]) -> Problem:
    words = WORDS[fault["side"]].format(**fault)
    sizes = " and ".join(fault["sizes"])
    rule = fault["side"] if fault["side"] in LEGIBLE else "fit"
    what = "is hard to read" if rule in LEGIBLE else "does not fit"
    return Problem(
        message=f"slide '{slide['id']}' {what} at {sizes}: {words}.",
        fix=FIXES.get(fault["side"], "Say less, widen its column, or split the slide."),
        line=slide["line"],
        severity="warning" if rule == "glyph" else "error",  # other machines have other fonts
        file=os.path.relpath(path),
        rule=rule,
    )
