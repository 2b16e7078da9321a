"""Paper and zoom: the whole lecture is printed with its figures, and a zoom enlarges its words."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.warm_cache

DECK = """---
title: On paper
---

# On paper

---

## Drawn

```chart
type: bar
data: {labels: [a, b], datasets: [{label: wins, data: [3, 5]}]}
```

---

## Steps

First.

<!-- step -->

Second.

<!-- notes: What is said here. -->

---

## Run

```sim
sim: bandit
id: bandit
controls: [epsilon]
chart: {x: pulls, y: [regret], group: method}
```

---

## Drive

```play
play: cartpole
id: drive
```

---

## Judge

```label
id: judge
pairs:
- {prompt: "What is 2 + 2?", a: "4", b: "5"}
```

---

## A question

```quiz
question: Which one?
choices: [This, That]
answer: B
why: Because that is right.
```
"""
NUM_SLIDES = 7
CODES = [f"?slide={slide}&run={block}" for slide, block in (
    ("run", "bandit"), ("drive", "drive"), ("judge", "judge"),
)]  # fmt: skip
PRINTED = {
    "slides": NUM_SLIDES, "drawn": 2, "scaled": True, "scenes": 3, "second": True, "answers": 0,
    "notes": 0, "buttons": 0, "codes": CODES,
}  # fmt: skip
LOOK = """() => addEventListener("beforeprint", () => {
    const seen = (part) => part.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false })
    const plots = [...document.querySelectorAll(".live-plot")]
    window.printed = {
        slides: [...document.querySelectorAll(".practicum .slide")].filter(seen).length,
        drawn: plots.filter((plot) => plot.querySelector("svg.main-svg :is(.point, .js-line)")).length,
        scaled: plots.every((plot) => plot.querySelector("svg.main-svg[viewBox]")),
        scenes: [...document.querySelectorAll(".live canvas")].filter(seen).length,
        second: [...document.querySelectorAll(".slide [data-step]:not(.quiz-why)")].every(seen),
        answers: [...document.querySelectorAll(".quiz-why")].filter(seen).length,
        notes: [...document.querySelectorAll(".page-notes")].filter(seen).length,
        codes: [...document.querySelectorAll(".paper-back")]
            .filter((link) => seen(link) && link.querySelector("svg path[d]"))
            .map((link) => link.search),
        buttons: [...document.querySelectorAll(".live-run, .tools, .reading-head, .hint")]
            .filter(seen).length,
    }
})"""


@pytest.fixture(scope="module")
def address(publish: Callable[[str, str], str]) -> str:
    return publish("paper", DECK)


def wait_for_plotly(page: Page) -> None:
    for _ in range(300):  # asked from here: the page may evaluate no text
        if page.evaluate("Boolean(window.Plotly)"):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)


def print_it(page: Page) -> tuple[dict, list[tuple[float, float]]]:
    """What stood in the page when the browser printed it, and width and height of each sheet, pt."""
    page.evaluate(LOOK)
    pdf = page.pdf(print_background=True, prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type\s*/Page\b", pdf))
    return page.evaluate("window.printed"), [(float(wide), float(high)) for wide, high in boxes]


def test_the_reading_view_is_printed_whole(page: Page, address: str) -> None:
    page.goto(f"{address}?view=read")
    expect(page.locator("#a-question .slide")).to_be_attached(timeout=60_000)
    page.locator("#a-question").get_by_role("button", name="B That").click()
    expect(page.locator(".quiz-why")).to_be_visible()
    wait_for_plotly(page)
    printed, sheets = print_it(page)
    assert printed == PRINTED
    assert 2 <= len(sheets) <= NUM_SLIDES
    expect(page.locator(".quiz-why")).to_be_visible()  # what the reader had opened is open again
    expect(page.get_by_role("button", name="Notes")).to_be_visible()


def test_slides_are_printed_one_on_a_page(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=steps")
    shown = page.locator("section[data-slide][aria-current='true']")
    expect(shown).to_have_attribute("data-slide", "steps", timeout=60_000)
    wait_for_plotly(page)
    printed, sheets = print_it(page)
    assert printed == PRINTED
    assert sheets == NUM_SLIDES * [(960, 540)]  # 1280 x 720 px
    expect(page.locator("section[data-slide]:visible")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Second.")).to_be_visible()


SIZE_OF_TICK = """() => {
  const tick = document.querySelector(".live-plot .xtick text")
  return tick && parseFloat(getComputedStyle(tick).fontSize)
}"""  # a chart is drawn again while it finds its place: no handle of it stays


@pytest.mark.parametrize("view", ["", "&view=read"])
def test_a_zoom_of_200_percent_doubles_the_words(browser: Browser, address: str, view: str) -> None:
    """A zoom halves the window in CSS pixels and doubles the pixels of each."""
    sizes, ticks = [], []
    for width, height, ratio in ((1366, 768, 1), (683, 384, 2), (320, 256, 4)):
        context = browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=ratio
        )
        page = context.new_page()
        page.goto(f"{address}?slide=steps{view}")
        text = page.get_by_text("First.")
        expect(text).to_be_visible(timeout=60_000)
        size = text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
        sizes.append(size * ratio)
        wide = page.locator(".practicum").evaluate("root => root.scrollWidth - root.clientWidth")
        assert wide <= 0, "nothing is to be pushed sideways"
        if not view:  # the words of a chart are drawn by a script
            for key in ("2", "Enter"):
                page.keyboard.press(key)
            ticks.append(ratio * page.wait_for_function(SIZE_OF_TICK).json_value())
        context.close()
    assert sizes[1] >= 1.99 * sizes[0]
    assert sizes[2] >= sizes[1]
    assert view or ticks[1] >= 1.9 * ticks[0]
