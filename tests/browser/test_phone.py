"""A lecture under a finger: phones both ways up, and a tablet held upright."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from engine.app import web_files

from .player_page import until
from .stage_page import expect_at, shown

SIZES = {"upright": (390, 844), "on its side": (844, 390), "tablet": (820, 1180)}
DECK = """---
title: Under a finger
footer: {center: Under a finger, right: auto}
---

# Under a finger

---

## A run

Some words with a `name` in code, and <small>small ones</small>.

```sim
sim: cartpole
controls: [algorithm, learning_rate, gamma]
chart: {x: env_steps, y: greedy_return}
```

---

## A chart of four sets

```chart
type: bar
data:
  labels: [one, two, three]
  datasets:
    - {label: a rather long name, data: [1, 2, 3]}
    - {label: another long name, data: [2, 3, 1]}
    - {label: short, data: [2, 1, 1]}
    - {label: the last one of them, data: [1, 1, 1]}
options: {scales: {y: {title: {text: share of the answers}}}}
```

---

## A wide table

| model | tokens read | parameters | what it was made for, in words | and where it is described |
|---|---|---|---|---|
| a_model_with_a_long_name | 15,000,000,000,000 | 405,000,000,000 | following instructions | in a report of many pages |

- words
  - further down

---

## A chart of long names

```chart
type: bar
data:
  labels: [GPT-3 2020, Chinchilla 2022, OLMoE 2024, DeepSeek-V3 2024, Llama 3.1 2024, Qwen3 2025]
  datasets: [{label: tokens, data: [1, 2, 3, 4, 5, 6]}]
```

---

## A line over numbers

```chart
type: line
data:
  labels: ["1", "10", "100", "1,000", "10,000", "100,000", "1,000,000"]
  datasets:
    - {label: "tenfold parameters: × 0.839", data: [7, 6, 5, 4, 3, 2, 1]}
    - {label: short, data: [9, 8, 7, 6, 5, 4, 3]}
options: {scales: {x: {title: {text: "compute, data or parameters, in multiples of the first"}}}}
```

---

<!-- chapter: A part -->

## A question

```quiz
question: Which?
choices: [This one, That one]
answer: 1
why: So it is.
```

---

## A long page

PARAGRAPHS
"""
SLIDES = (
    "a-run",
    "a-chart-of-four-sets",
    "a-wide-table",
    "a-chart-of-long-names",
    "a-line-over-numbers",
    "under-a-finger",
    "a-question",
)
# Text that is seen, controls that a thumb may miss, and what stands over the place in the lecture.
LOOK = """section => {
  const seen = (part) => part.checkVisibility({ opacityProperty: true }) && part.getClientRects().length
  const words = document.createTreeWalker(section, NodeFilter.SHOW_TEXT)
  const small = []
  while (words.nextNode()) {
    const part = words.currentNode.parentElement
    if (!words.currentNode.textContent.trim() || !seen(part) || part.closest(".katex, title")) continue
    if (part.closest(".live > table, .live-fallback, .sr-only")) continue
    const scale = part.closest("svg") ? part.getBoundingClientRect().height / part.getBBox().height : 1
    const size = parseFloat(getComputedStyle(part).fontSize) * scale
    if (size < 13.95) small.push(`${part.tagName}.${part.className} ${size}: ${part.textContent.slice(0, 30)}`)
  }
  const parts = [...section.querySelectorAll("button, select, input:not(.live-scrub)"),
    ...document.querySelectorAll(".tools button")].filter(seen)
  const tight = parts.filter((part) => {
    const box = (part.closest("label.live-control") ?? part).getBoundingClientRect()
    return Math.min(box.width, box.height) < 43.9
  }).map((part) => `${part.outerHTML.slice(0, 90)} ${part.getBoundingClientRect().height}`)
  const root = document.querySelector(".practicum")
  root.scrollTop = root.scrollHeight
  const number = section.querySelector(".colloquium-footer-right")?.getBoundingClientRect()
  const bar = document.querySelector(".tools").getBoundingClientRect()
  return { small, tight, isSideways: root.scrollWidth > innerWidth, isNumberSeen: !number || number.bottom <= bar.top + 0.5,
    bar: [bar.left, bar.right, bar.bottom] }
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lectures")
    long = "\n\n".join(
        f"Paragraph {k} has a few words that wrap on a narrow page." for k in range(40)
    )
    (folder / "finger.md").write_text(DECK.replace("PARAGRAPHS", long))
    with serve(folder) as url:
        yield f"{url}/finger"


def touched(browser: Browser, width: int, height: int) -> Page:
    size = ViewportSize(width=width, height=height)
    return browser.new_page(viewport=size, has_touch=True, is_mobile=True)


@pytest.mark.parametrize("size", SIZES)
def test_text_can_be_read_and_controls_hit(browser: Browser, address: str, size: str) -> None:
    page = touched(browser, *SIZES[size])
    page.goto(f"{address}?slide=a-run")
    expect(shown(page).locator(".live-plot .main-svg").first).to_be_visible()
    for slide in SLIDES:
        page.evaluate("id => history.replaceState(null, '', `?slide=${id}`)", slide)
        page.reload()
        section = expect_at(page, slide)
        if slide == "a-chart-of-four-sets":
            expect(section.locator(".legend")).to_be_visible()
            assert not names_over_title(page)
        look: dict[str, Any] = section.evaluate(LOOK)
        assert look["small"] == [], slide
        assert look["tight"] == [], slide
        assert not look["isSideways"], slide
        assert look["isNumberSeen"], slide
        left, right, bottom = look["bar"]
        assert 0 <= left < right <= SIZES[size][0], slide
        assert bottom <= SIZES[size][1], slide
        if slide in ("a-chart-of-long-names", "a-line-over-numbers"):
            expect(section.locator(".main-svg").first).to_be_visible()
            until(page, lambda chart=section: chart.evaluate(CROWDED) == [])
    page.close()


# Words of a chart that leave it, and labels of its axis that lie over each other: those of slanted
# ones are compared along the line on which they stand.
CROWDED = """section => {
  const chart = section.querySelector(".live-chart").getBoundingClientRect()
  const faults = [...section.querySelectorAll(".main-svg text")].filter((text) => {
    const box = text.getBoundingClientRect()
    return box.width && (box.left < chart.left - 1 || box.right > chart.right + 1 || box.bottom > chart.bottom + 1)
  }).map((text) => text.textContent)
  const labels = [...section.querySelectorAll(".xtick text")]
  const slant = labels[0].getAttribute("transform").match(/rotate\\(([-.\\d]+)/)
  const angle = Math.abs(Number(slant?.[1] ?? 0)) * Math.PI / 180
  const step = (k) => labels[k].getBoundingClientRect().right - labels[k - 1].getBoundingClientRect().right
  for (let k = 1; k < labels.length; k += 1) {
    const box = labels[k].getBBox()
    const isOver = angle > 0.1 ? step(k) * Math.sin(angle) < 0.9 * box.height
      : labels[k].getBoundingClientRect().left < labels[k - 1].getBoundingClientRect().right
    if (isOver) faults.push(`over: ${labels[k].textContent}`)
  }
  const title = section.querySelector(".xtitle")?.getBoundingClientRect()
  for (const label of labels) if (title && label.getBoundingClientRect().bottom > title.top + 2) faults.push("title")
  return faults
}"""


def names_over_title(page: Page) -> bool:
    """Whether the names of the sets lie over the title of the axis."""
    legend = shown(page).locator(".legend").bounding_box()
    title = shown(page).locator(".annotation").first.bounding_box()
    assert legend
    assert title
    return title["y"] + title["height"] > legend["y"] + 1


def test_phone_swipes_and_never_scrolls_sideways(browser: Browser, address: str) -> None:
    page = touched(browser, *SIZES["upright"])
    page.goto(address)
    expect_at(page, "under-a-finger")
    swipe = """(dx) => { const target = document.querySelector("[aria-current='true']");
      const touch = (x) => new Touch({identifier: 1, target, clientX: x, clientY: 300});
      target.dispatchEvent(new TouchEvent("touchstart", {bubbles: true, touches: [touch(200)]}));
      target.dispatchEvent(new TouchEvent("touchend", {bubbles: true, changedTouches: [touch(200 + dx)]})); }"""
    page.evaluate(swipe, -120)
    expect_at(page, "a-run")
    page.evaluate(swipe, 120)
    expect_at(page, "under-a-finger")
    assert page.evaluate("document.querySelector('.practicum').scrollWidth") <= 390
    page.close()


def test_a_flip_on_a_phone_begins_at_the_top(browser: Browser, address: str) -> None:
    page = touched(browser, *SIZES["upright"])
    page.goto(address)
    expect_at(page, "under-a-finger")
    page.evaluate("""() => {
        const sheet = new CSSStyleSheet()
        sheet.replaceSync("[data-slide] { min-height: 3000px !important }")
        document.adoptedStyleSheets = [sheet]
    }""")
    scrolled = "document.querySelector('.practicum').scrollTop"
    page.mouse.move(200, 400)
    page.mouse.wheel(0, 600)
    until(page, lambda: page.evaluate(scrolled) > 300)
    page.keyboard.press("ArrowRight")
    expect_at(page, "a-run")
    assert page.evaluate(scrolled) == 0
    page.close()


def test_a_swipe_back_stays_in_the_lecture(browser: Browser, address: str) -> None:
    page = touched(browser, *SIZES["upright"])
    page.goto("about:blank")
    page.goto(f"{address}?slide=a-run")
    expect_at(page, "a-run")
    hand = page.context.new_cdp_session(page)
    for x, y in ((60, 40), (30, 500)):  # over words, and over the panel
        swipe = {"x": x, "y": y, "xDistance": 300, "yDistance": 0, "gestureSourceType": "touch"}
        hand.send("Input.synthesizeScrollGesture", swipe | {"speed": 2500})
    expect_at(page, "under-a-finger")
    assert page.url.startswith(address)
    for selector in ("html", "body"):
        expect(page.locator(selector)).to_have_css("overscroll-behavior-x", "none")
    expect(page.locator(".practicum")).to_have_css("touch-action", "pan-y pinch-zoom")
    page.close()


def test_a_phone_that_is_turned_keeps_its_place(browser: Browser, address: str) -> None:
    page = touched(browser, *SIZES["upright"])
    page.goto(f"{address}?slide=a-long-page")
    line = expect_at(page, "a-long-page").get_by_text("Paragraph 12 ")
    line.evaluate("part => part.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(300)  # a scroll is told with the next frame
    for width, height in (SIZES["on its side"], SIZES["upright"]):
        page.set_viewport_size({"width": width, "height": height})
        until(
            page, lambda: line.evaluate("part => Math.abs(part.getBoundingClientRect().top) < 90")
        )
    expect_at(page, "a-long-page")
    page.close()


def test_every_style_sheet_means_the_same_by_a_page() -> None:
    script = web_files.text("lib/dom.js")
    zoomed = re.search(r'const ZOOMED = "(.*)"', script)
    touched = re.search(r'const TOUCHED =\s+"(.*)" \+\s+"(.*)"', script)
    assert zoomed
    assert touched
    page = f"(max-width: 640px), {touched[1]}{touched[2]}, {zoomed[1]}"
    queries = {
        (name, " ".join(query.split()))
        for name in web_files.names()
        for query in re.findall(r"@media ([^{]*max-width: 640px[^{]*) \{", web_files.text(name))
    }
    assert {query for _, query in queries} == {page}, queries
    assert len(queries) >= 5
