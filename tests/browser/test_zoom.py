"""A laptop of 1280 by 1024 whose reader zooms in to 200 and 400 % (WCAG 1.4.4 and 1.4.10)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from .stage_page import expect_at

DECK = """---
title: Zoomed in
---

## Words beside a figure of this title

<!-- layout: cols -->

A sentence that is long enough to wrap where the page is narrow, with a formula of some width:

$$\\mathcal{L} = -\\log \\sigma\\big(r(y_w) - r(y_l)\\big)$$

|||

```chart
type: bar
data:
  labels: [one, two, three]
  datasets: [{label: tokens, data: [1, 2, 3]}]
```

---

## A table

| model | tokens read | what it was made for, in words |
|---|---|---|
| a_model_with_a_long_name | 15,000,000,000,000 | following instructions |

A last sentence.
"""
SLIDES = ("words-beside-a-figure-of-this-title", "a-table")
# The size of a sentence as CSS has it, and what cannot be reached by scrolling down alone. A table
# or a figure may be wider, in a frame of its own that scrolls.
LOOK = """section => {
  const root = document.querySelector(".practicum")
  const framed = (part) => {
    for (let up = part; up !== section; up = up.parentElement)
      if (up.scrollWidth > up.clientWidth && /auto|scroll/.test(getComputedStyle(up).overflowX)) return true
    return false
  }
  const parts = [...section.querySelectorAll("h2, p, .katex-display, td, .live")].filter((part) => part.offsetParent)
  const lost = parts.filter((part) => part.getBoundingClientRect().right > innerWidth + 0.5 && !framed(part))
  root.scrollTop = root.scrollHeight
  const end = Math.max(...parts.map((part) => part.getBoundingClientRect().bottom))
  const bar = document.querySelector(".tools")?.getBoundingClientRect()
  return { size: parseFloat(getComputedStyle(section.querySelector("p")).fontSize), isSideways: root.scrollWidth > innerWidth,
    lost: lost.map((part) => part.textContent.slice(0, 30)), isEndSeen: end <= (bar?.top ?? innerHeight) + 0.5 }
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lectures")
    (folder / "zoomed.md").write_text(DECK)
    with serve(folder) as url:
        yield f"{url}/zoomed"


def zoomed(browser: Browser, percent: int) -> Page:
    """A page as a browser lays it out whose user has zoomed in."""
    factor = percent / 100
    size = ViewportSize(width=round(1280 / factor), height=round(1024 / factor))
    return browser.new_page(viewport=size, device_scale_factor=factor)


def test_words_grow_and_nothing_is_lost(browser: Browser, address: str) -> None:
    sizes = {}
    for percent in (100, 200, 400):
        page = zoomed(browser, percent)
        for slide in SLIDES:
            page.goto(f"{address}?slide={slide}")
            look = expect_at(page, slide).evaluate(LOOK)
            where = f"{slide} at {percent} %"
            assert look["lost"] == [], where
            assert not look["isSideways"], where
            assert look["isEndSeen"], where
            sizes[slide, percent] = look["size"] * percent / 100  # on the reader's screen
        page.close()
    for slide in SLIDES:
        assert sizes[slide, 200] >= 1.9 * sizes[slide, 100]
        assert sizes[slide, 400] >= 2 * sizes[slide, 100]
