"""`valign` moves what a slide says, on every layout, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from engine.app import web_files
from engine.deck.document import load
from engine.deck.schema.directive_names import LAYOUTS

SLIDE = """<!-- layout: {layout} -->
<!-- valign: {valign} -->
# Title

Who speaks

"""
MEASURE = """() => [...document.querySelectorAll(".slide")].map((slide) => {
  slide.classList.add("is-shown")
  const parts = [...slide.querySelectorAll(".slide-title, .slide-content > *")]
  const boxes = parts.map((part) => part.getBoundingClientRect())
  const [top, bottom] = [Math.min(...boxes.map((box) => box.top)), Math.max(...boxes.map((box) => box.bottom))]
  const middle = (top + bottom) / 2
  slide.classList.remove("is-shown")
  return middle / 720
})"""


@pytest.fixture
def middles(browser: Browser, tmp_path: Path) -> dict[tuple[str, str], float]:
    """Where the middle of a slide's words stands, from 0 (top) to 1, by layout and `valign`."""
    kinds = [(layout, valign) for layout in LAYOUTS for valign in ("top", "center", "bottom")]
    text = "\n---\n\n".join(SLIDE.format(layout=a, valign=b) for a, b in kinds)
    (tmp_path / "a.md").write_text(text)
    slides = load(tmp_path / "a.md")["slides"]
    sections = "".join(
        f'<section class="slide slide--{one["layout"]} {" ".join(one["classes"])}">'
        f"{one['html']}</section>"
        for one in slides
    )
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    theme = "".join(map(web_files.text, web_files.THEME))
    page.set_content(
        f"<style>html, body {{ margin: 0 }} {theme}</style><div class='stage' "
        f"style='position: relative; width: 1280px; height: 720px; --u: 12.8px'>{sections}</div>"
    )
    found = page.evaluate(MEASURE)
    page.close()
    return dict(zip(kinds, found, strict=True))


def test_valign_is_obeyed_on_every_layout(middles: dict[tuple[str, str], float]) -> None:
    content = ("content", "two-column", "image-left", "image-right", "code")
    for layout in LAYOUTS:
        top, center, bottom = (middles[layout, one] for one in ("top", "center", "bottom"))
        assert top < center < bottom, f"{layout}: {top:.2f} {center:.2f} {bottom:.2f}"
        if layout not in content:  # whose title stays at the top
            assert top < 0.4, layout
            assert bottom > 0.6, layout
