"""Which slides do not fit: every slide is drawn in a real browser and measured.

The page is made of the deck's own HTML and the theme, without a server; live blocks keep the room
that their column gives them. A slide overflows when something on it reaches below the line of its
footnotes or footer, or past the right margin, with all its steps revealed.
"""

import html
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from engine.deck.document import load
from engine.deck.model import Problem

ROOT = Path(__file__).resolve().parents[2]
SIZE = {"width": 1280, "height": 720}
SLACK = 4  # pixels: a descender may touch the line
MEASURE = """([section, slack]) => {
  section.setAttribute("aria-current", "true")
  const padding = parseFloat(getComputedStyle(section).paddingRight)
  const right = section.getBoundingClientRect().right - padding
  const lines = [...section.querySelectorAll(".colloquium-footer, .colloquium-slide-meta")]
  const bottom = Math.min(innerHeight, ...lines.map((line) => line.getBoundingClientRect().top))
  const inner = ".katex *, svg *, .live *, .colloquium-footer *, .colloquium-slide-meta *, pre *"
  let worst = { by: slack, what: "", side: "" }
  for (const part of section.querySelectorAll(".slide-title, .slide-content, .slide-content *")) {
    const box = part.getBoundingClientRect()
    if (part.matches(inner) || !box.width || !box.height) continue
    const framed = part.matches("pre, .colloquium-box")
    const clipped = framed && part.scrollHeight - part.clientHeight > 24
    const plain = part.clientWidth && !part.matches("pre, .katex") && !part.querySelector(".katex")
    const wider = plain ? part.scrollWidth - part.clientWidth : 0
    const past = Math.max(box.right - right, wider)
    const over = { below: box.bottom - bottom, right: past, inside: clipped ? 25 : 0 }
    for (const [side, by] of Object.entries(over)) {
      const what = part.textContent.trim().replace(/\\s+/g, " ").slice(0, 40)
      if (by > worst.by) worst = { by, side, what: what || part.tagName }
    }
  }
  section.removeAttribute("aria-current")
  return worst
}"""
WORDS = {
    "below": "reaches {by:.0f} px below the line of the footer",
    "right": "reaches {by:.0f} px past the right margin",
    "inside": "is cut off inside its frame",
}


class NoBrowser(RuntimeError):
    """Chromium or its driver is missing; the message says how to get it."""


def overflow(paths: list[Path]) -> list[Problem]:
    """One error for each slide of the decks that does not fit a 1280 by 720 stage.

    Raises `NoBrowser` when there is nothing to draw with.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowser("--render needs Playwright: pip install 'practicum[test]'.") from None
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise NoBrowser(
            "--render needs Chromium on the path, for instance apt-get install chromium."
        )
    found: list[Problem] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        for path in paths:
            deck = load(path)
            sheet = Path(folder) / "deck.html"
            sheet.write_text(_page(deck, path), encoding="utf-8")
            page.goto(sheet.as_uri())
            page.evaluate("document.fonts.ready")
            for slide, section in zip(
                deck["slides"], page.query_selector_all("section"), strict=True
            ):
                worst = page.evaluate(MEASURE, [section, SLACK])
                if worst["side"]:
                    found.append(_problem(path, slide, worst))
        browser.close()
    return found


def _page(deck: dict[str, Any], path: Path) -> str:
    """All slides of a deck as one page that needs no server."""
    spec = importlib.util.find_spec("streamlit")  # its style sheet holds KaTeX's and the fonts
    assert spec is not None
    assert spec.origin is not None
    sheets = [*(Path(spec.origin).parent / "static" / "static" / "css").glob("index.*.css")]
    sheets.append(ROOT / "assets" / "theme.css")
    links = "".join(f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in sheets)
    sections = "".join(_section(slide) for slide in deck["slides"])
    name = html.escape(path.stem)
    base = path.resolve().parent.as_uri()
    return (
        f'<!doctype html><meta charset="utf-8"><base href="{base}/">{links}'
        f"<style>html, body {{ margin: 0 }} .stage {{ width: 100vw; height: 100vh }}</style>"
        f"<style>{deck.get('css', '')}</style>"
        f'<div class="stage" data-theme="light" data-deck="{name}">{sections}</div>'
    )


def _section(slide: dict[str, Any]) -> str:
    classes = " ".join(["slide", f"slide--{slide['layout']}", *slide["classes"]])
    style = html.escape(slide.get("style") or "")
    return f'<section class="{html.escape(classes)}" style="{style}">{slide["html"]}</section>'


def _problem(path: Path, slide: dict[str, Any], worst: dict[str, Any]) -> Problem:
    words = WORDS[worst["side"]].format(by=worst["by"])
    return Problem(
        message=f"slide '{slide['id']}' does not fit: “{worst['what']}” {words}.",
        fix="Say less, widen its column, or split the slide.",
        line=slide["line"],
        file=os.path.relpath(path),
    )
